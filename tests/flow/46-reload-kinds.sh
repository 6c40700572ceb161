#!/bin/sh
# SPDX-License-Identifier: MIT
# What a reload changes, one by one, by siftd reload, which waits for the outcome: watched folders, sinks, pipelines, workers, packs,
# a plugin's file. Mistakes come back with their place and exit code 2. Reloads in a row under load lose and double nothing.
. "$(dirname "$0")/../lib/siftd.sh"
requires cc

mkdir -p "$here/plugins/extract" "$here/packs/mine" "$here/second"
plugin() { # WORD: an extractor that gives one record with it
    cat >"$here/say.c" <<END
#include <siftd/plugin.h>
struct say { const struct siftd_host *host; };
static int begin(void *self, const struct siftd_host *host) { ((struct say *)self)->host = host; return SIFTD_OK; }
static int run(void *self, struct siftd_doc *doc) {
    const struct siftd_host *host = ((struct say *)self)->host;
    struct siftd_record *record = host->record(doc, "said", 0, host->text(doc).len);
    host->put_string(record, "word", "$1");
    return host->emit(record);
}
static const struct siftd_plugin plugin = {.name = "say", .stage = SIFTD_EXTRACT, .version = "1.0", .summary = "says a word",
    .instance_size = sizeof(struct say), .open = begin, .run = run};
SIFTD_PLUGIN(plugin)
END
    cc -shared -fPIC -I"$source_dir/include" -o "$here/say.so" "$here/say.c"
    mv "$here/say.so" "$here/plugins/extract/say.so" # replaced in one step, as a package does
}
pack() { # LINE that is furniture
    printf 'name: mine\nversion: "1.0"\nsummary: a pack for this test\n' >"$here/packs/mine/pack.yaml"
    printf 'lines: [ "%s*" ]\n' "$1" >"$here/packs/mine/furniture.yaml"
}
watch='[ { dir: drop, when_done: delete } ]' workers=1 extract=say
sinks='out: { plugin: file, path: records.jsonl }'
write_config() {
    configure <<END
state_dir: ${state:-state}
plugin_dirs: [plugins]
pack_dirs: [packs]
packs: [mine]
watch: $watch
workers: { count: $workers }
pipelines: { default: [ { decode: auto }, { clean: [furniture] }, { extract: [$extract] } ] }
sinks: { $sinks }
END
}
reload() {
    write_config
    "$siftd" reload -c "$here/siftd.yaml" >"$here/out" 2>"$here/errors" || fail "refused: $(cat "$here/errors")"
    contains "$here/out" "is in use" "siftd reload"
}
refused() { # PLACE AND SENTENCE
    code=0
    "$siftd" reload --socket "$here/state/admin.sock" 2>"$here/errors" || code=$?
    same 2 "$code" "exit code of a refused reload"
    contains "$here/errors" "$1" "the mistake"
    contains "$here/errors" "the daemon goes on with the old one" "the outcome"
}
n=0
text() { # DIR: a new document of three lines
    n=$((n + 1))
    printf 'noise one\nbanner two\nA plain line of text.\n' >"$here/$1/$n.txt"
}
got() { # FILE TEXT: lines of the file that hold it
    grep -cF -- "$2" "$here/$1" 2>/dev/null || true
}
plugin first
pack noise
write_config
start
text drop
wait_for '[ "$(got records.jsonl \"type\":\"document\")" = 1 ]' "the first document"
same 1 "$(got records.jsonl '"word":"first"')" "records of the first plugin"

# A plugin's file, replaced.
plugin second
reload
text drop
wait_for '[ "$(got records.jsonl "\"word\":\"second\"")" = 1 ]' "the record of the plugin's new file"

# A pack's file: another line is furniture.
first=$(grep '"name":"2.txt"' "$here/records.jsonl" | grep -o '"furniture":[0-9]*' || true)
pack nothing
reload
text drop
wait_for '[ "$(got records.jsonl \"type\":\"document\")" = 3 ]' "the third document"
same '"furniture":1' "$first" "repairs with the first pack"
same 0 "$(grep '"name":"3.txt"' "$here/records.jsonl" | grep -c '"furniture":[1-9]')" "repairs with the second pack"

# Workers.
workers=3
reload
same 4 "$("$siftd" status -c "$here/siftd.yaml" --json | sed 's/.*"workers":\[\([^]]*\).*/\1/' | grep -o '"unconfined"' | wc -l | tr -d ' ')" "workers, and one that stands by"

# The pipeline.
extract='say, rows'
reload
echo '{"n":1}' >"$here/drop/r.jsonl"
wait_for '[ "$(got records.jsonl "\"type\":\"row\"")" = 1 ]' "a row of the new pipeline"

# A watched folder more, a sink more: a new sink begins with the oldest document there is.
watch='[ { dir: drop, when_done: delete }, { dir: second, when_done: delete } ]'
sinks='out: { plugin: file, path: records.jsonl }, more: { plugin: file, path: more.jsonl, types: [document] }'
text second
reload
wait_for '[ "$(got records.jsonl \"type\":\"document\")" = 5 ]' "the new folder's document"
wait_for '[ "$(lines "$here/more.jsonl")" = 5 ]' "all documents in the new sink"

# A sink changed: another file, other types. One removed: its file stays as it is.
sinks='out: { plugin: file, path: records.jsonl }, rows: { plugin: file, path: rows.jsonl, types: [row] }'
reload
text drop
wait_for '[ "$(got records.jsonl \"type\":\"document\")" = 6 ]' "the document after the sink was removed"
wait_for '[ "$(lines "$here/rows.jsonl")" = 1 ]' "the rows of the new sink"
same 5 "$(lines "$here/more.jsonl")" "lines of the removed sink"
sinks='out: { plugin: file, path: records.jsonl }, rows: { plugin: file, path: rows.jsonl, types: [said] }'
reload
text drop
wait_for '[ "$(got rows.jsonl "\"type\":\"said\"")" -ge 1 ]' "the changed sink's type"

# A watched folder less.
watch='[ { dir: drop, when_done: delete } ]'
reload
text second
kept=$n
text drop
wait_for '[ "$(got records.jsonl \"type\":\"document\")" = 8 ]' "the document of the folder that is left"
[ -f "$here/second/$kept.txt" ] || fail "a file of the removed folder was taken"

# Mistakes: found by the parser, by a plugin's options, by the daemon; nothing changes, and all are named with their places.
extract='say: { loud: yes }'
write_config
refused "siftd.yaml:7:"
extract=say state=elsewhere
write_config
refused "siftd.yaml:1:12: state_dir cannot change while the daemon runs"
state=state
printf 'watch: {}\nsinks: 1\n' >"$here/siftd.yaml"
code=0
"$siftd" reload --socket "$here/state/admin.sock" 2>"$here/errors" || code=$?
same 2 "$code" "exit code of a configuration that cannot be read"
contains "$here/errors" "siftd.yaml:1:8: watch wants" "the first mistake"
contains "$here/errors" "siftd.yaml:2:8: sinks wants" "the second mistake"
text drop
wait_for '[ "$(got records.jsonl \"type\":\"document\")" = 9 ]' "the old configuration at work"

# One that is asked for while another runs reads what was written after that began.
write_config
"$siftd" reload -c "$here/siftd.yaml" >/dev/null &
other=$!
plugin third
kill -HUP "$daemon"
reload
wait $other || fail "the reload beside the others"
text drop
wait_for '[ "$(got records.jsonl "\"word\":\"third\"")" = 1 ]' "the plugin that was replaced during a reload"

# Under load.
mkdir "$here/made"
i=0
while [ $i -lt 400 ]; do
    echo "load $i" >"$here/made/load-$i.txt"
    i=$((i + 1))
done
(
    for file in "$here/made"/*; do
        mv "$file" "$here/drop/"
    done
) &
dropper=$!
i=0
while [ $i -lt "${SIFTD_RELOADS:-8}" ]; do
    workers=$((i % 2 + 1))
    reload
    i=$((i + 1))
done
wait $dropper
wait_for '[ "$(got records.jsonl "\"name\":\"load-")" = 800 ]' "two records a document"
stop || fail "the daemon ended with $?"
same 400 "$(grep '"type":"document"' "$here/records.jsonl" | grep -o '"name":"load-[0-9]*' | sort -u | wc -l | tr -d ' ')" "different documents"
same 0 "$(find "$here/state/work" "$here/state/quarantine" "$here/drop" -type f | wc -l | tr -d ' ')" "files left"
