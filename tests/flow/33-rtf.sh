#!/bin/sh
# SPDX-License-Identifier: MIT
# Rich Text Format: Chinese in every form that writers give it, tables, notes; what a reader does not see stays out.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

cat >"$here/make.py" <<'END'
import os
os.chdir(os.environ["here"])
def code(text, enc="gb18030"):
    return "".join("\\'%02x" % b if b > 127 or chr(b) in "\\{}" else chr(b) for b in text.encode(enc))
def units(text):
    raw = text.encode("utf-16-le")
    return "".join("\\u%d?" % int.from_bytes(raw[i : i + 2], "little", signed=True) for i in range(0, len(raw), 2))
fonts = (r"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}{\f1\fnil\fcharset134 " + code("宋体") + r"{\*\falt SimSun};}"
         r"{\f2\fnil\fcharset136 PMingLiU;}}")
row = r"\trowd\cellx3000\cellx6000\pard\intbl "
a = (r"{\rtf1\ansi\ansicpg936\deff1\uc1" + fonts + r"{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}}"
     r"{\*\generator Writer 5;}{\info{\title " + code("秘密") + r"}}{\header\pard " + code("第1页") + r"\par}" "\r\n"
     r"\pard\f1\b " + code("青禾创业园年度报告") + r"\b0\par" "\r\n"
     + code("截至2023年底，园区入驻企") + "\r\n" + code("业120家") + r"{\deleted " + code("99家") + r"}{\v " + code("秘密") + r"}"
     + units("，带动就业") + r"\'31\'35" + "00" + units("人") + r"{\uc2\u12290\'a1\'a3}"
     r"{\super\chftn}{\footnote \pard{\super\chftn} " + code("含分园。") + r"}" + code("内有{括号}和\\。") + r"\par "
     r"{\field{\*\fldinst HYPERLINK http://x}{\fldrslt " + code("链接文字") + r"}}\line " + code("下一行") + r"\par "
     r"{\f2 " + code("創業基地", "big5") + r"}{\pict\wmetafile8 0102ff}{\*\shppict{\pict\pngblip\bin6 {}{}{}}}\emdash\'a3\'b8\par "
     + row + code("名称") + r"\cell " + code("企业数") + r"\cell\row " + row + code("甲园") + r"\par " + code("（东区）")
     + r"\cell 35\cell\row\pard " + units("𠮷完") + r"\par}")
long = "孵化器入驻企业八十家，带动就业一千二百余人，累计毕业企业三十五家。"
for name, text in {
    "a.rtf": a,
    "wrong.rtf": r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 " + code(long) + r"\par}",
    "west.rtf": r"{\rtf1\ansi\ansicpg1252 caf\'e9 na\'efve \ldblquote quoted\rdblquote  \'93once\'94\par}",
    "both.rtf": r"{\rtf1\ansi\ansicpg936 {\upr{" + code("旧") + r"?}{\*\ud{" + units("旧𠮷") + r"}}}\par{\*\unknown " + code("无") + "}}",
    "cut.rtf": a[: a.index("\\line")],
    "deep.rtf": r"{\rtf1 " + "{" * 20000 + "x" + "}" * 20000 + "}",
    "none.rtf": r"{\rtf1\ansi{\fonttbl{\f0",
}.items():
    open(name, "w", newline="").write(text)
END
here=$here python3 "$here/make.py"
start='青禾创业园年度报告\n截至2023年底，园区入驻企业120家，带动就业1500人。内有{括号}和\\。\n链接文字\n'
text a.rtf "${start}下一行\n创业基地—8\n名称\t企业数\n甲园（东区）\t35\n𠮷完\n含分园。\n"
text wrong.rtf '孵化器入驻企业八十家，带动就业一千二百余人，累计毕业企业三十五家。\n'
text west.rtf 'café naïve “quoted” “once”\n'
text both.rtf '旧𠮷\n'
text cut.rtf "${start}含分园。\n"
"$siftd" try "$here/a.rtf" >"$here/records"
contains "$here/records" '"source":{"paragraph":2},"quote":"园区入驻企业120家"' "the place of a fact"
contains "$here/records" '"format":"rtf","charset":"GB18030"' "what the document record says"
contains "$here/log" "cut.rtf: the file is cut off" "the log"
for name in deep none; do
    "$siftd" try "$here/$name.rtf" >"$here/records" 2>/dev/null && fail "$name.rtf was taken" || true
    contains "$here/records" '"error":"decode/rtf: it' "the error of $name.rtf"
done
