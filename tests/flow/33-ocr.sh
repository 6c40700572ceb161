#!/bin/sh
# SPDX-License-Identifier: MIT
# Text recognition through the confined workers of a daemon: images of every kind, scanned pages among pages with text, limits, words
# that are doubtful. Skipped where decode/ocr is not built (scripts/build --with ocr --with tests installs what it needs).
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/ocr/decode/ocr.so" ] || skip "decode/ocr is not built (scripts/build --with ocr)"
requires python3 pdftoppm fc-list
[ -n "$(fc-list :lang=zh-cn)" ] || skip "no font has Chinese characters (fonts-wqy-microhei)"

configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins/ocr" ]
watch: [ { dir: drop } ]
workers: { timeout: 200s, cpu: 200s }
pipelines: { default: [ { decode: [ { ocr: { time: 200s } }, auto ] }, { extract: [ articles, quantities ] }, { validate: wording } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
cd "$here"
export PYTHONPATH="$source_dir/tests/lib" PYTHONDONTWRITEBYTECODE=1
cat >make.py <<'END'
import json, sys
from printed import *

one = "截至二〇一二年底，园区累计入驻企业120家，其中高新技术企业30家，从业人员2000余人，全年实现营业收入3亿元。"
two = "园区坚持服务为本，为企业提供融资、培训、代办等服务，共举办各类活动20场，参加企业超过600家次，受到普遍欢迎。"

def pages():
    lines, y = paragraph(72, 120, one, 38)
    pdf("page.pdf", [[(180, 80, 18, "青禾创业园工作总结")] + lines + paragraph(72, y, two, 38)[0]])
    left, right = (paragraph(x, y, text, 19)[0] for x, y, text in ((72, 120, two), (320, 127, one)))
    pdf("columns.pdf", [[line for pair in zip(left, right) for line in pair]])
    pdf("line.pdf", [[(72, 100, 16, "园区举办各类活动20场")]])
    pdf("english.pdf", [[(72, 100, 12, "The incubator hosted more than 1,200 companies"), (72, 116, 12, "over the year.")]])
    pdf("empty.pdf", [[]])
    open("wanted", "w").write("青禾创业园工作总结\n" + one + "\n" + two + "\n")
    open("columns.wanted", "w").write(two + "\n" + one + "\n")

def files():
    line = pgm("line-1.pgm")
    bmp("line.bmp", *line)
    tiff("two.tif", [line, line])
    pdf("mixed.pdf", [[(72, 100, 11, "第一页是文字，园区面积二万平方米。")], "page-1.jpg"])

def near(wanted, got):
    share = wrong(open(wanted).read(), open(got).read())
    sys.exit(f"{share:.3f} of the characters are wrong" if share > 0.05 else 0)

def figure(name, page, *rest):
    box, raw = [float(number) for number in rest[:4]], rest[4]
    found = [r for r in map(json.loads, open("records.jsonl")) if r["type"] == "indicator" and r["doc"]["name"] == name]
    fits = [r for r in found if r["raw"] == raw and r["source"]["page"] == int(page) and
            all(abs(a - b) < 10 for a, b in zip(r["source"]["box"], box))]
    sys.exit(0 if fits else f"{name}: {raw} is not at {page} {box}, but: " + str([(r["raw"], r["source"]) for r in found]))

globals()[sys.argv[1]](*sys.argv[2:])
END
python3 make.py pages
for name in page columns english; do pdftoppm -r 150 -gray -jpeg $name.pdf $name; done
pdftoppm -r 150 -gray -png page.pdf page
for kind in "" -png -jpeg -tiff; do pdftoppm -r 150 -y 150 -H 130 -gray $kind line.pdf line; done
pdftoppm -r 50 -gray -png empty.pdf empty
python3 make.py files

near() { # WANTED GOT WHAT
    python3 make.py near "$1" "$2" >why 2>&1 || fail "$3: $(cat why) in: $(cat "$2")"
}

# All kinds through the daemon.
mkdir -p drop
cp page-1.png mixed.pdf line.bmp two.tif line-1.pgm line-1.png line-1.jpg line-1.tif english-1.jpg drop/
"$siftd" run --once -c siftd.yaml >>log 2>&1 || fail "pictures were refused: $(cat state/quarantine/*.reason.json)"
for file in page-1.png:png mixed.pdf:pdf line.bmp:bmp two.tif:tiff line-1.pgm:pnm line-1.jpg:jpeg line-1.tif:tiff english-1.jpg:jpeg; do
    name=${file%:*}
    grep '"type":"document"' records.jsonl | grep -F "\"name\":\"$name\"" >"$name.record" || fail "$name has no record"
    contains "$name.record" "\"format\":\"${file#*:}\"" "the format of $name"
    contains "$name.record" '"recognized_by":"Tesseract ' "$name says how it was read"
done
contains page-1.png.record '"recognized_languages":["chi_sim"]' "the language of a Chinese page"
contains english-1.jpg.record '"recognized_languages":["eng"]' "the language of an English page"
contains two.tif.record '"pages":2,"pages_without_text":0' "a TIFF of two pages"
contains mixed.pdf.record '"pages":2,"pages_without_text":0' "a PDF with a scanned page"
contains mixed.pdf.record '"pages_recognized":1' "pages of text are not recognized"
figure() { # NAME PAGE LEFT TOP RIGHT BOTTOM RAW: an indicator stands there
    python3 make.py figure "$@" >why 2>&1 || fail "$(cat why)"
}
figure page-1.png 1 197 226 1005 261 120家
figure mixed.pdf 1 72 90.3 259 101.3 二万平方米
figure mixed.pdf 2 94.5 109 484 124 120家
figure two.tif 2 153 27 485 75 20场

# What is read, and in which order.
plain() { # FILE OPTIONS --text|--records: as the decoder leaves it
    "$siftd" try "$3" -c /dev/stdin "$1" 2>>log <<END
state_dir: $here/none
plugin_dirs: [ "$SIFTD_BUILD/plugins/ocr" ]
watch: [ { dir: $here/drop } ]
pipelines: { default: [ { decode: { ocr: { ${2:-time: 200s} } } }, { validate: wording } ] }
sinks: { out: { plugin: stdout } }
END
}
plain page-1.png "" --text >got
near wanted got "a page of paragraphs"
same 3 "$(lines got)" "paragraphs of a page"
plain columns-1.jpg "" --text >got
near columns.wanted got "two columns"
same 2 "$(lines got)" "paragraphs of two columns"
plain page.pdf "" --text >got
sed 's/decode: .* auto \]/decode: pdf/; s/extract.*validate/validate/' siftd.yaml >pdf.yaml
"$siftd" try --text -c pdf.yaml page.pdf >wanted 2>>log
diff wanted got || fail "a PDF with text is read otherwise than by decode/pdf"
plain page.pdf "" --records >got
! grep -q recognized_by got || fail "a PDF with text is called recognized"

# Doubt.
plain line-1.png "doubt_below: 0, time: 200s" --records >got
contains got '"words_doubtful":0' "nothing is doubtful"
! grep -q words_doubted got || fail "words are doubted that are not doubtful"
plain line-1.png "doubt_below: 100, time: 200s" --records >got
contains got '"words_doubted":[{"text":"' "words below the confidence are named"
contains got 'words were recognized with a confidence below 100 in 100' "a finding says so"

# Limits and damage, each with the option that changes it.
refused() { # FILE OPTIONS WORDS
    ! plain "$1" "$2" --records >got || fail "$1 with $2 was not refused"
    contains got "$3" "why $1 with $2 was refused"
}
refused page-1.png "pixels: 2000000" "1240 x 1755 pixels, and decode/ocr's option \\\"pixels\\\" allows 2000000"
refused mixed.pdf "pixels: 8000000" "the picture of page 2 has 2480 x 3509 pixels"
refused two.tif "scans: 1, time: 200s" "decode/ocr's option \\\"scans\\\" allows 1"
refused two.tif "pages: 1" "decode/ocr's option \\\"pages\\\" allows"
refused mixed.pdf "pages: 1" "the PDF has 2 pages, and decode/ocr's option \\\"pages\\\" allows 1"
refused page-1.png "time: 100ms" "decode/ocr's option \\\"time\\\" allows 100 ms"
refused empty-1.png "" "no text was recognized on the page"
refused empty.pdf "" "no text was recognized on the page"
head -c 20 page-1.png >header.png
head -c 3000 page-1.png >half.png
refused header.png "" "the picture's header is damaged or cut off"
refused half.png "" "the picture of page 1 is damaged or cut off"

# Only where it is asked for; and what is missing is told at the start.
"$siftd" try page-1.png >got 2>>log && fail "a picture is read without the plugin"
sed 's/time: 200s }/languages: [tlh] }/' siftd.yaml >wrong.yaml
"$siftd" check -c wrong.yaml >got 2>&1 && fail "a language that is not there is right"
contains got 'Tesseract cannot load its data for "tlh"' "a language that is not there"
