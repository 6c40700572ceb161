#!/bin/sh
# SPDX-License-Identifier: MIT
# Plugins that do every kind of harm on purpose: each costs its document, which goes to quarantine with a reason that names stage,
# plugin, and signal or limit; the documents around it come out, each once; the workers are replaced.
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/test/extract/trespass.so" ] || skip "the plugins that fail on purpose are not built"

# The word that sets it off, the plugin, how, and what its reason says. (On a busy machine the clock may be faster than the
# processor time of the endless loop.)
cat >"$here/harms" <<'END'
memory    crash    how:memory       "signal":11
stack     crash    how:stack        "signal":11
abort     crash    how:abort        "signal":6
exit      crash    how:exit         ended with code 0
loop      slow     busy:true        "limit":"
sleep     slow     busy:false       "limit":"time"
records   flood    how:records      "limit":"records"
rows      flood    how:rows         "limit":"output"
hog       hog      own:false        "limit":"memory"
malloc    hog      own:true         "limit":"memory"
table     trespass how:table        "signal":11
text      trespass how:text         changed by a plugin
bytes     trespass how:bytes        changed by a plugin
document  trespass how:document     "signal":6
record    trespass how:record       "signal":6
file      trespass how:file         system call openat
socket    trespass how:socket       system call socket
process   trespass how:process      system call clone
program   trespass how:program      system call execve
signal    trespass how:signal       system call kill
code      trespass how:code         system call mmap
dup       trespass how:descriptors  system call dup
END
confined=1
if nm -D "$siftd" 2>/dev/null | grep -q __asan_; then # the sanitizers bear no filter of calls and no limit of memory
    confined=
    sed -i '/^process /d; /^hog /d; /^malloc /d' "$here/harms"
fi
uses=
while read -r word plugin how _; do
    uses="$uses, { $plugin: { on: $word-, ${how%:*}: ${how#*:} } }"
done <"$here/harms"
configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins", "$SIFTD_BUILD/plugins/test" ]
watch: [ { dir: drop } ]
workers: { count: 2, timeout: 8s, cpu: 1s, memory: 64MiB, bench_after: 0 }
limits: { records: 20000, output: 1MiB }
packs: []
pipelines:
  default:
    - decode: [ text ]
    - extract: [ rows$uses ]
sinks: { out: { plugin: file, path: records.jsonl } }
END
count=0
while read -r word _; do
    count=$((count + 1))
    echo "{\"n\":$count}" >"$here/drop/good$count.jsonl"
    echo "{\"n\":\"$word-\"}" >"$here/drop/bad-$word.jsonl"
done <"$here/harms"
start
quarantine=$here/state/quarantine
wait_for '[ "$(ls "$quarantine" | grep -c "reason.json$")" -ge '"$count"' ]' "all reasons"
while read -r word plugin _ wanted; do
    reason=$(ls "$quarantine"/*bad-"$word".jsonl.reason.json)
    contains "$reason" '"stage":"extract"' "the stage of $word"
    contains "$reason" "\"plugin\":\"$plugin\"" "the plugin of $word"
    [ -z "$confined" ] || contains "$reason" "$wanted" "the reason of $word"
done <"$here/harms"
wait_for '[ "$(grep -c "\"type\":\"row\"" "$here/records.jsonl")" -ge '"$count"' ]' "the good documents"
wait_for '[ -z "$(ls "$here/state/work")" ]' "the work folder to be empty"
same "$(ls "$quarantine" | grep -c 'reason.json$')" "$count" "documents in quarantine"
same "$(grep -c '"type":"row"' "$here/records.jsonl")" "$count" "records"
same "$(grep '"type":"row"' "$here/records.jsonl" | sort -u | wc -l)" "$count" "records, each once"
wait_for '"$siftd" status -c "$here/siftd.yaml" --json | grep -o "\"state\":\"idle\"" | wc -l | grep -qx "[34]"' "two workers again, and those that stand by"
stop || fail "the daemon ended with $?"
