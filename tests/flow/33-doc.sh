#!/bin/sh
# SPDX-License-Identifier: MIT
# Documents of Word 97 to 2003: text in pieces, tables, notes, fields; hidden and deleted text stays out, in pieces of its own as well.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

cat >"$here/make.py" <<'END'
import os, struct, sys
sys.path.insert(0, os.environ["lib"])
from ole import ole
os.chdir(os.environ["here"])
HIDDEN, DELETED, CELL, ROW = (struct.pack("<HB", code, 1) for code in (0x083C, 0x0800, 0x2416, 0x2417))

def page(bounds, changes, paragraph):
    """A page of properties: what is said of each stretch between two bounds."""
    count, data, at = len(changes), bytearray(512), 510
    for i, bound in enumerate(bounds):
        struct.pack_into("<I", data, 4 * i, bound)
    for i, change in enumerate(changes):
        if not change:
            continue
        if paragraph:
            body = struct.pack("<H", 0) + change
            body = bytes([len(body) // 2 + 1]) + body if len(body) % 2 else bytes([0, len(body) // 2]) + body
        else:
            body = bytes([len(change)]) + change
        at = (at - len(body)) & ~1
        data[at : at + len(body)] = body
        data[4 * (count + 1) + i * (13 if paragraph else 1)] = at // 2
    data[511] = count
    return bytes(data)

def document(parts, notes="", headers="", comments="", flags=0, version=0xC1, lists=b"", pieces=None):
    """Parts are (text, changes of characters, of paragraphs); a text of bytes stands in a piece of bytes."""
    everything = parts + [(t, b"", b"") for t in (notes, headers, comments) if t]
    raw, starts, table, lengths = b"", [], b"", []
    for i, (text, _, _) in enumerate(everything):
        data = text if isinstance(text, bytes) else text.encode("utf-16-le")
        where = 1536 + len(raw)
        starts.append(where)
        change = pieces.get(i, 0) if pieces else 0
        table += struct.pack("<HIH", 0, where * 2 | 1 << 30 if isinstance(text, bytes) else where, change)
        lengths.append(len(data) if isinstance(text, bytes) else len(data) // 2)
        raw += data
    bounds = starts + [1536 + len(raw)]
    cps = [sum(lengths[:i]) for i in range(len(lengths) + 1)]
    list_ = lists + b"\2" + struct.pack("<I", 4 * len(cps) + len(table)) + struct.pack("<%dI" % len(cps), *cps) + table
    bins = struct.pack("<III", bounds[0], bounds[-1], 1) + struct.pack("<III", bounds[0], bounds[-1], 2)
    fib = bytearray(512)
    struct.pack_into("<HH", fib, 0, 0xA5EC, version)
    struct.pack_into("<H", fib, 10, flags)
    struct.pack_into("<IIIII", fib, 0x4C, sum(lengths[: len(parts)]), len(notes), len(headers), 0, len(comments))
    struct.pack_into("<IIII", fib, 0xFA, 0, 12, 12, 12)
    struct.pack_into("<II", fib, 0x1A2, 24, len(list_))
    stream = (bytes(fib) + page(bounds, [c for _, c, _ in everything], False)
              + page(bounds, [p for _, _, p in everything], True) + raw)
    return {"WordDocument": stream, "1Table" if flags & 0x200 else "0Table": bins + list_}

parts = [
    ("青禾创业园年度报告\r", b"", b""),
    ("截至2023年底，园区入驻企业\x13HYPERLINK x \x14", b"", b""), (b"120", b"", b""), ("\x15家，", b"", b""),
    ("秘密", HIDDEN, b""), ("九十九家\r", DELETED, b""), ("带动就业1500人\x02。\r", b"", b""), (b"\x93once\x94\r", b"", b""),
    ("名称\x07企业数\x07", b"", CELL), ("\x07", b"", CELL + ROW),
    ("甲园\r（东区）\x0735\x07", b"", CELL), ("\x07", b"", CELL + ROW),
    ("𠮷\x0b完\r", b"", b""), ("作废", b"", b""), ("弃用", b"", b""), ("。\r", b"", b""),
]
whole = dict(notes="\x02含分园。\r", headers="第1页\r", comments="批注\r", lists=b"\1" + struct.pack("<H", 3) + DELETED,
             pieces={13: 0x5C << 1 | 1 << 8, 14: 1})
def write(name, streams):
    open(name, "wb").write(ole(streams))
good = document(parts, **whole)
write("a.doc", good)
write("second.doc", document(parts, flags=0x200, **whole))
write("cut.doc", {**good, "WordDocument": good["WordDocument"][: good["WordDocument"].index("甲园".encode("utf-16-le"))]})
write("locked.doc", document(parts, flags=0x100))
write("old.doc", document(parts, version=0x68))
write("torn.doc", {"WordDocument": good["WordDocument"]})
write("none.doc", {**good, "0Table": good["0Table"][:30]})
write("wild.doc", {**good, "0Table": good["0Table"][:24] + b"\2\x24\0\0\0" + struct.pack("<IIIHIHHIH", 0, 1 << 30, 1 << 31, 0, 1536, 0, 0, 1536, 0)})
END
here=$here lib=$source_dir/tests/lib python3 "$here/make.py"
first='青禾创业园年度报告\n截至2023年底，园区入驻企业120家，带动就业1500人。\n“once”\n名称\t企业数\n'
for name in a second; do
    text $name.doc "${first}甲园（东区）\t35\n𠮷\n完。\n含分园。\n"
done
text cut.doc "$first"
"$siftd" try "$here/a.doc" >"$here/records"
contains "$here/records" '"source":{"paragraph":2},"quote":"园区入驻企业120家"' "the place of a fact"
contains "$here/records" '"format":"doc"' "what the document record says"
"$siftd" try "$here/cut.doc" >"$here/records"
contains "$here/records" '"damage":"the document is cut off' "what the document record says of half a document"
refused() {
    "$siftd" try "$here/$1" >"$here/records" 2>/dev/null && fail "$1 was taken" || true
    contains "$here/records" "\"error\":\"decode/office97: $2" "the error of $1"
}
refused locked.doc "the document is encrypted"
refused old.doc "it is a document of Word 6 or 95"
refused torn.doc "the stream of its tables is missing"
refused none.doc "its table of the text's pieces is damaged"
"$siftd" try "$here/wild.doc" >"$here/records" 2>/dev/null || true # it ends, whatever its pieces say
contains "$here/records" '"format":"doc"' "the document record of wild.doc"
