#!/bin/sh
# SPDX-License-Identifier: MIT
# The installed unit: systemd finds nothing to complain of, and an exposure of at most 2.0.
. "$(dirname "$0")/../lib/siftd.sh"
requires systemd-analyze cmake

cmake --install "$SIFTD_BUILD" --prefix "$here/usr" >"$here/install" 2>&1 || fail "$(cat "$here/install")"
unit=$here/usr/lib/systemd/system/siftd.service
contains "$unit" "ExecStart=$here/usr/bin/siftd run -c $here/usr/etc/siftd/siftd.yaml" "the unit"

systemd-analyze verify "$unit" 2>"$here/errors" || fail "systemd-analyze verify: $(cat "$here/errors")"
[ ! -s "$here/errors" ] || fail "systemd-analyze verify says: $(cat "$here/errors")"

systemd-analyze security --offline=true --threshold=20 --no-pager "$unit" >"$here/security" 2>&1 ||
    fail "the exposure is above 2.0: $(tail -n 1 "$here/security")"
tail -n 1 "$here/security"

"$here/usr/bin/siftd" check -c "$here/usr/etc/siftd/siftd.yaml" || fail "the installed configuration is not right"

# A second installation keeps the operator's configuration.
echo "# mine" >>"$here/usr/etc/siftd/siftd.yaml"
cmake --install "$SIFTD_BUILD" --prefix "$here/usr" >"$here/install" 2>&1
contains "$here/usr/etc/siftd/siftd.yaml" "# mine" "the kept configuration"

if command -v systemd-sysusers >/dev/null; then
    mkdir -p "$here/root/etc"
    systemd-sysusers --root="$here/root" "$here/usr/lib/sysusers.d/siftd.conf" 2>"$here/errors" || fail "$(cat "$here/errors")"
    grep -q '^siftd:' "$here/root/etc/passwd" || fail "systemd-sysusers makes no user siftd"
fi
