/* SPDX-License-Identifier: MIT */
#include "worker/child/document.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

enum { QUOTE_MAX = 4096, KEEP_MAX = 1 << 20 };

void document_init(struct siftd_doc *doc) {
    *doc = (struct siftd_doc){.magic = DOC_MAGIC, .magic_end = DOC_MAGIC, .content = SIFTD_PROSE, .last_row = SIZE_MAX};
}

static void free_marks(struct siftd_doc *doc) {
    for (size_t i = 0; i < doc->mark_kinds; i++)
        free(doc->marks[i].mark);
    doc->mark_kinds = 0;
}

static void free_members(struct siftd_doc *doc) {
    for (size_t i = 0; i < doc->members; i++)
        document_free_member(doc, i);
    doc->members = doc->members_untaken = 0;
    doc->untaken_limit = NULL;
}

static void free_records(struct siftd_doc *doc) {
    for (size_t i = 0; i < doc->records; i++) {
        free(doc->record[i]->field);
        free(doc->record[i]->ref);
    }
    doc->records = doc->emitted = 0;
}

void document_reset(struct siftd_doc *doc) {
    free_marks(doc);
    free_records(doc);
    free_members(doc);
    arena_reset(&doc->arena);
    if (doc->text.own_room > KEEP_MAX)
        text_free(&doc->text);
    if (doc->line.room > KEEP_MAX)
        buf_free(&doc->line);
    if (doc->value.room > KEEP_MAX)
        buf_free(&doc->value);
    if (doc->edits.with_room > KEEP_MAX)
        edit_free(&doc->edits);
    text_clear(&doc->text);
    edit_clear(&doc->edits);
    doc->content = SIFTD_PROSE;
    doc->facts = doc->repairs.count = doc->types.count = 0;
    doc->lines = doc->flushed = doc->refused = 0;
    doc->account = (struct account){0};
    doc->places = 0;
    doc->has_findings = doc->closed = false;
    doc->last_row = SIZE_MAX;
    doc->row_repeat = 0;
    doc->flush_error = 0;
    doc->stage = 0;
    doc->edit_repair = NULL;
}

void document_deinit(struct siftd_doc *doc) {
    document_reset(doc);
    arena_free(&doc->arena);
    text_free(&doc->text);
    edit_free(&doc->edits);
    free(doc->fact);
    free(doc->marks);
    free(doc->repairs.item);
    free(doc->types.item);
    free(doc->record);
    free(doc->place);
    free(doc->member);
    buf_free(&doc->line);
    buf_free(&doc->value);
    buf_free(&doc->source);
}

void document_identify(struct siftd_doc *doc, const char *name, const char *bytes, size_t size) {
    doc->name = name;
    doc->bytes = bytes;
    doc->size = size;
    hash_sha256(bytes, size, doc->sha256);
    hash_hex(doc->sha256, 10, doc->id_prefix);
    doc->id_prefix[20] = '-';
    doc->id_prefix[21] = 0;
}

/* --- documents inside documents ----------------------------------------------------------------------------------- */

void document_enter_member(struct siftd_doc *doc, const struct siftd_doc *outer, size_t i) {
    const struct member *member = &outer->member[i];
    struct buf path = {0};
    if (outer->path)
        buf_printf(&path, "%s/", outer->path);
    buf_str(&path, member->name);
    doc->path = arena_copy(&doc->arena, path.at, path.len);
    buf_free(&path);
    int outer_len = outer->depth ? (int)strlen(outer->path_id) - 1 : 0; /* "m2-": "m2.1-" is inside it */
    snprintf(doc->path_id, sizeof doc->path_id, "%.*s%c%zu-", outer_len, outer->path_id, outer->depth ? '.' : 'm',
             i + 1);
    doc->name = doc->path;
    doc->bytes = member->bytes ? member->bytes : "";
    doc->in_memory = true;
    doc->size = member->size;
    doc->depth = outer->depth + 1;
    doc->body = outer->body;
    doc->calls = outer->calls;
    doc->limits = outer->limits;
    doc->total = outer->total;
    memcpy(doc->sha256, outer->sha256, SHA256_SIZE);
    memcpy(doc->id_prefix, outer->id_prefix, sizeof doc->id_prefix);
}

void document_leave_member(const struct siftd_doc *doc, struct siftd_doc *outer) {
    outer->lines += doc->lines;
    outer->flushed += doc->flushed;
    outer->flush_error = doc->flush_error;
    for (size_t i = 0; i < doc->types.count; i++)
        tally_add(outer, &outer->types, doc->types.item[i].name, doc->types.item[i].count);
    outer->refused += doc->refused;
    account_add(&outer->account, &doc->account);
}

void document_free_member(struct siftd_doc *outer, size_t i) {
    free(outer->member[i].bytes);
    outer->member[i].bytes = NULL;
}

/* --- edits and marks ---------------------------------------------------------------------------------------------- */

static int by_mark_start(const void *a, const void *b) {
    const struct siftd_mark *x = a, *y = b;
    if (x->span.start != y->span.start)
        return x->span.start < y->span.start ? -1 : 1;
    return x->span.end > y->span.end ? -1 : x->span.end < y->span.end; /* the outer one first */
}

static int by_mark_end(const void *a, const void *b) {
    const struct siftd_mark *x = a, *y = b;
    return x->span.end < y->span.end ? -1 : x->span.end > y->span.end;
}

static void move_marks(struct siftd_doc *doc) {
    for (size_t k = 0; k < doc->mark_kinds; k++) {
        struct mark_list *list = &doc->marks[k];
        struct edit_cursor cursor = {0};
        qsort(list->mark, list->count, sizeof *list->mark, by_mark_end);
        for (size_t i = 0; i < list->count; i++)
            list->mark[i].span.end = edit_moved(&doc->edits, &cursor, list->mark[i].span.end, 1);
        cursor = (struct edit_cursor){0};
        qsort(list->mark, list->count, sizeof *list->mark, by_mark_start);
        for (size_t i = 0; i < list->count; i++)
            list->mark[i].span.start = edit_moved(&doc->edits, &cursor, list->mark[i].span.start, 0);
        for (size_t i = 0; i < list->count; i++)
            if (list->mark[i].span.end < list->mark[i].span.start)
                list->mark[i].span.end = list->mark[i].span.start;
        list->sorted = true;
    }
}

int document_apply_edits(struct siftd_doc *doc, struct error *err) {
    size_t bad;
    if (edit_check(&doc->edits, doc->text.len, &bad) < 0) {
        const struct edit *edit = &doc->edits.edit[bad];
        edit_clear(&doc->edits);
        return error_set(err, EINVAL,
                         "its edit of text bytes %zu to %zu overlaps another or leaves the text; none of its edits "
                         "was made",
                         edit->start, edit->end);
    }
    text_apply(&doc->text, &doc->edits);
    if (doc->text.len > doc->limits->text)
        document_exceeds(doc, "text", doc->text.len);
    if (doc->edits.edits)
        move_marks(doc);
    edit_clear(&doc->edits);
    return 0;
}

_Noreturn void document_end(const struct siftd_doc *doc, const char *limit, const char *text) {
    if (doc->calls->end)
        doc->calls->end(doc->calls->user, limit, text);
    log_error("%s %s; the process ends", doc->name, text);
    exit(1);
}

_Noreturn void document_exceeds(const struct siftd_doc *doc, const char *limit, uint64_t seen) {
    char text[256];
    config_limit_text(doc->limits, limit, seen, text, sizeof text);
    document_end(doc, limit, text);
}

/* --- facts and counts --------------------------------------------------------------------------------------------- */

static void put_fact(struct siftd_doc *doc, const char *key, const char *json, const char *text) {
    for (size_t i = 0; i < doc->facts; i++)
        if (strcmp(doc->fact[i].key, key) == 0) {
            doc->fact[i].json = json;
            doc->fact[i].text = text;
            return;
        }
    mem_push(doc->fact, doc->facts, doc->fact_room);
    doc->fact[doc->facts++] = (struct fact){arena_copy(&doc->arena, key, strlen(key)), json, text};
}

void document_set(struct siftd_doc *doc, const char *key, const char *value) {
    struct buf json = {0};
    json_string(&json, value, strlen(value));
    put_fact(doc, key, arena_copy(&doc->arena, json.at, json.len), arena_copy(&doc->arena, value, strlen(value)));
    buf_free(&json);
}

void document_set_json(struct siftd_doc *doc, const char *key, const char *json) {
    const char *copy = arena_copy(&doc->arena, json, strlen(json));
    put_fact(doc, key, copy, copy);
}

const struct fact *document_fact(const struct siftd_doc *doc, const char *key) {
    for (size_t i = 0; i < doc->facts; i++)
        if (strcmp(doc->fact[i].key, key) == 0)
            return &doc->fact[i];
    return NULL;
}

void tally_add(struct siftd_doc *doc, struct tallies *tallies, const char *name, uint64_t count) {
    for (size_t i = tallies->count; i-- > 0;)
        if (strcmp(tallies->item[i].name, name) == 0) {
            tallies->item[i].count += count;
            return;
        }
    mem_push(tallies->item, tallies->count, tallies->room);
    tallies->item[tallies->count++] = (struct tally){arena_copy(&doc->arena, name, strlen(name)), count};
}

/* --- records ------------------------------------------------------------------------------------------------------ */

/* Records in a row mostly have the same fields in the same order: they share the names. */
static const char *field_name(const struct siftd_record *record, const char *key) {
    const struct siftd_record *before = record->before;
    size_t i = record->fields;
    if (before && i < before->fields && strcmp(before->field[i].key, key) == 0)
        return before->field[i].key;
    return arena_copy(&record->doc->arena, key, strlen(key));
}

void record_put(struct siftd_record *record, const char *key, const char *json, size_t len) {
    const char *name = field_name(record, key), *value = arena_copy(&record->doc->arena, json, len);
    mem_push(record->field, record->fields, record->field_room);
    record->field[record->fields++] = (struct field){.key = name, .json = value, .len = len};
}

static int by_place(const void *a, const void *b) {
    const struct siftd_record *x = *(struct siftd_record *const *)a, *y = *(struct siftd_record *const *)b;
    if (x->emitted != y->emitted)
        return x->emitted ? -1 : 1;
    if (x->is_finding != y->is_finding)
        return x->is_finding ? 1 : -1;
    if (x->place.start != y->place.start && !x->is_finding)
        return x->place.start < y->place.start ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* How often a type was met at a byte: open addressing, at most half full. */
struct meeting {
    const char *type;
    size_t start, count;
};

static size_t meet(struct meeting *table, size_t mask, const char *type, size_t start) {
    size_t i = hash_xxh3(type, strlen(type)) + start * 0x9e3779b97f4a7c15u;
    for (i = (i ^ i >> 32) & mask; table[i].type; i = (i + 1) & mask)
        if (table[i].start == start && strcmp(table[i].type, type) == 0)
            return ++table[i].count;
    table[i] = (struct meeting){type, start, 1};
    return 1;
}

static void give_id(struct siftd_record *record, size_t start, size_t repeat) {
    struct siftd_doc *doc = record->doc;
    char id[240];
    int n = snprintf(id, sizeof id, "%s%s%.80s-%zu", doc->id_prefix, doc->path_id, record->type, start);
    if (repeat > 1)
        n += snprintf(id + n, sizeof id - (size_t)n, ".%zu", repeat);
    record->id = arena_copy(&doc->arena, id, (size_t)n);
}

/* Records of one type that begin at one byte are counted, in their order. */
static void give_ids(struct siftd_doc *doc) {
    size_t room = 16;
    while (room < doc->records * 2)
        room *= 2;
    struct meeting *table = mem_alloc(room * sizeof *table);
    for (size_t i = 0; i < doc->records; i++) {
        struct siftd_record *record = doc->record[i];
        if (!record->emitted)
            continue;
        size_t start = text_source(&doc->text, record->place.start, record->place.end).start;
        size_t repeat = meet(table, room - 1, record->type, start);
        if (!record->id)
            give_id(record, start, repeat);
    }
    free(table);
}

void document_close_records(struct siftd_doc *doc) {
    if (doc->records)
        qsort(doc->record, doc->records, sizeof(struct siftd_record *), by_place);
    give_ids(doc);
    doc->closed = true;
}

/* The last place that begins at or before `start`, or NULL. */
static const struct place *find_place(const struct siftd_doc *doc, size_t start) {
    size_t low = 0, high = doc->places;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (doc->place[middle].start <= start)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &doc->place[low - 1] : NULL;
}

void document_write_source(const struct siftd_doc *doc, struct siftd_span source, struct buf *out) {
    const struct place *place = find_place(doc, source.start);
    buf_str(out, ",\"source\":{");
    if (doc->path) {
        buf_str(out, "\"member\":");
        json_string(out, doc->path, strlen(doc->path));
        buf_char(out, ',');
    }
    if (place) {
        buf_str(out, place->members);
    } else {
        buf_str(out, "\"bytes\":[");
        buf_u64(out, source.start);
        buf_char(out, ',');
        buf_u64(out, source.end);
        buf_char(out, ']');
    }
    buf_char(out, '}');
}

static void write_source(const struct siftd_record *record, struct buf *out) {
    const struct siftd_doc *doc = record->doc;
    document_write_source(doc, text_source(&doc->text, record->span.start, record->span.end), out);
    size_t len = record->span.end - record->span.start;
    if (len <= QUOTE_MAX || doc->content == SIFTD_PROSE) {
        buf_str(out, ",\"quote\":");
        json_string(out, len ? doc->text.at + record->span.start : "", len);
    }
    if (record->has_place && !doc->places) {
        struct siftd_span at = text_source(&doc->text, record->place.start, record->place.end);
        buf_str(out, ",\"at\":[");
        buf_u64(out, at.start);
        buf_char(out, ',');
        buf_u64(out, at.end);
        buf_char(out, ']');
    }
}

void record_write(const struct siftd_record *record, bool with_id, struct buf *out) {
    buf_str(out, "{\"type\":");
    json_string(out, record->type, strlen(record->type));
    if (with_id) { /* without the document's part, which readers of the journal add */
        buf_str(out, ",\"id\":");
        json_string(out, record->id + strlen(record->doc->id_prefix),
                    strlen(record->id) - strlen(record->doc->id_prefix));
    }
    write_source(record, out);
    for (size_t i = 0; i < record->fields; i++) {
        json_key(out, record->field[i].key);
        buf_add(out, record->field[i].json, record->field[i].len);
    }
    if (record->is_finding) {
        buf_str(out, ",\"refs\":[");
        for (size_t i = 0; i < record->refs; i++) {
            if (i)
                buf_char(out, ',');
            json_string(out, record->ref[i]->id ? record->ref[i]->id : "",
                        record->ref[i]->id ? strlen(record->ref[i]->id) : 0);
        }
        buf_char(out, ']');
    }
    buf_char(out, '}');
}

void document_write_records(struct siftd_doc *doc) {
    give_ids(doc);
    for (size_t i = 0; i < doc->records; i++) {
        if (!doc->record[i]->emitted)
            continue;
        doc->line.len = 0;
        record_write(doc->record[i], true, &doc->line);
        document_line(doc, doc->record[i]->type, doc->line.at, doc->line.len);
    }
}

/* JSON that can stand in a line as it is. */
static bool fits_in_line(struct siftd_str json) {
    cJSON *parsed = memchr(json.at, '\n', json.len) ? NULL : cJSON_ParseWithLength(json.at, json.len);
    bool fits = parsed != NULL;
    cJSON_Delete(parsed);
    return fits;
}

/* Begins the line of a record that is kept aside, up to its reason. */
static void begin_refused(struct siftd_doc *doc, const char *type, struct siftd_span source,
                          const struct siftd_plugin *by, int stage) {
    struct buf *line = &doc->line;
    doc->account.rejected++;
    doc->refused++;
    line->len = 0;
    buf_printf(line, "{\"type\":\"refused\",\"id\":\"%srefused-%zu.%llu\"", doc->path_id, source.start,
               (unsigned long long)doc->refused);
    document_write_source(doc, source, line);
    json_field(line, "of", type);
    json_field(line, "stage", host_stage_name(stage));
    if (by) {
        json_field(line, "plugin", by->name);
        json_field(line, "version", by->version);
    }
}

int document_refuse(struct siftd_doc *doc, const char *type, struct siftd_str record, struct siftd_span place) {
    const struct instance *by = doc->running;
    struct buf *line = &doc->line;
    begin_refused(doc, type, text_source(&doc->text, place.start, place.end), by->plugin, by->plugin->stage);
    json_field(line, "reason", by->failed ? by->error : "it gave no reason");
    json_key(line, "record");
    if (fits_in_line(record))
        buf_add(line, record.at, record.len);
    else
        json_string(line, record.at, record.len);
    buf_char(line, '}');
    return document_line(doc, NULL, line->at, line->len);
}

int document_refuse_member(struct siftd_doc *doc, const struct siftd_plugin *by, const char *reason) {
    struct buf *line = &doc->line;
    doc->account.read++;
    begin_refused(doc, "document", (struct siftd_span){0, doc->size}, by, SIFTD_DECODE);
    json_field(line, "reason", reason);
    json_field_u64(line, "bytes", doc->size);
    buf_char(line, '}');
    return document_line(doc, NULL, line->at, line->len);
}

int document_line(struct siftd_doc *doc, const char *type, const char *line, size_t len) {
    if (doc->flush_error)
        return doc->flush_error;
    buf_add(doc->body, line, len);
    buf_char(doc->body, '\n');
    doc->lines++;
    doc->total->output += len + 1;
    if (++doc->total->records > doc->limits->records)
        document_exceeds(doc, "records", doc->total->records);
    if (doc->total->output > doc->limits->output)
        document_exceeds(doc, "output", doc->total->output);
    if (type)
        tally_add(doc, &doc->types, type, 1);
    if (doc->calls->flush && doc->body->len >= doc->calls->flush_at) {
        doc->flush_error = doc->calls->flush(doc->calls->user, doc->body->at, doc->body->len);
        doc->flushed += doc->body->len;
        doc->body->len = 0;
    }
    return doc->flush_error;
}
