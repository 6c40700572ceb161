#!/bin/sh
# SPDX-License-Identifier: MIT
# The short form of the crash sweep: every ninth state-changing call of the daemon, every third of a sink, is the last one.
# The whole sweep: tests/fault/sweep BUILD --role run|sink|worker --action kill|after|short|28|5
. "$(dirname "$0")/../lib/siftd.sh"
requires python3
! grep -q '^SIFTD_SANITIZE:STRING=.' "$SIFTD_BUILD/CMakeCache.txt" || skip "a sanitized program cannot be preloaded"
python3 "$source_dir/tests/fault/sweep" "$SIFTD_BUILD" --role run --action kill --from 4 --step 9
python3 "$source_dir/tests/fault/sweep" "$SIFTD_BUILD" --role run --action 28 --from 8 --step 17
python3 "$source_dir/tests/fault/sweep" "$SIFTD_BUILD" --role sink --action after --from 2 --step 3
