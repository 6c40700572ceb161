#!/bin/sh
# SPDX-License-Identifier: MIT
# A plugin that kills many different documents is benched: the documents of its pipelines wait and nothing is lost, status ends with
# 1 and says so; a reload lets them go on. Other pipelines do not wait.
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/test/extract/crash.so" ] || skip "the plugins that fail on purpose are not built"

configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins", "$SIFTD_BUILD/plugins/test" ]
watch: [ { dir: drop }, { dir: other, pipeline: calm } ]
workers: { count: 2, bench_after: 3 }
packs: []
pipelines:
  default: [ { decode: [text] }, { extract: [ rows, { crash: { on: evil } } ] } ]
  calm: [ { decode: [text] }, { extract: [ rows ] } ]
sinks: { out: { plugin: file, path: records.jsonl, types: [row] } }
END
mkdir "$here/other"
start
quarantine=$here/state/quarantine
for n in 1 2 3; do
    echo '{"n":"evil"}' >"$here/drop/evil$n.jsonl"
done
wait_for '[ "$(ls "$quarantine" | grep -c "reason.json$")" = 3 ]' "three reasons"
wait_for 'grep -q "extract/crash is benched: 3 documents died of it" "$here/log"' "the bench"
for n in 4 5 6 7 8; do
    echo "{\"n\":\"evil $n\"}" >"$here/drop/evil$n.jsonl"
done
echo '{"n":1}' >"$here/drop/good.jsonl"
echo '{"n":2}' >"$here/other/calm.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" = 1 ]' "the document of the other pipeline"
wait_for '"$siftd" status -c "$here/siftd.yaml" --json | grep -q "\"waiting\":6"' "six documents to wait"
code=0
"$siftd" status -c "$here/siftd.yaml" >"$here/status" || code=$?
same 1 "$code" "exit code of status while a plugin is benched"
contains "$here/status" "extract  crash" "the status"
same "$(ls "$quarantine" | grep -c 'reason.json$')" 3 "documents in quarantine while others wait"

# Mended and loaded again: all of them come out, each once.
sed -i 's/, { crash: { on: evil } }//' "$here/siftd.yaml"
kill -HUP "$daemon"
wait_for '[ "$(lines "$here/records.jsonl")" = 7 ]' "the documents that waited"
"$siftd" status -c "$here/siftd.yaml" >/dev/null || fail "status is still red after the reload"
stop || fail "the daemon ended with $?"
same "$(sort -u "$here/records.jsonl" | wc -l)" 7 "records, each once"

# A daemon that ends does not wait for a benched plugin, and the next start has the documents.
sed -i 's/extract: \[ rows \] } \]$/&/; s/{ extract: \[ rows \] } \]/{ extract: [ rows, { crash: { on: evil } } ] } ]/' "$here/siftd.yaml"
start
for n in 1 2 3; do
    echo "{\"n\":\"evil again $n\"}" >"$here/drop/evil-again$n.jsonl"
done
wait_for 'grep -c "is benched" "$here/log" | grep -qx 2' "the second bench"
echo '{"n":3}' >"$here/drop/late.jsonl"
wait_for '"$siftd" status -c "$here/siftd.yaml" --json | grep -q "\"waiting\":1"' "one document to wait"
stop || fail "the daemon ended with $?"
"$siftd" run -c "$here/siftd.yaml" --once >>"$here/log" 2>&1 || fail "the run after it ended with $?"
same "$(grep -c '"n":3' "$here/records.jsonl")" 1 "the document that waited over the end"
