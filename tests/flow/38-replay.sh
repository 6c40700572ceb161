#!/bin/sh
# SPDX-License-Identifier: MIT
# A replay makes no duplicates. Documents that run once more give a sink that appends only what is new or changed, a sink that
# replaces everything; a stretch of the journal goes once more to the sinks that replace, and to others only where it is asked for;
# each record of it exactly once, whatever is killed when. And siftd trace tells where a file is and where a record came from.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3 sqlite3

write_configuration() { # VALIDATE
    configure <<END
state_dir: state
watch: [ { dir: drop } ]
workers: { count: 1 }
packs: []
pipelines: { default: [ { decode: auto }, { extract: [ { rows: { header: $1 } } ] } ] }
sinks:
  out: { plugin: file, path: records.jsonl }
  db: { plugin: sqlite, path: records.db, types: [ row, document ] }
END
}
replay() {
    "$siftd" replay -c "$here/siftd.yaml" "$@"
}
trace() {
    "$siftd" trace -c "$here/siftd.yaml" "$@"
}
delivered() { # waits until no sink is behind
    wait_for '[ "$("$siftd" status -c "$here/siftd.yaml" --json | grep -o "\"behind\":0" | wc -l | tr -d " ")" = 2 ]' "the sinks"
}
in_db() {
    sqlite3 "$here/records.db" "select count(*) from \"$1\"" 2>/dev/null || echo 0
}
twice() { # lines that stand twice in the sink's file
    sort "$here/records.jsonl" | uniq -d | wc -l | tr -d ' '
}

write_configuration yes
for n in 1 2 3 4 5 6; do
    printf 'name,n\nrow %d,%d\nmore %d,%d\n' $n $n $n $n >"$here/drop/f$n.csv"
done
start
wait_for '[ "$(lines "$here/records.jsonl")" = 18 ]' "the records"
delivered
same 12 "$(in_db row)" "rows in the database"

# What is not asked for with --yes is only told.
replay 'f[12].csv' >"$here/out" || fail "the dry run ends with $?"
contains "$here/out" "2 documents; --yes runs them" "the dry run"
same 6 "$(ls "$here/state/done" | wc -l | tr -d ' ')" "files in the done folder after a dry run"
! replay >"$here/out" 2>&1 || fail "replay of nothing in particular is taken"
! replay nobody.csv >"$here/out" 2>&1 || fail "replay of what is not there succeeds"

# Run once more, nothing has changed: a file that only grows does not grow.
replay 'f[12].csv' --yes >"$here/out" || fail "the replay ends with $?"
wait_for '[ "$("$siftd" status -c "$here/siftd.yaml" --json | sed "s/.*\"committed\":\([0-9]*\).*/\1/")" = 8 ]' "two more runs"
delivered
same 18 "$(lines "$here/records.jsonl")" "lines after a replay that changes nothing"
same 12 "$(in_db row)" "rows after a replay that changes nothing"
wait_for '[ "$(ls "$here/state/done" | wc -l | tr -d " ")" = 6 ]' "the files to be back"

# Where it is asked for, the sink that appends gets all of it once more.
replay f3.csv --again --yes >/dev/null || fail "the replay with --again ends with $?"
wait_for '[ "$(lines "$here/records.jsonl")" = 21 ]' "the records once more"
same 2 "$(twice)" "rows that stand twice because it was asked for"

# trace: a file by its name, a record by its id, a file by its content.
trace f1.csv --json >"$here/traced" || fail "trace ends with $?"
python3 - "$here/traced" <<'END' || fail "the trace of f1.csv is wrong: $(cat "$here/traced")"
import json, os, sys
answer = json.load(open(sys.argv[1]))
runs = answer["documents"]
assert len(runs) == 2 and runs[1]["earlier"] == runs[0]["sequence"]
assert os.path.exists(runs[1]["file"]) and runs[1]["status"] == "ok"
assert {s["name"]: s["past"] for s in runs[1]["sinks"]} == {"out": True, "db": True}
assert runs[0]["records"] == {"read": 2, "delivered": 2, "rejected": 0, "filtered": 0}
END
id=$(sed -n 's/.*"id":"\([0-9a-f]*-row-[0-9]*\)".*"name":"row 4".*/\1/p' "$here/records.jsonl" | head -n 1)
trace "$id" >"$here/out" || fail "trace of $id ends with $?"
contains "$here/out" "f4.csv" "the record's document"
contains "$here/out" "row 4" "the record"
cp "$here/state/done/f5.csv" "$here/copy.csv"
trace "$here/copy.csv" >"$here/out" || fail "trace of a copy ends with $?"
contains "$here/out" "f5.csv" "the copy's document"
! trace nobody.csv >"$here/out" 2>&1 || fail "trace of what is not there succeeds"

# A stretch of the journal: the database lost its rows, the file has not.
stop || fail "the daemon ended with $?"
sqlite3 "$here/records.db" 'delete from "row"'
replay --journal --sink db --from 2 --before 5 --yes >"$here/out" || fail "the replay of a stretch ends with $?"
replay --journal --sink out --from 2 --before 5 --yes >"$here/out" || fail "the replay of a stretch ends with $?"
contains "$here/out" "to those that append nothing" "the replay of a stretch"
start
wait_for '[ "$(in_db row)" = 6 ] && [ -z "$(ls "$here/state/replay")" ]' "three documents' rows in the database"
same 21 "$(lines "$here/records.jsonl")" "lines after a stretch that was not asked for in so many words"
replay --journal --all --again --yes --sink out >/dev/null || fail "the replay of everything ends with $?"
wait_for '[ -z "$(ls "$here/state/replay")" ]' "the whole journal once more"
same 48 "$(lines "$here/records.jsonl")" "lines after all of it once more"

# Killed in the middle of it, again and again: each record of the stretch once.
stop || fail "the daemon ended with $?"
i=0
while [ $i -lt 300 ]; do
    printf 'name,n\nrow %d,%d\n' "1$i" $i >"$here/drop/g$i.csv"
    i=$((i + 1))
done
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || fail "the run ended with $?"
before=$(lines "$here/records.jsonl")
replay --journal 'g*.csv' --again --yes --sink out >/dev/null || fail "the replay ends with $?"
for round in 1 2 3 4 5 6; do
    start
    sleep 0.0$((round * 13))
    kill -KILL "$daemon"
    wait "$daemon" 2>/dev/null || true
    daemon=
done
start
wait_for '[ -z "$(ls "$here/state/replay")" ]' "the stretch after six kills"
same $((before + 600)) "$(lines "$here/records.jsonl")" "lines after a stretch with six kills"
stop || fail "the daemon ended with $?"
