#!/bin/sh
# SPDX-License-Identifier: MIT
# source.bytes is a promise: the bytes of the dropped file at that place decode to the text that the fact was read from, through
# decoding and every repair. Checked by decoding them anew, without siftd, on all documents of tests/golden.
set -eu
. "$(dirname "$0")/../lib/siftd.sh"
requires python3
python3 - "$siftd" "$source_dir"/tests/golden/1*_*.txt <<'PY'
import json, re, subprocess, sys, unicodedata

GLOSS = re.compile(r"\([a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńň]+ ?\)")


def plain(text):
    text = GLOSS.sub("", unicodedata.normalize("NFKC", text))
    return re.sub(r"[\s\"“”‘’'─—•]", "", text)


def holds_text(quote, read):
    """The quote as it stands, or its two halves around what a page break put between them."""
    return quote in read or any(read.startswith(quote[:i]) and read.endswith(quote[i:]) for i in range(1, len(quote)))


wrong = checked = 0
for file in sys.argv[2:]:
    raw = open(file, "rb").read()
    records = [json.loads(line) for line in subprocess.run([sys.argv[1], "try", file], capture_output=True, check=True).stdout.splitlines()]
    charset = records[-1]["charset"]
    other_script = records[-1]["repairs"].get("simplified", 0) > 0  # then only digits can be compared without a dictionary
    for r in records:
        if r["type"] == "document" or not r.get("quote"):
            continue
        start, end = r["source"]["bytes"]
        read = raw[start:end].decode(charset, "replace")
        at = raw[slice(*r.get("at", (start, end)))].decode(charset, "replace")
        digits = "".join(re.findall(r"[0-9]+", unicodedata.normalize("NFKC", r.get("raw", ""))))
        checked += 1
        holds = other_script or holds_text(plain(r["quote"]), plain(read))
        if not holds or digits not in "".join(re.findall(r"[0-9]+", unicodedata.normalize("NFKC", at))):
            wrong += 1
            print("%s: %s %s: its bytes [%d,%d) say %r" % (file, r["type"], r["quote"], start, end, read))
print("%d records traced, %d wrong" % (checked, wrong))
sys.exit(wrong > 0 or checked < 200)
PY
