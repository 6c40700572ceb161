#!/bin/sh
# SPDX-License-Identifier: MIT
# siftd docs lists documents with their states and the files that wait with their reasons; a writer that comes back, an empty file
# that is replaced, and a file without its format's end are not taken half.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<'END'
state_dir: state
watch: [ { dir: drop, settle: 2s } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
docs() {
    "$siftd" docs -c "$here/siftd.yaml" "$@"
}
start
same "$(docs --waiting)" "no file waits" "waiting files at first"
: >"$here/drop/empty.jsonl"
printf '%%PDF-1.4 half' >"$here/drop/half.pdf"
wait_for 'docs --waiting | grep -q "empty.jsonl: it is empty"' "the empty file's reason"
wait_for 'docs --waiting | grep -q "half.pdf: the %%EOF of the PDF is missing"' "the unfinished file's reason"
docs --waiting --json | grep -q '"name":"empty.jsonl","reason":"it is empty","since":"' || fail "no JSON: $(docs --waiting --json)"

exec 3>"$here/drop/lines.jsonl"
echo '{"n":1}' >&3
wait_for 'docs --waiting | grep -q "lines.jsonl: a program has it open"' "the open file's reason"
exec 3>&-
wait_for 'docs --waiting | grep -q "lines.jsonl: it was written in the folder"' "the closed file's reason"
for n in 2 3 4; do
    echo "{\"n\":$n}" >>"$here/drop/lines.jsonl"
done
echo '{"n":5}' >"$here/drop/.new"
mv "$here/drop/.new" "$here/drop/empty.jsonl"
wait_for '[ "$(grep -c "\"type\":\"row\"" "$here/records.jsonl")" = 5 ]' "all lines"
wait_for '[ "$(docs --json --state ok | grep -c .)" = 2 ]' "two documents"
same "$(docs --json --name 'li*' | grep -c '"records":[0-9]*,"bytes":32,"name":"lines.jsonl"')" 1 "documents of that name: $(docs --json)"
same "$(docs --json --limit 1 | grep -c '"name":"lines.jsonl"')" 1 "the newest document"
same "$(docs --state rejected | wc -l | tr -d ' ')" 1 "lines about rejected ones"
same "$(docs --json --since 1h | grep -c .)" 2 "documents of the last hour"
code=0
docs --state good 2>/dev/null || code=$?
same $code 2 "exit code for an unknown state"
stop || fail "the daemon ended with $?"
docs | grep -q 'ok .*lines.jsonl$' || fail "the list without a daemon: $(docs)"
