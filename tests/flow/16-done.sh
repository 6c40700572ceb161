#!/bin/sh
# SPDX-License-Identifier: MIT
# Where files go: never over another file in the done folder; deleted where that is configured; across file systems too.
. "$(dirname "$0")/../lib/siftd.sh"
other=/dev/shm
[ -d "$other" ] && [ -w "$other" ] && [ "$(stat -c %d "$other")" != "$(stat -c %d "$here")" ] ||
    skip "there is no second file system at $other"
far=$(mktemp -d "$other/siftd-test.XXXXXX")
on_exit "rm -rf '$far'"

mkdir -p "$far/drop" "$here/deleted"
configure <<END
state_dir: state
watch:
  - { dir: drop, done_dir: $far/done }
  - { dir: $far/drop, done_dir: done }
  - { dir: deleted, when_done: delete }
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
run_once() { "$siftd" run -c "$here/siftd.yaml" --once >>"$here/log" 2>&1 || fail "a run ended with $?"; }
for n in 1 2 3; do
    for dir in "$here/drop" "$far/drop" "$here/deleted"; do
        echo "{\"n\":$n}" >"$dir/same.jsonl"
    done
    run_once
done
for dir in "$here/done" "$far/done"; do
    for name in same.jsonl same.jsonl.1 same.jsonl.2; do
        [ -f "$dir/$name" ] || fail "$dir/$name is missing"
    done
done
contains "$far/done/same.jsonl.1" '{"n":2}' "a file moved to another file system"
same "$(find "$here/deleted" "$here/drop" "$far/drop" -type f | wc -l | tr -d ' ')" 0 "files left"
same "$(grep -c '"type":"row"' "$here/records.jsonl")" 9 "records"
