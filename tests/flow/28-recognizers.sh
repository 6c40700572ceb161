#!/bin/sh
# SPDX-License-Identifier: MIT
# The Chinese specs of Recognizers-Text: at least 95 percent of the cases that are figures by siftd's definition. Skipped unless
# SIFTD_RECOGNIZERS names the folder Specs of a checkout, which is no part of this repository.
set -eu
. "$(dirname "$0")/../lib/siftd.sh"

[ -n "${SIFTD_RECOGNIZERS:-}" ] || { echo "skipped: SIFTD_RECOGNIZERS names no folder" && exit 77; }
python3 "$source_dir/tests/suites/recognizers" -v "$SIFTD_RECOGNIZERS"
