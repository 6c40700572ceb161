#!/bin/sh
# SPDX-License-Identifier: MIT
# The sqlite sink: daemon and sink are killed while it writes, and every record is a row once; tables follow the pack's schemas.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3
documents=120 rows=200

configure <<END
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows, articles, quantities] } ] }
sinks: { db: { plugin: sqlite, path: out/records.db } }
END

ask() {
    python3 -c 'import sqlite3, sys; print(*sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True).execute(sys.argv[2]).fetchone())' \
        "$here/out/records.db" "$1"
}

sink_process() {
    for pid in $(cat "/proc/$daemon/task/$daemon/children"); do
        if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q '^siftd sink'; then echo "$pid"; fi
    done
}

make_documents() { # FIRST LAST
    i=$1
    while [ "$i" -le "$2" ]; do
        awk -v i="$i" -v rows=$rows 'BEGIN { for (n = 1; n <= rows; n++) printf "{\"document\":%d,\"n\":%d}\n", i, n }' >"$here/.new"
        mv "$here/.new" "$here/drop/$i.jsonl"
        i=$((i + 1))
    done
}

round=1
while [ $round -le 4 ]; do
    start
    make_documents $(((round - 1) * documents / 4 + 1)) $((round * documents / 4))
    wait_for '[ -f "$here/out/records.db" ]' "the database"
    pid=$(sink_process)
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || :
    [ $round = 1 ] || kill -KILL "$daemon"
    [ $round = 1 ] && stop || wait "$daemon" 2>/dev/null || :
    daemon=
    round=$((round + 1))
done
printf '松泽县创业孵化基地总投资1.06亿元,入驻企业64家。\n' >"$here/report.txt"
start
drop "$here/report.txt"
wait_for '[ "$(ask "SELECT count(*) FROM document")" = $((documents + 1)) ]' "all documents"
stop
same "$((documents * rows)) $((documents * rows))" "$(ask "SELECT count(*), count(DISTINCT id) FROM row")" "rows"
same "$rows $rows" "$(ask "SELECT min(n), max(n) FROM (SELECT count(*) AS n FROM row GROUP BY fields ->> '\$.document')")" "rows of each document"
same "106000000 元 report.txt" "$(ask "SELECT value, unit, doc_name FROM indicator WHERE value = 106000000")" "an indicator's columns"
same "ok" "$(ask "PRAGMA integrity_check")" "the database's soundness"
