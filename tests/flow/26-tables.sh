#!/bin/sh
# SPDX-License-Identifier: MIT
# extract/tables and validate/ledgers on the files in cases/: FILE must give the records FILE.out (without ids and the document record),
# from a file of its own as from a table inside a text. And the schemas made from the columns: as the database has them.
set -eu
. "$(dirname "$0")/../lib/siftd.sh"

cat >"$here/case.yaml" <<YAML
plugin_dirs: [$SIFTD_BUILD/plugins/test]
pipelines:
  default:
    - decode: [text]
    - extract: [grid, tables, rows]
    - validate: [schema, ledgers]
YAML
failed=0 count=0
for wanted in "$source_dir"/plugins/extract/tables/cases/*.out; do
    count=$((count + 1))
    "$siftd" try -c "$here/case.yaml" --records "${wanted%.out}" >"$here/records" || fail "${wanted%.out} was refused"
    sed -n '/"type":"document"/!{s/"id":"[^"]*","doc":{[^}]*},//;s/,"refs":\[[^]]*\]//;p}' "$here/records" >"$here/got"
    diff "$wanted" "$here/got" || failed=$((failed + 1))
done
[ "$failed" = 0 ] || fail "$failed of $count cases"

# A ledger of more lines than are kept in memory: the rest are bulk records, checked all the same.
sed 's/tables, rows/{ tables: { keep: 1 } }, rows/' "$here/case.yaml" >"$here/bulk.yaml"
staff=$source_dir/plugins/extract/tables/cases/staff.csv
"$siftd" try -c "$here/case.yaml" "$staff" | grep '"type":"staff"' | sort >"$here/kept"
"$siftd" try -c "$here/bulk.yaml" "$staff" >"$here/bulk"
grep '"type":"staff"' "$here/bulk" | sed 's/"quote":"[^}]*","date"/"date"/' | sort >"$here/bulk-rows"
same "$(lines "$here/kept")" "$(lines "$here/bulk-rows")" "records when only one is kept"
contains "$here/bulk" '3 times in a row' "the finding over bulk records"

# A mistake in a pack has its place.
mkdir -p "$here/packs/shop" "$here/drop"
echo 'name: shop' >"$here/packs/shop/pack.yaml"
cat >"$here/packs/shop/ledgers.yaml" <<YAML
sale:
  needs: [goods]
  key: [goods]
  columns: { goods: { names: [Goods] }, price: { names: [Price], as: number } }
  checks:
    - part: { field: prise, of: price }
YAML
cat >"$here/shop.yaml" <<YAML
state_dir: state
packs: [shop]
pack_dirs: [packs]
watch: [{ dir: drop }]
pipelines: { default: [{ decode: [text] }, { extract: [tables, rows] }, { validate: [schema, ledgers] }] }
sinks: { db: { plugin: sqlite, path: out.db } }
YAML
! "$siftd" check -c "$here/shop.yaml" >"$here/said" 2>&1 || fail "a ledger with a wrong check was found right"
contains "$here/said" 'ledgers.yaml:6:7: the ledger has no column "prise"' "the place of the mistake"
for key in god '[goods]'; do
    sed -i "s/key: .*/key: [$key]/" "$here/packs/shop/ledgers.yaml"
    ! "$siftd" check -c "$here/shop.yaml" >"$here/said" 2>&1 || fail "a ledger with the key [$key] was found right"
    contains "$here/said" 'ledgers.yaml:3:9: the ledger "sale" has no column "' "the place of the key"
done
sed -i 's/key: .*/key: [goods]/' "$here/packs/shop/ledgers.yaml"

if command -v sqlite3 >/dev/null; then
    sed -i 's/prise/price/' "$here/packs/shop/ledgers.yaml"
    printf 'Goods,Price\npear,"1,250"\nplum,3.5\n' >"$here/drop/sales.csv"
    "$siftd" run --once -c "$here/shop.yaml" >"$here/log" 2>&1 || fail "siftd run --once ended with $?"
    same 'id,doc_name,Goods,Price' "$(sqlite3 "$here/out.db" "SELECT group_concat(name, ',') FROM pragma_table_info('sale_current')")" "the view's columns"
    same '1250|integer' "$(sqlite3 "$here/out.db" "SELECT price, typeof(price) FROM sale WHERE goods = 'pear'")" "a ledger's column in a database"
    made=$(sqlite3 "$here/out.db" 'PRAGMA schema_version')
    printf 'Goods,Price\npear,1300\n' >"$here/drop/later.csv"
    "$siftd" run --once -c "$here/shop.yaml" >"$here/log" 2>&1 || fail "the second siftd run --once ended with $?"
    same '1300 3.5' "$(sqlite3 "$here/out.db" 'SELECT group_concat("Price", char(32)) FROM (SELECT * FROM sale_current ORDER BY "Goods")')" \
        "the newest row for each key"
    same 3 "$(sqlite3 "$here/out.db" 'SELECT count(*) FROM sale')" "rows of the ledger"
    same "$made" "$(sqlite3 "$here/out.db" 'PRAGMA schema_version')" "the schema, nothing of which was made anew"
fi
echo "$count cases"
