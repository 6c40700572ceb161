#!/bin/sh
# SPDX-License-Identifier: MIT
# A sink that cannot write: the others go on, siftd sinks tells how far it is behind, also after a restart. With a limit to its
# backlog no file is taken beyond it, and the flow goes on by itself when the sink does.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

write_config() { # LIMIT
    configure <<END
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks:
  good: { plugin: file, path: good.jsonl }
  dead: { plugin: file, path: blocked/dead.jsonl$1 }
END
}
sinks() { # EXPRESSION over `dead`, a mapping
    "$siftd" sinks -c "$here/siftd.yaml" --json | python3 -c "
import json, sys
dead = [sink for sink in json.load(sys.stdin) if sink['name'] == 'dead'][0]
sys.exit(0 if $1 else print(dead) or 1)"
}
drop_some() { # FROM TO
    i=$1
    while [ "$i" -le "$2" ]; do
        echo "{\"n\":$i}" >"$here/drop/$i.jsonl"
        i=$((i + 1))
    done
}
echo "in the way" >"$here/blocked"
write_config ""
start
drop_some 1 30
wait_for '[ "$(lines "$here/good.jsonl")" = 60 ]' "the good sink"
sinks "dead['behind'] == 30 and dead['behind_records'] == 60 and 30 * 150 < dead['behind_bytes'] < 30 * 1000" || fail "what is behind"
wait_for "sinks 'dead[\"behind_seconds\"] >= 1 and dead[\"trouble\"]' >/dev/null" "the age and the trouble"
"$siftd" sinks -c "$here/siftd.yaml" | grep -q '^dead .* 30 .*60' || fail "the table of siftd sinks"
same "$(stat -c %s "$here/state/journal/00000001.seg")" "$("$siftd" sinks -c "$here/siftd.yaml" --json | python3 -c "
import json, sys
print([s['behind_bytes'] for s in json.load(sys.stdin) if s['name'] == 'dead'][0] + 64)")" "bytes of the journal that are behind"
kill -KILL "$daemon" # an orderly end would give the dead sink its ten seconds
wait "$daemon" 2>/dev/null || true
daemon=

# Known again after a restart, and now with a limit.
write_config ", backlog: 8KiB"
start
sinks "dead['behind'] == 30 and dead['behind_records'] == 60" || fail "what is behind after a restart"
drop_some 31 60
wait_for '"$siftd" status -c "$here/siftd.yaml" | grep -q "paused .*sink dead"' "the pause"
wait_for '[ "$(ls "$here/state/work" | wc -l)" = 0 ]' "what was taken before the pause"
before=$(lines "$here/good.jsonl")
drop_some 61 80
[ "$(ls "$here/drop" | wc -l)" -ge 20 ] || fail "files were taken although the sink is too far behind"
same "$before" "$(lines "$here/good.jsonl")" "records during the pause"
contains "$here/log" "sink dead is further behind than" "the log"
rm "$here/blocked"
for pid in $(cat "/proc/$daemon/task/$daemon/children"); do # a new process does not wait out the old one's pause
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q '^siftd sink'; then kill -KILL "$pid"; fi
done
wait_for '[ "$(lines "$here/good.jsonl")" = 160 ]' "all files once the sink goes on"
wait_for '[ "$(lines "$here/blocked/dead.jsonl")" = 160 ]' "the sink that was dead"
contains "$here/log" "the sinks have caught up" "the log"
stop || fail "the daemon ended with $?"

code=0
"$siftd" sinks -c "$here/siftd.yaml" 2>"$here/errors" || code=$?
same 1 "$code" "exit code without a daemon"
