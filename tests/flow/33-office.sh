#!/bin/sh
# SPDX-License-Identifier: MIT
# Office documents: what a reader sees comes out, each fact with its paragraph or cell; what a reader does not see stays out.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

cat >"$here/make.py" <<'END'
import os, zipfile
os.chdir(os.environ["here"])
W='xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
doc=f'''<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>
<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>青禾创业园年度报告</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">截至2023年底，园区入驻企业</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>120家</w:t></w:r><w:del w:id="1"><w:r><w:delText>99家</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>秘密</w:t></w:r><w:r><w:t>，带动就业1500人。</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>
<w:tbl><w:tblPr/><w:tr><w:tc><w:p><w:r><w:t>名称</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>企业数</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>甲园</w:t></w:r></w:p><w:p><w:r><w:t>（东区）</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>35</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:t>完</w:t></w:r></w:p><w:sectPr/></w:body></w:document>'''
notes=f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p><w:r><w:t>x</w:t></w:r></w:p></w:footnote><w:footnote w:id="2"><w:p><w:r><w:t>含分园。</w:t></w:r></w:p></w:footnote></w:footnotes>'
with zipfile.ZipFile('a.docx','w',zipfile.ZIP_DEFLATED) as z:
    z.writestr('[Content_Types].xml','<Types/>'); z.writestr('word/document.xml',doc); z.writestr('word/footnotes.xml',notes)
wb='<workbook xmlns:r="http://x"><workbookPr/><sheets><sheet name="登记" sheetId="1" r:id="rId1"/><sheet name="h" state="hidden" r:id="rId2"/></sheets></workbook>'
rel='<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>'
st='<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="170"/></cellXfs></styleSheet>'
ss='<sst><si><t>企业</t></si><si><r><t>青禾</t></r><r><t>科技</t></r><rPh><t>qing</t></rPh></si><si><t>占比</t></si></sst>'
sh='<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>成立</t></is></c><c r="D1" t="s"><v>2</v></c></row><row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>45016</v></c><c r="C3"><v>0.1</v></c><c r="D3" s="2"><v>0.35599999999999998</v></c></row></sheetData></worksheet>'
with zipfile.ZipFile('b.xlsx','w',zipfile.ZIP_DEFLATED) as z:
    for n,d in (('[Content_Types].xml','<Types/>'),('xl/workbook.xml',wb),('xl/_rels/workbook.xml.rels',rel),('xl/styles.xml',st),('xl/sharedStrings.xml',ss),('xl/worksheets/sheet1.xml',sh),('xl/worksheets/sheet2.xml',sh)): z.writestr(n,d)
O='xmlns:office="o" xmlns:text="t" xmlns:table="b"'
with zipfile.ZipFile('c.odt','w') as z:
    z.writestr('mimetype','application/vnd.oasis.opendocument.text')
    z.writestr('content.xml',f'<office:document-content {O}><office:body><office:text><text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h>标题</text:h><text:p>入驻<text:s text:c="2"/>企业<text:span>35家</text:span><text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>注：含分园</text:p></text:note-body></text:note>。</text:p></office:text></office:body></office:document-content>')
with zipfile.ZipFile('d.ods','w') as z:
    z.writestr('mimetype','application/vnd.oasis.opendocument.spreadsheet')
    z.writestr('content.xml',f'<office:document-content {O}><office:body><office:spreadsheet><table:table table:name="表一"><table:table-row><table:table-cell><text:p>名称</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>人数</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16380"/></table:table-row><table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>甲</text:p></table:table-cell><table:table-cell/><table:table-cell><text:p>5</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>')
whole = open("a.docx", "rb").read()
with zipfile.ZipFile("cut.docx", "w") as z:
    z.writestr("[Content_Types].xml", "<Types/>")
    z.writestr("word/document.xml", doc[: len(doc) // 2])
END
here=$here python3 "$here/make.py"
text a.docx '青禾创业园年度报告\n截至2023年底，园区入驻企业120家，带动就业1500人。\n名称\t企业数\n甲园（东区）\t35\n完\n含分园。\n'
text b.xlsx '企业\t成立\t\t占比\n青禾科技\t2023-03-31\t0.1\t35.6%\n'
text c.odt '标题\n入驻 企业35家。\n注：含分园\n'
text d.ods '名称\t人数\t人数\n甲\t\t5\n甲\t\t5\n'
source_of() {
    "$siftd" try "$here/$1" | grep '"type":"indicator"' >"$here/records" || true
    contains "$here/records" "$2" "the place of a fact in $1"
}
source_of a.docx '"source":{"part":"word/document.xml","paragraph":2},'
source_of b.xlsx '"source":{"sheet":"登记","cell":"A3"},'
source_of c.odt '"source":{"part":"content.xml","paragraph":2},'
"$siftd" try "$here/cut.docx" >"$here/records" && fail "half a document was taken" || true
contains "$here/records" 'decode/docx: its XML breaks off in line ' "the error"
contains "$here/records" 'of word/document.xml"' "the error"
