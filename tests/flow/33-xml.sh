#!/bin/sh
# SPDX-License-Identifier: MIT
# XML of any vocabulary: running text as lines, records as rows; charsets in spite of what is declared; bombs and halves are told.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

cat >"$here/make.py" <<'END'
import os
os.chdir(os.environ["here"])
def write(name, text, charset="utf-8"):
    open(name, "wb").write(text.encode(charset))
report = """<?xml version="1.0" encoding="gb2312"?>
<!-- 内部 -->
<年报 xmlns="urn:report" 编号="7">
 <标题>青禾创业园年度报告</标题>
 <正文><段>截至2023年底，园区入驻企业<b>120家</b>，
  带动就业1500人。</段><段>累计孵化86家。</段></正文>
 <企业表>
  <企业 代码="A1"><名称>甲公司</名称><人数>12</人数></企业>
  <企业 代码="A2"><名称>乙公司 &amp; 子公司</名称><人数>35</人数><备注>新</备注></企业>
 </企业表>
 <注><![CDATA[含<分园>。]]></注>
</年报>"""
write("a.xml", report, "gb18030")
write("wrong.xml", report.replace("gb2312", "utf-8"), "gb18030")
write("wide.xml", report.replace("gb2312", "utf-16"), "utf-16")
write("cut.xml", report[:300].replace("gb2312", "utf-8"))
write("large.xml", "<?xml version='1.0'?><r>" + ("<!-- %s -->\n" % ("x" * 1000)) * 12000 + "<p>累计孵化86家。</p></r>")
entry = "<entry><title>%s</title><summary>%s</summary></entry>"
write("feed.xml", '<feed xmlns="http://www.w3.org/2005/Atom">' + entry % ("一", "新增企业35家。" * 20 + "其一")
      + entry % ("二", "带动就业300人。" * 20 + "其二") + "</feed>")
write("bomb.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "%s"><!ENTITY b "%s"><!ENTITY c "%s">]><x>&c;</x>'
      % ("x" * 1000, "&a;" * 1000, "&b;" * 1000))
END
here=$here python3 "$here/make.py"
printf '%b' '青禾创业园年度报告\n截至2023年底，园区入驻企业120家，带动就业1500人。\n累计孵化86家。\n代码\t名称\t人数\t备注\nA1\t甲公司\t12\nA2\t乙公司 & 子公司\t35\t新\n含<分园>。\n' >"$here/wanted"
for name in a wrong wide; do
    "$siftd" try --text "$here/$name.xml" >"$here/text" || fail "$name.xml was refused"
    diff "$here/wanted" "$here/text" || fail "the text of $name.xml is another"
done
"$siftd" try --text "$here/feed.xml" >"$here/text" || fail "feed.xml was refused"
same "$(grep -c . "$here/text")" 4 "lines of a feed, which is no table"
"$siftd" try --text "$here/large.xml" >"$here/text" || fail "a file of 12 MB was refused"
grep -qx '累计孵化86家。' "$here/text" || fail "the text of a file of 12 MB is another"
"$siftd" try "$here/a.xml" >"$here/records"
contains "$here/records" '"source":{"element":"/年报/正文/段[2]"},"quote":"累计孵化86家"' "the place of a fact"
contains "$here/records" '"format":"xml","charset":"GB18030"' "what the document record says"
for name in cut bomb; do
    "$siftd" try "$here/$name.xml" >"$here/records" 2>/dev/null && fail "$name.xml was taken" || true
    contains "$here/records" '"error":"decode/xml: its XML breaks off in line ' "the error of $name.xml"
done
