# SPDX-License-Identifier: MIT
# Helpers of the flow tests, to be sourced. Gives a folder of its own ($here, removed at the end), the program ($siftd), and:
#
#   configure < YAML          writes $here/siftd.yaml; without input's text (empty), a minimal one: drop/ to records.jsonl. Files
#                             written in the folder itself are taken when they are closed, unless the text speaks of `settle`
#   start [OPTION...]         runs the daemon, returns when it answers; its messages go to $here/log
#   stop                      ends it with SIGTERM and waits; returns its exit code
#   drop FILE [NAME]          puts a copy into $here/drop in one step
#   wait_for CONDITION WHAT   repeats the shell words until they are true; fails after $patience seconds
#   lines FILE                its number of lines, 0 when it is not there
#   same WANTED GOT WHAT      fails unless both are equal
#   contains FILE TEXT WHAT   fails unless the file holds the text
#   text FILE TEXT            fails unless that is the text (as of printf '%b') that siftd reads in $here/FILE
#   on_exit COMMAND...        runs it at the end, last first
#   requires PROGRAM...       skips the test when one is missing
#   fail TEXT, skip TEXT      end the test
set -eu

SIFTD_BUILD=${SIFTD_BUILD:-build}
SIFTD_BUILD=$(cd "$SIFTD_BUILD" && pwd)
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
siftd=$SIFTD_BUILD/siftd
patience=${SIFTD_PATIENCE:-60}
here=$(mktemp -d /tmp/siftd-test.XXXXXX)
daemon=
endings=

finish_test() {
    code=$?
    set +e
    trap - EXIT
    [ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null
    eval "$endings"
    if [ $code -ne 0 ] && [ $code -ne 77 ] && [ -s "$here/log" ]; then
        echo "the daemon's last messages:" >&2
        tail -n 20 "$here/log" >&2
    fi
    rm -rf "$here"
    exit $code
}
trap finish_test EXIT
trap 'exit 1' INT TERM HUP

on_exit() {
    endings="$*; $endings"
}

fail() {
    echo "FAIL: $*" >&2
    exit 1
}

skip() {
    echo "skipped: $*"
    exit 77
}

requires() {
    for program; do
        command -v "$program" >/dev/null || skip "$program is not installed"
    done
}

configure() {
    cat >"$here/siftd.yaml"
    if [ ! -s "$here/siftd.yaml" ]; then
        cat >"$here/siftd.yaml" <<'END'
state_dir: state
watch: [ { dir: drop } ]
sinks: { out: { plugin: file, path: records.jsonl } }
END
    fi
    grep -q settle: "$here/siftd.yaml" ||
        sed -i 's/{ *dir: /{ settle: 0ms, dir: /; s/^\( *\)- dir: /\1- settle: 0ms\n\1  dir: /' "$here/siftd.yaml"
    mkdir -p "$here/drop"
}

wait_for() {
    waited=0
    until eval "$1"; do
        [ -z "$daemon" ] || kill -0 "$daemon" 2>/dev/null || fail "the daemon ended while waiting for $2"
        [ $waited -lt $((patience * 20)) ] || fail "waited $patience seconds for $2"
        waited=$((waited + 1))
        sleep 0.05
    done
}

start() {
    "$siftd" run -c "$here/siftd.yaml" "$@" >>"$here/log" 2>&1 &
    daemon=$!
    wait_for '"$siftd" status -c "$here/siftd.yaml" >/dev/null 2>&1' "the daemon to answer"
}

stop() {
    kill -TERM "$daemon"
    stopped=0
    wait "$daemon" || stopped=$?
    daemon=
    return $stopped
}

drop() {
    name=${2:-$(basename "$1")}
    cp "$1" "$here/drop/.$name.new"
    mv "$here/drop/.$name.new" "$here/drop/$name"
}

lines() {
    if [ -f "$1" ]; then wc -l <"$1" | tr -d ' '; else echo 0; fi
}

same() {
    [ "$1" = "$2" ] || fail "$3: wanted \"$1\", got \"$2\""
}

contains() {
    grep -qF -- "$2" "$1" || fail "$3: \"$2\" is missing in: $(cat "$1")"
}

text() {
    "$siftd" try --text "$here/$1" >"$here/$1.txt" 2>>"$here/log" || fail "$1 was refused"
    printf '%b' "$2" >"$here/$1.wanted"
    diff "$here/$1.wanted" "$here/$1.txt" || fail "the text of $1 is another"
}
