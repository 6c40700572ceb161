#!/bin/sh
# SPDX-License-Identifier: MIT
# What keeps the daemon from starting is one clear sentence and exit code 2.
. "$(dirname "$0")/../lib/siftd.sh"

refused() { # WHAT TEXT...
    what=$1
    shift
    code=0
    "$siftd" run -c "$here/siftd.yaml" --once 2>"$here/log" || code=$?
    same "$code" 2 "exit code: $what"
    for text; do
        contains "$here/log" "$text" "$what"
    done
}
write_config() { # STATE DONE PIPELINE
    configure <<END
state_dir: $1
watch: [ { dir: drop, done_dir: $2 } ]
pipelines: { default: [ { decode: auto }, { extract: [$3] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
}
: >"$here/file"
write_config "$here/file/state" done rows
refused "a state folder that cannot be made" "state_dir: $here/file/state"
write_config state "$here/file/done" rows
refused "a done folder that cannot be made" "done_dir $here/file/done"
write_config state done no-such-plugin
refused "a plugin that is not there" "no-such-plugin" "siftd.yaml:3:"
rm "$here/siftd.yaml"
refused "a configuration that is not there" "siftd.yaml"
same "$(ls "$here/drop" | wc -l | tr -d ' ')" 0 "files"

write_config state done rows
start
code=0
"$siftd" run -c "$here/siftd.yaml" --once 2>"$here/second" || code=$?
same "$code" 2 "exit code of a second daemon on the same state folder"
contains "$here/second" "state" "a second daemon on the same state folder"
stop || fail "the daemon ended with $?"
