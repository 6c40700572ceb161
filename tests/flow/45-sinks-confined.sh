#!/bin/sh
# SPDX-License-Identifier: MIT
# A sink's process writes into its own folder and nowhere else, and opens no socket; the others go on.
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/test/sink/stray.so" ] || skip "the plugins that fail on purpose are not built"
if nm -D "$siftd" 2>/dev/null | grep -q __asan_; then skip "the sanitizers bear no confinement"; fi

configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins/test" ]
watch: [ { dir: drop } ]
packs: []
pipelines: { default: [ { decode: [text] }, { extract: [rows] } ] }
sinks:
  good: { plugin: file, path: out/records.jsonl, types: [row] }
  inside: { plugin: stray, path: own/file }
  beyond: { plugin: stray, path: own/file, beyond: "$here/beyond" }
  net: { plugin: stray, path: own/file, net: true }
END
start
if "$siftd" status -c "$here/siftd.yaml" --json | grep -o '"unconfined":"[^"]*"' | grep -q 'paths\|calls'; then
    skip "this kernel cannot confine"
fi
echo '{"n":1}' >"$here/drop/one.jsonl"
wait_for '[ "$(lines "$here/out/records.jsonl")" = 1 ]' "the good sink's record"
wait_for 'grep -q "sink beyond: .*/beyond cannot be made: Permission denied" "$here/log"' "the refusal"
wait_for 'grep -q "sink net.* the system call socket is not for this process" "$here/log"' "the system call's name"
wait_for '"$siftd" status -c "$here/siftd.yaml" | grep -q "inside .*stray .* 0  *2 "' "the sink inside its folder to be done"
[ ! -e "$here/beyond" ] || fail "a sink wrote beyond its folder"
[ -e "$here/own/file" ] || fail "a sink could not write into its folder"
echo '{"n":2}' >"$here/drop/two.jsonl"
wait_for '[ "$(lines "$here/out/records.jsonl")" = 2 ]' "the good sink's second record"
stop || fail "the daemon ended with $?"
