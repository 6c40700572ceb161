/* SPDX-License-Identifier: MIT */
/* From the names of columns to a ledger, and from cells to the fields of its records. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "numeral.h"
#include "runes.h"
#include "str.h"
#include "tables.h"
#include "when.h"
#include "words.h"

enum { NAME_BYTES = 128, VALUE_BYTES = 256, MESSAGE_BYTES = 300, SHOWN = 60, YEAR_DIGITS = 4 };

/* --- the packs' ledgers ------------------------------------------------------------------------------------------- */

static int read_column(struct tables *t, const char *name, const struct siftd_node *node, struct column *ret) {
    static const char *const kinds[] = {"text", "number", "date"};
    const struct siftd_host *host = t->host;
    const struct siftd_node *as = host->node_get(node, "as");
    *ret = (struct column){.name = name, .node = node};
    ret->required = strcmp(host->node_text(host->node_get(node, "required")), "true") == 0;
    if (host->node_type(host->node_get(node, "names")) != SIFTD_NODE_SEQUENCE)
        return host->error(host, "%s: the column \"%s\" needs \"names\", a list of what its header may say",
                           host->node_where(node), name);
    for (int i = 0; as && i < 3; i++)
        if (strcmp(host->node_text(as), kinds[i]) == 0) {
            ret->kind = (enum column_kind)i;
            return SIFTD_OK;
        }
    return as ? host->error(host, "%s: \"%s\" is no kind of column; there are text, number, date", host->node_where(as),
                            host->node_text(as))
              : SIFTD_OK;
}

/* Whether each of the names is a column's. */
static int check_names(struct tables *t, const char *type, const struct siftd_node *columns,
                       const struct siftd_node *names) {
    const struct siftd_host *host = t->host;
    for (size_t i = 0; i < host->node_count(names); i++) {
        const struct siftd_node *at = host->node_at(names, i);
        const char *name = host->node_text(at);
        if (!name || !host->node_get(columns, name))
            return host->error(host, "%s: the ledger \"%s\" has no column \"%s\"", host->node_where(at), type,
                               name ? name : "[…]");
    }
    return SIFTD_OK;
}

static int read_ledger(struct tables *t, const char *type, const struct siftd_node *node, struct ledger *ret) {
    const struct siftd_host *host = t->host;
    const struct siftd_node *columns = host->node_get(node, "columns"), *needs = host->node_get(node, "needs");
    *ret = (struct ledger){.type = type, .node = node};
    if (host->node_type(columns) != SIFTD_NODE_MAPPING || host->node_count(needs) == 0)
        return host->error(host, "%s: the ledger \"%s\" needs \"columns\", and \"needs\", those it is known by",
                           host->node_where(node), type);
    ret->columns = host->node_count(columns);
    ret->column = host->alloc(host, ret->columns * sizeof *ret->column);
    for (size_t i = 0; i < ret->columns; i++)
        if (read_column(t, host->node_key(columns, i), host->node_at(columns, i), &ret->column[i]) < 0)
            return SIFTD_ERROR;
    return check_names(t, type, columns, needs) < 0 ? SIFTD_ERROR
                                                    : check_names(t, type, columns, host->node_get(node, "key"));
}

int ledgers_open(struct tables *t) {
    const struct siftd_host *host = t->host;
    const struct siftd_node *ledgers = host->pack(host, "ledgers");
    t->words = words_new();
    words_add_list(t->words, host, host->node_get(host->pack(host, "tables"), "totals"), WORD_TOTAL);
    words_add_list(t->words, host, host->node_get(host->pack(host, "tables"), "empty"), WORD_EMPTY);
    t->ledger = host->alloc(host, (host->node_count(ledgers) + 1) * sizeof *t->ledger);
    for (size_t i = 0; i < host->node_count(ledgers); i++)
        if (read_ledger(t, host->node_key(ledgers, i), host->node_at(ledgers, i), &t->ledger[t->ledgers++]) < 0)
            return SIFTD_ERROR;
    return SIFTD_OK;
}

/* --- the header --------------------------------------------------------------------------------------------------- */

/* A header's name without spaces and stars, in lower case; what stands in a bracket at its end goes to `unit`. */
static void plain_name(struct siftd_str text, char name[NAME_BYTES], char *unit, size_t unit_size) {
    size_t len = 0, size;
    const char *end = text.at + text.len;
    char *to = name;
    unit[0] = 0;
    for (const char *at = text.at; at < end; at += size) {
        uint32_t c = cp_at(at, end, &size);
        size_t room = to == name ? NAME_BYTES : unit_size;
        if (c == 0xFF08 || c == '(') {
            to[len] = 0;
            to = unit;
            len = 0;
        } else if (c == 0xFF09 || c == ')') {
            break;
        } else if (!rune_is_space(c) && c != '\n' && c != '*' && len + size < room) {
            memcpy(to + len, at, size);
            if (size == 1 && c >= 'A' && c <= 'Z')
                to[len] = (char)(c | 0x20);
            len += size;
        }
    }
    to[len] = 0;
}

static bool has_name(const struct siftd_host *host, const struct column *column, const char *name) {
    const struct siftd_node *names = host->node_get(column->node, "names");
    for (size_t i = 0; i < host->node_count(names); i++) {
        char plain[NAME_BYTES], unit[NAME_BYTES];
        plain_name(str(host->node_text(host->node_at(names, i))), plain, unit, sizeof unit);
        if (strcmp(plain, name) == 0)
            return true;
    }
    return false;
}

/* The ledger's columns that the line's cells name; their number. */
static size_t match_columns(struct table *table, const struct ledger *ledger, const struct line *line) {
    size_t found = 0;
    bool taken[CELLS_MAX] = {false};
    for (size_t i = 0; i < line->cells; i++) {
        char name[NAME_BYTES];
        table->of[i] = 0;
        plain_name(line->cell[i].text, name, table->unit[i], sizeof table->unit[i]);
        for (size_t k = 0; *name && k < ledger->columns && k < CELLS_MAX && !table->of[i]; k++)
            if (!taken[k] && has_name(table->tables->host, &ledger->column[k], name)) {
                table->of[i] = k + 1;
                taken[k] = true;
                found++;
            }
    }
    return found;
}

static bool has_needed(const struct table *table, const struct ledger *ledger, size_t cells) {
    const struct siftd_host *host = table->tables->host;
    const struct siftd_node *needs = host->node_get(ledger->node, "needs");
    for (size_t i = 0; i < host->node_count(needs); i++) {
        const char *need = host->node_text(host->node_at(needs, i));
        size_t k = 0;
        while (k < cells && !(table->of[k] && strcmp(ledger->column[table->of[k] - 1].name, need) == 0))
            k++;
        if (k == cells)
            return false;
    }
    return true;
}

bool ledger_header(struct table *table, const struct line *line) {
    const struct tables *t = table->tables;
    size_t most = 0;
    for (size_t i = 0; i < t->ledgers; i++) {
        size_t found = match_columns(table, &t->ledger[i], line);
        if (found > most && has_needed(table, &t->ledger[i], line->cells)) {
            most = found;
            table->ledger = &t->ledger[i];
        }
    }
    if (table->ledger)
        match_columns(table, table->ledger, line);
    table->header_cells = line->cells;
    return table->ledger != NULL;
}

/* --- cells -------------------------------------------------------------------------------------------------------- */

static struct siftd_str trimmed(struct siftd_str text) {
    const char *from = text.at, *end = text.at + text.len;
    while (from < end && (rune_is_space(rune_at(from, end)) || *from == '\n'))
        from += cp_length((unsigned char)*from);
    while (end > from && (rune_is_space(rune_before(from, end)) || end[-1] == '\n'))
        end = cp_before(from, end);
    return str_from(from, end);
}

/* Nothing, or one of the pack's signs for it: —, 无. */
static bool is_empty(const struct tables *t, struct siftd_str text) {
    size_t len;
    return text.len == 0 || (words_match(t->words, text, &len) & WORD_EMPTY && len == text.len);
}

/* A number as the column counts: of 12.5 under 产值（万元） 125000. What follows the number may only be a unit. */
static bool put_number(struct json_out *out, struct siftd_str text, const char *unit) {
    char whole[VALUE_BYTES];
    struct numeral numeral;
    bool negative = text.len > 1 && text.at[0] == '-';
    if (negative)
        text = (struct siftd_str){text.at + 1, text.len - 1};
    size_t len = (size_t)snprintf(whole, sizeof whole, "%.*s%s", (int)text.len, text.at, unit);
    struct siftd_str at = {whole, len < sizeof whole ? len : 0};
    if (!at.len || !numeral_read(at, &numeral) || numeral.upper[0])
        return false;
    const char *rest = whole + numeral.len;
    for (; *rest && rest < whole + text.len; rest++) /* 12人 is 12, 12-15 is nothing */
        if ((*rest >= '0' && *rest <= '9') || strchr("-~/.:", *rest))
            return false;
    if (negative)
        json_out_raw(out, "-", 1);
    json_out_raw(out, numeral.digits, strlen(numeral.digits));
    return true;
}

static bool put_date(const struct tables *t, struct json_out *out, struct siftd_str text) {
    struct when when;
    char date[WHEN_TEXT];
    if (text.len == YEAR_DIGITS && strspn(text.at, "0123456789") >= YEAR_DIGITS &&
        (*text.at == '1' || *text.at == '2')) {
        json_out_string(out, text.at, text.len);
        return true;
    }
    if (!when_read(t->lexicon, text, false, &when))
        return false;
    when_resolve(&when, 0, 0);
    if (!when_text(&when, date))
        return false;
    json_out_string(out, date, strlen(date));
    return true;
}

static void put_word(const struct tables *t, const struct column *column, struct json_out *out, struct siftd_str text) {
    const struct siftd_host *host = t->host;
    const struct siftd_node *words = host->node_get(column->node, "words");
    for (size_t i = 0; i < host->node_count(words); i++)
        if (str_equal(text, str(host->node_key(words, i))))
            text = str(host->node_text(host->node_at(words, i)));
    json_out_string(out, text.at, text.len);
}

static int tell(struct table *table, struct siftd_span span, int severity, const char *format, ...) SIFTD_PRINTF(4, 5);

static int tell(struct table *table, struct siftd_span span, int severity, const char *format, ...) {
    const struct siftd_host *host = table->tables->host;
    char message[MESSAGE_BYTES];
    va_list args;
    if (table->findings++ >= table->tables->findings_max)
        return SIFTD_OK;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return host->emit(host->finding(table->doc, severity, "row", false, span.start, span.end, message));
}

/* The value of a column in the line; null, with a finding, where it is none of its kind. False: it may not be null. */
static bool put_value(struct table *table, const struct line *line, const struct column *column, size_t cell,
                      struct json_out *out) {
    static const char *const kinds[] = {"text", "number", "date"};
    struct siftd_str text = cell < line->cells ? trimmed(line->cell[cell].text) : (struct siftd_str){"", 0};
    bool empty = is_empty(table->tables, text), good = !empty;
    size_t before = out->len;
    if (good && column->kind == COLUMN_NUMBER)
        good = put_number(out, text, table->unit[cell]);
    else if (good && column->kind == COLUMN_DATE)
        good = put_date(table->tables, out, text);
    else if (good)
        put_word(table->tables, column, out, text);
    if (good)
        return true;
    out->len = before;
    json_out_raw(out, "null", 4);
    if (!empty)
        tell(table, line->span, SIFTD_WARN, "line %zu: \"%.*s\" under \"%s\" is no %s", line->number,
             (int)(text.len < SHOWN ? text.len : SHOWN), text.at, column->name, kinds[column->kind]);
    return !column->required;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static bool is_blank(const struct line *line) {
    for (size_t i = 0; i < line->cells; i++)
        if (trimmed(line->cell[i].text).len)
            return false;
    return true;
}

static bool is_total(const struct tables *t, const struct line *line) {
    size_t len;
    for (size_t i = 0; i < line->cells && i < 3; i++) {
        struct siftd_str text = trimmed(line->cell[i].text);
        if (text.len && words_match(t->words, text, &len) & WORD_TOTAL && len == text.len)
            return true;
    }
    return false;
}

/* The cell that a column stands in; CELLS_MAX when in none. */
static size_t cell_of(const struct table *table, size_t column) {
    for (size_t i = 0; i < table->header_cells; i++)
        if (table->of[i] == column + 1)
            return i;
    return CELLS_MAX;
}

static int emit_line(struct table *table, const struct line *line, const struct json_out *members) {
    const struct tables *t = table->tables;
    const struct siftd_host *host = t->host;
    const char *type = table->ledger->type;
    if ((int64_t)table->records++ >= t->keep)
        return host->emit_row(table->doc, type, members->at, members->len, line->span.start, line->span.end) ==
                       SIFTD_ERROR
                   ? SIFTD_ERROR
                   : SIFTD_OK;
    struct siftd_record *record = host->record(table->doc, type, line->span.start, line->span.end);
    size_t at = 0;
    for (size_t i = 0; i < table->ledger->columns; i++) {
        const char *value = members->at + at + strlen(table->ledger->column[i].name) + 3;
        size_t len = strlen(value);
        host->put_json(record, table->ledger->column[i].name, value, len);
        at += strlen(table->ledger->column[i].name) + 3 + len + 1;
    }
    return host->emit(record);
}

int ledger_line(struct table *table, const struct line *line) {
    const struct tables *t = table->tables;
    struct json_out *out = &table->tables->out;
    const char *lacks = NULL;
    if (is_blank(line) || is_total(t, line))
        return SIFTD_OK;
    out->len = 0;
    bool bulk = (int64_t)table->records >= t->keep;
    for (size_t i = 0; i < table->ledger->columns; i++) {
        const struct column *column = &table->ledger->column[i];
        json_out_raw(out, bulk && i ? ",\"" : "\"", bulk && i ? 2 : 1);
        json_out_raw(out, column->name, strlen(column->name));
        json_out_raw(out, "\":", 2);
        if (!put_value(table, line, column, cell_of(table, i), out))
            lacks = column->name;
        if (!bulk)
            json_out_raw(out, "", 1); /* each member ends with a zero: read back one by one */
    }
    if (lacks)
        return tell(table, line->span, SIFTD_FAIL, "line %zu is kept out of the ledger: it has no \"%s\"", line->number,
                    lacks);
    return emit_line(table, line, out);
}
