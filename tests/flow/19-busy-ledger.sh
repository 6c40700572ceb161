#!/bin/sh
# SPDX-License-Identifier: MIT
# While the ledger cannot be written, files that stay in their folder are still taken once only; afterwards it lacks no document.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

configure <<'END'
state_dir: state
watch: [ { dir: drop, when_done: keep } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
start
python3 - "$here" <<'END' &
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1] + "/state/ledger.db", isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open(sys.argv[1] + "/locked", "w").close()
while not os.path.exists(sys.argv[1] + "/unlock"):
    time.sleep(0.05)
END
holder=$!
on_exit 'touch "$here/unlock"; wait $holder'
wait_for '[ -e "$here/locked" ]' "the ledger to be locked"
echo '{"n":1}' >"$here/drop/a.jsonl"
wait_for 'grep -q "the ledger catches up" "$here/log"' "the daemon to tell that it cannot write the ledger"
chmod 0700 "$here/drop" # brings a scan
sleep 1
touch "$here/unlock"
wait $holder
echo '{"n":2}' >"$here/drop/b.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" -ge 4 ]' "the second document"
chmod 0755 "$here/drop"
stop || fail "the daemon ended with $?"
"$siftd" run -c "$here/siftd.yaml" --once >>"$here/log" 2>&1 || fail "the second run ended with $?"
same "$(lines "$here/records.jsonl")" 4 "records"
same "$(ls "$here/state/work" | wc -l | tr -d ' ')" 0 "claims left over"
known=$(python3 -c 'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM documents").fetchone())' \
    "$here/state/ledger.db")
same "$known" 2 "documents in the ledger"
