#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An extractor for siftd in Python: a record for every word in capitals. siftd starts it and keeps it running.

The two speak JSON Lines: siftd on standard input, this program on standard output. What goes to standard error lands in siftd's log.
"""
import json
import re
import sys


def say(**line):
    print(json.dumps(line, ensure_ascii=False), flush=True)


def hear():
    line = sys.stdin.readline()
    if not line:  # siftd is done with us
        sys.exit(0)
    return json.loads(line)


hear()  # {"hello": "siftd-exec", "versions": [1]}
say(hello="siftd-exec", version=1)
settings = hear()["settings"]  # {"capabilities": ["text", "records"], "settings": {"least": "4"}}
say(capabilities=["text"], offsets="characters")
say(ready=True)

least = int(settings.get("least", 3))
while True:
    document = hear()  # {"document": "its name", "format": "text", "text": "..."}
    text = document["text"]
    for match in re.finditer(r"\b[A-Z]{%d,}\b" % least, text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        say(
            record={"word": match.group(), "letters": len(match.group())},
            type="shout",
            span=[start, end if end >= 0 else len(text)],  # the quote
            place=list(match.span()),
        )
    say(done=True)
