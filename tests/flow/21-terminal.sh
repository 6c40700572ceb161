#!/bin/sh
# SPDX-License-Identifier: MIT
# What a terminal sends to all processes at once (Ctrl-C, the hangup of a closed one) is the daemon's to handle: no worker ends by it,
# and no document is blamed.
. "$(dirname "$0")/../lib/siftd.sh"
requires setsid

configure <<END
state_dir: state
plugin_dirs: [$SIFTD_BUILD/plugins/test]
watch: [ { dir: drop } ]
workers: { count: 2 }
pipelines: { default: [ { decode: auto }, { extract: [ rows, { slow: { on: slowly, time: 300ms } } ] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
for n in 1 2 3 4 5 6; do
    echo "{\"n\":$n,\"how\":\"slowly\"}" >"$here/drop/f$n.jsonl"
done
setsid "$siftd" run -c "$here/siftd.yaml" >>"$here/log" 2>&1 &
daemon=$!
wait_for '[ -n "$(ls "$here/state/work" 2>/dev/null)" ]' "the first claims"
sleep 0.2
kill -HUP -"$daemon"
sleep 0.1
kill -INT -"$daemon"
ended=0
wait "$daemon" || ended=$?
daemon=
same "$ended" 0 "exit code"
contains "$here/log" "is read again" "the hangup"
same "$(grep -c '"type":"row"' "$here/records.jsonl")" 6 "records"
same "$(ls "$here/state/quarantine" | wc -l | tr -d ' ')" 0 "documents in quarantine"
