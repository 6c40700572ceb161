#!/bin/sh
# SPDX-License-Identifier: MIT
# A document that goes beyond a limit goes to quarantine with a reason that names the limit, the value seen and the key; its
# neighbours come out.
. "$(dirname "$0")/../lib/siftd.sh"
[ -f "$SIFTD_BUILD/plugins/test/extract/flood.so" ] || skip "the plugins that fail on purpose are not built"

configure <<END
state_dir: state
plugin_dirs: [ "$SIFTD_BUILD/plugins", "$SIFTD_BUILD/plugins/test" ]
watch: [ { dir: drop } ]
workers: { count: 2, memory: 256MiB, timeout: 5s }
limits: { size: 64KiB, text: 1MiB, records: 5000, output: 96KiB }
packs: []
pipelines:
  default:
    - decode: [ swell, text ]
    - extract: [ rows, { flood: { on: flood-records } }, { flood: { on: flood-rows, how: rows } }, { flood: { on: flood-log, how: log } } ]
sinks: { out: { plugin: file, path: records.jsonl } }
END
head -c 65537 /dev/zero >"$here/drop/large.txt"
echo swell >"$here/drop/swell.txt"
for word in records rows log; do
    echo "{\"word\":\"flood-$word\"}" >"$here/drop/$word.jsonl"
done
for n in 1 2 3 4 5 6; do
    echo "{\"n\":$n}" >"$here/drop/good$n.jsonl"
done
start
quarantine=$here/state/quarantine

# refused NAME LIMIT TEXT [PLUGIN]
refused() {
    wait_for 'ls "$quarantine"/*'"$1"'.reason.json >/dev/null 2>&1' "the reason of $1"
    contains "$(ls "$quarantine"/*"$1".reason.json)" "\"limit\":\"$2\"" "the limit of $1"
    contains "$(ls "$quarantine"/*"$1".reason.json)" "\"reason\":\"$3" "the reason of $1"
    [ -z "${4:-}" ] || contains "$(ls "$quarantine"/*"$1".reason.json)" "\"plugin\":\"$4\"" "the plugin of $1"
}
refused large.txt size "has 65537 bytes, more than the 64 KiB that limits.size allows"
refused swell.txt text "has a text of 1048580 bytes, more than the 1 MiB that limits.text allows" swell
refused records.jsonl records "gives 5001 records, more than the 5000 that limits.records allows" flood
refused rows.jsonl output "gives records of 98" flood
refused log.jsonl time "took longer than" flood
same "$(grep -c 'one more line' "$here/log")" 100 "lines of a plugin that talks without end"
wait_for '[ "$(grep -c "\"n\":" "$here/records.jsonl")" = 6 ]' "the good documents"
wait_for '[ -z "$(ls "$here/state/work")" ]' "the work folder to be empty"
same "$(ls "$quarantine" | grep -c 'reason.json$')" 5 "documents in quarantine"
stop || fail "the daemon ended with $?"

# Without the daemon the same sentence ends the trial.
code=0
"$siftd" try -c "$here/siftd.yaml" "$quarantine"/*swell.txt >"$here/out" 2>"$here/errors" || code=$?
same "$code" 1 "exit code of the trial"
contains "$here/errors" "more than the 1 MiB that limits.text allows" "the trial's message"
