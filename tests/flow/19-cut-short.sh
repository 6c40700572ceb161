#!/bin/sh
# SPDX-License-Identifier: MIT
# A file that is cut short while its worker reads it, where no lease tells: its worker dies of it, is replaced, and the
# document runs again with what the file has become. It does not go to quarantine, and its neighbour comes out.
. "$(dirname "$0")/../lib/siftd.sh"
! grep -q '^SIFTD_SANITIZE:STRING=.' "$SIFTD_BUILD/CMakeCache.txt" || skip "a sanitized program cannot be preloaded"
[ -f "$SIFTD_BUILD/plugins/test/extract/slow.so" ] || skip "the plugins that fail on purpose are not built"

configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins", "$SIFTD_BUILD/plugins/test" ]
watch: [ { dir: drop } ]
workers: { count: 1 }
packs: []
pipelines: { default: [ { decode: [text] }, { extract: [ { slow: { on: cut, time: 1500ms } }, rows ] } ] }
sinks: { out: { plugin: file, path: records.jsonl, types: [row] } }
END
export LD_PRELOAD="$SIFTD_BUILD/tests/fault/nolease.so"
start
unset LD_PRELOAD
yes '{"what":"cut"}' | head -n 20000 >"$here/cut.jsonl"
mv "$here/cut.jsonl" "$here/drop/"
wait_for 'ls "$here/state/work" | grep -q cut.jsonl' "the claim"
sleep 0.7
truncate -s 30 "$here/state/work/"*cut.jsonl
echo '{"n":1}' >"$here/drop/other.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" -ge 3 ]' "the rows of both"
same "$(grep -c '"what":"cut"' "$here/records.jsonl")" 2 "rows of what the file has become"
same "$(grep -c '"n":1' "$here/records.jsonl")" 1 "rows of its neighbour"
contains "$here/log" "cut.jsonl changed while it was read" "the log"
same "$(find "$here/state/quarantine" -name '*.reason.json' | wc -l)" 0 "documents in quarantine"
[ -f "$here/state/done/cut.jsonl" ] || fail "the file is not in done"
