#!/bin/sh
# SPDX-License-Identifier: MIT
# validate/schema keeps out what does not fit and tells it with the record; bulk rows are checked one by one; a schema that is
# none, or a file that no pack has, is a mistake of the configuration.
set -eu
. "$(dirname "$0")/../lib/siftd.sh"

mkdir -p "$here/packs/shop/schemas"
cat >"$here/packs/shop/pack.yaml" <<YAML
name: shop
version: "1.0"
summary: rows of sales
YAML
cat >"$here/packs/shop/schemas.yaml" <<YAML
row: schemas/sale.json
YAML
cat >"$here/packs/shop/schemas/sale.json" <<JSON
{ "\$id": "schemas/sale.json", "required": ["sum"], "properties": { "sum": { "\$ref": "money.json" } } }
JSON
echo '{ "type": "number", "minimum": 0, "multipleOf": 0.01 }' >"$here/packs/shop/schemas/money.json"
cat >"$here/case.yaml" <<YAML
pack_dirs: [$here/packs]
packs: [shop]
pipelines:
  default:
    - decode: [text]
    - extract: [rows]
    - validate: [{ schema: { findings: 2 } }]
YAML
cat >"$here/sales.jsonl" <<JSONL
{"sum":12.5}
{"sum":"12.5"}
{"sum":0.005}
{"total":1}
{"sum":-1}
{"sum":0}
JSONL
"$siftd" try -c "$here/case.yaml" --records "$here/sales.jsonl" >"$here/got" || fail "the document was refused"

expect() { # COUNT PATTERN
    n=$(grep -c "$2" "$here/got" || true)
    [ "$n" = "$1" ] || { cat "$here/got"; fail "$n lines, not $1, with $2"; }
}
expect 2 '^{"type":"row"'
expect 3 '"check":"schema"'
expect 1 'this row does not fit its schema and is kept out: /sum is of type string, not number (type)'
expect 1 '"source":{"bytes":\[13,27\]}.*"record":{"type":"row","sum":"12.5"}'
expect 1 'kept out for their schemas and not told one by one: 2'

# The other validators go on with the records that are left.
echo '青禾创业孵化基地在孵企业12家，获得运行补贴0万元。' >"$here/grant.txt"
"$siftd" try --records "$here/grant.txt" >"$here/got" || fail "a record that is kept out ends the worker"
expect 1 'this funding does not fit its schema and is kept out'
expect 1 '^{"type":"document".*"status":"findings"'

refused() { # WORDS
    if "$siftd" try -c "$here/case.yaml" --records "$here/sales.jsonl" >"$here/got" 2>&1; then
        fail "taken in spite of: $1"
    fi
    grep -q "$1" "$here/got" || { cat "$here/got"; fail "the message does not say: $1"; }
}
echo '{ "minLength": "long" }' >"$here/packs/shop/schemas/money.json"
refused 'behind the keyword minLength has a wrong type'
rm "$here/packs/shop/schemas/money.json"
refused 'the reference money.json leads nowhere'
rm "$here/packs/shop/schemas/sale.json"
refused 'no pack has the file schemas/sale.json'
