#!/bin/sh
# SPDX-License-Identifier: MIT
# Everything that is refused has a place with its reason: documents that no decoder reads, that took their worker down, and records
# that a validator kept out. siftd quarantine lists, shows, retries and drops them, with a daemon and without one.
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/test/extract/crash.so" ] || skip "the plugins that fail on purpose are not built"
requires python3

mkdir -p "$here/packs/shop/schemas"
printf 'name: shop\nversion: "1.0"\nsummary: rows of sales\n' >"$here/packs/shop/pack.yaml"
echo 'row: schemas/sale.json' >"$here/packs/shop/schemas.yaml"
echo '{ "$id": "schemas/sale.json", "required": ["sum"] }' >"$here/packs/shop/schemas/sale.json"
write_configuration() { # CRASHES-ON WHEN-DONE
    configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins", "$SIFTD_BUILD/plugins/test" ]
pack_dirs: [ packs ]
packs: [ shop ]
watch: [ { dir: drop, when_done: $2 } ]
workers: { count: 1 }
quarantine: { retries: 0 }
pipelines:
  default:
    - decode: auto
    - extract: [ rows, { crash: { on: $1 } } ]
    - validate: [ { schema: { findings: 1 } } ]
sinks: { out: { plugin: file, path: records.jsonl } }
END
}
q() {
    verb=$1
    shift
    "$siftd" quarantine "$verb" -c "$here/siftd.yaml" "$@"
}
count() { # OPTION...
    q list --json "$@" | python3 -c 'import json,sys; a = json.load(sys.stdin); print(len(a.get("records", a.get("documents"))))'
}
attempts() { # OPTION...
    q list --json "$@" |
        python3 -c 'import json,sys; print(" ".join("%d%s" % (d["attempts"], d["state"]) for d in json.load(sys.stdin)["documents"]))'
}
twice() { # ids that stand twice in the sink's file
    sed 's/.*"id":"\([^"]*\)".*/\1/' "$here/records.jsonl" | sort | uniq -d
}

write_configuration evil delete
printf '{"sum":1}\n{"n":"a"}\n{"n":"b"}\n{"sum":2}\n' >"$here/drop/sales.jsonl"
printf '{"sum":"evil"}\n' >"$here/drop/evil.jsonl"
printf '\177ELF\002\001\001' >"$here/drop/program.bin"
head -c 300 /dev/zero >>"$here/drop/program.bin"
start
wait_for '[ "$(grep -c "\"type\":\"document\"" "$here/records.jsonl")" = 2 ] && [ "$(count)" = 2 ]' "two documents and two refusals"
wait_for '[ "$(count --records)" = 2 ]' "two refused records"

# With the daemon: what is there, and why.
q list >"$here/out"
contains "$here/out" "program.bin" "the list"
contains "$here/out" "evil.jsonl" "the list"
same 1 "$(count --kind rejected)" "rejected ones"
same 1 "$(count --plugin crash)" "those of the plugin crash"
same 0 "$(count --plugin rows)" "those of another plugin"
same 1 "$(count --reason 'took its worker down')" "those with that reason"
same 0 "$(count --since 2000-01-01 --until 2001-01-01)" "those of another time"
same 2 "$(count --since 1h)" "those of this hour"
q show program.bin >"$here/out" || fail "show ends with $?"
contains "$here/out" "decode" "the stage of the rejected one"
q list --records >"$here/out"
contains "$here/out" "does not fit its schema" "the refused records"
same 2 "$(count --records --plugin schema --stage validate --reason 'does not fit')" "refused records by plugin, stage and reason"
same 0 "$(grep -c '"type":"refused"' "$here/records.jsonl")" "refused records in a sink"
[ -s "$(ls "$here"/state/quarantine/*program.bin)" ] || fail "the rejected file has no place"
! q retry 2>"$here/out" || fail "retry of nothing in particular is taken"
contains "$here/out" "say which" "retry of nothing in particular"
! q retry nobody >"$here/out" 2>&1 || fail "retry of what is not there succeeds"

# A retry that fails once more is counted, and adds nothing to the sink; nor does what is rejected once more for the same reason.
before=$(lines "$here/records.jsonl")
q retry --all >"$here/out" || fail "the retry ends with $?"
contains "$here/out" "2 documents" "the retry"
wait_for '[ "$(attempts)" = "2held 2held" ]' "the second attempts"
same "$before" "$(lines "$here/records.jsonl")" "lines after a retry that changes nothing"
stop || fail "the daemon ended with $?"

# Without a daemon: the same on the state folder.
same 2 "$(count)" "refusals without a daemon"
q drop program.bin --dry-run >/dev/null || fail "the dry run ends with $?"
same 2 "$(count)" "refusals after a dry run"
q drop program.bin >/dev/null || fail "drop ends with $?"
same 1 "$(count)" "refusals after a drop"
same 0 "$(ls "$here/state/quarantine" | grep -c program.bin)" "files of the dropped one"
write_configuration nobody delete
q retry --plugin crash >"$here/out" || fail "retry ends with $?"
same 1 "$(ls "$here/state/work" | grep -c evil.jsonl)" "files that wait for the next start"
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || fail "the run ended with $?"
same 1 "$(grep -c '"sum":"evil"' "$here/records.jsonl")" "the mended document's row"
same 0 "$(count)" "refusals at the end"
same 0 "$(ls "$here/state/work" | wc -l | tr -d ' ')" "files left in the work folder"
q drop --records --all >/dev/null || fail "dropping records ends with $?"
same 0 "$(count --records)" "refused records at the end"
same "" "$(twice)" "ids that stand twice"

# A file that stays where it is waits as a note; its retry reads it from there, a restart does not read it by itself.
write_configuration evil keep
printf '{"sum":"evil twin"}\n' >"$here/drop/twin.jsonl"
! "$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || fail "a refusal is no success"
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || fail "the second run met the refused file again"
same "1held" "$(attempts)" "attempts at a file that stays"
write_configuration nobody keep
q retry twin.jsonl >/dev/null || fail "retry of a kept file ends with $?"
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || fail "the last run ended with $?"
same 1 "$(grep -c 'evil twin' "$here/records.jsonl")" "the kept file's row"
[ -f "$here/drop/twin.jsonl" ] || fail "the kept file is gone"
same 0 "$(count)" "refusals after the kept file's retry"
