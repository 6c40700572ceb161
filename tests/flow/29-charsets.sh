#!/bin/sh
# SPDX-License-Identifier: MIT
# One text in many charsets: decoded, it is the same text, and its document record names the charset.
set -eu
. "$(dirname "$0")/../lib/siftd.sh"
requires iconv

cat >"$here/case.yaml" <<YAML
state_dir: $here/state
watch: [{ dir: $here/drop }]
pipelines:
  default:
    - decode: [text]
sinks:
  out: { plugin: stdout }
YAML
cat >"$here/text" <<'TEXT'
蓝舟孵化器今年新增企业43家，其中科技型企业21家。
园区负责人表示，下一步将扩大面积，引进更多团队（含大学生团队）。
TEXT

# reads CHARSET NAME: the text in CHARSET comes back, and is called NAME
reads() {
    iconv -f UTF-8 -t "$1" "$here/text" >"$here/file.txt"
    "$siftd" try -c "$here/case.yaml" --text "$here/file.txt" >"$here/got"
    cmp -s "$here/text" "$here/got" || fail "$1: the text came back changed"
    "$siftd" try -c "$here/case.yaml" --records "$here/file.txt" >"$here/records"
    contains "$here/records" "\"charset\":\"$2\"" "the record of a file in $1"
    contains "$here/records" '"replaced":0' "the record of a file in $1"
}

reads UTF-8 UTF-8
reads GB18030 GB18030
reads GB2312 GB18030
reads UTF-16 UTF-16LE
reads UTF-16LE UTF-16LE
reads UTF-16BE UTF-16BE
reads UTF-32LE UTF-32LE
reads ISO-2022-CN ISO-2022-CN

# one broken byte is one replacement character, and the rest is read
printf '蓝舟孵化器\377今年新增企业四十三家。\n' >"$here/broken.txt"
"$siftd" try -c "$here/case.yaml" --records "$here/broken.txt" >"$here/records"
contains "$here/records" '"replaced":1' "the record of a file with one broken byte"

# what is no text is refused in a sentence
printf '%%PDF-1.4\n' >"$here/paper.txt"
"$siftd" try -c "$here/case.yaml" --records "$here/paper.txt" >"$here/records" 2>&1 && fail "a PDF file was taken for text"
contains "$here/records" 'looks like a PDF file, not text' "the refusal of a PDF file"

# what cannot be told is said to be doubtful, as a finding too
printf 'abc \201\215\217\367\001 \320 zz\n' >"$here/odd.txt"
"$siftd" try "$here/odd.txt" >"$here/odd"
contains "$here/odd" '"charset_doubtful":true' "the document record of a text in no charset that can be told"
contains "$here/odd" '"check":"damage","holds":false,"message":"the text was read as' "the finding"
