#!/bin/sh
# SPDX-License-Identifier: MIT
# when_done: keep leaves the files where they are and takes each once, also over restarts; a changed file is new.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<'END'
state_dir: state
watch: [ { dir: drop, when_done: keep } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
echo '{"n":1}' >"$here/drop/a.jsonl"
echo '{"n":2}' >"$here/drop/b.jsonl"
for turn in 1 2; do
    "$siftd" run -c "$here/siftd.yaml" --once >>"$here/log" 2>&1 || fail "run $turn ended with $?"
    same "$(lines "$here/records.jsonl")" 4 "records after run $turn"
done
echo '{"n":3}' >>"$here/drop/a.jsonl"
"$siftd" run -c "$here/siftd.yaml" --once >>"$here/log" 2>&1 || fail "run 3 ended with $?"
same "$(lines "$here/records.jsonl")" 7 "records after a file changed"
same "$(ls "$here/drop" | wc -l | tr -d ' ')" 2 "files that stay"
same "$(ls "$here/state/work" | wc -l | tr -d ' ')" 0 "claims left over"
