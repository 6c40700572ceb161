#!/bin/sh
# SPDX-License-Identifier: MIT
# Every clean plugin alone, on the cases in its folder: NAME.in must become NAME.out, NAME.keep must stay as it is.
set -eu
. "$(dirname "$0")/../lib/siftd.sh"

failed=0 count=0

# check PLUGIN INPUT WANTED
check() {
    count=$((count + 1))
    "$siftd" try -c "$here/case.yaml" --text "$2" >"$here/got" 2>"$here/err" || true
    cmp -s "$here/got" "$3" && return
    failed=$((failed + 1))
    echo "$1: $2"
    cat "$here/err"
    diff "$3" "$here/got" || true
}

for folder in "$source_dir"/plugins/clean/*/cases; do
    plugin=$(basename "$(dirname "$folder")")
    cat >"$here/case.yaml" <<YAML
state_dir: $here/state
watch: [{ dir: $here/drop }]
pipelines:
  default:
    - decode: [text]
    - clean: [$plugin]
sinks:
  out: { plugin: stdout }
YAML
    for case in "$folder"/*.in; do
        [ ! -e "$case" ] || check "$plugin" "$case" "${case%.in}.out"
    done
    for case in "$folder"/*.keep; do
        [ ! -e "$case" ] || check "$plugin" "$case" "$case"
    done
done
[ "$failed" = 0 ] || fail "$failed of $count cases"
echo "$count cases"
