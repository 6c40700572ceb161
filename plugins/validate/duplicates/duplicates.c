/* SPDX-License-Identifier: MIT */
/*
 * validate/duplicates: notes in the document record by what others can know the text again, and tells the facts that
 * one document has twice: two lines of a ledger with one key, and repeated records of the types that are asked for.
 * What this worker says depends on the document alone; see docs/decisions/duplicates.md for what is compared where.
 */
#include "duplicates.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#include "json_scan.h"
#include "str.h"

enum { MESSAGE_BYTES = 400, SHOWN = 160 };

struct duplicates {
    struct siftd_list types; /* options */
    int drop;
    const struct siftd_host *host;
    const struct siftd_node *ledgers;
    const struct siftd_doc *doc; /* that the facts are of */
    struct facts facts;
    struct json_out object, key;
};

static const struct siftd_option options[] = {
    {.name = "types",
     .type = SIFTD_LIST,
     .offset = offsetof(struct duplicates, types),
     .preset = "",
     .help = "Types whose records are compared as a whole, e.g. [row]; ledgers are compared by their key in any case."},
    {.name = "drop",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct duplicates, drop),
     .preset = "false",
     .help = "Keep a repeated record out; the finding tells it all the same."},
    {.name = NULL},
};

static int duplicates_open(void *self, const struct siftd_host *host) {
    struct duplicates *d = self;
    d->host = host;
    d->ledgers = host->pack(host, "ledgers");
    return SIFTD_OK;
}

static void duplicates_close(void *self) {
    struct duplicates *d = self;
    facts_deinit(&d->facts);
    json_out_free(&d->object);
    json_out_free(&d->key);
}

/* The record as a JSON object. */
static struct siftd_str object_of(struct duplicates *d, const struct siftd_record *record, struct siftd_str members) {
    if (record)
        return d->host->record_json(record);
    d->object.len = 0;
    json_out_raw(&d->object, "{", 1);
    json_out_raw(&d->object, members.at, members.len);
    json_out_raw(&d->object, "}", 1);
    return (struct siftd_str){d->object.at, d->object.len};
}

/* Appends `key value` of one field to the key; false when it is missing or null. */
static bool add_field(struct duplicates *d, struct siftd_str object, const char *key) {
    struct json_member m;
    for (size_t pos = 0; json_next_member(object.at, object.len, &pos, &m);) {
        struct siftd_str value = str_from(object.at + m.value.start, object.at + m.value.end);
        if (!str_equal(str_from(object.at + m.key.start, object.at + m.key.end), str(key)))
            continue;
        if (str_equal(value, str("null")))
            return false;
        json_out_raw(&d->key, d->key.len ? ", " : "", d->key.len ? 2 : 0);
        json_out_raw(&d->key, key, strlen(key));
        json_out_raw(&d->key, " ", 1);
        json_out_raw(&d->key, value.at, value.len);
        return true;
    }
    return false;
}

/* All fields but the place. */
static bool add_all(struct duplicates *d, struct siftd_str object) {
    static const char *const places[] = {"source", "quote", "at", "type"};
    struct json_member m;
    for (size_t pos = 0; json_next_member(object.at, object.len, &pos, &m);) {
        struct siftd_str key = str_from(object.at + m.key.start, object.at + m.key.end);
        bool place = false;
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            place |= str_equal(key, str(places[i]));
        if (place)
            continue;
        json_out_raw(&d->key, d->key.len ? ", " : "", d->key.len ? 2 : 0);
        json_out_raw(&d->key, object.at + m.key.start - 1, m.value.end - m.key.start + 1);
    }
    return d->key.len > 0;
}

static bool is_asked_for(const struct duplicates *d, const char *type) {
    for (size_t i = 0; i < d->types.count; i++)
        if (strcmp(d->types.item[i], type) == 0)
            return true;
    return false;
}

/* Puts into d->key what makes the record the same as another; false when nothing does. */
static bool read_key(struct duplicates *d, const struct siftd_record *record, const char *type,
                     struct siftd_str members) {
    const struct siftd_host *host = d->host;
    const struct siftd_node *key = host->node_get(host->node_get(d->ledgers, type), "key");
    size_t count = host->node_count(key);
    if (!count && !is_asked_for(d, type))
        return false;
    struct siftd_str object = object_of(d, record, members);
    d->key.len = 0;
    if (!count)
        return add_all(d, object);
    for (size_t i = 0; i < count; i++)
        if (!add_field(d, object, host->node_text(host->node_at(key, i))))
            return false;
    return true;
}

static int tell(struct duplicates *d, struct siftd_doc *doc, const struct siftd_record *record, const char *type,
                struct siftd_span span, size_t first) {
    char message[MESSAGE_BYTES];
    struct siftd_str text = d->host->text(doc);
    size_t line = 1;
    for (const char *at = text.at; (at = memchr(at, '\n', (size_t)(text.at + first - at))) != NULL; at++)
        line++;
    int shown = (int)(d->key.len < SHOWN ? d->key.len : SHOWN);
    while (shown > 0 && shown < (int)d->key.len && ((unsigned char)d->key.at[shown] & 0xC0) == 0x80)
        shown--;
    snprintf(message, sizeof message, "%s with %.*s stands in line %zu already%s", type, shown, d->key.at, line,
             d->drop ? "; this one is left out" : "");
    struct siftd_record *finding = d->host->finding(doc, SIFTD_NOTE, "duplicate", false, span.start, span.end, message);
    if (record && !d->drop)
        d->host->finding_ref(finding, record);
    if (d->host->emit(finding) < 0)
        return SIFTD_ERROR;
    return d->drop ? SIFTD_SKIP : SIFTD_OK;
}

static int duplicates_check(void *self, struct siftd_doc *doc, const struct siftd_record *record, const char *type,
                            struct siftd_str members) {
    struct duplicates *d = self;
    if (d->doc != doc)
        facts_clear(&d->facts);
    d->doc = doc;
    if (!read_key(d, record, type, members))
        return SIFTD_OK;
    struct siftd_span span = record ? d->host->record_span(record) : d->host->row_span(doc);
    uint64_t hash = XXH3_64bits_withSeed(d->key.at, d->key.len, XXH3_64bits(type, strlen(type)));
    size_t first;
    return facts_add(&d->facts, hash, span.start, &first) ? SIFTD_OK : tell(d, doc, record, type, span, first);
}

static int duplicates_run(void *self, struct siftd_doc *doc) {
    struct duplicates *d = self;
    struct fingerprint print;
    char json[96];
    d->doc = NULL;
    facts_clear(&d->facts);
    fingerprint_read(d->host->text(doc), &print);
    int len = snprintf(json, sizeof json, "{\"text\":\"%016" PRIx64 "\",\"near\":", print.text);
    if (print.has_near)
        snprintf(json + len, sizeof json - (size_t)len, "\"%016" PRIx64 "\"}", print.near);
    else
        snprintf(json + len, sizeof json - (size_t)len, "null}");
    return d->host->set_json(doc, "fingerprint", json);
}

static const struct siftd_plugin plugin = {
    .name = "duplicates",
    .stage = SIFTD_VALIDATE,
    .version = "1.0",
    .summary = "facts that a document has twice, and by what its text is known again",
    .content = SIFTD_PROSE | SIFTD_ROWS,
    .options = options,
    .instance_size = sizeof(struct duplicates),
    .open = duplicates_open,
    .close = duplicates_close,
    .run = duplicates_run,
    .check = duplicates_check,
};
SIFTD_PLUGIN(plugin)
