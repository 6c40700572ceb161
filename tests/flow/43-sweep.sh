#!/bin/sh
# SPDX-License-Identifier: MIT
# The short form of the crash sweep: some state-changing calls of the daemon and of each kind of sink are the last ones, fail, or
# fall short. The whole of it: tests/fault/sweep BUILD --all
. "$(dirname "$0")/../lib/siftd.sh"
requires python3
sweep() {
    python3 "$source_dir/tests/fault/sweep" "$SIFTD_BUILD" "$@"
}
sweep --role run --action kill --from 4 --step 17
sweep --role run --action 28 --from 8 --step 31
sweep --role sink --sink out --action after --from 2 --step 9
sweep --role sink --sink db --action kill --from 4 --step 57
sweep --role run --action 4 --from 9 --step 41
