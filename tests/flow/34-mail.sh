#!/bin/sh
# SPDX-License-Identifier: MIT
# Mail through the confined workers of a daemon: its text in the charset it declares, its attachments, a mail inside.
. "$(dirname "$0")/../lib/siftd.sh"
requires python3

configure <<'END'
state_dir: state
watch: [ { dir: drop } ]
packs: []
pipelines: { default: [ { decode: auto }, { extract: [rows] } ] }
sinks: { out: { plugin: file, path: records.jsonl } }
END
cat >"$here/make.py" <<'END'
import os
from email.message import EmailMessage
os.chdir(os.environ["here"] + "/drop")
inner = EmailMessage()
inner["Subject"] = "inner"
inner["From"] = "b@example.org"
inner["Date"] = "Wed, 01 Mar 2023 08:00:00 +0000"
inner["To"] = "a@example.org"
inner.set_content('{"inner":true}\n')
mail = EmailMessage()
mail["Subject"] = "\u56ed\u533a\u6708\u62a5"
mail["From"] = "\u738b\u5c0f\u660e <wang@example.org>"
mail["To"] = "a@example.org"
mail["Date"] = "Thu, 02 Mar 2023 09:30:00 +0800"
mail.set_content('{"\u5165\u9a7b":42}\n', charset="gb18030", cte="base64")
mail.add_alternative("<p>no second time</p>", subtype="html")
mail.add_attachment(b"name,n\nx,1\n", maintype="text", subtype="csv", filename="\u540d\u5355.csv")
mail.add_attachment(inner)
open("m.eml", "wb").write(bytes(mail))
open("no.txt", "w").write("Subject: this is a text\nthat only looks like it\n")
END
here=$here python3 "$here/make.py"
"$siftd" run --once -c "$here/siftd.yaml" >>"$here/log" 2>&1 || fail "the run ended with $?"
out=$here/records.jsonl
contains "$out" '"source":{"member":"body.txt","bytes":[0,13]},"入驻":42}' "the body"
contains "$out" '"source":{"member":"名单.csv","bytes":[7,10]},"name":"x","n":"1"}' "the attachment"
contains "$out" '.eml/body.txt","bytes":[0,14]},"inner":true}' "the mail inside"
contains "$out" '"format":"mail","subject":"园区月报"' "the subject"
contains "$out" '"from":"王小明 <wang@example.org>","date":"2023-03-02T09:30:00+08:00"' "the other headers"
same "$(grep -c 'second time' "$out")" 0 "the second form of the text"
same "$(grep -c '"format":"mail"' "$out")" 2 "mails"
