#!/bin/sh
# SPDX-License-Identifier: MIT
# The demonstration's documents through a daemon: every one is delivered, each as it should be read.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

configure </dev/null
cp "$source_dir"/examples/drop/* "$here/drop/"
"$siftd" run --once -c "$here/siftd.yaml" >"$here/log" 2>&1 || fail "siftd run --once ended with $?"
python3 - "$here/records.jsonl" "$source_dir/examples/drop" <<'END'
import json, os, sys

records = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
documents = {r["doc"]["name"]: r for r in records if r["type"] == "document"}
dropped = sorted(os.listdir(sys.argv[2]))
assert sorted(documents) == dropped, (sorted(documents), dropped)
assert len({r["id"] for r in records}) == len(records), "an id comes twice"
for name, document in documents.items():
    assert document["status"] in ("ok", "findings"), document
    own = [r for r in records if r["doc"]["name"] == name]
    counted = sum(document["records"].values())
    assert counted in (len(own), len(own) - 1), (name, counted, len(own))
    data = open(os.path.join(sys.argv[2], name), "rb").read()
    for r in own:
        start, end = r.get("source", {}).get("bytes", [0, 0])
        assert 0 <= start <= end <= len(data), r
assert documents["county-report.gb18030.txt"]["charset"].lower() == "gb18030", documents["county-report.gb18030.txt"]

of = lambda name, kind: [r for r in records if r["doc"]["name"] == name and r["type"] == kind]
values = {(r["value"], r["unit"]) for r in of("web-report.txt", "indicator")}
for wanted in ((118, "家"), (2300, "人"), (420000000, "元"), (264000, "平方米")):
    assert wanted in values, (wanted, values)
findings = of("web-report.txt", "finding")
assert [(r["check"], r["holds"]) for r in findings] == [("sum", False)], findings
values = {(r["value"], r["unit"]) for r in of("county-report.gb18030.txt", "indicator")}
for wanted in ((106000000, "元"), (64, "家"), (1450, "人")):
    assert wanted in values, (wanted, values)
assert [r["check"] for r in of("county-report.gb18030.txt", "finding") if r["severity"] != "note"] == [], "a false alarm"
text = open(sys.argv[1], encoding="utf-8").read()
assert "9007199254740993" in text, "a number beyond 2^53 lost its digits"
assert len([r for r in records if r["doc"]["name"] == "companies.csv"]) == 4
END
