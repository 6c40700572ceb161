#!/bin/sh
# SPDX-License-Identifier: MIT
# siftd check: the shipped configurations are right; mistakes are named with their place, code 2.
. "$(dirname "$0")/../lib/siftd.sh"

# refused NAME TEXT...: check ends with 2 and its messages hold every text
refused() {
    name=$1 code=0
    shift
    "$siftd" check -c "$here/$name" >"$here/said" 2>&1 || code=$?
    same 2 "$code" "exit code for $name: $(cat "$here/said")"
    for text; do
        contains "$here/said" "$text" "the mistakes of $name"
    done
}

for name in minimal siftd; do
    cp "$source_dir/conf/$name.yaml" "$here/"
    "$siftd" check -c "$here/$name.yaml" >"$here/said" 2>&1 || fail "conf/$name.yaml: $(cat "$here/said")"
    grep -qE "^$here/$name.yaml is right: 1 watched folder, [0-9]+ plugins, 1 sink$" "$here/said" || fail "$(cat "$here/said")"
done

cat >"$here/wrong.yaml" <<'END'
state_dri: state
watch:
  - dir: drop
    quite: 250ms
    quiet: soon
sinks:
  out: { plugin: file, path: out.jsonl }
END
refused wrong.yaml "wrong.yaml:1:1: \"state_dri\" is no key of the configuration; did you mean \"state_dir\"?" \
    "wrong.yaml:4:5: \"quite\" is no key of a watched folder; did you mean \"quiet\"?" \
    "wrong.yaml:5:12: quiet wants a duration such as 250ms"

# The plugins' own options, and plugins that are not there; all at once.
cat >"$here/plugins.yaml" <<'END'
state_dir: state
watch: [ { dir: drop } ]
pipelines:
  default:
    - decode: auto
    - extract: [ { rows: { delimeter: tab } }, { rows: { header: perhaps } }, rowz ]
sinks:
  out: { plugin: file, paht: out.jsonl }
  far: { plugin: teleport }
END
refused plugins.yaml "plugins.yaml:6:" "delimeter" "header" "rowz" "plugins.yaml:8:" "paht" "plugins.yaml:9:" "teleport"

printf 'state_dir: [\n' >"$here/yaml.yaml"
refused yaml.yaml "yaml.yaml:2:1: "

sed '1a packs: [incubator, incubatr]' "$here/minimal.yaml" >"$here/packs.yaml"
refused packs.yaml "packs.yaml:2:20: there is no pack \"incubatr\""

refused absent.yaml "absent.yaml cannot be read: No such file or directory; name the configuration with -c FILE"

# A plugin that breaks its process when it is loaded does not take the command with it.
if [ -n "$(command -v cc || true)" ]; then
    mkdir -p "$here/plugins/extract"
    printf '__attribute__((constructor)) static void die(void) { __builtin_trap(); }\n' >"$here/die.c"
    cc -shared -fPIC -o "$here/plugins/extract/die.so" "$here/die.c"
    sed 's/rowz/die/; s/delimeter/delimiter/; s/perhaps/true/; s/paht/path/; /teleport/d' "$here/plugins.yaml" >"$here/die.yaml"
    echo 'plugin_dirs: [plugins]' >>"$here/die.yaml"
    refused die.yaml "a plugin breaks when it is loaded"
fi

# A plugin of another ABI is refused by a sentence that names both versions.
if [ -f "$SIFTD_BUILD/tests/abi/major.so" ]; then
    mkdir -p "$here/foreign/extract"
    cp "$SIFTD_BUILD/tests/abi/major.so" "$here/foreign/extract/"
    cat >"$here/abi.yaml" <<'END'
state_dir: state
plugin_dirs: [foreign]
watch: [ { dir: drop } ]
pipelines:
  default: [ { decode: auto }, { extract: major } ]
sinks: { out: { plugin: file, path: out.jsonl } }
END
    refused abi.yaml "abi.yaml:5:" "foreign/extract/major.so was built for plugin ABI 2." "this siftd has 1."
fi
