#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's commands, as they stand there: every ```sh block behind a line "<!-- tested -->", in one shell, in order. Among
# them the way of a plugin from examples/hello to a running configuration.
. "$(dirname "$0")/../lib/siftd.sh"
requires cmake cc

mkdir "$here/readme"
cd "$here/readme"
for part in conf examples; do
    ln -s "$source_dir/$part" "$part"
done
ln -s "$SIFTD_BUILD" build
awk '/^<!-- tested -->$/ { next_block = 1; next }
     /^```sh$/ && next_block { on = 1; next_block = 0; next }
     /^```$/ { on = 0 }
     on' "$source_dir/README.md" >"$here/commands"
[ "$(lines "$here/commands")" -ge 20 ] || fail "the README has no tested commands"

timeout -k 5 150 sh -eux "$here/commands" >"$here/out" 2>"$here/errors" || fail "the README's commands: $(tail -n 20 "$here/errors")"
contains "$here/out" '"type":"greeting"' "the hello plugin's records"
contains "$here/out" 'extract plugin hello 1.0' "siftd plugins hello"
same 3 "$(grep -c . greetings/greetings.jsonl)" "records of the song (two greetings, one document)"

# What the README says of hello.
[ "$(lines my-plugin/hello.c)" -lt 50 ] || fail "hello.c has 50 lines or more"

# pkg-config knows the way, too.
if command -v pkg-config >/dev/null; then
    flags=$(PKG_CONFIG_PATH="$(dirname "$(find prefix -name siftd.pc)")" pkg-config --cflags siftd)
    # shellcheck disable=SC2086
    cc $flags -std=c11 -Wall -Wextra -Werror -shared -fPIC -o "$here/by-hand.so" my-plugin/hello.c || fail "hello by pkg-config"
fi
