#!/bin/sh
# SPDX-License-Identifier: MIT
# PDF documents through the confined workers of a daemon: paragraphs in reading order, each fact with its page and box, also where the
# fonts are only named and their characters stand in tables of the system.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3 qpdf

configure <<END
state_dir: state
watch: [ { dir: drop } ]
sinks: { out: { plugin: file, path: records.jsonl } }
END
cat >"$here/make.py" <<'END'
import os
from printed import paragraph as column
os.chdir(os.environ["here"])

def write(name, objects):
    out, at = "%PDF-1.4\n", []
    for n, text in enumerate(objects, 1):
        at.append(len(out))
        out += f"{n} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in at)
    out += f"xref\n0 {len(at) + 1}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size {len(at) + 1}>>\nstartxref\n{len(out)}\n%%EOF\n"
    open(name, "w").write(out)

def pdf(name, pages, embedded=False):
    """Pages of (x, y from the top, size, text); Chinese in a font that is named and not embedded."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", None,
               "<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/GBK-EUC-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/Song"
               "/DW 1000/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor<</Type/FontDescriptor/FontName/Song"
               "/Flags 4/FontBBox[0 -120 1000 880]/Ascent 880/Descent -120>>>>]>>",
               "<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>"]
    kids = []
    for lines in pages:
        content = ["BT"]
        for x, y, size, text in lines:
            font, code = ("F0", "gbk") if any("\u3000" <= c for c in text) else ("F1", "cp1252")
            content.append(f"/{font} {size} Tf 1 0 0 1 {x} {842 - y} Tm <{text.encode(code).hex()}> Tj")
        content = "\n".join(content + ["ET"])
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {len(objects)} 0 R/Resources<</Font<</F0 3 0 R/F1 4 0 R>>>>>>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    write(name, objects)

def furniture(n):
    return [(72, 40, 9, "青禾创业园通讯"), (280, 815, 9, f"- {n} -")]

one = "截至二〇一二年底园区累计入驻企业一百二十家其中高新技术企业三十家从业人员两千余人全年实现营业收入三亿元。"
two = "园区坚持服务为本为在孵企业提供融资培训代办等服务共举办各类活动二十场参加企业超过六百家次受到普遍欢迎。"
pages = []
for n in (1, 2, 3):
    lines, y = column(72, 120, one, 40)
    more, y = column(72, y, two, 40)
    pages.append(furniture(n) + [(180, 80, 18, "青禾创业园工作总结")] * (n == 1) + lines + more)
pdf("one.pdf", pages)
# the columns' lines do not stand at one height
left, _ = column(72, 120, one * 2, 19)
right, _ = column(310, 127, two * 2, 19)
pdf("two.pdf", [[(180, 80, 18, "青禾创业园工作总结")] + [line for pair in zip(left, right) for line in pair]])
pdf("english.pdf", [[(72, 100, 11, "The incubator hosted more than 1,200 compa-"), (72, 114, 11, "nies over the year and offered them office"),
                     (72, 128, 11, "space."), (72, 160, 11, "A second paragraph.")]])
pdf("table.pdf", [[(72, 100 + 20 * row, 11, f"row{row}") for row in range(5)] + [(300, 100 + 20 * row, 11, f"{row}{row}") for row in range(5)]])
pdf("picture.pdf", [[]])
# what stands at another height on each page is no header; neighbours are nearer than a header may move
pdf("drift.pdf", [[(72, 25 + 7 * n, 9, "同行"), (72, 300, 11, f"第{n}节正文")] for n in range(10)])
pdf("quotes.pdf", [[(72, 100, 11, "园区坚持服务为本为在孵企业提供融资培训代办等服务"), (72, 118, 11, "受到普遍欢迎。"),
                    (72, 136, 11, "“创业导师团”全年走访企业六十家解决各类难题十九项")],
                   [(72, 100, 11, "The founders call it “the nest”"), (72, 114, 11, "and it grows.")]])

# fonts that are only named, in more encodings than are loaded before any document
named = [("KSCms-UHC-H", "Korea1", "cp949", "서울창업보육센터보고서"), ("90ms-RKSJ-H", "Japan1", "cp932", "東京のインキュベーター"),
         ("B5pc-H", "CNS1", "big5", "臺北入駐企業"), ("UniCNS-UTF16-H", "CNS1", "utf-16-be", "孵化面積"),
         ("UniKS-UCS2-H", "Korea1", "utf-16-be", "입주기업"), ("UniJIS-UCS2-H", "Japan1", "utf-16-be", "大阪"), ("GBKp-EUC-H", "GB1", "gbk", "带动就业")]
objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", None, None]
content = "BT\n"
for n, (cmap, ordering, code, text) in enumerate(named):
    objects.append(f"<</Type/Font/Subtype/Type0/BaseFont/N{n}/Encoding/{cmap}/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/N{n}"
                   f"/DW 1000/CIDSystemInfo<</Registry(Adobe)/Ordering({ordering})/Supplement 2>>/FontDescriptor<</Type/FontDescriptor"
                   f"/FontName/N{n}/Flags 4/FontBBox[0 -120 1000 880]/Ascent 880/Descent -120>>>>]>>")
    content += f"/N{n} 12 Tf 1 0 0 1 72 {700 - 60 * n} Tm <{text.encode(code).hex()}> Tj\n"
content += "ET"
fonts = "".join(f"/N{n} {n + 5} 0 R" for n in range(len(named)))
objects[2] = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<<{fonts}>>>>>>"
objects[3] = f"<</Length {len(content)}>>stream\n{content}\nendstream"
write("named.pdf", objects)
END
here=$here PYTHONPATH="$source_dir/tests/lib" PYTHONDONTWRITEBYTECODE=1 python3 "$here/make.py"
cd "$here"
qpdf --encrypt secret owner 256 -- one.pdf locked.pdf
qpdf --encrypt "" owner 256 -- one.pdf open.pdf
head -c 700 one.pdf >cut.pdf
printf '%%%%EOF\n' >>cut.pdf

text() {
    "$siftd" try --text "$here/$1" >"$here/$1.txt" 2>>"$here/log" || fail "$1 was refused"
}
one="截至二〇一二年底园区累计入驻企业一百二十家其中高新技术企业三十家从业人员两千余人全年实现营业收入三亿元。"
two="园区坚持服务为本为在孵企业提供融资培训代办等服务共举办各类活动二十场参加企业超过六百家次受到普遍欢迎。"
plain() { # the text as the decoder leaves it
    "$siftd" try --text -c /dev/stdin "$1" 2>>log <<END
state_dir: $here/none
watch: [ { dir: $here/drop } ]
pipelines: { default: [ { decode: auto } ] }
sinks: { out: { plugin: stdout } }
END
}
text one.pdf
printf '青禾创业园工作总结\n%s\n%s\n%s\n%s\n%s\n%s\n' "$one" "$two" "$one" "$two" "$one" "$two" >wanted
plain one.pdf >got
diff wanted got || fail "one column is read otherwise"
text two.pdf
printf '青禾创业园工作总结\n%s%s\n%s%s\n' "$one" "$one" "$two" "$two" >wanted
diff wanted two.pdf.txt || fail "two columns are read otherwise"
text open.pdf
diff one.pdf.txt open.pdf.txt || fail "a document that is encrypted with an empty password is read otherwise"
text english.pdf
contains english.pdf.txt "more than 1,200 companies over the year and offered them office space." "a word that was broken at the end of its line"
plain drift.pdf >got
same 10 "$(grep -c 同行 got)" "lines that stand at another height on each page"
printf '%s\n' 园区坚持服务为本为在孵企业提供融资培训代办等服务受到普遍欢迎。 “创业导师团”全年走访企业六十家解决各类难题十九项 \
    "The founders call it “the nest” and it grows." >wanted
plain quotes.pdf >got
diff wanted got || fail "lines that begin or end with a quotation mark are joined otherwise"
text table.pdf
contains table.pdf.txt "row3	33" "a row of a table"

cat >named.yaml <<END
state_dir: named-state
watch: [ { dir: named, when_done: keep } ]
pipelines: { default: [ { decode: auto }, { extract: [ articles ] } ] }
sinks: { out: { plugin: file, path: named.jsonl } }
END
mkdir named
mv named.pdf named/
"$siftd" run --once -c "$here/named.yaml" >>"$here/log" 2>&1 || fail "a document with fonts that are only named was refused"
if python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(444, None, 0, 1) <= 0)'; then # else no path is open at all
    contains named.jsonl '"title":"서울창업보육센터보고서 東京のインキュベーター 臺北入駐企業"' "fonts whose tables are read under confinement"
    contains named.jsonl '"chars":49' "all the fonts of a document"
fi

mv one.pdf two.pdf locked.pdf cut.pdf picture.pdf drop/
code=0
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || code=$?
same 1 "$code" "exit code of a run that put documents into quarantine"
contains records.jsonl '"source":{"page":1,"box":[94.0,146.3,512.0,157.3]}' "the place of a record"
contains records.jsonl '"raw":"一百二十家","value":120' "a figure of a font that is not embedded, under confinement"
same "$(ls state/done | tr '\n' ' ')" "one.pdf two.pdf " "the documents that were read"
for what in "wants a password" "cannot be read: PDF document is damaged" "has 1 pages and no text"; do
    grep -q "$what" state/quarantine/*.reason.json || fail "no reason says: $what"
done
