#!/bin/sh
# SPDX-License-Identifier: MIT
# A document whose worker died runs again by itself, after a pause that grows, so often and no more; neither kill -9 nor a restart
# resets its attempts. When it goes well at last, its records come once and its reason is gone.
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/test/extract/crash.so" ] || skip "the plugins that fail on purpose are not built"

write_configuration() { # CRASHES-ON RETRIES
    configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins", "$SIFTD_BUILD/plugins/test" ]
watch: [ { dir: drop } ]
workers: { count: 1 }
quarantine: { retries: $2, backoff: 1s, longest: 1s }
pipelines: { default: [ { decode: auto }, { extract: [ rows, { crash: { on: $1 } } ] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
}
attempts() {
    sed -n 's/.*"attempts":\([0-9]*\).*/\1/p' "$here"/state/quarantine/*"$1.reason.json" 2>/dev/null | tail -n 1 | grep . || echo 0
}
held() {
    [ -n "$(ls "$here/state/quarantine" | grep "$1\$")" ]
}

write_configuration evil 2
echo '{"n":"evil"}' >"$here/drop/evil.jsonl"
printf '\177ELF' >"$here/drop/program.bin"
head -c 300 /dev/zero >>"$here/drop/program.bin"
start
wait_for 'held evil.jsonl && [ "$(attempts evil.jsonl)" -ge 1 ]' "the first attempt"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
daemon=
first=$(attempts evil.jsonl)
start
wait_for '[ "$(attempts evil.jsonl)" = 3 ] && held evil.jsonl' "the last attempt"
[ "$first" -ge 1 ] || fail "the first attempt was not counted"
contains "$(ls "$here"/state/quarantine/*evil.jsonl.reason.json)" '"next":null' "the reason when the attempts are used up"
same 3 "$(grep -c 'evil.jsonl is put into quarantine' "$here/log")" "runs"
same 1 "$(attempts program.bin)" "attempts at what no decoder reads"
"$siftd" status --json -c "$here/siftd.yaml" | grep -q '"waiting":0' || fail "status does not say that nothing waits for another run"
stop || fail "the daemon ended with $?"

# Another limit, and a plugin that is mended between a kill and the next start: the time for the next run stands in the reason.
write_configuration evil 9
"$siftd" quarantine retry -c "$here/siftd.yaml" evil.jsonl >/dev/null || fail "retry ends with $?"
start
wait_for '[ "$(attempts evil.jsonl)" -ge 4 ] && held evil.jsonl' "another attempt"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
daemon=
write_configuration nobody 9
start
wait_for '[ "$(grep -c "\"n\":\"evil\"" "$here/records.jsonl")" = 1 ]' "the record of the run that went well"
wait_for '[ -z "$(ls "$here/state/quarantine" | grep evil)" ]' "the reason to be gone"
stop || fail "the daemon ended with $?"
same 1 "$(grep -c '"n":"evil"' "$here/records.jsonl")" "the record"
same 0 "$(ls "$here/state/work" | wc -l | tr -d ' ')" "files left in the work folder"
