#!/bin/sh
# SPDX-License-Identifier: MIT
# Where a watched folder asks for it, the person who dropped a file finds its fate beside the folder: what came out, what the checks
# say, why it was rejected, why it is in quarantine; also when the daemon is killed between commit and receipt.
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/test/extract/crash.so" ] || skip "the plugins that fail on purpose are not built"
requires python3

configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins", "$SIFTD_BUILD/plugins/test" ]
watch: [ { dir: drop, recursive: true, receipts: true } ]
workers: { count: 1 }
quarantine: { retries: 1, backoff: 1h }
pipelines:
  default:
    - decode: auto
    - extract: [ rows, { crash: { on: evil } }, { fail: { on: broken } } ]
sinks: { out: { plugin: file, path: records.jsonl } }
END
mkdir -p "$here/drop/below"
printf '{"n":1}\n{"n":2}\n' >"$here/drop/good.jsonl"
printf '{"n":"broken"}\n' >"$here/drop/below/broken.jsonl"
printf '{"n":"evil"}\n' >"$here/drop/evil.jsonl"
printf '\177ELF' >"$here/drop/program.bin"
head -c 300 /dev/zero >>"$here/drop/program.bin"
start
wait_for '[ "$(find "$here/receipts" -name "*.json" | wc -l)" = 4 ]' "four receipts"
python3 - "$here/receipts" <<'END' || fail "the receipts are wrong: $(cat "$here"/receipts/*.json)"
import json, sys
def receipt(name):
    return json.load(open("%s/%s.json" % (sys.argv[1], name)))
good = receipt("good.jsonl")
assert good["status"] == "ok" and good["records"] == {"row": 2} and good["account"]["records"]["delivered"] == 2
broken = receipt("below/broken.jsonl")
assert broken["status"] == "findings" and "fails on purpose" in broken["findings"]["error"][0]["message"]
evil = receipt("evil.jsonl")
assert evil["status"] == "quarantined" and evil["quarantine"]["plugin"] == "crash" and evil["quarantine"]["stage"] == "extract"
assert evil["quarantine"]["attempts"] == 1 and evil["quarantine"]["runs_again"]
program = receipt("program.bin")
assert program["status"] == "rejected" and "program" in program["error"] and program["quarantine"]
END
stop || fail "the daemon ended with $?"

# Killed at each call that changes the disk: no file without its receipt in the end.
n=40
while [ $n -lt 110 ]; do
    rm -rf "$here/receipts" "$here/state"
    printf '{"n":1}\n' >"$here/drop/a.jsonl"
    printf '\177ELF' >"$here/drop/b.bin"
    head -c 300 /dev/zero >>"$here/drop/b.bin"
    LD_PRELOAD="$SIFTD_BUILD/tests/fault/shim.so" SIFTD_SHIM="run:$n:kill" SIFTD_SHIM_FIRED="$here/fired" \
        "$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || true
    code=0 # 1 when b.bin is rejected by this run and not by the one that was killed
    "$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || code=$?
    [ "$code" -le 1 ] || fail "the run after a kill at call $n ended with $code"
    [ -s "$here/receipts/a.jsonl.json" ] || fail "killed at call $n: a.jsonl has no receipt"
    contains "$here/receipts/b.bin.json" '"rejected"' "killed at call $n: the receipt of b.bin"
    same "" "$(find "$here/receipts" -name '*.new')" "killed at call $n: halves of receipts"
    n=$((n + 7))
done

# A folder that would be read as dropped files is no place for receipts.
configure <<END
state_dir: state
watch: [ { dir: drop, recursive: true, receipts: drop/receipts } ]
sinks: { out: { plugin: file, path: records.jsonl } }
END
! "$siftd" check -c "$here/siftd.yaml" 2>"$here/out" || fail "receipts inside a watched folder are taken"
contains "$here/out" "would themselves be taken as dropped files" "receipts inside a watched folder"
