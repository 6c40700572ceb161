#!/bin/sh
# SPDX-License-Identifier: MIT
# Workbooks of Excel 5 to 2003: texts in pieces, numbers and dates as the sheet shows them, old code pages; what is hidden stays out.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

cat >"$here/make.py" <<'END'
import os, struct, sys
sys.path.insert(0, os.environ["lib"])
from ole import ole
os.chdir(os.environ["here"])

def rec(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data
def wide(text, size=2):
    return struct.pack("<H" if size == 2 else "<B", len(text.encode("utf-16-le")) // 2) + b"\1" + text.encode("utf-16-le")
def cell(row, column, style=0):
    return struct.pack("<HHH", row, column, style)
def bof(version, kind):
    return rec(0x809, struct.pack("<HHHH", version, kind, 0, 0) + bytes(8))

def strings(texts):
    """The shared strings, the table broken off inside the second, which goes on as bytes of one each."""
    data = struct.pack("<II", len(texts), len(texts)) + wide(texts[0])
    data += struct.pack("<HB", len(texts[1]), 1) + texts[1][:2].encode("utf-16-le")
    more = b"\0" + texts[1][2:].encode("latin-1")
    for text in texts[2:]:  # with fonts and readings around
        plain = text.encode("utf-16-le")
        more += struct.pack("<HBHI", len(plain) // 2, 0x0D, 1, 6) + plain + b"\0\0\1\0" + b"\7" * 6
    return rec(0xFC, data) + rec(0x3C, more)

def book(version, head, sheets):
    """Sheets are (name as its record has it, hidden, records)."""
    def globals_(at):
        return (bof(version, 5) + head + b"".join(rec(0x85, struct.pack("<IBB", a, hidden, 0) + name)
                for a, (name, hidden, _) in zip(at, sheets)) + rec(0x0A))
    start, at = len(globals_([0] * len(sheets))), []
    for _, _, records in sheets:
        at.append(start)
        start += len(bof(version, 16) + records + rec(0x0A))
    return globals_(at) + b"".join(bof(version, 16) + records + rec(0x0A) for _, _, records in sheets)

shared = ["青禾创业园入驻企业120家", "面积A8000 m\xb2", "𠮷园"]
styles = rec(0x41E, struct.pack("<H", 164) + wide('yyyy"年"m"月"')) + b"".join(
    rec(0xE0, struct.pack("<HH", 0, n) + bytes(16)) for n in (0, 164, 10))
chart = bof(0x600, 32) + rec(0xFD, cell(0, 0) + struct.pack("<I", 0)) + rec(0x0A)
def rk(n, hundredth=0):
    return struct.pack("<i", n << 2 | 2 | hundredth)
main = (rec(0xFD, cell(1, 1) + struct.pack("<I", 1)) + rec(0xFD, cell(0, 0) + struct.pack("<I", 0)) + chart
        + rec(0xBD, struct.pack("<HH", 2, 0) + b"".join(struct.pack("<H", s) + v for s, v in
              ((0, rk(35)), (1, rk(45291)), (2, rk(12, 1)))) + struct.pack("<H", 2))
        + rec(0x203, cell(3, 0) + struct.pack("<d", 0.1 + 0.2)) + rec(0x205, cell(3, 1) + b"\x07\x01")
        + rec(0x06, cell(4, 0) + struct.pack("<BBBBHH", 0, 0, 0, 0, 0, 0xFFFF) + bytes(6)) + rec(0x207, wide("公式的结果"))
        + rec(0x06, cell(4, 1) + struct.pack("<d", 7) + bytes(6)) + rec(0x204, cell(5, 0) + wide("直接"))
        + rec(0xFD, cell(5, 2) + struct.pack("<I", 2)) + rec(0xFD, cell(6, 0) + struct.pack("<I", 99)))
new = book(0x600, styles + strings(shared), [(wide("表一", 1), 0, main),
           (wide("秘密", 1), 1, rec(0x204, cell(0, 0) + wide("秘密")))])
def old(code_page, text):
    def short(raw):
        return struct.pack("<H", len(raw)) + raw
    name = "统计".encode("gb18030")
    return book(0x500, rec(0x42, struct.pack("<H", code_page)),
                [(bytes([len(name)]) + name, 0, rec(0x204, cell(0, 0) + short(text.encode("gb18030"))) + rec(0x27E, cell(0, 1) + rk(35)))])
long = "孵化器入驻企业八十家，带动就业一千二百余人，累计毕业企业三十五家。"
def write(name, data):
    open(name, "wb").write(data)
write("new.xls", ole({"\5SummaryInformation": b"x" * 100, "WORKBOOK": new}))
write("large.xls", ole({"Workbook": new + bytes(5000)}))
write("old.xls", ole({"Book": old(936, long)}))
write("wrong.xls", ole({"Book": old(1252, long)}))
write("cut.xls", ole({"Workbook": new + bytes(70000)})[: 512 + len(new) - 60])
write("cut-book.xls", ole({"Workbook": new[: new.index("公式".encode("utf-16-le"))]}))
write("locked.xls", ole({"Workbook": bof(0x600, 5) + rec(0x2F, bytes(6)) + rec(0x0A)}))
write("slides.ppt", ole({"PowerPoint Document": bytes(100)}))
write("sealed.xlsx", ole({"EncryptedPackage": bytes(100)}))
loop = bytearray(ole({"Workbook": new + bytes(5000)}))
table = struct.unpack_from("<I", loop, 76)[0]
struct.pack_into("<I", loop, 512 * (table + 1) + 4 * 3, 1)  # the fourth sector leads back to the second
write("loop.xls", bytes(loop))
many = book(0x600, b"", [(wide("重", 1), 0, rec(0x204, cell(0, 0) + wide("甲")))])
sheet = many[len(bof(0x600, 5)) : ][: many.index(rec(0x0A)) - len(bof(0x600, 5))]
again = bof(0x600, 5) + sheet * 5000 + rec(0x0A)
at = struct.pack("<I", len(again))
again = again.replace(sheet[4:8], at)
write("again.xls", ole({"Workbook": again + many[many.index(rec(0x0A)) + 4 :]}))
END
here=$here lib=$source_dir/tests/lib python3 "$here/make.py"
first='青禾创业园入驻企业120家\n面积A8000 m²\n35\t2023-12-31\t12%\n0.3\t#DIV/0!\n'
for name in new large; do
    text $name.xls "${first}公式的结果\t7\n直接\t\t𠮷园\n"
done
for name in old wrong; do
    text $name.xls '孵化器入驻企业八十家，带动就业一千二百余人，累计毕业企业三十五家。\t35\n'
done
text cut-book.xls "$first"
"$siftd" try "$here/new.xls" >"$here/records"
contains "$here/records" '"source":{"sheet":"表一","cell":"A1"}' "the place of a fact"
contains "$here/records" '"format":"xls"' "what the document record says"
"$siftd" try "$here/wrong.xls" >"$here/records"
contains "$here/records" '"charset":"GB18030"' "what the document record says of an old workbook"
"$siftd" try "$here/cut-book.xls" >"$here/records"
contains "$here/records" '"damage":"the workbook is cut off' "what the document record says of half a workbook"
refused() {
    "$siftd" try "$here/$1" >"$here/records" 2>/dev/null && fail "$1 was taken" || true
    contains "$here/records" "\"error\":\"decode/office97: $2" "the error of $1"
}
refused locked.xls "the workbook is encrypted"
refused sealed.xlsx "the document is encrypted"
refused slides.ppt "it is a PowerPoint presentation"
refused cut.xls "the tables of its compound file are damaged or cut off"
for name in loop again; do # they end, whatever they say
    "$siftd" try "$here/$name.xls" >"$here/records" 2>/dev/null || true
    contains "$here/records" '"format":"xls"' "the document record of $name.xls"
done
