#!/bin/sh
# SPDX-License-Identifier: MIT
# Each file is taken once and whole: written slowly in place, renamed in, hard-linked, copied into a folder below.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<'END'
state_dir: state
watch: [ { dir: drop, done_dir: done, recursive: true } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
start
documents() { grep -c '"type":"document"' "$here/records.jsonl" 2>/dev/null || true; }

exec 3>"$here/drop/slow.jsonl"
for piece in '{"n":1}' '{"n":' '2}'; do
    printf '%s' "$piece" >&3
    sleep 0.3
    same "$(lines "$here/records.jsonl")" 0 "records while the writer has the file open"
    [ "$piece" = '{"n":' ] || echo >&3
done
exec 3>&-
wait_for '[ "$(documents)" = 1 ]' "the slowly written file"
contains "$here/records.jsonl" '"records":{"row":2}' "the slowly written file is whole"

echo '{"n":3}' >"$here/renamed.jsonl"
mv "$here/renamed.jsonl" "$here/drop/"
wait_for '[ "$(documents)" = 2 ]' "the renamed file"

echo '{"n":4}' >"$here/original.jsonl"
ln "$here/original.jsonl" "$here/drop/linked.jsonl"
wait_for '[ "$(documents)" = 3 ]' "the hard-linked file"
[ -f "$here/original.jsonl" ] || fail "the original of the hard link is gone"

mkdir -p "$here/drop/a/b"
echo '{"n":5}' >"$here/drop/a/b/below.jsonl"
wait_for '[ "$(documents)" = 4 ]' "the file in a folder below"
wait_for '[ -f "$here/done/a/b/below.jsonl" ]' "the file in the done folder, in the same place"
stop || fail "the daemon ended with $?"
same "$(lines "$here/records.jsonl")" 9 "records in all"
same "$(sort "$here/records.jsonl" | uniq -d | wc -l)" 0 "records that came twice"
