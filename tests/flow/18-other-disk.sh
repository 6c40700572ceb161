#!/bin/sh
# SPDX-License-Identifier: MIT
# A watched folder on another file system than the state: claims stay beside the files, also over kill -9; done files and quarantine
# are copied over; the folder may be removed and come back.
. "$(dirname "$0")/../lib/siftd.sh"

other=$(mktemp -d /dev/shm/siftd-test.XXXXXX) || skip "there is no /dev/shm"
on_exit "rm -rf $other"
[ "$(stat -c %d "$other")" != "$(stat -c %d "$here")" ] || skip "/dev/shm is on the file system of /tmp"
mkdir "$other/drop"
configure <<END
state_dir: state
plugin_dirs: [$SIFTD_BUILD/plugins/test]
watch: [ { dir: $other/drop, recursive: true, done_dir: done } ]
workers: { count: 2 }
pipelines: { default: [ { decode: auto }, { extract: [ rows, { crash: { on: drill } }, { slow: { on: slowly, time: 300ms } } ] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
documents() {
    if [ -f "$here/records.jsonl" ]; then grep -c '"type":"document"' "$here/records.jsonl" || true; else echo 0; fi
}
mkdir "$other/drop/a"
i=0
while [ $i -lt 60 ]; do
    echo "{\"n\":$i,\"how\":\"slowly\"}" >"$other/drop/a/f$i.jsonl"
    i=$((i + 1))
done
echo '{"n":"drill"}' >"$other/drop/drill.jsonl"
start
wait_for '[ "$(documents)" -gt 3 ]' "the first documents"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
[ "$(ls "$other/drop/.siftd/work" | wc -l)" -gt 0 ] || fail "no claims were left to take up"
start
wait_for '[ "$(documents)" -ge 60 ]' "all documents"
wait_for '[ -e "$here/state/quarantine/"*drill.jsonl ]' "the one in quarantine"
wait_for '[ "$(ls "$here/done/a" | wc -l)" -eq 60 ]' "the files in the done folder"
same "$(grep -c '"type":"row"' "$here/records.jsonl")" 60 "records"
wait_for '[ "$(ls "$other/drop/.siftd/work" | wc -l)" -eq 0 ]' "the claims to go"

rm -rf "$other/drop"
mkdir "$other/drop"
echo '{"n":1}' >"$other/drop/again.jsonl"
wait_for '[ "$(documents)" -ge 61 ]' "the file in the folder that came back"
rm -rf "$other/drop/.siftd"
echo '{"n":1}' >"$other/drop/more.jsonl"
wait_for '[ -e "$here/done/more.jsonl" ]' "a file after its work folder was removed"

# A disk with claims of its own takes the place of the first.
mkdir -p "$other/next/.siftd/work"
cp "$here/done/more.jsonl" "$other/next/.siftd/work/0006000000000000.00000000.left.jsonl"
mv "$other/drop" "$other/before"
mv "$other/next" "$other/drop"
wait_for '[ -e "$here/done/left.jsonl" ]' "what an earlier start had claimed there"
stop || fail "the daemon ended with $?"
same "$(documents)" 63 "documents"
