#!/bin/sh
# SPDX-License-Identifier: MIT
# extract/rules: the example's records; every kind of mistake named with file, line and column; a pattern that would run for ever.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

example=$source_dir/examples/rules
"$siftd" try -c "$example/rules.yaml" "$example/notices.txt" >"$here/records" || fail "siftd try ended with $?"
python3 - "$here/records" <<'END'
import json, sys

records = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
permits = [r for r in records if r["type"] == "permit"]
assert [(r["number"], r["decision"], r["date"], r["count"]) for r in permits] == [
    ("P-0117", "yes", "2024-03-03", 12), ("P-0118", "no", "2024-03-04", None)], permits
assert permits[0]["quote"].startswith("Permit P-0117") and "paid" not in permits[0]["quote"], permits[0]
assert permits[1]["office"] == "licensing"
assert [(r["payer"], r["pounds"]) for r in records if r["type"] == "fee"] == [("Millbrook Bakery", 1250)]
END

# wrong FILE:LINE:COLUMN TEXT <<RULES: what the check says of the rules
wrong() {
    cat >"$here/wrong.yaml"
    cat >"$here/case.yaml" <<END
state_dir: $here/state
watch: [{ dir: $here/drop }]
pipelines: { default: [{ decode: [text] }, { extract: [{ rules: { file: wrong.yaml } }] }] }
sinks: { out: { plugin: stdout } }
END
    ! "$siftd" check -c "$here/case.yaml" >"$here/said" 2>&1 || fail "$1 was found right"
    contains "$here/said" "wrong.yaml:$1" "the place of the mistake"
    contains "$here/said" "$2" "what is wrong"
}
mkdir "$here/drop"
wrong '3:14' 'missing' <<'END'
rules:
  - type: a
    pattern: '(?<x>[0-9+'
    fields: { x: x }
END
wrong '4:18' 'no group (?<y>' <<'END'
rules:
  - type: a
    pattern: '(?<x>[0-9]+)'
    fields: { x: y }
END
wrong '4:36' '"numbre" is no conversion' <<'END'
rules:
  - type: a
    pattern: '(?<x>[0-9]+)'
    fields: { x: { group: x, as:   numbre } }
END
wrong '5:13' '"patern" is no key of a rule' <<'END'
rules:
  - type: a
    pattern: '(?<x>[0-9]+)'
    fields: { x: x }
    patern: 'x'
END
wrong '3:14' '{digits} is not defined' <<'END'
rules:
  - type: a
    pattern: '(?<x>{digits})'
    fields: { x: x }
END
wrong '2:9' '{a} is defined by itself' <<'END'
define:
    a:  '{a}x'
rules: [{ type: a, pattern: '(?<x>{a})', fields: { x: x } }]
END
wrong '4:22' '"quote" is a field that every record has' <<'END'
rules:
  - type: a
    pattern: '(?<x>[0-9]+)'
    fields: { quote: x }
END
wrong '3:1' 'node content' <<'END'
rules:
  - type: [
END

# A pattern that backtracks for ever on such text is given up, and the other rules go on.
cat >"$here/runaway.yaml" <<'END'
rules:
  - type: runaway
    pattern: '(?<x>(?:a+)+)$'
    fields: { x: x }
  - type: good
    pattern: '(?<x>\d+)件'
    fields: { x: { group: x, as: number } }
END
sed -i 's/wrong.yaml/runaway.yaml/' "$here/case.yaml"
python3 -c "print('\n'.join(['a' * 5000 + '!'] * 50 + ['受理12件。', '办结9件。']))" >"$here/hard.txt"
timeout 60 "$siftd" try -c "$here/case.yaml" "$here/hard.txt" >"$here/records" || fail "siftd try on a runaway pattern ended with $?"
same 2 "$(grep -c '"type":"good"' "$here/records")" "records of the rule that goes on"
contains "$here/records" 'runaway.yaml:2:5 took more than 1000000 steps' "the finding on the rule"
