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
# What --explain prints for reading: marks in the text, and a line for each; in colour on a terminal only.
"$siftd" try -c "$here/case.yaml" --explain "$source_dir/tests/packs/weather/bulletin.txt" >"$here/explained"
contains "$here/explained" '发布[1 暴雨]橙色预警信号：预计未来[2 3小时]' "the marked text"
contains "$here/explained" '    1 warning: issuer 青禾市气象台, issued 2024-07-12, time 16时30分, kind 暴雨, colour orange' "the line of a record"
! grep -q "$(printf '\033')" "$here/explained" || fail "colours where there is no terminal"
"$siftd" try -c "$here/case.yaml" --explain "$source_dir/tests/packs/weather/stations.csv" >"$here/explained"
contains "$here/explained" 'warning subset: low 22.1 is more than high 18.2  ← 白杨站' "the line of a finding"
for figure in '"value":46,"unit":"毫米"' '"value":128.5,"unit":"毫米"' '"value":24.6,"unit":"米每秒"' '"value":22,"value_max":31,"unit":"℃"'; do
    contains "$here/records" "$figure" "a figure in the pack's units"
done
echo "$count cases"
