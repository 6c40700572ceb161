#!/bin/sh
# SPDX-License-Identifier: MIT
# Where the system has no watches left a folder is read every now and then, and watched again when there are some; the status
# says so. A file system that is mounted over a watched folder is noticed without an event.
. "$(dirname "$0")/../lib/siftd.sh"
requires unshare mount
limit=/proc/sys/user/max_inotify_watches
unshare -Umr sh -c "echo 3 >$limit && mount -t tmpfs none /mnt" 2>/dev/null || skip "a user namespace with limits of its own is not to be had"

configure <<'END'
state_dir: state
watch: [ { dir: drop, recursive: true, poll: 200ms } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
mkdir "$here/drop/1" "$here/drop/2" "$here/drop/3" "$here/drop/4"
mkfifo "$here/orders"

# The daemon and a shell beside it, in a namespace where three watches are all there are.
unshare -Umr sh -c "
    echo 3 >$limit
    '$siftd' run -c '$here/siftd.yaml' >>'$here/log' 2>&1 &
    while read -r order <'$here/orders'; do
        [ \"\$order\" != end ] || break
        eval \"\$order\"
    done
    kill -TERM \$!
    wait \$!
" &
space=$!
on_exit 'kill -KILL $space 2>/dev/null'

status() {
    "$siftd" status -c "$here/siftd.yaml" --json 2>/dev/null
}
wait_for 'status | grep -q "\"events\":\"polled\""' "the status to say that folders are polled"
contains "$here/log" max_user_watches "the log"
for i in 1 2 3 4; do
    echo "{\"n\":$i}" >"$here/drop/$i/x.jsonl"
done
wait_for '[ "$(grep -c "\"type\":\"row\"" "$here/records.jsonl")" = 4 ]' "the files of all folders"

echo "mount -t tmpfs none '$here/drop'; echo '{\"n\":5}' >'$here/drop/y.jsonl'" >"$here/orders"
wait_for '[ "$(grep -c "\"type\":\"row\"" "$here/records.jsonl")" = 5 ]' "the file on what was mounted over the folder"
wait_for 'status | grep -q "\"events\":\"watched\""' "the new folder to be watched"
echo "umount -l '$here/drop'; echo '{\"n\":6}' >'$here/drop/z.jsonl'" >"$here/orders"
wait_for '[ "$(grep -c "\"type\":\"row\"" "$here/records.jsonl")" = 6 ]' "the file in the folder that was below"
echo end >"$here/orders"
wait $space || fail "the daemon ended with $?"
