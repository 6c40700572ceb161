#!/bin/sh
# SPDX-License-Identifier: MIT
# journal cat prints what the sink wrote; journal verify finds damage, and a daemon that starts on it says so and goes on.
. "$(dirname "$0")/../lib/siftd.sh"

configure <<END
state_dir: state
watch: [ { dir: drop } ]
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
for i in 1 2 3; do
    echo "{\"n\":$i}" >"$here/$i.jsonl"
done

start
for i in 1 2 3; do
    drop "$here/$i.jsonl"
    wait_for '[ "$(lines "$here/records.jsonl")" = $((i * 2)) ]' "document $i"
done
"$siftd" journal cat "$here/state/journal" >"$here/cat"
cmp -s "$here/cat" "$here/records.jsonl" || fail "journal cat differs from what the sink wrote"
"$siftd" journal cat "$here/state/journal/00000001.seg" | cmp -s - "$here/cat" || fail "cat of a segment differs"
stop

segment=$here/state/journal/00000001.seg
"$siftd" journal verify "$segment" >"$here/verify"
contains "$here/verify" "good: 3 documents" "verify"
cp "$segment" "$here/kept"
second=$(sed -n 's/^2 at \([0-9]*\) .*/\1/p' "$here/verify")
printf '!' | dd of="$segment" bs=1 seek=$((second + 40)) conv=notrunc status=none
if "$siftd" journal verify "$segment" >/dev/null 2>"$here/said"; then fail "verify took a damaged segment for good"; fi
contains "$here/said" "damaged at offset $second" "verify's message"

start
contains "$here/log" "1 committed documents are no longer in the journal" "the start on a damaged journal"
echo '{"n":4}' >"$here/4.jsonl"
drop "$here/4.jsonl"
wait_for '[ "$(lines "$here/records.jsonl")" = 8 ]' "the document after the damage"
stop
"$siftd" journal cat "$here/state/journal" >"$here/cat" || fail "cat after the damage was put aside"
same 6 "$(lines "$here/cat")" "records left in the journal: only those of the damaged document are gone"
"$siftd" journal verify "$here/state/journal" >"$here/verify" || fail "the journal is not good after a start"
contains "$here/verify" "gap: the documents with sequence numbers 2 to 2" "verify's list"

printf '!' | dd of="$segment" bs=1 seek=20 conv=notrunc status=none
"$siftd" journal verify "$segment" >/dev/null 2>&1 && fail "verify took a damaged header for good"
"$siftd" journal repair "$here/state/journal" >"$here/said" || fail "the journal was not repaired"
contains "$here/said" "the journal is whole again" "what repair said"
"$siftd" journal verify "$here/state/journal" >"$here/verify" || fail "the journal is not good after its repair"
"$siftd" journal repair "$here/state/journal" | grep -q "nothing to repair" || fail "a second repair found something"
same "$(sed -n 1p "$here/cat")" "$("$siftd" journal cat "$here/state/journal" | sed -n 1p)" "the first record after the repair"

"$siftd" journal cat "$here/nothing" 2>/dev/null && fail "cat of a missing file succeeded"
code=0
"$siftd" journal print "$segment" 2>/dev/null || code=$?
same 2 $code "exit code of a wrong call"
