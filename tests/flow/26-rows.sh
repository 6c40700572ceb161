#!/bin/sh
# SPDX-License-Identifier: MIT
# extract/rows on the files in its cases/: FILE must give the records FILE.out (without ids and the document record).
set -eu
. "$(dirname "$0")/../lib/siftd.sh"

cat >"$here/case.yaml" <<YAML
packs: []
pipelines:
  default:
    - decode: [text]
    - extract: [rows]
YAML
failed=0 count=0
for wanted in "$source_dir"/plugins/extract/rows/cases/*.out; do
    count=$((count + 1))
    "$siftd" try -c "$here/case.yaml" --records "${wanted%.out}" >"$here/records" || fail "${wanted%.out} was refused"
    sed -n '/"type":"document"/!{s/"id":"[^"]*","doc":{[^}]*},//;p}' "$here/records" >"$here/got"
    diff "$wanted" "$here/got" || failed=$((failed + 1))
done
[ "$failed" = 0 ] || fail "$failed of $count cases"
echo "$count cases"
