/* SPDX-License-Identifier: MIT */
/*
 * The text stands in pieces all over the stream, in the order of a table of pieces; what is said of characters and
 * paragraphs is kept by their place in the stream, in pages of 512 bytes.
 */
#include "word.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { FIB = 0x1AA, PAGE = 512, WORD97 = 0xC1 };
#define OLD "it is a document of Word 6 or 95, which is not read; save it as DOCX or RTF"
enum { ENCRYPTED = 0x100, SECOND_TABLE = 0x200 };

struct run {
    size_t start, end; /* in the stream */
    uint8_t flags;
};

struct runs {
    struct run *run;
    size_t count, room, last;
};

struct reading {
    struct word *word;
    struct siftd_str stream, table;
    struct runs characters, paragraphs;
    struct siftd_str *property; /* the pieces' own: lists of changes */
    size_t properties, room;
    size_t most; /* units that the text may have: no more than the stream has bytes */
};

static struct siftd_str part(struct siftd_str whole, size_t at, size_t len) {
    if (at > whole.len)
        return (struct siftd_str){"", 0};
    return (struct siftd_str){whole.at + at, len < whole.len - at ? len : whole.len - at};
}

/* --- properties --------------------------------------------------------------------------------------------------- */

/* How many bytes the operand of a change has, with its own length. */
static size_t operand(unsigned code, struct siftd_str rest) {
    static const unsigned char sizes[] = {1, 1, 2, 4, 2, 2, 0, 3};
    if (code >> 13 != 6)
        return sizes[code >> 13];
    if (code == 0xD608) /* a table's definition has a longer length */
        return rest.len < 2 ? 2 : ole_u16(rest.at) + 1;
    return rest.len ? (size_t)(unsigned char)rest.at[0] + 1 : 1;
}

static void change(unsigned code, struct siftd_str value, uint8_t *flags) {
    static const struct {
        unsigned code;
        uint8_t flag;
    } known[] = {{0x0800, WORD_DELETED},
                 {0x083C, WORD_HIDDEN},
                 {0x6A09, WORD_SYMBOL},
                 {0x2416, WORD_IN_TABLE},
                 {0x2417, WORD_ROW_END}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].code == code) {
            bool on = code == 0x6A09 || (value.len && (value.at[0] & 1)); /* 0x80 and 0x81: as the style, or not */
            *flags = (uint8_t)(on ? *flags | known[i].flag : *flags & ~known[i].flag);
        }
}

static uint8_t flags_of(struct siftd_str changes, uint8_t flags) {
    while (changes.len >= 2) {
        unsigned code = ole_u16(changes.at);
        changes = part(changes, 2, SIZE_MAX);
        change(code, changes, &flags);
        changes = part(changes, operand(code, changes), SIZE_MAX);
    }
    return flags;
}

/* A page says of each stretch of the stream where in the page its changes stand. */
static struct siftd_str changes_at(struct siftd_str page, size_t count, size_t i, bool paragraph) {
    size_t entry = 4 * (count + 1) + i * (paragraph ? 13 : 1);
    size_t at = entry < PAGE ? (unsigned char)page.at[entry] * 2U : 0;
    if (at == 0)
        return (struct siftd_str){"", 0};
    size_t len = (unsigned char)page.at[at];
    if (!paragraph)
        return part(page, at + 1, len);
    if (len)
        len = len * 2 - 1;
    else if (++at < PAGE)
        len = (size_t)(unsigned char)page.at[at] * 2;
    struct siftd_str found = part(page, at + 1, len);
    return part(found, 2, SIZE_MAX); /* the style stands before */
}

static void read_page(struct reading *r, size_t number, bool paragraph, struct runs *runs) {
    struct siftd_str page = part(r->stream, number * PAGE, PAGE);
    if (page.len < PAGE)
        return;
    size_t count = (unsigned char)page.at[PAGE - 1];
    for (size_t i = 0; i < count && 4 * (i + 2) <= PAGE; i++) {
        uint8_t flags = flags_of(changes_at(page, count, i, paragraph), 0);
        size_t start = ole_u32(page.at + 4 * i), end = ole_u32(page.at + 4 * i + 4);
        if (flags && start < end)
            *OFFICE_PUSH(runs->run, runs->count, runs->room) = (struct run){start, end, flags};
    }
}

static int by_start(const void *a, const void *b) {
    const struct run *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* The table at a place of the file's head: where the pages of each stretch are. */
static void read_runs(struct reading *r, size_t head, bool paragraph, struct runs *runs) {
    struct siftd_str bins = part(r->table, ole_u32(r->stream.at + head), ole_u32(r->stream.at + head + 4));
    size_t count = bins.len < 4 ? 0 : (bins.len - 4) / 8, most = r->stream.len / PAGE;
    for (size_t i = 0; i < count && i < most; i++)
        read_page(r, ole_u32(bins.at + 4 * (count + 1) + 4 * i) & 0x3FFFFF, paragraph, runs);
    if (runs->count)
        qsort(runs->run, runs->count, sizeof *runs->run, by_start);
}

/* The flags of a place; places mostly come one after the other. */
static uint8_t flags_at(struct runs *runs, size_t at) {
    size_t low = 0, high = runs->count;
    if (runs->last < runs->count && runs->run[runs->last].start <= at) {
        low = runs->last;
        if (low + 1 == runs->count || at < runs->run[low + 1].start)
            high = low + 1;
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (runs->run[middle].start <= at)
            low = middle;
        else
            high = middle;
    }
    runs->last = low;
    return low < runs->count && runs->run[low].start <= at && at < runs->run[low].end ? runs->run[low].flags : 0;
}

/* --- pieces ------------------------------------------------------------------------------------------------------- */

/* windows-1252 from 0x80 to 0x9F. */
static const uint16_t western[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                     0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

/* What a piece changes of all its characters: one change in short form, or a list. */
static uint8_t piece_flags(const struct reading *r, unsigned change_word, uint8_t flags) {
    static const struct {
        unsigned number, code;
    } known[] = {{0x18, 0x2416}, {0x19, 0x2417}, {0x41, 0x0800}, {0x5C, 0x083C}};
    if (change_word & 1)
        return change_word >> 1 < r->properties ? flags_of(r->property[change_word >> 1], flags) : flags;
    char value = (char)(change_word >> 8);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == (change_word >> 1 & 0x7F))
            change(known[i].code, (struct siftd_str){&value, 1}, &flags);
    return flags;
}

static void read_piece(struct reading *r, size_t count, uint32_t where, unsigned change_word) {
    bool bytes = where & 0x40000000;
    size_t size = bytes ? 1 : 2, at = bytes ? (where & 0x3FFFFFFF) / 2 : where & 0x3FFFFFFF;
    struct word *word = r->word;
    uint8_t set = piece_flags(r, change_word, 0), kept = piece_flags(r, change_word, 0xFF);
    for (size_t i = 0; i < count; i++, at += size) {
        if (at + size > r->stream.len || word->units == r->most) {
            word->cut = true;
            return;
        }
        unsigned unit = bytes ? (unsigned char)r->stream.at[at] : ole_u16(r->stream.at + at);
        if (bytes && unit >= 0x80 && unit < 0xA0)
            unit = western[unit - 0x80];
        uint8_t flags = flags_at(&r->characters, at);
        if (unit == '\r' || unit == 7 || unit == '\f')
            flags |= flags_at(&r->paragraphs, at);
        word->unit[word->units] = (uint16_t)unit;
        word->flags[word->units++] = (uint8_t)((flags & kept) | set);
    }
}

static void *memory(size_t count, size_t size) {
    void *at = calloc(count ? count : 1, size);
    if (!at)
        out_of_memory();
    return at;
}

static bool read_pieces(struct reading *r, struct siftd_str table) {
    size_t count = table.len < 4 ? 0 : (table.len - 4) / 12, end_of_text = count ? ole_u32(table.at + 4 * count) : 0;
    r->most = end_of_text < r->stream.len ? end_of_text : r->stream.len;
    r->word->unit = memory(r->most, sizeof *r->word->unit);
    r->word->flags = memory(r->most, sizeof *r->word->flags);
    for (size_t i = 0; i < count; i++) {
        size_t start = ole_u32(table.at + 4 * i), end = ole_u32(table.at + 4 * i + 4);
        const char *piece = table.at + 4 * (count + 1) + 8 * i;
        if (end > start)
            read_piece(r, end - start, ole_u32(piece + 2), ole_u16(piece + 6));
    }
    return count > 0;
}

/* The pieces' lists of changes, then the table of the pieces. */
static bool read_list(struct reading *r) {
    struct siftd_str list = part(r->table, ole_u32(r->stream.at + 0x1A2), ole_u32(r->stream.at + 0x1A6));
    while (list.len >= 5 && list.at[0] == 1) {
        struct siftd_str changes = part(list, 3, ole_u16(list.at + 1));
        *OFFICE_PUSH(r->property, r->properties, r->room) = changes;
        list = part(list, 3 + changes.len, SIZE_MAX);
    }
    return list.len >= 5 && list.at[0] == 2 && read_pieces(r, part(list, 5, ole_u32(list.at + 1)));
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static const char *read_text(struct reading *r) {
    struct word *word = r->word;
    size_t *parts[] = {&word->body, &word->notes, &word->headers, NULL, &word->comments, &word->endnotes, &word->boxes};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i])
            *parts[i] = ole_u32(r->stream.at + 0x4C + 4 * i);
    read_runs(r, 0xFA, false, &r->characters);
    read_runs(r, 0x102, true, &r->paragraphs);
    if (!read_list(r))
        return "its table of the text's pieces is damaged or cut off";
    word->cut |= word->units < word->body;
    return NULL;
}

const char *word_read(const struct ole *ole, struct siftd_str stream, struct word *ret) {
    struct reading r = {.word = ret, .stream = stream};
    *ret = (struct word){0};
    if (stream.len >= FIB && ole_u16(stream.at) == 0xA5DC)
        return OLD;
    if (stream.len < FIB || ole_u16(stream.at) != 0xA5EC)
        return "its head is damaged or cut off";
    unsigned flags = ole_u16(stream.at + 10);
    if (ole_u16(stream.at + 2) < WORD97)
        return OLD;
    if (flags & ENCRYPTED)
        return "the document is encrypted and wants a password; drop a copy without one";
    if (!ole_stream(ole, flags & SECOND_TABLE ? "1Table" : "0Table", &r.table))
        return "the stream of its tables is missing";
    const char *why = read_text(&r);
    free((void *)(uintptr_t)r.table.at);
    free(r.characters.run);
    free(r.paragraphs.run);
    free(r.property);
    return why;
}

void word_free(struct word *word) {
    free(word->unit);
    free(word->flags);
}
