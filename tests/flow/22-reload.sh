#!/bin/sh
# SPDX-License-Identifier: MIT
# SIGHUP: a good configuration comes into use without a loss; a bad one is refused as a whole and the old one goes on.
. "$(dirname "$0")/../lib/siftd.sh"

write_config() { # DIR [OPTION]
    configure <<END
state_dir: state
watch: [ { dir: $1 } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl$2 } }
END
}
mkdir -p "$here/second"
write_config drop ""
start
echo '{"n":1}' >"$here/drop/1.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" = 2 ]' "the first file"

write_config drop ", flavour: sweet"
kill -HUP "$daemon"
wait_for 'grep -q "refused as a whole" "$here/log"' "the refusal"
grep -q 'siftd.yaml:4:.*flavour' "$here/log" || fail "the mistake was not named with its place"
echo '{"n":2}' >"$here/drop/2.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" = 4 ]' "the old configuration at work"

printf 'state_dir: [\n' >"$here/siftd.yaml"
kill -HUP "$daemon"
wait_for '[ "$(grep -c "refused as a whole" "$here/log")" = 2 ]' "the second refusal"

write_config second ""
echo '{"n":3}' >"$here/second/3.jsonl"
kill -HUP "$daemon"
kill -HUP "$daemon"
wait_for '[ "$(lines "$here/records.jsonl")" = 6 ]' "the new folder's file"
echo '{"n":4}' >"$here/second/4.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" = 8 ]' "the new configuration at work"
echo '{"n":0}' >"$here/drop/0.jsonl"
stop || fail "the daemon ended with $?"
[ -f "$here/drop/0.jsonl" ] || fail "the old folder is still watched"
same "$(grep -c '"type":"row"' "$here/records.jsonl")" 4 "records"
