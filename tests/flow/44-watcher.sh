#!/bin/sh
# SPDX-License-Identifier: MIT
# The short form of the watcher's random test: one seed that is new each time, a flood that runs the queue of events over.
# The long form: tests/fault/watcher-long BUILD
. "$(dirname "$0")/../lib/siftd.sh"
cd "$here"
"$SIFTD_BUILD/tests/fault/watcher" "$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" 400 17000
