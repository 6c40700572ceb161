#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts/demo, the README's first command: standard output is JSON Lines, a document record for each example.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

export SIFTD_BUILD
"$source_dir/scripts/demo" >"$here/lines" 2>"$here/said" || fail "scripts/demo: $(tail -n 20 "$here/said")"
python3 - "$here/lines" "$source_dir/examples/drop" <<'END'
import json, os, sys

records = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
documents = sorted(r["doc"]["name"] for r in records if r["type"] == "document")
assert documents == sorted(os.listdir(sys.argv[2])), documents
END
