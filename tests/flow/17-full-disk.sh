#!/bin/sh
# SPDX-License-Identifier: MIT
# The state's disk fills. Below disk.free no file is taken; when it is full all the same, the reserve is given up and what is on its
# way is finished; when there is room, everything goes on by itself.
. "$(dirname "$0")/../lib/siftd.sh"
[ "$(id -u)" = 0 ] || skip "only root can make a small file system"
mkdir "$here/small"
mount -t tmpfs -o size=6m tmpfs "$here/small" 2>/dev/null || skip "no file system can be mounted here"
on_exit "umount -l '$here/small'"

configure <<END
state_dir: small/state
plugin_dirs: [$SIFTD_BUILD/plugins/test]
watch: [ { dir: drop, when_done: delete } ]
workers: { count: 2 }
disk: { free: 1MiB, reserve: 512KiB }
pipelines: { default: [ { decode: auto }, { extract: [ rows, { slow: { on: slowly, time: 400ms } } ] } ] }
sinks: { out: { plugin: file, path: records.jsonl, types: [row] } }
END
rows() { # TEXT FROM TO: files with one row each
    i=$2
    while [ "$i" -le "$3" ]; do
        echo "{\"n\":$i,\"text\":\"$1\"}" >"$here/drop/$i.jsonl"
        i=$((i + 1))
    done
}
status() { "$siftd" status -c "$here/siftd.yaml"; }
fill() { head -c "${1:-99999999}" /dev/zero >>"$here/small/filler" 2>/dev/null || true; }

start
rows first 1 1
wait_for '[ "$(lines "$here/records.jsonl")" = 1 ]' "the first file"
same "$(stat -c %s "$here/small/state/reserve")" 524288 "bytes of the reserve"

# Nearly full: files wait where they were dropped.
free=$(($(stat -f -c '%a * %S' "$here/small")))
fill $((free - 700000))
wait_for 'status | grep -q "paused .*nearly full"' "the pause"
rows waits 2 21
wait_for '[ "$(ls "$here/drop" | wc -l)" = 20 ]' "the files"
contains "$here/log" "no file is taken" "the log"
same "$(lines "$here/records.jsonl")" 1 "records while the disk is nearly full"
rm "$here/small/filler"
wait_for '[ "$(lines "$here/records.jsonl")" = 21 ]' "the files that waited"
wait_for 'status | grep -q "paused *-"' "the end of the pause"
contains "$here/log" "the flow goes on" "the log"

# Full to the last byte while documents are out: the reserve lets them be finished, journal and ledger.
rows slowly 22 33
wait_for '[ "$(ls "$here/drop" | wc -l)" = 0 ]' "the claims"
fill
wait_for '[ "$(lines "$here/records.jsonl")" = 33 ]' "records of what was out when the disk filled"
wait_for '[ ! -e "$here/small/state/reserve" ] || [ "$(lines "$here/records.jsonl")" = 33 ]' "the reserve"
wait_for 'status | grep -q "documents *33"' "the ledger"
status | grep -q '^health *yellow, not ready' || fail "a full disk is not yellow: $(status | head -3)"
rows waits 34 40
same "$(ls "$here/drop" | wc -l)" 7 "files that wait"
rm "$here/small/filler"
wait_for '[ "$(lines "$here/records.jsonl")" = 40 ]' "all records once there is room"
wait_for '[ -e "$here/small/state/reserve" ]' "the reserve again"
stop || fail "the daemon ended with $?"
same "$(sed 's/.*"n":\([0-9]*\).*/\1/' "$here/records.jsonl" | sort -n | uniq | wc -l)" 40 "different records"
same "$(find "$here/drop" "$here/small/state/work" -type f | wc -l)" 0 "files left"

# A single run does not wait for somebody who makes room.
fill
rows waits 41 42
code=0
"$siftd" run --once -c "$here/siftd.yaml" 2>>"$here/log" || code=$?
same "$code" 1 "exit code of a run without room"
same "$(ls "$here/drop" | wc -l)" 2 "files that stay"
contains "$here/log" "stays there" "the log"
