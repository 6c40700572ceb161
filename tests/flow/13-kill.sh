#!/bin/sh
# SPDX-License-Identifier: MIT
# kill -9 of the daemon in a burst, several times: at the end every record is in the sink's file exactly once.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<'END'
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
mkdir "$here/made"
i=0
while [ $i -lt 1200 ]; do
    printf '{"n":"%d-a"}\n{"n":"%d-b"}\n' $i $i >"$here/made/f$i.jsonl"
    i=$((i + 1))
done
for round in 1 2 3; do
    start
    seen=$(lines "$here/records.jsonl")
    for file in "$here/made/f"*"$round.jsonl"; do
        mv "$file" "$here/drop/"
    done
    wait_for '[ "$(lines "$here/records.jsonl")" -gt $((seen + round * 40)) ]' "records of round $round"
    kill -KILL "$daemon"
    wait "$daemon" 2>/dev/null || true
    daemon=
done
mv "$here/made"/* "$here/drop/"
"$siftd" run -c "$here/siftd.yaml" --once >>"$here/log" 2>&1 || fail "the last run ended with $?"
same "$(grep -c '"type":"row"' "$here/records.jsonl")" 2400 "records"
same "$(sed 's/.*"n":\("[^"]*"\).*/\1/' "$here/records.jsonl" | grep -v type | sort -u | wc -l | tr -d ' ')" 2400 "different records"
same "$(grep -c '"type":"document"' "$here/records.jsonl")" 1200 "documents"
same "$(ls "$here/state/work" | wc -l | tr -d ' ')" 0 "files left in the work folder"
