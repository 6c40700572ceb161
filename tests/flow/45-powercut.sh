#!/bin/sh
# SPDX-License-Identifier: MIT
# The short form of the power cuts: at some points of the main job what was not synced is gone, torn or out of order.
# The whole of it: tests/fault/powercut BUILD
. "$(dirname "$0")/../lib/siftd.sh"
requires python3
python3 "$source_dir/tests/fault/powercut" "$SIFTD_BUILD" --from 11 --step 43
