#!/bin/sh
# SPDX-License-Identifier: MIT
# Pieces of the state are cut and changed while the daemon stands still: it starts, says what it found, keeps what was committed, puts
# the damaged piece aside, and nothing comes twice. The same at every byte: tests/unit/journal, ledger, delivery-child.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

configure <<END
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl }, db: { plugin: sqlite, path: records.db } }
END

rows() {
    python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM row").fetchone()[0])' "$here/records.db"
}

n=0
# More documents, and all there are must be in both sinks once. $1: what was damaged; $2: what the log has to say of it.
goes_on() {
    n=$((n + 1))
    for i in 1 2 3; do
        echo "{\"round\":$n,\"n\":$i}" >"$here/drop/$n-$i.jsonl"
    done
    timeout 60 "$siftd" run --once -c "$here/siftd.yaml" >"$here/log" 2>&1 || fail "the daemon did not run after damage to $1: $(cat "$here/log")"
    [ -z "$2" ] || contains "$here/log" "$2" "the log after damage to $1"
    same $((n * 3)) "$(grep -c '"type":"row"' "$here/records.jsonl")" "rows in the file after damage to $1"
    same $((n * 3)) "$(rows)" "rows in the database after damage to $1"
    same $((n * 6)) "$(sort -u "$here/records.jsonl" | wc -l)" "different lines after damage to $1"
}

flip() { # FILE OFFSET LENGTH
    python3 -c 'import sys
f = open(sys.argv[1], "r+b")
f.seek(int(sys.argv[2]))
old = f.read(int(sys.argv[3]))
f.seek(int(sys.argv[2]))
f.write(bytes(b ^ 0x55 for b in old))' "$@"
}

goes_on nothing ""
goes_on nothing ""
flip "$here/state/ledger.db" 0 40
goes_on "the ledger" "the ledger was damaged, was put aside"
ls "$here/state" | grep -q "ledger.db.damaged-" || fail "no damaged ledger was put aside"
truncate -s 5000 "$here/state/ledger.db"
goes_on "the ledger, cut" "the ledger was damaged, was put aside"
flip "$here/state/journal/commit" 20 4
goes_on "the commit mark" "commit mark could not be believed"
flip "$here/state/journal/00000001.seg" 30 2
goes_on "a segment's header" "the header of the journal's segment"
flip "$here/state/journal/00000001.seg" 70 60
goes_on "a frame" "damaged pieces of the journal were put aside"
ls "$here/state/journal/torn" | grep -q . || fail "nothing was put aside of the journal"
flip "$here/.records.jsonl.cursor" 30 1
goes_on "one half of the file sink's cursor" ""
"$siftd" ledger rebuild -c "$here/siftd.yaml" >"$here/said" || fail "the ledger was not rebuilt"
contains "$here/said" "is made anew" "what rebuild said"
goes_on "nothing, after a rebuild by hand" ""
"$siftd" journal verify "$here/state/journal" >"$here/said" || fail "the journal is not good: $(tail -n 3 "$here/said")"

# What is lost in the journal cannot be delivered again, but what is in the sinks stays and does not come twice.
flip "$here/.records.jsonl.cursor" 0 1024
goes_on "the file sink's cursor" "lines that are in the files already are not written again"
python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("UPDATE siftd_position SET position = replace(position, 1, 2)"); d.commit()' "$here/records.db"
goes_on "the position in the database" "the sink begins with the oldest document"
