#!/bin/sh
# SPDX-License-Identifier: MIT
# A watched folder that is removed and made again, or moved away, is noticed and watched anew; each in one sentence.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<'END'
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
start
rmdir "$here/drop"
wait_for 'grep -q "is not there" "$here/log"' "the sentence about the missing folder"
mkdir "$here/drop"
echo '{"n":1}' >"$here/drop/first.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" = 2 ]' "the file in the folder made again"

mv "$here/drop" "$here/elsewhere"
wait_for '[ "$(grep -c "is not there" "$here/log")" = 2 ]' "the sentence about the moved folder"
echo '{"n":0}' >"$here/elsewhere/not-ours.jsonl"
mkdir "$here/drop"
echo '{"n":2}' >"$here/drop/second.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" = 4 ]' "the file in the new folder"
[ -f "$here/elsewhere/not-ours.jsonl" ] || fail "a file was taken from the folder that was moved away"
same "$(grep -c 'is there again' "$here/log")" 2 "sentences about its return"
stop || fail "the daemon ended with $?"
