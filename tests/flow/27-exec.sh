#!/bin/sh
# SPDX-License-Identifier: MIT
# extract/exec: the example through the daemon; a program that dies over a document, between documents, hangs, talks nonsense; what it
# may not do; nothing of it is left behind.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

# run_with PROGRAM [OPTIONS]: the documents in $here/in/ through it, to $here/records.jsonl
run_with() {
    rm -rf "$here/state" "$here/records.jsonl" "$here/drop"
    cp -r "$here/in" "$here/drop"
    cat >"$here/siftd.yaml" <<END
state_dir: state
watch: [{ dir: drop }]
workers: { count: 1, timeout: 2m }
pipelines: { default: [{ decode: [text] }, { extract: [{ exec: { program: $1${2:+, $2} } }] }] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
    "$siftd" run --once -c "$here/siftd.yaml" >"$here/log" 2>&1 || fail "siftd run --once ended with $?"
}
mkdir "$here/in"
for n in 1 2 3; do
    printf 'Document %d says 企业 HELLO.\n' $n >"$here/in/$n.txt"
done

run_with "$source_dir/examples/exec/shouts.py" 'settings: { least: 4 }'
same 3 "$(grep -c '"word":"HELLO","letters":5' "$here/records.jsonl")" "the example's records"
contains "$here/records.jsonl" '"quote":"Document 2 says 企业 HELLO."' "the quote"

# A program with the fault that a document asks for, or its argument.
cat >"$here/faulty.py" <<'END'
#!/usr/bin/env python3
import json, os, socket, sys, time
def say(**line): print(json.dumps(line), flush=True)
def hear():
    line = sys.stdin.readline()
    if not line: sys.exit(0)
    return json.loads(line)
fault = sys.argv[1]
hear(); say(hello="siftd-exec", version=9 if fault == "version" else 1)
hear(); say(capabilities=["text"], offsets="bytes"); say(ready=True)
def tried(what):
    try: what()
    except OSError as e: return e.errno or 1
    return 0
while True:
    text = hear()["text"]
    if "fault die" in text: os._exit(3)
    if "fault hang" in text: time.sleep(1000)
    if "fault nonsense" in text: print("no JSON", flush=True)
    if "fault place" in text: say(record={}, type="x", span=[0, 100000])
    if "fault name" in text: say(record={"quote": 1}, type="x", span=[0, 1])
    if "fault long" in text: print("x" * 3000000, flush=True)
    if "fault error" in text: say(error="not \u00e9 today"); continue
    if fault == "confined":
        say(record={"fork": tried(os.fork), "socket": tried(socket.socket), "write": tried(lambda: open("/tmp/siftd-exec-test", "w").write("x")),
                    "read": tried(lambda: open(sys.argv[2]).read()), "kill": tried(lambda: os.kill(os.getppid(), 0)), "secret": os.environ.get("SECRET")},
            type="tries", span=[0, 1])
    say(record={"n": 1}, type="seen", span=[0, len(text.encode())])
    say(done=True)
    if "fault leave" in text: sys.exit(0)
END
chmod +x "$here/faulty.py"
for fault in die hang nonsense place name long error leave; do
    echo "fault $fault" >"$here/in/$fault.txt"
done
run_with "$here/faulty.py" 'args: [none], timeout: 5s, start: 60s'
same 4 "$(grep -c '"type":"seen"' "$here/records.jsonl")" "documents read by a program with faults"
same 11 "$(grep -c '"type":"document"' "$here/records.jsonl")" "documents delivered"

# tells FAULT TEXT: the finding on the document
tells() {
    grep "\"name\":\"$1.txt\"" "$here/records.jsonl" >"$here/one"
    contains "$here/one" "$2" "the finding for the fault $1"
}
tells die 'it ended with exit code 3'
tells hang 'it did not answer in time'
tells nonsense 'no JSON object: no JSON'
tells place 'where the text has no such place'
tells name 'named as one that every record has'
tells long 'a line of more than 1048576 bytes'
tells error 'it says: not é today'
rm "$here/in"/[a-z]*.txt

# What it may not do.
echo secret >"$here/secret.txt"
mkdir "$here/elsewhere"
mv "$here/faulty.py" "$here/elsewhere/"
export SECRET=1
run_with "$here/elsewhere/faulty.py" "args: [confined, $here/secret.txt]"
python3 - "$here/records.jsonl" <<'END'
import ctypes, json, sys
tries = [r for r in map(json.loads, open(sys.argv[1], encoding="utf-8")) if r["type"] == "tries"]
assert len(tries) == 3, tries
libc = ctypes.CDLL(None, use_errno=True)
landlock = libc.syscall(444, None, 0, 1) > 0
for r in tries:
    assert r["fork"] and r["socket"] and r["kill"] and r["write"] and r["secret"] is None, r
    assert r["read"] or not landlock, r
END

# A program that cannot begin is a mistake of the configuration.
said() {
    ! "$siftd" check -c "$here/siftd.yaml" >"$here/said" 2>&1 || fail "$1 was found right"
    contains "$here/said" "$1" "what the check says"
}
sed -i "s/args: .*secret.txt\]/args: [version]/" "$here/siftd.yaml"
said 'it speaks version 9 of the protocol; this siftd speaks 1'
echo 'echo hello' >"$here/elsewhere/faulty.py"
said 'it cannot be executed'
printf '#!/bin/sh\necho hello\n' >"$here/elsewhere/faulty.py"
said 'no JSON object: hello'
chmod -x "$here/elsewhere/faulty.py"
said 'cannot be executed'

wait_for "! ps -eo args | grep -v grep | grep -q '$here/elsewhere/faulty'" "the programs to be gone"
