#!/bin/sh
# SPDX-License-Identifier: MIT
# Health means progress: green, yellow with its reason, red when nothing moves; then the watchdog is fed no more, until it does again.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3 curl
! grep -q '^SIFTD_SANITIZE:STRING=.' "$SIFTD_BUILD/CMakeCache.txt" || skip "a sanitized program cannot be preloaded"

configure <<END
state_dir: state
watch: [ { dir: drop, when_done: delete }, { dir: second } ]
workers: { count: 2, timeout: 200ms }
health: { stalled: 500ms }
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl, types: [row] } }
END
health() { # the answer's code, then the names of the reasons
    curl -s -o "$here/answer" -w '%{http_code} ' --unix-socket "$here/state/admin.sock" http://siftd/v1/health
    python3 -c '
import json, sys
health = json.load(open(sys.argv[1]))
print(health["status"], "ready" if health["ready"] else "-", "live" if health["live"] else "-", *sorted(r["reason"] for r in health["reasons"]))' "$here/answer"
}
cat >"$here/listen.py" <<'END'
import socket, sys
end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
end.bind(sys.argv[1])
while True:
    print(end.recv(4096).decode().replace("\n", " "), flush=True)
END
python3 "$here/listen.py" "$here/notify" >"$here/told" &
listener=$!
on_exit "kill $listener 2>/dev/null"
wait_for '[ -S "$here/notify" ]' "the listener"
export NOTIFY_SOCKET="$here/notify" WATCHDOG_USEC=100000

export LD_PRELOAD="$SIFTD_BUILD/tests/fault/hang.so" SIFTD_HANG="$here/hang"
start
unset LD_PRELOAD

# Yellow: a folder that is not there, a configuration that was refused. Files go through all the same.
wait_for '[ "$(health)" = "200 yellow ready live watch" ]' "the folder's reason"
"$siftd" status -c "$here/siftd.yaml" | grep -q '^ *yellow *the watched folder .* is not there' || fail "status does not say why"
mkdir "$here/second"
wait_for '[ "$(health)" = "200 green ready live" ]' "green"
"$siftd" status -c "$here/siftd.yaml" | grep -q '^health *green$' || fail "status does not say green"
cp "$here/siftd.yaml" "$here/good.yaml"
echo "flavour: sweet" >>"$here/siftd.yaml"
kill -HUP "$daemon"
wait_for '[ "$(health)" = "200 yellow ready live reload" ]' "the reload's reason"
cp "$here/good.yaml" "$here/siftd.yaml"
"$siftd" reload -c "$here/siftd.yaml" || fail "the good configuration is refused"
wait_for '[ "$(health)" = "200 green ready live" ]' "green after the good configuration"

# Red: the disk does not answer.
: >"$here/hang"
echo '{"n":1}' >"$here/drop/1.jsonl"
wait_for '[ "$(health)" = "503 red - - commit-stalled" ]' "red"
code=0
"$siftd" status -c "$here/siftd.yaml" >"$here/out" || code=$?
same 1 "$code" "exit code of a red status"
contains "$here/out" "nothing has moved" "the red status"
wait_for 'grep -q "the watchdog is fed no more" "$here/log"' "the log"
fed=$(grep -c WATCHDOG=1 "$here/told")
sleep 1 # ten times the watchdog's half period: a fed one would show
same "$fed" "$(grep -c WATCHDOG=1 "$here/told")" "meals of the watchdog while nothing moves"
rm "$here/hang"
wait_for '[ "$(health)" = "200 green ready live" ]' "green when the disk answers"
wait_for '[ "$(grep -c WATCHDOG=1 "$here/told")" -gt '"$fed"' ]' "the watchdog to be fed again"
wait_for '[ "$(lines "$here/records.jsonl")" = 1 ]' "the record"
stop || fail "the daemon ended with $?"
