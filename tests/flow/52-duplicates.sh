#!/bin/sh
# SPDX-License-Identifier: MIT
# What came before: within a document as findings, across documents by siftd duplicates, from the journal.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

cat >"$here/case.yaml" <<YAML
pipelines:
  default:
    - decode: [text]
    - extract: [tables, rows]
    - validate: [{ duplicates: { types: [row], drop: true } }]
YAML
case=$source_dir/plugins/validate/duplicates/cases/keys.csv
"$siftd" try -c "$here/case.yaml" "$case" >"$here/records"
same 5 "$(grep -c '"type":"staff"' "$here/records")" "lines of the ledger that are kept"
contains "$here/records" 'staff with company \"青禾云科技有限公司\", date \"2024-03-04\" stands in line 2 already; this one is left out' "the finding"
printf 'a,b\n1,2\n3,4\n1,2\n' >"$here/rows.csv"
"$siftd" try -c "$here/case.yaml" "$here/rows.csv" >"$here/records"
same 2 "$(grep -c '"type":"row"' "$here/records")" "rows that are kept"
"$siftd" try "$here/rows.csv" | grep -v '"type":"document"' >"$here/records"
same 3 "$(lines "$here/records")" "rows by the standard pipeline, which drops none"

# Documents: the same bytes, the same text in other bytes, nearly the same text, another one.
configure </dev/null
python3 - "$here/drop" <<'END'
import random, sys
drop = sys.argv[1]
chance = random.Random(7)
words = [chr(chance.randrange(0x4E00, 0x9000)) for _ in range(3000)]
text = "".join(words[i] if i % 17 else "，" for i in range(3000))
other = "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(3000))
facts = "2024年3月5日，青禾云科技有限公司在册30人，在岗28人，外出2人（参加展会）。"
open(drop + "/a-first.txt", "w").write(text)
open(drop + "/b-bytes.txt", "w").write(text)
open(drop + "/c-text.txt", "wb").write((text.replace("，", " ，") + "\r\n").encode("utf-16"))
open(drop + "/d-near.txt", "w").write(text[:1500] + "三处改动" + text[1504:])
open(drop + "/e-other.txt", "w").write(other)
open(drop + "/f-facts.txt", "w").write(facts + other[:50])
open(drop + "/g-facts.txt", "w").write(facts + other[50:90])
END
"$siftd" run --once -c "$here/siftd.yaml" >"$here/log" 2>&1 || fail "siftd run --once ended with $?"
"$siftd" duplicates -c "$here/siftd.yaml" --facts >"$here/said" || fail "siftd duplicates ended with $?"
python3 - "$here/said" <<'END'
import sys
said = [line.rstrip("\n").split("\t") for line in open(sys.argv[1], encoding="utf-8")]
groups = {frozenset(names): what for what, *names in said}
first = {"a-first.txt", "b-bytes.txt", "c-text.txt", "d-near.txt"}
kinds = sorted(what for names, what in groups.items() if names <= first)
assert kinds == ["bytes", "near", "text"], said
assert groups.get(frozenset(("f-facts.txt", "g-facts.txt")), "").startswith("facts "), said
assert not any("e-other.txt" in names for names in groups), said
END
