/* SPDX-License-Identifier: MIT */
/* The workbook: its sheets, its styles, the strings that its cells share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "str.h"
#include "xlsx.h"

static void *grown(void *at, size_t count, size_t *room, size_t size) {
    if (count < *room)
        return at;
    *room = *room ? *room * 2 : 64;
    at = realloc(at, *room * size);
    if (!at)
        out_of_memory(); /* a child without memory ends */
    return at;
}

#define PUSH(list, count, room) ((list) = grown((list), (count), &(room), sizeof *(list)), &(list)[(count)++])

/* --- sheets ------------------------------------------------------------------------------------------------------- */

struct relation {
    char id[64], target[256];
};

struct workbook {
    struct book *book;
    struct relation *relation;
    size_t relations, room;
};

static void nothing_ends(void *user, const char *name) {
    (void)user, (void)name;
}

static void no_text(void *user, const char *at, size_t len) {
    (void)user, (void)at, (void)len;
}

static void start_relation(void *user, const struct xml_element *element) {
    struct workbook *workbook = user;
    char id[XML_VALUE], target[XML_VALUE];
    if (strcmp(element->name, "Relationship") != 0 || !xml_attribute(element, "Id", id) ||
        !xml_attribute(element, "Target", target))
        return;
    struct relation *relation = PUSH(workbook->relation, workbook->relations, workbook->room);
    snprintf(relation->id, sizeof relation->id, "%.60s", id);
    if (target[0] == '/')
        snprintf(relation->target, sizeof relation->target, "%.250s", target + 1);
    else
        snprintf(relation->target, sizeof relation->target, "xl/%.240s", target);
}

static const char *target_of(const struct workbook *workbook, const char *id) {
    for (size_t i = 0; i < workbook->relations; i++)
        if (strcmp(workbook->relation[i].id, id) == 0)
            return workbook->relation[i].target;
    return "";
}

static void start_workbook(void *user, const struct xml_element *element) {
    struct workbook *workbook = user;
    struct book *book = workbook->book;
    char name[XML_VALUE], id[XML_VALUE];
    if (strcmp(element->name, "workbookPr") == 0)
        book->from_1904 = xml_attribute_is(element, "date1904", "1|true");
    if (strcmp(element->name, "sheet") != 0 || xml_attribute_is(element, "state", "hidden|veryHidden") ||
        !xml_attribute(element, "name", name) || !xml_attribute(element, "id", id))
        return;
    struct book_sheet *sheet = PUSH(book->sheet, book->sheets, book->sheet_room);
    *sheet = (struct book_sheet){strdup(name), strdup(target_of(workbook, id))};
}

/* --- styles ------------------------------------------------------------------------------------------------------- */

struct styles {
    struct book *book;
    struct {
        unsigned long id;
        enum sheet_show show;
    } * format;
    size_t formats, room;
    bool in_cells;
};

static enum sheet_show show_of(const struct styles *styles, unsigned long id) {
    for (size_t i = 0; i < styles->formats; i++)
        if (styles->format[i].id == id)
            return styles->format[i].show;
    return sheet_show(id);
}

static void start_style(void *user, const struct xml_element *element) {
    struct styles *styles = user;
    char id[XML_VALUE], code[XML_VALUE];
    const char *number = xml_attribute(element, "numFmtId", id);
    if (strcmp(element->name, "numFmt") == 0 && number && xml_attribute(element, "formatCode", code)) {
        size_t i = styles->formats;
        (void)PUSH(styles->format, styles->formats, styles->room);
        styles->format[i].id = strtoul(number, NULL, 10);
        styles->format[i].show = sheet_show_of_code(code);
    } else if (strcmp(element->name, "cellXfs") == 0) {
        styles->in_cells = true;
    } else if (strcmp(element->name, "xf") == 0 && styles->in_cells) {
        struct book *book = styles->book;
        *PUSH(book->show, book->shows, book->show_room) =
            (uint8_t)show_of(styles, number ? strtoul(number, NULL, 10) : 0);
    }
}

static void end_style(void *user, const char *name) {
    if (strcmp(name, "cellXfs") == 0)
        ((struct styles *)user)->in_cells = false;
}

/* --- shared strings ----------------------------------------------------------------------------------------------- */

struct strings {
    struct book *book;
    bool in_text;
    unsigned phonetic; /* readings of characters: no text */
};

static void start_string(void *user, const struct xml_element *element) {
    struct strings *strings = user;
    struct book *book = strings->book;
    if (strcmp(element->name, "si") == 0)
        *PUSH(book->string, book->strings, book->string_room) = book->text.len;
    strings->phonetic += strcmp(element->name, "rPh") == 0;
    strings->in_text = strcmp(element->name, "t") == 0 && !strings->phonetic;
}

static void end_string(void *user, const char *name) {
    struct strings *strings = user;
    strings->phonetic -= strcmp(name, "rPh") == 0;
    strings->in_text = false;
}

static void string_text(void *user, const char *at, size_t len) {
    struct strings *strings = user;
    if (strings->in_text)
        json_out_raw(&strings->book->text, at, len);
}

struct siftd_str book_string(const struct book *book, size_t i) {
    if (i >= book->strings)
        return (struct siftd_str){"", 0};
    size_t end = i + 1 < book->strings ? book->string[i + 1] : book->text.len;
    return (struct siftd_str){book->text.at ? book->text.at + book->string[i] : "", end - book->string[i]};
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

/* A part that is not there is no damage: a book may have no strings, no styles. */
static bool walk_part(const struct parts *parts, const char *name, const struct xml_calls *calls, char why[XML_WHY]) {
    const struct part *part = parts_find(parts, name);
    return !part || xml_walk(part->bytes, calls, why);
}

bool book_read(const struct parts *parts, struct book *ret, char why[XML_WHY]) {
    *ret = (struct book){0};
    struct workbook workbook = {.book = ret};
    struct styles styles = {.book = ret};
    struct strings strings = {.book = ret};
    struct xml_calls relations = {&workbook, start_relation, nothing_ends, no_text};
    struct xml_calls sheets = {&workbook, start_workbook, nothing_ends, no_text};
    struct xml_calls looks = {&styles, start_style, end_style, no_text};
    struct xml_calls texts = {&strings, start_string, end_string, string_text};
    bool whole = walk_part(parts, "xl/_rels/workbook.xml.rels", &relations, why) &&
                 walk_part(parts, "xl/workbook.xml", &sheets, why) && walk_part(parts, "xl/styles.xml", &looks, why) &&
                 walk_part(parts, "xl/sharedStrings.xml", &texts, why);
    free(workbook.relation);
    free(styles.format);
    return whole;
}

void book_free(struct book *book) {
    for (size_t i = 0; i < book->sheets; i++) {
        free(book->sheet[i].name);
        free(book->sheet[i].part);
    }
    free(book->sheet);
    free(book->show);
    free(book->string);
    json_out_free(&book->text);
}
