#!/bin/sh
# SPDX-License-Identifier: MIT
# siftd status and the admin socket behind it.
. "$(dirname "$0")/../lib/siftd.sh"

configure </dev/null
code=0
"$siftd" status -c "$here/siftd.yaml" >"$here/out" 2>"$here/errors" || code=$?
same 1 "$code" "exit code without a daemon"
contains "$here/errors" "no daemon answers on $here/state/admin.sock; start one with siftd run" "status without a daemon"

start
drop "$source_dir/examples/drop/companies.csv"
wait_for '[ "$(lines "$here/records.jsonl")" -ge 4 ]' "the records"
"$siftd" status -c "$here/siftd.yaml" >"$here/out"
[ -s "$here/out" ] || fail "status prints nothing"
same 660 "$(stat -c %a "$here/state/admin.sock")" "mode of the admin socket"

requires curl python3
"$siftd" status -c "$here/siftd.yaml" --json | python3 -c 'import json, sys; assert isinstance(json.load(sys.stdin), dict)' ||
    fail "status --json is no JSON object"
ask() {
    curl -s -o "$here/answer" -w '%{http_code} %{content_type}' --unix-socket "$here/state/admin.sock" "$@"
}
same "200 application/json" "$(ask http://siftd/v1/status)" "GET /v1/status"
same "404 application/json" "$(ask http://siftd/nothing)" "GET /nothing"
same "405 application/json" "$(ask -X POST -d x http://siftd/v1/status)" "POST /v1/status"

stop || fail "the daemon ended with $?"
[ ! -e "$here/state/admin.sock" ] || fail "the admin socket is left behind"

# A daemon that was killed leaves its socket; the next one replaces it.
start
kill -KILL "$daemon"
wait "$daemon" || true
daemon=
[ -e "$here/state/admin.sock" ] || fail "a killed daemon removed its socket"
start
stop || fail "the daemon ended with $?"
