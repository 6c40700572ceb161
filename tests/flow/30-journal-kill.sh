#!/bin/sh
# SPDX-License-Identifier: MIT
# The daemon is killed in the middle of a burst, several times: every record is in the sink's file once, and the journal is good.
. "$(dirname "$0")/../lib/siftd.sh"
documents=600 rows=5 rounds=4

configure <<END
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: out/records.jsonl, rotate_size: 64KiB }, documents: { plugin: file, path: documents.jsonl, types: [document] } }
END

make_documents() { # FIRST LAST
    i=$1
    while [ "$i" -le "$2" ]; do
        row=1
        while [ $row -le $rows ]; do
            echo "{\"rid\":\"r-$i-$row\"}"
            row=$((row + 1))
        done >"$here/.new"
        mv "$here/.new" "$here/drop/$i.jsonl"
        i=$((i + 1))
    done
}

round=1
while [ $round -le $rounds ]; do
    start
    make_documents $(((round - 1) * documents / rounds + 1)) $((round * documents / rounds))
    kill -KILL "$daemon"
    wait "$daemon" 2>/dev/null || :
    daemon=
    round=$((round + 1))
done
start
wait_for '[ "$(lines "$here/documents.jsonl")" -ge $documents ]' "all documents"
wait_for '[ "$(cat "$here"/out/*.jsonl | wc -l)" -ge $((documents * (rows + 1))) ]' "all records"
stop
same "$documents" "$(lines "$here/documents.jsonl")" "document records"
same $((documents * rows)) "$(cat "$here"/out/*.jsonl | grep -o '"rid":"r-[0-9-]*"' | sort -u | wc -l)" "different rows"
same $((documents * (rows + 1))) "$(cat "$here"/out/*.jsonl | wc -l)" "lines"
same 0 "$(cat "$here"/out/*.jsonl | grep -vc '^{.*}$')" "torn lines"
"$siftd" journal verify "$here/state/journal" >"$here/verify" || fail "the journal is not good: $(tail -n 2 "$here/verify")"
contains "$here/verify" "good: $documents documents" "journal verify"
