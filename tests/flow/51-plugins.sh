#!/bin/sh
# SPDX-License-Identifier: MIT
# siftd plugins: lists what stands in the plugin folders, tells options, names what cannot be loaded.
. "$(dirname "$0")/../lib/siftd.sh"

"$siftd" plugins >"$here/list" 2>"$here/errors" || fail "siftd plugins: $(cat "$here/errors")"
for stage in decode clean extract validate sink; do
    grep -q "^$stage " "$here/list" || fail "no $stage plugin is listed: $(cat "$here/list")"
done
[ ! -s "$here/errors" ] || fail "siftd plugins says: $(cat "$here/errors")"

"$siftd" plugins rows >"$here/rows"
contains "$here/rows" "extract plugin rows" "siftd plugins rows"
contains "$here/rows" "  delimiter (text, one of auto, comma, semicolon, tab, pipe, default auto)" "siftd plugins rows"

code=0
"$siftd" plugins rowz >"$here/out" 2>"$here/errors" || code=$?
same 1 "$code" "exit code for a plugin that is not there"
contains "$here/errors" 'there is no plugin "rowz" in the plugin folders' "siftd plugins rowz"

# What is no plugin is told, and the others are listed all the same.
mkdir -p "$here/plugins/clean"
echo "not a shared object" >"$here/plugins/clean/broken.so"
printf 'plugin_dirs: [plugins]\n' >"$here/siftd.yaml"
code=0
"$siftd" plugins -c "$here/siftd.yaml" >"$here/list" 2>"$here/errors" || code=$?
same 1 "$code" "exit code with a broken plugin"
contains "$here/errors" "plugins/clean/broken.so" "the broken plugin"
grep -q "^decode " "$here/list" || fail "the others are not listed"
