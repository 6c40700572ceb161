#!/bin/sh
# SPDX-License-Identifier: MIT
# A file that cannot be read stays where it is, is complained about once, and is taken when it can be.
. "$(dirname "$0")/../lib/siftd.sh"
if [ "$(id -u)" = 0 ]; then
    requires setpriv
    chmod 755 "$here"
    siftd_as="setpriv --reuid=65534 --regid=65534 --clear-groups"
else
    siftd_as=
fi

configure <<'END'
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
[ "$(id -u)" != 0 ] || chown -R 65534:65534 "$here"
$siftd_as test -x "$siftd" || skip "the build folder is closed to other users"
echo '{"n":1}' >"$here/drop/.closed.jsonl"
chmod 000 "$here/drop/.closed.jsonl"
mv "$here/drop/.closed.jsonl" "$here/drop/closed.jsonl"
$siftd_as "$siftd" run -c "$here/siftd.yaml" >>"$here/log" 2>&1 &
daemon=$!
wait_for 'grep -q "closed.jsonl cannot be read: Permission denied" "$here/log"' "the sentence about the file"
chmod 200 "$here/drop/closed.jsonl"
sleep 0.2
same "$(grep -c 'closed.jsonl' "$here/log")" 1 "sentences about the file"
chmod 644 "$here/drop/closed.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" = 2 ]' "the file that can be read now"
stop || fail "the daemon ended with $?"
