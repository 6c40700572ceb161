/* SPDX-License-Identifier: MIT */
#include "answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_scan.h"
#include "json_text.h"
#include "str.h"
#include "utf8.h"

enum { DIGITS_MAX = 15 };

/* A string value as text of at most `size` bytes with its zero, cut at a character; false when it is no string. */
static bool read_text(struct siftd_str value, char *ret, size_t size) {
    struct json_out text = {0};
    if (value.len < 2 || value.at[0] != '"' || !json_text(&text, value.at + 1, value.len - 2)) {
        json_out_free(&text);
        return false;
    }
    size_t len = text.len < size ? text.len : size - 1;
    while (len < text.len && len > 0 && ((unsigned char)text.at[len] & 0xC0) == 0x80)
        len--;
    if (len)
        memcpy(ret, text.at, len);
    ret[len] = 0;
    json_out_free(&text);
    return true;
}

static bool read_number(struct siftd_str value, size_t *ret) {
    char digits[DIGITS_MAX + 1];
    if (!value.len || value.len > DIGITS_MAX || value.at[0] == '-')
        return false;
    memcpy(digits, value.at, value.len);
    digits[value.len] = 0;
    if (strspn(digits, "0123456789") != value.len)
        return false;
    *ret = (size_t)strtoull(digits, NULL, 10);
    return true;
}

/* [start,end] */
static bool read_span(struct siftd_str value, struct siftd_span *ret) {
    const char *comma = memchr(value.at, ',', value.len);
    if (value.len < 2 || value.at[0] != '[' || !comma)
        return false;
    const char *end = value.at + value.len - 1, *second = comma + 1, *first = value.at + 1;
    while (second < end && *second == ' ')
        second++;
    return read_number(str_from(first, comma), &ret->start) && read_number(str_from(second, end), &ret->end) &&
           ret->start <= ret->end;
}

static bool is_type(const char *text) {
    return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text) &&
           strcmp(text, "document") != 0 && strcmp(text, "finding") != 0;
}

struct members {
    struct siftd_str first_key, first, version, capabilities, offsets, type, span, place;
};

static void sort_member(struct members *m, struct siftd_str key, struct siftd_str value) {
    static const struct {
        const char *key;
        size_t offset;
    } known[] = {
        {"version", offsetof(struct members, version)}, {"capabilities", offsetof(struct members, capabilities)},
        {"offsets", offsetof(struct members, offsets)}, {"type", offsetof(struct members, type)},
        {"span", offsetof(struct members, span)},       {"place", offsetof(struct members, place)}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_equal(key, str(known[i].key)))
            *(struct siftd_str *)(void *)((char *)m + known[i].offset) = value;
    if (!m->first_key.at) {
        m->first_key = key;
        m->first = value;
    }
}

static const char *read_hello(const struct members *m, struct answer *ret) {
    char who[ANSWER_TYPE];
    size_t version;
    if (!read_text(m->first, who, sizeof who) || strcmp(who, "siftd-exec") != 0)
        return "its hello does not name siftd-exec";
    if (!read_number(m->version, &version) || version > 1000)
        return "its hello has no version";
    ret->kind = ANSWER_HELLO;
    ret->number = (int)version;
    return NULL;
}

static const char *read_capabilities(const struct members *m, struct answer *ret) {
    static const char *const names[] = {"characters", "bytes", "utf16"};
    char offsets[ANSWER_TYPE] = "characters";
    struct siftd_str list = m->first;
    if (list.len < 2 || list.at[0] != '[')
        return "its capabilities are no list";
    if (m->offsets.at && !read_text(m->offsets, offsets, sizeof offsets))
        return "its offsets are no text";
    ret->kind = ANSWER_CAPABILITIES;
    ret->wants =
        (str_find(list, str("\"text\"")) ? WANTS_TEXT : 0) | (str_find(list, str("\"records\"")) ? WANTS_RECORDS : 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(offsets, names[i]) == 0) {
            ret->offsets = (enum offsets)i;
            return NULL;
        }
    return "its offsets are none of characters, bytes, utf16";
}

static const char *read_record(const struct members *m, struct answer *ret) {
    if (!m->first.len || m->first.at[0] != '{')
        return "a record's fields are no object";
    if (!read_text(m->type, ret->type, sizeof ret->type) || !is_type(ret->type))
        return "a record has no type of lower case letters, or one of siftd's own";
    if (!m->span.at || !read_span(m->span, &ret->span))
        return "a record's span is no [start,end]";
    ret->has_place = m->place.at != NULL;
    if (ret->has_place && !read_span(m->place, &ret->place))
        return "a record's place is no [start,end]";
    ret->fields = m->first;
    ret->kind = ANSWER_RECORD;
    return NULL;
}

static const char *read_message(const struct members *m, enum answer_kind kind, struct answer *ret) {
    if (!read_text(m->first, ret->text, sizeof ret->text))
        return "its message is no text";
    ret->kind = kind;
    return NULL;
}

/* What a line is stands in its first member. */
static const char *read_members(const struct members *m, struct answer *ret) {
    struct siftd_str key = m->first_key;
    if (str_equal(key, str("record")))
        return read_record(m, ret);
    if (str_equal(key, str("log")))
        return read_message(m, ANSWER_LOG, ret);
    if (str_equal(key, str("error")))
        return read_message(m, ANSWER_ERROR, ret);
    if (str_equal(key, str("hello")))
        return read_hello(m, ret);
    if (str_equal(key, str("capabilities")))
        return read_capabilities(m, ret);
    ret->kind = str_equal(key, str("done")) ? ANSWER_DONE : ANSWER_READY;
    if (str_equal(key, str("done")) || str_equal(key, str("ready")))
        return NULL;
    return "it answered a line that begins with none of hello, capabilities, ready, record, log, done, error";
}

static const char *read_line(const char *line, size_t len, struct answer *ret) {
    struct json_shape shape;
    struct json_fault fault;
    struct members members = {0};
    size_t pos = 0;
    if (utf8_check(line, len) != len)
        return "it answered a line that is no UTF-8";
    if (!json_check(line, len, NULL, &shape, &fault) || !shape.object)
        return "it answered a line that is no JSON object";
    const char *object = line + shape.value.start;
    for (struct json_member m; json_next_member(object, shape.value.end - shape.value.start, &pos, &m);)
        sort_member(&members, str_from(object + m.key.start, object + m.key.end),
                    str_from(object + m.value.start, object + m.value.end));
    return read_members(&members, ret);
}

void answer_read(const char *line, size_t len, struct answer *ret) {
    *ret = (struct answer){.kind = ANSWER_WRONG};
    const char *why = read_line(line, len, ret);
    if (!why)
        return;
    ret->kind = ANSWER_WRONG;
    snprintf(ret->text, sizeof ret->text, "%s", why);
}
