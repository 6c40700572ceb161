#!/bin/sh
# SPDX-License-Identifier: MIT
# A pack for another field: with its YAML and not one line of code more, the same plugins read weather bulletins. Each file of
# tests/packs/NAME must give, with the pack NAME, the records FILE.out (without ids, the document record, and the figures, of which the plain ones
# are looked for below).
set -eu
. "$(dirname "$0")/../lib/siftd.sh"

failed=0 count=0
for wanted in "$source_dir"/tests/packs/*/*.out; do
    count=$((count + 1))
    cat >"$here/case.yaml" <<YAML
packs: [$(basename "$(dirname "$wanted")")]
pipelines:
  default:
    - decode: [text]
    - clean: [width]
    - extract: [quantities, rules, tables, rows]
    - validate: [schema, ledgers]
YAML
    "$siftd" try -c "$here/case.yaml" --records "${wanted%.out}" >"$here/records" || fail "${wanted%.out} was refused"
    sed -n '/"type":"\(document\|indicator\)"/!{s/"id":"[^"]*","doc":{[^}]*},//;s/,"refs":\[[^]]*\]//;p}' "$here/records" >"$here/got"
    diff "$wanted" "$here/got" || failed=$((failed + 1))
done
[ "$failed" = 0 ] || fail "$failed of $count cases"
[ "$count" -gt 0 ] || fail "there are no cases"

# The whole standard pipeline runs with it, too.
cat >"$here/all.yaml" <<YAML
packs: [weather]
YAML
"$siftd" try -c "$here/all.yaml" "$source_dir/tests/packs/weather/bulletin.txt" >"$here/records" || fail "the standard pipeline with another pack"
same 2 "$(grep -c '"type":"warning"' "$here/records")" "warnings by the standard pipeline"
for figure in '"value":46,"unit":"毫米"' '"value":128.5,"unit":"毫米"' '"value":24.6,"unit":"米每秒"' '"value":22,"value_max":31,"unit":"℃"'; do
    contains "$here/records" "$figure" "a figure in the pack's units"
done
echo "$count cases"
