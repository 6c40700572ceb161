#!/bin/sh
# SPDX-License-Identifier: MIT
# SIGTERM in the middle of a burst: what was taken is finished and delivered, the rest waits in its folder for the next start.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<'END'
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
i=0
while [ $i -lt 3000 ]; do
    echo "{\"n\":$i}" >"$here/drop/f$i.jsonl"
    i=$((i + 1))
done
start
wait_for '[ "$(lines "$here/records.jsonl")" -gt 0 ]' "the first records"
stop || fail "the daemon ended with $?"
taken=$((3000 - $(ls "$here/drop" | wc -l)))
same "$(grep -c '"type":"document"' "$here/records.jsonl")" "$taken" "documents delivered, of those taken"
same "$(ls "$here/state/work" | wc -l | tr -d ' ')" 0 "files left in the work folder"
"$siftd" run -c "$here/siftd.yaml" --once >>"$here/log" 2>&1 || fail "the second run ended with $?"
same "$(grep -c '"type":"row"' "$here/records.jsonl")" 3000 "records"
