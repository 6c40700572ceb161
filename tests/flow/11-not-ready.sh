#!/bin/sh
# SPDX-License-Identifier: MIT
# Temporary names and empty files are not ready, links and pipes are never taken; none of them is a failure.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<'END'
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
start
for name in a.part b.filepart c.tmp .d 'e~'; do
    echo '{"n":1}' >"$here/drop/$name"
done
: >"$here/drop/empty.jsonl"
mkfifo "$here/drop/pipe"
ln -s /etc/hostname "$here/drop/link"
drop "$0" last.txt
wait_for '[ "$(lines "$here/records.jsonl")" -ge 1 ]' "the one ready file"
same "$(ls -A "$here/drop" | wc -l | tr -d ' ')" 8 "files left alone"

mv "$here/drop/a.part" "$here/drop/a.jsonl"
echo '{"n":2}' >"$here/drop/empty.jsonl"
wait_for '[ "$(grep -c "\"n\":" "$here/records.jsonl")" = 2 ]' "the files that became ready"
stop || fail "the daemon ended with $?"
# (what this kernel or a sanitized build cannot confine is another matter)
! grep -v 'not confined' "$here/log" | grep -Eq 'error|warning' || fail "something was complained about"
