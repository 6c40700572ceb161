#!/bin/sh
# SPDX-License-Identifier: MIT
# Web pages: the main text comes out, and every fact's bytes are the bytes of the page that it was read from.
set -eu
. "$(dirname "$0")/../lib/siftd.sh"
requires python3 iconv

cat >"$here/case.yaml" <<YAML
state_dir: $here/state
watch: [{ dir: $here/drop }]
sinks:
  out: { plugin: stdout }
YAML
sed 's/^sinks:/pipelines: { default: [{ decode: auto }] }\n&/' "$here/case.yaml" >"$here/plain.yaml"

for case in "$source_dir"/plugins/decode/html/cases/*.html; do
    "$siftd" try -c "$here/plain.yaml" --text "$case" >"$here/got"
    diff "${case%.html}.out" "$here/got" || fail "$case is read otherwise"
done

# the same page in GB18030 that calls itself something else is the same text
page=$source_dir/plugins/decode/html/cases/news.html
for label in gb2312 utf-8 iso-8859-1; do
    sed "s/charset=\"utf-8\"/charset=\"$label\"/" "$page" | iconv -f UTF-8 -t GB18030 >"$here/$label.html"
    "$siftd" try -c "$here/plain.yaml" --text "$here/$label.html" >"$here/got"
    diff "${page%.html}.out" "$here/got" || fail "a page in GB18030 that says $label is read otherwise"
done
iconv -f UTF-8 -t UTF-16 "$page" >"$here/wide.html"
"$siftd" try -c "$here/plain.yaml" --text "$here/wide.html" >"$here/got"
diff "${page%.html}.out" "$here/got" || fail "a page in UTF-16 is read otherwise"

# places
for name in gb2312 wide; do
    "$siftd" try -c "$here/case.yaml" "$here/$name.html" >"$here/records"
    python3 - "$here/$name.html" "$here/records" <<'PY' || fail "the places in $name.html are wrong"
import html, json, re, sys
raw = open(sys.argv[1], "rb").read()
charset = "utf-16-le" if raw[:2] == b"\xff\xfe" else "gb18030"
facts = 0
for line in open(sys.argv[2], encoding="utf-8"):
    record = json.loads(line)
    if "quote" in record and record["type"] == "indicator":
        start, end = record["source"]["bytes"]
        there = html.unescape(re.sub("<!--.*?-->|<[^>]*>", "", raw[start:end].decode(charset)))
        squeeze = lambda text: "".join(text.split())
        assert squeeze(there) == squeeze(record["quote"]), (there, record["quote"])
        facts += 1
assert facts >= 3, facts
PY
done

# a table of data is one for extractors, too: an empty cell does not move those behind it
"$siftd" try -c "$here/case.yaml" "$source_dir/plugins/decode/html/cases/table.html" >"$here/records"
same "$(grep -c '"type":"staff"' "$here/records")" 3 "rows of the staff ledger in a page"
contains "$here/records" '"date":"2023-03-01","company":"甲科技有限公司","registered":12,"on_duty":null' "a row with an empty cell"
contains "$here/records" '"company":"丙公司","registered":5,"on_duty":5' "a row below a cell of two rows"

# no page can hurt
python3 -c 'print("<div>" * 200000 + "x")' >"$here/deep.html"
"$siftd" try -c "$here/plain.yaml" --records "$here/deep.html" >"$here/records" 2>&1 && fail "a page 200,000 elements deep was read"
contains "$here/records" 'nests its elements too deep' "the refusal of a deep page"
for cut in 1 100 700 1500; do
    head -c $cut "$here/gb2312.html" >"$here/cut.html"
    "$siftd" try -c "$here/plain.yaml" --records "$here/cut.html" >"$here/records"
    contains "$here/records" '"status":"ok"' "a page cut at $cut"
done
