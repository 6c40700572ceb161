/* SPDX-License-Identifier: MIT */
/*
 * Groups, fonts, text. Bytes are gathered until something else comes, because a character's two bytes may be written as
 * \'c4 and a letter; then they are read in the charset of the font that is in use. A character given as \u is followed
 * by so many signs for readers that do not know it as \uc says, which are left out. Notes are read after the body.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "charset/charset.h"
#include "charset/convert.h"
#include "memory.h"
#include "rtf.h"
#include "utf8.h"

enum { GROUPS_MAX = 10000, FONTS_MAX = 10000, NOTES_MAX = 100000, UNICODE_SKIP_MAX = 100 };

struct group {
    bool left_out, hidden, deleted, fonts, in_table;
    unsigned unicode_skip;
    int codepage; /* of the font; 0: the document's */
};

struct font {
    int number, codepage;
};

struct note {
    const char *at; /* behind its \footnote */
    struct group group;
};

struct reading {
    struct page *page;   /* NULL: bytes of the document's code page are gathered instead */
    const char *charset; /* of the document's code page */
    struct json_out *sample;
    size_t most;
    struct rtf_scan scan;
    struct group *group; /* the last is the one we are in */
    size_t depth, room;
    struct font *font;
    size_t fonts, font_room;
    struct note *note;
    size_t notes, note_room;
    struct json_out bytes; /* gathered */
    bool star;             /* \* stood before */
    unsigned to_skip;      /* signs for readers that do not know the character */
    uint32_t lead;         /* of a pair of surrogates */
    int declared;          /* \ansicpg */
    size_t paragraph;
    unsigned column;
    bool in_paragraph, defined, in_table, in_row, in_cell; /* defined: \trowd came, and no \row since */
    struct rtf_result *result;
};

static struct group *here(struct reading *r) {
    return &r->group[r->depth - 1];
}

/* --- out ---------------------------------------------------------------------------------------------------------- */

static void open_cell(struct reading *r) {
    if (!r->in_table)
        page_table_begin(r->page);
    if (!r->in_row) {
        page_row_begin(r->page);
        r->column = 0;
    }
    if (!r->in_cell)
        page_cell_begin(r->page, r->column++);
    r->in_table = r->in_row = r->in_cell = true;
}

static void close_row(struct reading *r) {
    if (r->in_cell)
        page_cell_end(r->page);
    if (r->in_row)
        page_row_end(r->page);
    r->in_cell = r->in_row = false;
}

static void close_table(struct reading *r) {
    close_row(r);
    if (r->in_table)
        page_table_end(r->page, "");
    r->in_table = false;
}

static void settle_in(struct reading *r) {
    char members[48];
    if (here(r)->in_table || r->defined)
        open_cell(r);
    else if (r->in_table)
        close_table(r);
    if (r->in_paragraph)
        return;
    r->in_paragraph = true;
    snprintf(members, sizeof members, "\"paragraph\":%zu", ++r->paragraph);
    page_place(r->page, members);
}

static void put(struct reading *r, const char *utf8, size_t len) {
    if (!r->page || len == 0)
        return;
    settle_in(r);
    page_text(r->page, utf8, len);
}

static int put_converted(void *user, const char *utf8, size_t len, size_t start, uint32_t text_unit,
                         uint32_t byte_unit) {
    (void)start, (void)text_unit, (void)byte_unit;
    put(user, utf8, len);
    return 0;
}

static void convert_bytes(struct reading *r) {
    int codepage = here(r)->codepage;
    const char *charset = codepage ? charset_name(rtf_codepage_label(codepage)) : r->charset;
    struct convert work = {.put = put_converted, .user = r};
    convert(&work, charset_table(charset), r->bytes.at, r->bytes.len, 0);
    r->result->replaced += work.replaced;
}

static void flush(struct reading *r) {
    if (r->bytes.len == 0)
        return;
    if (r->page)
        convert_bytes(r);
    else if (here(r)->codepage == 0 && r->sample->len < r->most)
        json_out_raw(r->sample, r->bytes.at, r->bytes.len);
    r->bytes.len = 0;
}

static bool is_visible(struct reading *r) {
    const struct group *group = here(r);
    return !group->left_out && !group->hidden && !group->deleted && !group->fonts;
}

static void put_bytes(struct reading *r, const char *at, size_t len) {
    size_t skip = len < r->to_skip ? len : r->to_skip;
    r->to_skip -= (unsigned)skip;
    if (is_visible(r))
        json_out_raw(&r->bytes, at + skip, len - skip);
}

static void put_rune(struct reading *r, uint32_t rune) {
    char utf8[4];
    if (is_visible(r))
        put(r, utf8, utf8_put(utf8, rune));
}

/* --- words -------------------------------------------------------------------------------------------------------- */

/* \u gives units of UTF-16 as signed numbers. */
static void put_unit(struct reading *r, int32_t value) {
    uint32_t unit = (uint32_t)value & 0xFFFF;
    uint32_t lead = r->lead;
    r->lead = 0;
    r->to_skip = here(r)->unicode_skip;
    if (unit >= 0xD800 && unit < 0xDC00)
        r->lead = unit;
    else if (unit >= 0xDC00 && unit < 0xE000)
        put_rune(r, lead ? 0x10000 + ((lead - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD);
    else if (unit)
        put_rune(r, unit);
}

static void end_line(struct reading *r) {
    if (!r->page || here(r)->left_out || here(r)->fonts)
        return;
    if (r->in_table && !here(r)->in_table && !r->defined)
        close_table(r);
    page_line(r->page);
    r->in_paragraph = false;
}

static void end_cell(struct reading *r) {
    if (!r->page || here(r)->left_out)
        return;
    open_cell(r);
    page_cell_end(r->page);
    r->in_cell = r->in_paragraph = false;
}

static void end_row(struct reading *r) {
    r->defined = false;
    if (r->page && !here(r)->left_out)
        close_row(r);
    r->in_paragraph = false;
}

static void use_font(struct reading *r, int number) {
    if (here(r)->fonts) {
        if (r->fonts == r->font_room && r->fonts < FONTS_MAX) {
            r->font_room = r->font_room ? r->font_room * 2 : 16;
            r->font = realloc(r->font, r->font_room * sizeof *r->font);
            if (!r->font)
                out_of_memory();
        }
        if (r->fonts < r->font_room)
            r->font[r->fonts++] = (struct font){number, 0};
        return;
    }
    here(r)->codepage = 0;
    for (size_t i = 0; i < r->fonts; i++)
        if (r->font[i].number == number)
            here(r)->codepage = r->font[i].codepage;
}

static void set_font(struct reading *r, int codepage) {
    if (here(r)->fonts && r->fonts && codepage)
        r->font[r->fonts - 1].codepage = codepage;
}

static void note_note(struct reading *r) {
    if (is_visible(r) && r->page && r->notes < NOTES_MAX) {
        if (r->notes == r->note_room) {
            r->note_room = r->note_room ? r->note_room * 2 : 16;
            r->note = realloc(r->note, r->note_room * sizeof *r->note);
            if (!r->note)
                out_of_memory();
        }
        r->note[r->notes++] = (struct note){r->scan.at, *here(r)};
    }
    here(r)->left_out = true;
}

static void set_property(struct reading *r, const struct rtf_word *word, const struct rtf_token *token) {
    struct group *group = here(r);
    int value = token->valued ? token->value : 1;
    switch (word->action) {
    case DO_CODEPAGE:
        r->declared = word->argument ? (int)word->argument : token->value;
        break;
    case DO_FONT:
        use_font(r, token->value);
        break;
    case DO_CHARSET:
        set_font(r, rtf_charset_codepage(token->value));
        break;
    case DO_FONT_CODEPAGE:
        set_font(r, token->value);
        break;
    case DO_UNICODE_SKIP:
        group->unicode_skip = token->value < 0 || token->value > UNICODE_SKIP_MAX ? 1 : (unsigned)token->value;
        break;
    case DO_HIDDEN:
        group->hidden = value != 0;
        break;
    case DO_DELETED:
        group->deleted = value != 0;
        break;
    case DO_PLAIN:
        group->hidden = group->deleted = false;
        break;
    case DO_PARAGRAPH:
        group->in_table = false;
        break;
    case DO_IN_TABLE:
        group->in_table = true;
        break;
    default:
        break;
    }
}

static void do_word(struct reading *r, const struct rtf_word *word, const struct rtf_token *token) {
    switch (word->action) {
    case DO_RUNE:
        put_rune(r, word->argument);
        break;
    case DO_UNICODE:
        put_unit(r, token->value);
        break;
    case DO_TAB:
        put_rune(r, '\t');
        break;
    case DO_BREAK:
        put_rune(r, '\n');
        break;
    case DO_LINE:
        end_line(r);
        break;
    case DO_CELL:
        end_cell(r);
        break;
    case DO_ROW:
        end_row(r);
        break;
    case DO_ROW_BEGIN:
        r->defined |= !here(r)->left_out;
        break;
    case DO_LEAVE_OUT:
        here(r)->left_out = true;
        break;
    case DO_FONTS:
        here(r)->fonts = true;
        break;
    case DO_NOTE:
        note_note(r);
        break;
    default:
        set_property(r, word, token);
    }
}

static void take_word(struct reading *r, const struct rtf_token *token) {
    const struct rtf_word *word = rtf_word_find(token->name);
    bool star = r->star;
    r->star = false;
    if (r->to_skip && (!word || word->action != DO_UNICODE)) {
        r->to_skip--;
        return;
    }
    r->to_skip = 0;
    if (word && word->action == DO_ENTER)
        here(r)->left_out &= strcmp(word->name, "ud") != 0; /* the second form of what \upr left out */
    else if (word)
        do_word(r, word, token);
    else if (star)
        here(r)->left_out = true;
}

static void take_symbol(struct reading *r, unsigned char sign) {
    if (sign == '*') {
        r->star = true;
        return;
    }
    if (r->to_skip) {
        r->to_skip--;
        return;
    }
    if (sign == '\\' || sign == '{' || sign == '}')
        put_rune(r, sign);
    else if (sign == '~')
        put_rune(r, 0xA0);
    else if (sign == '_')
        put_rune(r, '-');
    else if (sign == '\r' || sign == '\n')
        end_line(r);
    else if (sign == '\t')
        put_rune(r, '\t');
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

static void enter_group(struct reading *r, const struct group *as) {
    struct group group = *as;
    if (r->depth == r->room) {
        r->room = r->room ? r->room * 2 : 32;
        r->group = realloc(r->group, r->room * sizeof *r->group);
        if (!r->group)
            out_of_memory();
    }
    r->group[r->depth++] = group;
}

/* False: the end. */
static bool take_group(struct reading *r, enum rtf_kind kind, size_t least) {
    r->to_skip = 0;
    r->star = false;
    if (kind == RTF_CLOSE)
        return --r->depth > least;
    if (r->depth == GROUPS_MAX) {
        r->result->why = "its groups are nested more than 10000 deep";
        return false;
    }
    enter_group(r, here(r));
    return true;
}

/* Until the group that is entered when there are `least` is left. */
static void read_group(struct reading *r, size_t least) {
    struct rtf_token token;
    bool more = true;
    while (more) {
        rtf_next(&r->scan, &token);
        if (token.kind != RTF_TEXT && token.kind != RTF_BYTE)
            flush(r);
        if (token.kind == RTF_TEXT)
            put_bytes(r, token.text.at, token.text.len);
        else if (token.kind == RTF_BYTE)
            put_bytes(r, (const char *)&token.sign, 1);
        else if (token.kind == RTF_WORD)
            take_word(r, &token);
        else if (token.kind == RTF_SYMBOL)
            take_symbol(r, token.sign);
        else if (token.kind == RTF_END)
            more = false;
        else
            more = take_group(r, token.kind, least);
    }
    r->result->cut |= token.kind == RTF_END;
}

static void read_notes(struct reading *r) {
    for (size_t i = 0; i < r->notes && !r->result->why; i++) {
        r->scan.at = r->note[i].at;
        r->depth = 0;
        r->to_skip = 0;
        r->defined = false;
        enter_group(r, &r->note[i].group);
        here(r)->in_table = false;
        read_group(r, 0);
        r->depth = 1;
        end_line(r);
    }
}

static void read_all(struct reading *r, struct siftd_str rtf) {
    r->scan = (struct rtf_scan){rtf.at, rtf.at + rtf.len};
    enter_group(r, &(struct group){.unicode_skip = 1});
    read_group(r, 1);
    r->depth = 1;
    if (r->page) {
        close_table(r);
        end_line(r);
        read_notes(r);
    }
    free(r->group);
    free(r->font);
    free(r->note);
    json_out_free(&r->bytes);
}

int rtf_sample(struct siftd_str rtf, size_t most, struct json_out *ret) {
    struct rtf_result result = {0};
    struct reading reading = {.sample = ret, .most = most, .result = &result};
    read_all(&reading, rtf);
    return reading.declared;
}

void rtf_read(struct siftd_str rtf, const char *charset, struct page *page, struct rtf_result *ret) {
    struct reading reading = {.page = page, .charset = charset, .result = ret};
    *ret = (struct rtf_result){0};
    read_all(&reading, rtf);
}
