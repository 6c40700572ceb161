/* SPDX-License-Identifier: MIT */
/* What siftd and the program say to each other; docs in exec.md. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "exec.h"
#include "json_scan.h"
#include "json_text.h"
#include "str.h"

enum { VERSION = 1, STEP = 256 /* characters between two noted places */, KEY_BYTES = 200, QUOTED = 80 };

static void add(struct json_out *out, const char *text) {
    json_out_raw(out, text, strlen(text));
}

static void add_string(struct json_out *out, const char *key, const char *text) {
    add(out, key);
    json_out_string(out, text, strlen(text));
}

/* A YAML tree as JSON; all scalars are strings. */
static void add_node(const struct siftd_host *host, struct json_out *out, const struct siftd_node *node) {
    int type = host->node_type(node);
    if (type != SIFTD_NODE_MAPPING && type != SIFTD_NODE_SEQUENCE) {
        add_string(out, "", host->node_text(node));
        return;
    }
    add(out, type == SIFTD_NODE_MAPPING ? "{" : "[");
    for (size_t i = 0; i < host->node_count(node); i++) {
        add(out, i ? "," : "");
        if (type == SIFTD_NODE_MAPPING) {
            add_string(out, "", host->node_key(node, i));
            add(out, ":");
        }
        add_node(host, out, host->node_at(node, i));
    }
    add(out, type == SIFTD_NODE_MAPPING ? "}" : "]");
}

/* Why the stream gave no line. */
static void say_broken(struct exec *e, int result, char why[WHY_BYTES]) {
    char how[WHY_BYTES];
    if (result == CHANNEL_LATE)
        snprintf(why, WHY_BYTES, "it did not answer in time and was ended");
    else if (result == CHANNEL_TOO_LONG)
        snprintf(why, WHY_BYTES, "it answered a line of more than %" PRIu64 " bytes and was ended", e->line_max);
    if (result == CHANNEL_CLOSED) {
        channel_close(&e->channel);
        keeper_end(&e->keeper, how);
        snprintf(why, WHY_BYTES, "%s", how);
    }
    channel_close(&e->channel);
}

/* The next answer; false with the reason when there is none, or not one of siftd's. */
static bool next_answer(struct exec *e, struct answer *ret, char why[WHY_BYTES]) {
    struct siftd_str line;
    int r = channel_line(&e->channel, &line);
    if (r < 0) {
        say_broken(e, r, why);
        return false;
    }
    answer_read(line.at, line.len, ret);
    if (ret->kind != ANSWER_WRONG)
        return true;
    size_t shown = line.len < QUOTED ? line.len : QUOTED;
    snprintf(why, WHY_BYTES, "%s: %.*s", ret->text, (int)shown, line.at);
    channel_close(&e->channel);
    return false;
}

/* Sends what stands in e->out; false with the reason. */
static bool send_out(struct exec *e, char why[WHY_BYTES]) {
    int r = channel_send(&e->channel, e->out.at, e->out.len);
    if (r < 0)
        say_broken(e, r, why);
    return r == 0;
}

/* Waits for an answer of this kind; what the program has to log may come before. */
static bool expect(struct exec *e, enum answer_kind kind, const char *name, struct answer *ret, char why[WHY_BYTES]) {
    do {
        if (!next_answer(e, ret, why))
            return false;
        if (ret->kind == ANSWER_LOG)
            e->host->log(e->host, SIFTD_INFO, "%s: %s", e->path, ret->text);
    } while (ret->kind == ANSWER_LOG);
    if (ret->kind == kind)
        return true;
    if (ret->kind == ANSWER_ERROR)
        snprintf(why, WHY_BYTES, "it says: %s", ret->text);
    else
        snprintf(why, WHY_BYTES, "it answered something else where \"%s\" is due", name);
    channel_close(&e->channel);
    return false;
}

int talk_begin(struct exec *e, char why[WHY_BYTES]) {
    struct answer answer;
    e->channel.deadline = channel_now() + e->patience;
    e->out.len = 0;
    add(&e->out, "{\"hello\":\"siftd-exec\",\"versions\":[1]}\n");
    if (!send_out(e, why) || !expect(e, ANSWER_HELLO, "hello", &answer, why))
        return -1;
    if (answer.number != VERSION) {
        snprintf(why, WHY_BYTES, "it speaks version %d of the protocol; this siftd speaks %d", answer.number, VERSION);
        channel_close(&e->channel);
        return -1;
    }
    e->out.len = 0;
    add(&e->out,
        "{\"capabilities\":[\"text\",\"records\"],\"offsets\":[\"characters\",\"bytes\",\"utf16\"],\"settings\":");
    if (e->settings)
        add_node(e->host, &e->out, e->settings);
    else
        add(&e->out, "{}");
    add(&e->out, "}\n");
    if (!send_out(e, why) || !expect(e, ANSWER_CAPABILITIES, "capabilities", &answer, why))
        return -1;
    e->wants = answer.wants;
    e->offsets = answer.offsets;
    return expect(e, ANSWER_READY, "ready", &answer, why) ? 0 : -1;
}

/* --- offsets ------------------------------------------------------------------------------------------------------ */

/* Places of the text every STEP units of the program's counting or a little more, so that one is found without going
 * over the whole text. */
struct ruler {
    struct siftd_str text;
    enum offsets offsets;
    struct ruler_mark {
        size_t byte, unit;
    } * mark;
    size_t marks, units;
};

static size_t units_of(enum offsets offsets, const char *at) {
    return offsets == OFFSETS_UTF16 && cp_length((unsigned char)*at) == 4 ? 2 : 1;
}

static void ruler_init(struct ruler *ruler, struct siftd_doc *doc, const struct siftd_host *host,
                       enum offsets offsets) {
    *ruler = (struct ruler){.text = host->text(doc), .offsets = offsets};
    if (offsets == OFFSETS_BYTES)
        return;
    ruler->mark = host->doc_alloc(doc, (ruler->text.len / STEP + 2) * sizeof *ruler->mark);
    for (size_t i = 0; i < ruler->text.len; i += cp_length((unsigned char)ruler->text.at[i])) {
        if (ruler->units >= ruler->marks * STEP)
            ruler->mark[ruler->marks++] = (struct ruler_mark){i, ruler->units};
        ruler->units += units_of(offsets, ruler->text.at + i);
    }
}

/* The byte of a unit; false when the text has no such place. */
static bool ruler_find(const struct ruler *ruler, size_t unit, size_t *ret) {
    if (ruler->offsets == OFFSETS_BYTES) {
        *ret = unit;
        return unit <= ruler->text.len && (unit == ruler->text.len || (ruler->text.at[unit] & 0xC0) != 0x80);
    }
    struct ruler_mark at = {0, 0};
    if (unit > ruler->units)
        return false;
    for (size_t k = unit / STEP + 1; k-- > 0 && at.byte == 0;) /* the mark may stand one unit behind */
        if (k < ruler->marks && ruler->mark[k].unit <= unit)
            at = ruler->mark[k];
    while (at.unit < unit && at.byte < ruler->text.len) {
        at.unit += units_of(ruler->offsets, ruler->text.at + at.byte);
        at.byte += cp_length((unsigned char)ruler->text.at[at.byte]);
    }
    *ret = at.byte;
    return at.unit == unit;
}

static bool find_span(const struct ruler *ruler, struct siftd_span span, struct siftd_span *ret) {
    return ruler_find(ruler, span.start, &ret->start) && ruler_find(ruler, span.end, &ret->end);
}

/* --- a document --------------------------------------------------------------------------------------------------- */

static void write_document(struct exec *e, struct siftd_doc *doc) {
    const struct siftd_host *host = e->host;
    struct siftd_str text = host->text(doc);
    e->out.len = 0;
    add_string(&e->out, "{\"document\":", host->name(doc));
    if (host->get(doc, "format"))
        add_string(&e->out, ",\"format\":", host->get(doc, "format"));
    if (e->wants & WANTS_TEXT) {
        add(&e->out, ",\"text\":");
        json_out_string(&e->out, text.at, text.len);
    }
    if (e->wants & WANTS_RECORDS) {
        add(&e->out, ",\"records\":[");
        bool more = false;
        for (size_t i = 0; i < host->record_count(doc); i++) {
            const struct siftd_record *record = host->record_at(doc, i);
            if (!record)
                continue;
            struct siftd_str json = host->record_json(record);
            add(&e->out, more ? "," : "");
            more = true;
            json_out_raw(&e->out, json.at, json.len);
        }
        add(&e->out, "]");
    }
    add(&e->out, "}\n");
}

static bool is_common(const char *key) {
    static const char *const common[] = {"type", "id", "doc", "source", "quote", "at"};
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strcmp(key, common[i]) == 0)
            return true;
    return false;
}

/* Puts the members of the fields' object; false when a name cannot be one. */
static bool put_fields(struct exec *e, const struct answer *answer, struct siftd_record *record) {
    struct json_member m;
    for (size_t pos = 0; json_next_member(answer->fields.at, answer->fields.len, &pos, &m);) {
        struct json_out key = {0};
        bool good = json_text(&key, answer->fields.at + m.key.start, m.key.end - m.key.start) && key.len < KEY_BYTES;
        json_out_raw(&key, "", 1);
        good = good && key.at[0] && !is_common(key.at);
        if (good)
            e->host->put_json(record, key.at, answer->fields.at + m.value.start, m.value.end - m.value.start);
        json_out_free(&key);
        if (!good)
            return false;
    }
    return true;
}

/* Emits a record that the program found; false with the reason when it cannot be one. */
static bool put_record(struct exec *e, struct siftd_doc *doc, const struct ruler *ruler, const struct answer *answer,
                       char why[WHY_BYTES]) {
    struct siftd_span span, place = {0, 0};
    if (!find_span(ruler, answer->span, &span) || (answer->has_place && !find_span(ruler, answer->place, &place))) {
        snprintf(why, WHY_BYTES, "a record \"%s\" stands at [%zu,%zu], where the text has no such place", answer->type,
                 answer->span.start, answer->span.end);
        return false;
    }
    struct siftd_record *record = e->host->record(doc, answer->type, span.start, span.end);
    if (!put_fields(e, answer, record)) {
        snprintf(why, WHY_BYTES, "a record \"%s\" has a field without a name, or named as one that every record has",
                 answer->type);
        return false;
    }
    if (answer->has_place)
        e->host->put_place(record, place.start, place.end);
    return e->host->emit(record) == SIFTD_OK;
}

enum talk_result talk_document(struct exec *e, struct siftd_doc *doc, char why[WHY_BYTES]) {
    struct ruler ruler;
    struct answer answer;
    bool answered = false;
    write_document(e, doc);
    e->channel.deadline = channel_now() + e->timeout;
    if (!send_out(e, why))
        return TALK_DIED;
    ruler_init(&ruler, doc, e->host, e->offsets);
    for (;; answered = true) {
        if (!next_answer(e, &answer, why))
            return answered ? TALK_FAILED : TALK_DIED;
        if (answer.kind == ANSWER_DONE)
            return TALK_DONE;
        if (answer.kind == ANSWER_ERROR) {
            snprintf(why, WHY_BYTES, "it says: %s", answer.text);
            return TALK_REFUSED;
        }
        if (answer.kind == ANSWER_LOG) {
            e->host->log(e->host, SIFTD_INFO, "%s", answer.text);
        } else if (answer.kind != ANSWER_RECORD) {
            snprintf(why, WHY_BYTES, "it answered neither a record nor done");
            channel_close(&e->channel);
            return TALK_FAILED;
        } else if (!put_record(e, doc, &ruler, &answer, why)) {
            channel_close(&e->channel);
            return TALK_FAILED;
        }
    }
}
