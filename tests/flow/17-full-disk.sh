#!/bin/sh
# SPDX-License-Identifier: MIT
# The state's disk is full: no file is taken any more, one sentence says so, and the flow goes on by itself when there is room.
. "$(dirname "$0")/../lib/siftd.sh"
[ "$(id -u)" = 0 ] || skip "only root can make a small file system"
mkdir "$here/small"
mount -t tmpfs -o size=2m tmpfs "$here/small" 2>/dev/null || skip "no file system can be mounted here"
on_exit "umount -l '$here/small'"

mkdir "$here/made"
configure <<'END'
state_dir: small/state
watch: [ { dir: drop, when_done: delete } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
start
echo '{"n":1}' >"$here/drop/first.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" = 2 ]' "the first file"

cat /dev/zero >"$here/small/filler" 2>/dev/null || true
i=0
while [ $i -lt 60 ]; do
    echo "{\"n\":$i}" >"$here/made/f$i.jsonl"
    i=$((i + 1))
done
for file in "$here/made"/*; do # one by one: mv looks at its target again, which may be taken already
    mv "$file" "$here/drop/"
done
wait_for 'grep -q "no file is taken" "$here/log"' "the sentence about the full disk"
same "$(grep -c 'no file is taken' "$here/log")" 1 "sentences about the full disk"
rm "$here/small/filler"
wait_for '[ "$(grep -c "\"type\":\"row\"" "$here/records.jsonl")" = 61 ]' "all records once there is room"
contains "$here/log" "the flow goes on" "the sentence about room"
stop || fail "the daemon ended with $?"
same "$(find "$here/drop" -type f | wc -l | tr -d ' ')" 0 "files left, also in the hidden work folder"
