#!/bin/sh
# SPDX-License-Identifier: MIT
# A document that takes its worker down, overruns its time or its memory goes to quarantine with a reason that names stage and
# plugin; the documents around it come out, each once. A document in quarantine that is put back into work/ runs again.
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/test/extract/crash.so" ] || skip "the plugins that fail on purpose are not built"

configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins", "$SIFTD_BUILD/plugins/test" ]
watch: [ { dir: drop } ]
workers: { count: 2, timeout: 5s, memory: 48MiB }
packs: []
pipelines:
  default:
    - decode: auto
    - extract: [ rows, { crash: { on: evil } }, { slow: { on: sleepy, time: 1h } }, { hog: { on: greedy } } ]
sinks: { out: { plugin: file, path: records.jsonl } }
END
for n in 1 2 3 4 5 6 7 8 9; do
    echo "{\"n\":$n}" >"$here/drop/good$n.jsonl"
    [ $n != 3 ] || echo '{"n":"evil"}' >"$here/drop/evil.jsonl"
    [ $n != 5 ] || echo '{"n":"sleepy"}' >"$here/drop/sleepy.jsonl"
    [ $n != 7 ] || echo '{"n":"greedy"}' >"$here/drop/greedy.jsonl"
done
start
quarantine=$here/state/quarantine
wait_for '[ "$(ls "$quarantine" | grep -c "reason.json$")" = 3 ]' "three reasons"
wait_for '[ "$(grep -c "\"type\":\"row\"" "$here/records.jsonl")" = 9 ]' "the good documents"
contains "$(ls "$quarantine"/*evil*.reason.json)" '"plugin":"crash"' "the crash's reason"
contains "$(ls "$quarantine"/*evil*.reason.json)" '"stage":"extract"' "the crash's reason"
contains "$(ls "$quarantine"/*sleepy*.reason.json)" '"limit":"time"' "the overrun's reason"
contains "$(ls "$quarantine"/*sleepy*.reason.json)" '"plugin":"slow"' "the overrun's reason"
contains "$(ls "$quarantine"/*greedy*.reason.json)" '"plugin":"hog"' "the memory's reason"
if ! nm -D "$siftd" 2>/dev/null | grep -q __asan_; then # no limit of memory under the address sanitizer
    contains "$(ls "$quarantine"/*greedy*.reason.json)" '"limit":"memory"' "the memory's reason"
fi
same "$(cat "$quarantine"/*evil.jsonl)" '{"n":"evil"}' "the file in quarantine"
wait_for '[ -z "$(ls "$here/state/work")" ]' "the work folder to be empty"
same "$(grep -c 'is put into quarantine' "$here/log")" 3 "sentences"
stop || fail "the daemon ended with $?"

sed -i 's/{ crash: { on: evil } }, //' "$here/siftd.yaml"
mv "$quarantine"/*evil.jsonl "$here/state/work/"
"$siftd" run -c "$here/siftd.yaml" --once >>"$here/log" 2>&1 || fail "the second run ended with $?"
same "$(grep -c '"type":"row"' "$here/records.jsonl")" 10 "records after the second run"

echo '{"n":"sleepy"}' >"$here/drop/sleepy.jsonl"
code=0
"$siftd" run -c "$here/siftd.yaml" --once >>"$here/log" 2>&1 || code=$?
same "$code" 1 "exit code when a document was refused"
