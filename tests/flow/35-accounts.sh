#!/bin/sh
# SPDX-License-Identifier: MIT
# Conservation: of every document read = delivered + rejected + filtered, bytes and records; on every example, held-out document and
# case. The document record fits its schema's account, its counts are those of the lines that came out, and the ledger's totals are
# the sums.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

configure <<END
state_dir: state
watch: [ { dir: drop, recursive: true, when_done: keep } ]
sinks: { out: { plugin: file, path: records.jsonl } }
END
mkdir -p "$here/drop/golden" "$here/drop/cases"
cp -r "$source_dir/examples/drop" "$here/drop/examples"
cp "$source_dir"/tests/golden/[0-9][0-9][0-9]_* "$here/drop/golden/"
for file in "$source_dir"/plugins/*/*/cases/*; do
    [ ! -f "$file" ] || cp "$file" "$here/drop/cases/$(echo "$file" | sed 's|.*/\([^/]*\)/cases/|\1-|')"
done
find "$here/drop" -type f -size 0 -delete
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || true
python3 - "$here/records.jsonl" "$here/drop" "$here/state/ledger.db" <<'END'
import collections, json, os, sqlite3, sys
lines = collections.defaultdict(collections.Counter)
documents, wrong = {}, []
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    key = record["doc"]["name"]
    if record["type"] == "document" and "member" not in record["source"]:
        documents[key] = record
    else:
        lines[key][record["type"]] += 1
total = collections.Counter()
for name, record in documents.items():
    for what in "bytes", "records":
        account = record["account"][what]
        if account["read"] != account["delivered"] + account["rejected"] + account["filtered"]:
            wrong.append("%s: %s do not add up: %s" % (name, what, account))
        for part, n in account.items():
            total[what, part] += n
    if record["account"]["bytes"]["read"] != os.path.getsize(os.path.join(sys.argv[2], name)):
        wrong.append("%s: not all of its bytes were read" % name)
    counts = {t: n for t, n in record["records"].items()}
    if counts != dict(lines[name]):
        wrong.append("%s: counts %s, lines %s" % (name, counts, dict(lines[name])))
    facts = sum(n for t, n in lines[name].items() if t not in ("finding", "document"))
    if record["account"]["records"]["delivered"] != facts:
        wrong.append("%s: %d delivered, %d lines" % (name, record["account"]["records"]["delivered"], facts))
dropped = sum(len(files) for _, _, files in os.walk(sys.argv[2]))
if len(documents) != dropped:
    wrong.append("%d files, %d documents" % (dropped, len(documents)))
row = sqlite3.connect(sys.argv[3]).execute(
    "SELECT bytes_read, bytes_delivered, bytes_rejected, bytes_filtered, records_read, records_delivered, records_rejected,"
    " records_filtered FROM totals").fetchone()
wanted = tuple(total[what, part] for what in ("bytes", "records") for part in ("read", "delivered", "rejected", "filtered"))
if row != wanted:
    wrong.append("the ledger's totals are %s, the sums %s" % (row, wanted))
print("%d documents, %s" % (len(documents), wanted))
sys.exit("\n".join(wrong) if wrong or len(documents) < 20 else 0)
END
