#!/bin/sh
# SPDX-License-Identifier: MIT
# Every plugin that reads or reckons facts, on the cases in its folder: of NAME.in it must make the records in NAME.out (its own
# type's lines, without ids and the document's name), and none of NAME.none.
set -eu
. "$(dirname "$0")/../lib/siftd.sh"

failed=0 count=0

# pipeline EXTRACT [VALIDATE]
pipeline() {
    cat >"$here/case.yaml" <<YAML
state_dir: $here/state
watch: [{ dir: $here/drop }]
pipelines:
  default:
    - decode: [text]
    - extract: [$1]
${2:+    - validate: [$2]}
sinks:
  out: { plugin: stdout }
YAML
}

# check TYPE INPUT WANTED
check() {
    count=$((count + 1))
    "$siftd" try -c "$here/case.yaml" "$2" >"$here/all" 2>"$here/err" || true
    grep "^{\"type\":\"$1\"" "$here/all" |
        sed -e 's/"id":"[^"]*",//' -e 's/"doc":{[^}]*},//' -e 's/,"refs":\[[^]]*\]//' >"$here/got" || true
    cmp -s "$here/got" "$3" && return
    failed=$((failed + 1))
    echo "$2"
    cat "$here/err"
    diff "$3" "$here/got" || true
}

# cases FOLDER TYPE
cases() {
    for case in "$source_dir/plugins/$1"/cases/*.in; do
        [ ! -e "$case" ] || check "$2" "$case" "${case%.in}.out"
    done
    for case in "$source_dir/plugins/$1"/cases/*.none; do
        [ ! -e "$case" ] || check "$2" "$case" /dev/null
    done
}

pipeline articles
cases extract/articles article
pipeline 'articles, quantities'
cases extract/quantities indicator
for pair in policies:policy funding:funding recognitions:recognition; do
    [ -d "$source_dir/plugins/extract/${pair%:*}" ] || continue
    pipeline "articles, quantities, ${pair%:*}"
    cases "extract/${pair%:*}" "${pair#*:}"
done
for check in arithmetic wording timeline conflict; do
    [ -d "$source_dir/plugins/validate/$check" ] || continue
    pipeline 'articles, quantities, policies, funding, recognitions' "$check"
    cases "validate/$check" finding
done
[ "$failed" = 0 ] || fail "$failed of $count cases"
echo "$count cases"
