#!/bin/sh
# SPDX-License-Identifier: MIT
# Several sinks: types are chosen, a sink that cannot write holds up nobody and catches up, rotation keeps its bounds.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<END
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks:
  rows: { plugin: file, path: rows.jsonl, types: [row], rotate_size: 2KiB, keep: 2 }
  documents: { plugin: file, path: made/by/siftd/documents.jsonl, types: [document] }
  screen: { plugin: stdout, types: [document] }
  blocked: { plugin: file, path: blocked/records.jsonl }
END
echo "in the way" >"$here/blocked"
echo '{"n":1}' >"$here/one.jsonl"

"$siftd" run -c "$here/siftd.yaml" >"$here/screen" 2>>"$here/log" &
daemon=$!
wait_for '"$siftd" status -c "$here/siftd.yaml" >/dev/null 2>&1' "the daemon to answer"
i=1
while [ $i -le 40 ]; do
    drop "$here/one.jsonl" "$i.jsonl"
    i=$((i + 1))
done
wait_for '[ "$(lines "$here/made/by/siftd/documents.jsonl")" = 40 ]' "the document records"
wait_for '[ "$(lines "$here/screen")" = 40 ]' "the records on standard output"
wait_for '[ "$(ls "$here" | grep -c "^rows")" = 3 ]' "rotated files"
for file in "$here"/rows*; do
    [ "$(wc -c <"$file")" -le 2048 ] || fail "$file is larger than rotate_size"
done
contains "$here/log" "sink blocked" "the log"
"$siftd" status -c "$here/siftd.yaml" | grep blocked | grep -q "blocked.* file .*40" || fail "status does not tell how far behind the sink is"

rm "$here/blocked"
wait_for '[ "$(lines "$here/blocked/records.jsonl")" = 80 ]' "the blocked sink to catch up"
stop
start
drop "$here/one.jsonl" last.jsonl
wait_for '[ "$(lines "$here/blocked/records.jsonl")" = 82 ]' "the last document"
stop
same 41 "$(lines "$here/made/by/siftd/documents.jsonl")" "document records after a restart"
