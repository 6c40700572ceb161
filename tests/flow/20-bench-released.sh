#!/bin/sh
# SPDX-License-Identifier: MIT
# While a plugin is benched its pipeline's files stay in their folder, all but a few, and do not take the places of others; an
# operator lets it go on, and all come out, each once.
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/test/extract/crash.so" ] || skip "the plugins that fail on purpose are not built"

configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins", "$SIFTD_BUILD/plugins/test" ]
watch: [ { dir: drop }, { dir: other, pipeline: calm } ]
workers: { count: 2, bench_after: 3 }
health: { oldest: 1s }
packs: []
pipelines:
  default: [ { decode: [text] }, { extract: [ rows, { crash: { on: evil } } ] } ]
  calm: [ { decode: [text] }, { extract: [ rows ] } ]
sinks: { out: { plugin: file, path: records.jsonl, types: [row] } }
END
mkdir "$here/other"
start
for n in 1 2 3; do
    echo '{"n":"evil"}' >"$here/drop/evil$n.jsonl"
done
wait_for 'grep -q "extract/crash is benched" "$here/log"' "the bench"
n=0
while [ $n -lt 1500 ]; do
    n=$((n + 1))
    echo "{\"n\":$n}" >"$here/drop/$n.jsonl"
done
wait_for '"$siftd" status -c "$here/siftd.yaml" --json | grep -q "\"waiting\":64"' "as many to wait as may"
for n in 1 2 3 4 5 6 7 8; do
    echo "{\"calm\":$n}" >"$here/other/$n.jsonl"
done
wait_for '[ "$(lines "$here/records.jsonl")" = 8 ]' "the documents of the other pipeline"
[ "$(ls "$here/drop" | wc -l)" -gt 1400 ] || fail "only $(ls "$here/drop" | wc -l) files wait in their folder"
wait_for '"$siftd" status -c "$here/siftd.yaml" | grep -q "yellow *the oldest file that could be done has waited"' "the age of the oldest"

code=0
"$siftd" plugin release decode/crash -c "$here/siftd.yaml" >"$here/out" 2>&1 || code=$?
same 1 "$code" "exit code of a release of what is not benched"
"$siftd" plugin release extract/crash -c "$here/siftd.yaml" >"$here/out" || fail "the release ended with $?"
contains "$here/out" "extract/crash goes on" "what it says"
wait_for '[ "$(lines "$here/records.jsonl")" = 1508 ]' "all documents"
wait_for '[ "$(ls "$here/drop" | wc -l)" = 0 ]' "the drop folder to be empty"
wait_for '"$siftd" status -c "$here/siftd.yaml" | grep -q "^health *green$"' "green"
stop || fail "the daemon ended with $?"
same "$(sort -u "$here/records.jsonl" | wc -l)" 1508 "records, each once"
code=0
"$siftd" plugin release crash -c "$here/siftd.yaml" >"$here/out" 2>&1 || code=$?
same 1 "$code" "exit code of a release while no daemon runs"
contains "$here/out" 'no plugin "crash" is benched' "what it says"
