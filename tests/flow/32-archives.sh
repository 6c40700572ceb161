#!/bin/sh
# SPDX-License-Identifier: MIT
# Files inside files: each is a document of its own, named in its records; what cannot be had is told and holds up nothing.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

configure <<'END'
state_dir: state
watch: [ { dir: drop } ]
packs: []
pipelines: { default: [ { decode: [ text, { archive: { unpacked: 64KiB } } ] }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
cat >"$here/make.py" <<'END'
import gzip, io, os, tarfile, zipfile
os.chdir(os.environ["here"] + "/drop")
with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("one.jsonl", '{"n":1}\n')
    z.writestr("folder/\u4e8c.csv", "name,n\nx,2\n")
    z.writestr("__MACOSX/._one", b"\0\5\26\7")
    z.writestr("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(40))
inner = open("a.zip", "rb").read()
with tarfile.open("b.tar.gz", "w:gz") as t:
    for name, data in (("c.jsonl", b'{"n":3}\n'), ("deep/a.zip", inner)):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
with gzip.open("d.csv.gz", "w") as f:
    f.write(b"name,n\ny,4\n")
with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("first.jsonl", '{"n":5}\n')
    z.writestr("big.txt", bytes(1 << 20))
open("cut.zip", "wb").write(inner[:30])
# a name in GB18030, not marked as UTF-8, as old packers write it
with zipfile.ZipFile("old.zip", "w") as z:
    z.writestr("NAMENAME.jsonl", '{"n":6}\n')
data = open("old.zip", "rb").read().replace(b"NAMENAME", "\u57fa\u5730\u540d\u5355".encode("gb18030"))
open("old.zip", "wb").write(data)
END
here=$here python3 "$here/make.py"
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || true
out=$here/records.jsonl
expect() {
    grep -q -e "$1" "$out" || fail "no record fits: $1"
}
expect '-m1-row-0","doc":{"name":"a.zip".*"source":{"member":"one.jsonl","bytes":\[0,7\]},"n":1}'
expect '"source":{"member":"folder/二.csv","bytes":\[7,10\]},"name":"x","n":"2"}'
expect '"source":{"member":"picture.png","bytes":\[0,48\]},"status":"rejected".*looks like'
expect '"name":"b.tar.gz".*"source":{"member":"deep/a.zip/one.jsonl"'
expect '"source":{"member":"d.csv","bytes":\[7,10\]},"name":"y","n":"4"}'
expect '"name":"bomb.zip".*"n":5}'
expect '"member":"big.txt".*"error":"it unpacks to more than the 65536 bytes in all that decode/archive.s option \\"unpacked\\" allows"'
expect '"name":"cut.zip".*"status":"rejected".*"error":"decode/archive: '
expect '"member":"基地名单.jsonl"'
same "$(grep -c '"type":"row"' "$out")" 8 "rows"
same "$(grep -c 'document","doc.*"source":{"bytes"' "$out")" 6 "documents"
# Each that was refused has its place in quarantine, and the books balance.
"$siftd" quarantine list --records -c "$here/siftd.yaml" --json >"$here/refused"
python3 - "$here/refused" "$out" <<'END' || fail "the members that were refused"
import json, sys
refused = json.load(open(sys.argv[1]))["records"]
got = sorted((r["doc"]["name"], r["source"]["member"], r.get("plugin"), r["of"], r["bytes"]) for r in refused)
wanted = [("a.zip", "picture.png", "text", "document", 48), ("b.tar.gz", "deep/a.zip/picture.png", "text", "document", 48),
          ("bomb.zip", "big.txt", None, "document", 0), ("bomb.zip", "what follows", None, "document", 0)]
assert got == wanted, got
assert all(r["reason"] for r in refused), refused
for line in open(sys.argv[2]):
    record = json.loads(line)
    if record["type"] == "document" and record["doc"]["name"] == "a.zip" and "member" not in record["source"]:
        assert record["account"]["records"] == {"read": 3, "delivered": 2, "rejected": 1, "filtered": 0}, record["account"]
END
# Where finished files are deleted, one with a document inside that was refused is kept, once, and runs again when it is asked to.
sed -i 's/dir: drop/dir: gone, when_done: delete/' "$here/siftd.yaml"
mkdir "$here/gone"
cp "$here/state/done/a.zip" "$here/state/done/d.csv.gz" "$here/gone"
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || fail "the run of the deleted ones ended with $?"
"$siftd" quarantine list -c "$here/siftd.yaml" --kind member --json >"$here/kept"
contains "$here/kept" '"reason":"picture.png inside was rejected: decode/text: looks like' "the reason of the file that is kept"
same 1 "$(ls "$here/state/quarantine" | grep -c 'a.zip$')" "files that are kept"
same 0 "$(ls "$here/state/quarantine" "$here/gone" | grep -c 'd.csv.gz')" "files that need not be kept"
"$siftd" quarantine retry -c "$here/siftd.yaml" --kind member >/dev/null || fail "the retry ended with $?"
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || fail "the retry's run ended with $?"
"$siftd" quarantine list -c "$here/siftd.yaml" --kind member --json >"$here/kept"
contains "$here/kept" '"attempts":2' "the attempts of the file that is kept"
same 1 "$(ls "$here/state/quarantine" | grep -c 'a.zip$')" "files that are kept after the retry"
same "$(grep -c MACOSX "$out")" 0 "what a packer left"
