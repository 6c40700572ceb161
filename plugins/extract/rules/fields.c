/* SPDX-License-Identifier: MIT */
/* From the text of a group to the value of a field. */
#include "json_out.h"
#include "numeral.h"
#include "rules.h"
#include "runes.h"
#include "str.h"
#include "when.h"

enum { ITEMS_MAX = 256 };

static struct siftd_str trimmed(struct siftd_str text) {
    const char *from = text.at, *end = text.at + text.len;
    while (from < end && rune_is_space(rune_at(from, end)))
        from += cp_length((unsigned char)*from);
    while (end > from && rune_is_space(rune_before(from, end)))
        end = cp_before(from, end);
    return str_from(from, end);
}

static bool put_number(const struct rules *rules, const struct field *field, struct siftd_str text,
                       struct siftd_record *record) {
    static const char *const signs[] = {"-", "−", "－"};
    struct numeral numeral;
    char negative[NUMERAL_DIGITS + 1] = "-";
    bool below = false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs && !below; i++)
        if (str_starts(text, str(signs[i]))) {
            below = true;
            text = (struct siftd_str){text.at + strlen(signs[i]), text.len - strlen(signs[i])};
        }
    if (!text.len || !numeral_read(text, &numeral))
        return false;
    if (record) {
        memcpy(negative + 1, numeral.digits, NUMERAL_DIGITS);
        rules->host->put_number(record, field->name, below ? negative : numeral.digits);
    }
    return true;
}

static bool put_date(const struct rules *rules, const struct field *field, struct siftd_str text, int year,
                     struct siftd_record *record) {
    struct when when;
    char date[WHEN_TEXT];
    if (!text.len || !when_read(rules->lexicon, text, false, &when))
        return false;
    when_resolve(&when, year, year);
    if (!when_text(&when, date))
        return false;
    if (record)
        rules->host->put_string(record, field->name, date);
    return true;
}

static bool parts_items(uint32_t c) {
    return c == 0x3001 || c == 0xFF0C || c == 0xFF1B || c == ',' || c == ';';
}

static void put_list(const struct rules *rules, const struct field *field, struct siftd_str text,
                     struct siftd_record *record) {
    struct siftd_str item[ITEMS_MAX];
    size_t count = 0;
    const char *end = text.at + text.len, *from = text.at;
    for (const char *at = from; from < end && count < ITEMS_MAX;) {
        size_t len = 0;
        bool last = at == end, parted = last || parts_items(cp_at(at, end, &len));
        struct siftd_str one = trimmed(str_from(from, at));
        if (parted && one.len)
            item[count++] = one;
        if (last)
            break;
        at += len;
        from = parted ? at : from;
    }
    rules->host->put_list(record, field->name, item, count);
}

/* Latin letters in one case; all others stay. */
static void put_case(const struct rules *rules, const struct field *field, struct siftd_str text,
                     struct siftd_record *record) {
    struct json_out copy = {0};
    json_out_raw(&copy, text.at, text.len);
    for (size_t i = 0; i < copy.len; i++) {
        char c = copy.at[i];
        bool change = field->as == AS_LOWER ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z';
        copy.at[i] = change ? (char)(c ^ 0x20) : c;
    }
    rules->host->put_text(record, field->name, copy.at, copy.len);
    json_out_free(&copy);
}

/* What the map writes for the text. */
static struct siftd_str mapped(const struct rules *rules, const struct field *field, struct siftd_str text) {
    const struct siftd_host *host = rules->host;
    for (size_t i = 0; i < host->node_count(field->map); i++)
        if (str_equal(text, str(host->node_key(field->map, i))))
            return str(host->node_text(host->node_at(field->map, i)));
    return field->map && field->otherwise ? str(field->otherwise) : text;
}

static bool put_value(const struct rules *rules, const struct field *field, struct siftd_str text, int year,
                      struct siftd_record *record) {
    switch (field->as) {
    case AS_NUMBER:
        return put_number(rules, field, text, record);
    case AS_DATE:
        return put_date(rules, field, text, year, record);
    default:
        break;
    }
    if (!text.len)
        return false;
    if (!record)
        return true;
    if (field->as == AS_LIST)
        put_list(rules, field, text, record);
    else if (field->as == AS_TEXT)
        rules->host->put_text(record, field->name, text.at, text.len);
    else
        put_case(rules, field, text, record);
    return true;
}

bool field_put(const struct rules *rules, const struct field *field, struct siftd_str text, int year,
               struct siftd_record *record) {
    struct siftd_str value = field->value ? str(field->value) : text.at ? trimmed(text) : text;
    if (put_value(rules, field, value.at ? mapped(rules, field, value) : value, year, record))
        return true;
    if (record)
        rules->host->put_null(record, field->name);
    return !field->required;
}
