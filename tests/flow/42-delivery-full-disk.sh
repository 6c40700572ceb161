#!/bin/sh
# SPDX-License-Identifier: MIT
# The sink's disk is full, then there is room again: the log says why, and in the end every row is there once.
. "$(dirname "$0")/../lib/siftd.sh"
requires mount umount
[ "$(id -u)" = 0 ] || skip "mounting needs root"
mkdir "$here/small"
mount -t tmpfs -o size=256k none "$here/small" 2>/dev/null || skip "a tmpfs cannot be mounted"
on_exit 'umount "$here/small"'
head -c 150000 /dev/zero >"$here/small/ballast"

configure <<END
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: small/records.jsonl, types: [row] } }
END
i=1
while [ $i -le 600 ]; do
    echo "{\"n\":$i,\"text\":\"0123456789\"}"
    i=$((i + 1))
done >"$here/many.jsonl"
start
drop "$here/many.jsonl"
wait_for 'grep -q "No space left" "$here/log"' "the full disk to be told"
rm "$here/small/ballast"
wait_for '[ "$(lines "$here/small/records.jsonl")" = 600 ]' "all rows"
same 600 "$(grep -c '"n":[0-9]*,"text":"0123456789"}$' "$here/small/records.jsonl")" "whole rows"
stop
