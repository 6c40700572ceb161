#!/bin/sh
# SPDX-License-Identifier: MIT
# Sink processes are killed while they write, and the file is moved and cut by others: nothing is lost in what remains.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<END
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl, types: [row] } }
END
i=1
while [ $i -le 2000 ]; do
    echo "{\"n\":$i,\"text\":\"a row among many rows of a document\"}"
    i=$((i + 1))
done >"$here/many.jsonl"

sink_process() {
    for pid in $(cat "/proc/$daemon/task/$daemon/children"); do
        if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q '^siftd sink'; then echo "$pid"; fi
    done
}

start
i=1
while [ $i -le 20 ]; do
    drop "$here/many.jsonl" "$i.jsonl"
    if [ $((i % 4)) = 0 ]; then
        pid=$(sink_process)
        [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || :
    fi
    i=$((i + 1))
done
wait_for '[ "$(lines "$here/records.jsonl")" = 40000 ]' "all rows"
same 0 "$(grep -vc '^{.*}$' "$here/records.jsonl")" "torn lines"
i=1
while [ $i -le 20 ]; do
    same 2000 "$(grep -c "\"name\":\"$i.jsonl\"" "$here/records.jsonl")" "rows of document $i"
    i=$((i + 1))
done
contains "$here/log" "sink out: its process was killed by signal 9" "the log"

# What is not committed yet comes again into a new file, which is right, and would be counted twice here.
wait_for '"$siftd" status -c "$here/siftd.yaml" --json | tr -d " \\t\\n" | grep -q "\"behind\":0,"' "the sink to have committed all"
mv "$here/records.jsonl" "$here/moved"
drop "$here/many.jsonl" a.jsonl
wait_for '[ "$(cat "$here/moved" "$here/records.jsonl" 2>/dev/null | wc -l)" = 42000 ]' "rows after the file was moved"
wait_for 'grep -q "somebody moved or removed it" "$here/log"' "the sink to notice" # with its next commit
drop "$here/many.jsonl" b.jsonl
wait_for '[ "$(lines "$here/records.jsonl")" -ge 2000 ]' "rows in a new file"
wait_for '[ "$(cat "$here/moved" "$here/records.jsonl" | wc -l)" = 44000 ]' "rows in both files"
stop
