#!/bin/sh
# SPDX-License-Identifier: MIT
# What the service manager is told: READY with a STATUS, WATCHDOG, RELOADING and READY again, STOPPING.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

configure </dev/null
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

export NOTIFY_SOCKET="$here/notify" WATCHDOG_USEC=200000
start
wait_for 'grep -q READY=1 "$here/told"' "READY=1"
wait_for '[ "$(grep -c WATCHDOG=1 "$here/told")" -ge 3 ]' "WATCHDOG=1"
wait_for 'grep -q STATUS= "$here/told"' "STATUS="
kill -HUP "$daemon"
wait_for 'grep -q RELOADING=1 "$here/told"' "RELOADING=1"
wait_for '[ "$(grep -c READY=1 "$here/told")" -ge 2 ]' "READY=1 after the reload"
stop || fail "the daemon ended with $?"
wait_for 'grep -q STOPPING=1 "$here/told"' "STOPPING=1"
