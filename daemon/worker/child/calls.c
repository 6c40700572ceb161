/* SPDX-License-Identifier: MIT */
/* The document part of the host table: what include/siftd/plugin.h promises plugins. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/child/document.h"

/* A plugin that hands in something else than what it was given has lost its way: end here, where the cause is near. */
static void must(bool right, const char *what) {
    if (right)
        return;
    log_error("a plugin passed %s; the worker ends and its document goes to quarantine", what);
    abort();
}

static struct siftd_doc *doc_of(const struct siftd_doc *doc) {
    must(doc && doc->magic == DOC_MAGIC && doc->magic_end == DOC_MAGIC, "something that is no document");
    return (struct siftd_doc *)doc;
}

static struct siftd_record *record_of(const struct siftd_record *record) {
    must(record && record->magic == RECORD_MAGIC, "something that is no record");
    return (struct siftd_record *)record;
}

static int refuse(struct siftd_doc *doc, const char *what) {
    if (doc->running)
        doc->running->table->error(doc->running->table, "%s is not allowed in the stage %s", what,
                                   host_stage_name(doc->stage));
    return SIFTD_ERROR;
}

static const char *call_name(const struct siftd_doc *doc) {
    return doc_of(doc)->name;
}

static struct siftd_str call_bytes(const struct siftd_doc *doc) {
    return (struct siftd_str){doc_of(doc)->bytes, doc->size};
}

static struct siftd_str call_text(const struct siftd_doc *doc) {
    return (struct siftd_str){doc_of(doc)->text.at ? doc->text.at : "", doc->text.len};
}

static int call_content(const struct siftd_doc *doc) {
    return doc_of(doc)->content;
}

static void *call_doc_alloc(struct siftd_doc *doc, size_t size) {
    return arena_alloc(&doc_of(doc)->arena, size);
}

/* Fields that the document record has by itself. */
static bool is_reserved(const char *key) {
    static const char *const reserved[] = {"type",  "id",      "doc",     "source", "status", "bytes",
                                           "chars", "records", "repairs", "stages", "error",  "limit"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(key, reserved[i]) == 0)
            return true;
    return false;
}

static int call_set(struct siftd_doc *doc, const char *key, const char *value) {
    if (is_reserved(key))
        return refuse(doc_of(doc), "setting a field of the document record itself");
    document_set(doc_of(doc), key, value);
    return SIFTD_OK;
}

static int call_set_json(struct siftd_doc *doc, const char *key, const char *json) {
    if (is_reserved(key))
        return refuse(doc_of(doc), "setting a field of the document record itself");
    document_set_json(doc_of(doc), key, json);
    return SIFTD_OK;
}

static const char *call_get(const struct siftd_doc *doc, const char *key) {
    const struct fact *fact = document_fact(doc_of(doc), key);
    return fact ? fact->text : NULL;
}

static struct siftd_span call_source(const struct siftd_doc *doc, size_t start, size_t end) {
    return text_source(&doc_of(doc)->text, start, end);
}

/* --- marks -------------------------------------------------------------------------------------------------------- */

static struct mark_list *find_marks(const struct siftd_doc *doc, const char *kind) {
    for (size_t i = 0; i < doc->mark_kinds; i++)
        if (strcmp(doc->marks[i].kind, kind) == 0)
            return &doc->marks[i];
    return NULL;
}

static int call_mark(struct siftd_doc *doc, const char *kind, size_t start, size_t end, const char *value) {
    must(start <= end && end <= doc_of(doc)->text.len, "a mark outside the text");
    struct mark_list *list = find_marks(doc, kind);
    if (!list) {
        mem_push(doc->marks, doc->mark_kinds, doc->mark_room);
        list = &doc->marks[doc->mark_kinds++];
        *list = (struct mark_list){.kind = arena_copy(&doc->arena, kind, strlen(kind)), .sorted = true};
    }
    mem_push(list->mark, list->count, list->room);
    value = arena_copy(&doc->arena, value ? value : "", value ? strlen(value) : 0);
    list->mark[list->count++] = (struct siftd_mark){list->kind, {start, end}, value};
    if (list->count > 1 && list->mark[list->count - 2].span.start > start)
        list->sorted = false;
    return SIFTD_OK;
}

static size_t call_mark_count(const struct siftd_doc *doc, const char *kind) {
    size_t n = 0;
    const struct mark_list *list = kind ? find_marks(doc_of(doc), kind) : NULL;
    if (kind)
        return list ? list->count : 0;
    for (size_t i = 0; i < doc->mark_kinds; i++)
        n += doc->marks[i].count;
    return n;
}

static int by_start(const void *a, const void *b) {
    const struct siftd_mark *x = a, *y = b;
    if (x->span.start != y->span.start)
        return x->span.start < y->span.start ? -1 : 1;
    return x->span.end > y->span.end ? -1 : x->span.end < y->span.end;
}

static struct siftd_mark call_mark_at(const struct siftd_doc *doc, const char *kind, size_t i) {
    for (size_t k = 0; k < doc_of(doc)->mark_kinds; k++) {
        struct mark_list *list = &doc->marks[k];
        if (kind && strcmp(list->kind, kind) != 0)
            continue;
        if (!list->sorted)
            qsort(list->mark, list->count, sizeof *list->mark, by_start);
        list->sorted = true;
        if (i < list->count)
            return list->mark[i];
        i -= list->count;
    }
    return (struct siftd_mark){"", {0, 0}, ""};
}

static void call_repaired(struct siftd_doc *doc, const char *kind, size_t count) {
    if (count)
        tally_add(doc, &doc_of(doc)->repairs, kind, count);
}

/* --- decode and clean --------------------------------------------------------------------------------------------- */

static int call_set_content(struct siftd_doc *doc, int content) {
    if (doc_of(doc)->stage != SIFTD_DECODE)
        return refuse(doc, "set_content()");
    doc->content = content;
    return SIFTD_OK;
}

static int call_place(struct siftd_doc *doc, size_t start, const char *members) {
    if (doc_of(doc)->stage != SIFTD_DECODE)
        return refuse(doc, "place()");
    must(doc->places ? start >= doc->place[doc->places - 1].start : doc->text.len == 0, "places out of their order");
    mem_push(doc->place, doc->places, doc->place_room);
    doc->place[doc->places++] = (struct place){start, arena_copy(&doc->arena, members, strlen(members))};
    return SIFTD_OK;
}

/* Counts one more document inside; true, and nothing counted, when this is one too many. */
static bool no_more_members(struct siftd_doc *doc, size_t len) {
    const struct config_limits *limits = doc->limits;
    struct totals *total = doc->total;
    const struct {
        const char *limit;
        uint64_t seen, most;
    } checks[] = {{"depth", doc->depth + 1, limits->depth},
                  {"members", total->members + 1, limits->members},
                  {"unpacked", total->unpacked + len, limits->unpacked}};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i].seen > checks[i].most) {
            if (!doc->untaken_limit) {
                doc->untaken_limit = checks[i].limit;
                doc->untaken_seen = checks[i].seen;
            }
            return true;
        }
    total->members++;
    total->unpacked += len;
    return false;
}

static struct member *add_member(struct siftd_doc *doc, const char *name, size_t len) {
    if (no_more_members(doc, len)) {
        doc->members_untaken++;
        return NULL;
    }
    mem_push(doc->member, doc->members, doc->member_room);
    struct member *member = &doc->member[doc->members++];
    *member = (struct member){.name = arena_copy(&doc->arena, name, strlen(name))};
    return member;
}

static int call_member(struct siftd_doc *doc, const char *name, const char *bytes, size_t len) {
    if (doc_of(doc)->stage != SIFTD_DECODE)
        return refuse(doc, "member()");
    struct member *member = add_member(doc, name, len);
    if (!member)
        return SIFTD_SKIP;
    member->bytes = mem_alloc(len + 1);
    member->size = len;
    if (len)
        memcpy(member->bytes, bytes, len);
    return SIFTD_OK;
}

static int call_member_lost(struct siftd_doc *doc, const char *name, const char *why) {
    if (doc_of(doc)->stage != SIFTD_DECODE)
        return refuse(doc, "member_lost()");
    struct member *member = add_member(doc, name, 0);
    if (!member)
        return SIFTD_SKIP;
    member->lost = arena_copy(&doc->arena, why, strlen(why));
    return SIFTD_OK;
}

/* Offsets in the file; of a text that has places, of the plugin's own count. */
static bool is_inside(const struct siftd_doc *doc, size_t start, size_t end) {
    return start <= end && (end <= doc->size || doc->places);
}

/* A decoder without an end would not look at what a call returns. */
static int text_grown(const struct siftd_doc *doc) {
    if (doc->text.len > doc->limits->text)
        document_exceeds(doc, "text", doc->text.len);
    return SIFTD_OK;
}

static int call_text_bytes(struct siftd_doc *doc, size_t start, size_t end) {
    if (doc_of(doc)->stage != SIFTD_DECODE)
        return refuse(doc, "text_bytes()");
    must(start <= end && end <= doc->size, "a piece outside the file");
    text_append_bytes(&doc->text, doc->bytes, start, end);
    return text_grown(doc);
}

static int call_text_add(struct siftd_doc *doc, const char *utf8, size_t len, size_t start, size_t end) {
    if (doc_of(doc)->stage != SIFTD_DECODE)
        return refuse(doc, "text_add()");
    must(is_inside(doc, start, end) && len <= UINT32_MAX && end - start <= UINT32_MAX, "a piece outside the file");
    text_append(&doc->text, utf8, len, start, (uint32_t)len, (uint32_t)(end - start));
    return text_grown(doc);
}

static int call_text_units(struct siftd_doc *doc, const char *utf8, size_t len, size_t start, uint32_t text_unit,
                           uint32_t byte_unit) {
    if (doc_of(doc)->stage != SIFTD_DECODE)
        return refuse(doc, "text_units()");
    must(text_unit && len % text_unit == 0 && is_inside(doc, start, start + len / text_unit * byte_unit),
         "a piece outside the file");
    text_append(&doc->text, utf8, len, start, text_unit, byte_unit);
    return text_grown(doc);
}

static int call_edit(struct siftd_doc *doc, size_t start, size_t end, const char *with, size_t len,
                     const char *repair) {
    if (doc_of(doc)->stage != SIFTD_CLEAN)
        return refuse(doc, "edit()");
    if (start == end && len == 0)
        return SIFTD_OK;
    edit_add(&doc->edits, start, end, with, len);
    tally_add(doc, &doc->repairs, repair, 1);
    return SIFTD_OK;
}

/* --- building records --------------------------------------------------------------------------------------------- */

static struct siftd_record *call_record(struct siftd_doc *doc, const char *type, size_t start, size_t end) {
    must(start <= end && end <= doc_of(doc)->text.len, "a record's place outside the text");
    struct siftd_record *record = arena_alloc(&doc->arena, sizeof *record);
    *record = (struct siftd_record){.magic = RECORD_MAGIC,
                                    .doc = doc,
                                    .type = arena_copy(&doc->arena, type, strlen(type)),
                                    .before = doc->records ? doc->record[doc->records - 1] : NULL,
                                    .span = {start, end},
                                    .place = {start, end}};
    mem_push(doc->record, doc->records, doc->record_room);
    doc->record[doc->records++] = record;
    if (doc->records > doc->limits->records)
        document_exceeds(doc, "records", doc->records);
    return record;
}

static void put(struct siftd_record *record, const char *key, const char *json, size_t len) {
    must(!record_of(record)->emitted || record->is_finding, "a field for a record that is emitted already");
    record_put(record, key, json, len);
}

/* The empty buffer that a field's JSON is put together in. */
static struct buf *field_buf(struct siftd_record *record) {
    struct buf *json = &record_of(record)->doc->value;
    json->len = 0;
    return json;
}

static void call_put_text(struct siftd_record *record, const char *key, const char *at, size_t len) {
    struct buf *json = field_buf(record);
    json_string(json, at, len);
    put(record, key, json->at, json->len);
}

static void call_put_null(struct siftd_record *record, const char *key) {
    put(record, key, "null", 4);
}

static void call_put_string(struct siftd_record *record, const char *key, const char *text) {
    if (text)
        call_put_text(record, key, text, strlen(text));
    else
        call_put_null(record, key);
}

static void call_put_int(struct siftd_record *record, const char *key, int64_t value) {
    struct buf *json = field_buf(record);
    buf_printf(json, "%lld", (long long)value);
    put(record, key, json->at, json->len);
}

static void call_put_number(struct siftd_record *record, const char *key, const char *digits) {
    put(record, key, digits, strlen(digits));
}

static void call_put_list(struct siftd_record *record, const char *key, const struct siftd_str *items, size_t count) {
    struct buf *json = field_buf(record);
    buf_char(json, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_char(json, ',');
        json_string(json, items[i].at, items[i].len);
    }
    buf_char(json, ']');
    put(record, key, json->at, json->len);
}

static void call_put_json(struct siftd_record *record, const char *key, const char *json, size_t len) {
    put(record, key, json, len);
}

static void call_put_place(struct siftd_record *record, size_t start, size_t end) {
    must(start <= end && end <= record_of(record)->doc->text.len, "a fact's place outside the text");
    record->place = (struct siftd_span){start, end};
    record->has_place = true;
}

static int call_emit(struct siftd_record *record) {
    struct siftd_doc *doc = record_of(record)->doc;
    if (doc->stage != SIFTD_EXTRACT && doc->stage != SIFTD_VALIDATE)
        return refuse(doc, "emit()");
    if (record->emitted)
        return SIFTD_OK;
    if (doc->closed && !record->is_finding)
        return refuse(doc, "emitting another record than a finding");
    record->emitted = true;
    record->number = doc->emitted++;
    doc->account.read += !record->is_finding;
    if (record->is_finding) {
        struct siftd_str holds = {"", 0};
        for (size_t i = 0; i < record->fields; i++)
            if (strcmp(record->field[i].key, "holds") == 0)
                holds = (struct siftd_str){record->field[i].json, record->field[i].len};
        doc->has_findings |= holds.len == 5; /* "false" */
    }
    return SIFTD_OK;
}

/* --- bulk rows ---------------------------------------------------------------------------------------------------- */

static char *put_decimal(char *to, uint64_t value) {
    char digits[20];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    memcpy(to, digits + n, sizeof digits - n);
    return to + sizeof digits - n;
}

static char *put_bytes(char *to, const char *at, size_t len) {
    memcpy(to, at, len);
    return to + len;
}

#define PUT_LITERAL(to, text) put_bytes((to), (text), sizeof(text) - 1)

/* `,"source":{…}` of a row; the plain one, for each of millions, without a detour. */
static char *put_source(struct siftd_doc *doc, struct siftd_span source, char *to) {
    if (doc->source.len)
        return put_bytes(to, doc->source.at, doc->source.len);
    to = PUT_LITERAL(to, ",\"source\":{\"bytes\":[");
    to = put_decimal(to, source.start);
    *to++ = ',';
    to = put_decimal(to, source.end);
    return PUT_LITERAL(to, "]}");
}

static int refuse_row(struct siftd_doc *doc, const char *type, struct siftd_str members) {
    struct buf json = {0};
    buf_str(&json, "{\"type\":");
    json_string(&json, type, strlen(type));
    buf_str(&json, members.len ? "," : "");
    buf_add(&json, members.at, members.len);
    buf_char(&json, '}');
    int r = document_refuse(doc, type, (struct siftd_str){json.at, json.len}, doc->row);
    buf_free(&json);
    return r;
}

/* SIFTD_OK, or what a validator that keeps the row out said. */
static int check_row(struct siftd_doc *doc, const char *type, struct siftd_str members) {
    int said = SIFTD_OK;
    struct instance *running = doc->running;
    int stage = doc->stage;
    for (size_t i = 0; i < doc->checkers && !document_keeps_out(said); i++) {
        struct instance *checker = doc->checker[i];
        doc->running = checker;
        doc->stage = SIFTD_VALIDATE;
        checker->failed = false;
        said = checker->plugin->check(checker->self, doc, NULL, type, members);
    }
    if (said == SIFTD_SKIP)
        refuse_row(doc, type, members);
    doc->account.filtered += said == SIFTD_FILTER;
    doc->running = running;
    doc->stage = stage;
    return said;
}

static int call_emit_row(struct siftd_doc *doc, const char *type, const char *members, size_t len, size_t start,
                         size_t end) {
    if (doc_of(doc)->stage != SIFTD_EXTRACT)
        return refuse(doc, "emit_row()");
    must(start <= end && end <= doc->text.len, "a row's place outside the text");
    doc->row = (struct siftd_span){start, end};
    doc->account.read++;
    if (doc->checkers && document_keeps_out(check_row(doc, type, (struct siftd_str){members, len})))
        return doc->flush_error ? SIFTD_ERROR : SIFTD_OK;
    doc->account.delivered++;
    struct siftd_span source = text_source(&doc->text, start, end);
    doc->row_repeat = source.start == doc->last_row ? doc->row_repeat + 1 : 0;
    doc->last_row = source.start;
    size_t type_len = strlen(type);
    doc->line.len = doc->source.len = 0;
    if (doc->places || doc->path)
        document_write_source(doc, source, &doc->source);
    char *line = buf_reserve(&doc->line, len + 2 * type_len + doc->source.len + 240), *to = line;
    to = PUT_LITERAL(to, "{\"type\":\"");
    to = put_bytes(to, type, type_len);
    to = PUT_LITERAL(to, "\",\"id\":\"");
    to = put_bytes(to, doc->path_id, strlen(doc->path_id));
    to = put_bytes(to, type, type_len);
    *to++ = '-';
    to = put_decimal(to, source.start);
    if (doc->row_repeat) {
        *to++ = '.';
        to = put_decimal(to, doc->row_repeat + 1);
    }
    *to++ = '"';
    to = put_source(doc, source, to);
    if (len)
        *to++ = ',';
    to = put_bytes(to, members, len);
    *to++ = '}';
    return document_line(doc, type, line, (size_t)(to - line)) < 0 ? SIFTD_ERROR : SIFTD_OK;
}

static struct siftd_span call_row_span(const struct siftd_doc *doc) {
    return doc_of(doc)->row;
}

/* --- reading records ---------------------------------------------------------------------------------------------- */

static size_t call_record_count(const struct siftd_doc *doc) {
    return doc_of(doc)->records;
}

static struct siftd_record *call_record_at(const struct siftd_doc *doc, size_t i) {
    return i < doc_of(doc)->records && doc->record[i]->emitted ? doc->record[i] : NULL;
}

static const char *call_record_type(const struct siftd_record *record) {
    return record ? record_of(record)->type : "";
}

static struct siftd_span call_record_span(const struct siftd_record *record) {
    return record_of(record)->span;
}

static struct siftd_span call_record_place(const struct siftd_record *record) {
    return record_of(record)->place;
}

static struct field *find_field(const struct siftd_record *record, const char *key) {
    for (size_t i = 0; i < record_of(record)->fields; i++)
        if (strcmp(record->field[i].key, key) == 0)
            return &record->field[i];
    return NULL;
}

static struct siftd_str call_field(const struct siftd_record *record, const char *key) {
    const struct field *field = find_field(record, key);
    return field ? (struct siftd_str){field->json, field->len} : (struct siftd_str){NULL, 0};
}

static const char *call_field_text(const struct siftd_record *record, const char *key) {
    struct field *field = find_field(record, key);
    if (!field || (field->len == 4 && memcmp(field->json, "null", 4) == 0))
        return NULL;
    if (field->json[0] != '"')
        return field->json; /* fields end in a zero */
    if (!field->text) {
        struct buf text = {0};
        json_unquote(&text, field->json, field->len);
        field->text = arena_copy(&record->doc->arena, text.at, text.len);
        buf_free(&text);
    }
    return field->text;
}

static struct siftd_str call_record_json(const struct siftd_record *record) {
    struct siftd_doc *doc = record_of(record)->doc;
    doc->value.len = 0;
    record_write(record, false, &doc->value);
    return (struct siftd_str){arena_copy(&doc->arena, doc->value.at, doc->value.len), doc->value.len};
}

/* --- findings ----------------------------------------------------------------------------------------------------- */

static struct siftd_record *call_finding(struct siftd_doc *doc, int severity, const char *check, int holds,
                                         size_t start, size_t end, const char *message) {
    static const char *const words[] = {"note", "warning", "error"};
    struct siftd_record *finding = call_record(doc, "finding", start, end);
    finding->is_finding = true;
    call_put_string(finding, "severity", words[severity < 0 || severity > 2 ? 2 : severity]);
    call_put_string(finding, "check", check);
    put(finding, "holds", holds ? "true" : "false", holds ? 4 : 5);
    call_put_string(finding, "message", message);
    return finding;
}

static void call_finding_ref(struct siftd_record *finding, const struct siftd_record *record) {
    mem_push(record_of(finding)->ref, finding->refs, finding->ref_room);
    finding->ref[finding->refs++] = record_of(record);
}

const struct siftd_host document_calls = {
    .name = call_name,
    .bytes = call_bytes,
    .text = call_text,
    .content = call_content,
    .doc_alloc = call_doc_alloc,
    .set = call_set,
    .set_json = call_set_json,
    .get = call_get,
    .source = call_source,
    .mark = call_mark,
    .mark_count = call_mark_count,
    .mark_at = call_mark_at,
    .repaired = call_repaired,
    .set_content = call_set_content,
    .text_bytes = call_text_bytes,
    .text_add = call_text_add,
    .text_units = call_text_units,
    .edit = call_edit,
    .record = call_record,
    .put_text = call_put_text,
    .put_string = call_put_string,
    .put_int = call_put_int,
    .put_number = call_put_number,
    .put_null = call_put_null,
    .put_list = call_put_list,
    .put_json = call_put_json,
    .put_place = call_put_place,
    .emit = call_emit,
    .emit_row = call_emit_row,
    .record_count = call_record_count,
    .record_at = call_record_at,
    .record_type = call_record_type,
    .record_span = call_record_span,
    .record_place = call_record_place,
    .field = call_field,
    .field_text = call_field_text,
    .record_json = call_record_json,
    .finding = call_finding,
    .finding_ref = call_finding_ref,
    .row_span = call_row_span,
    .place = call_place,
    .member = call_member,
    .member_lost = call_member_lost,
};
