/* SPDX-License-Identifier: MIT */
#include "office97.h"

#include <stdlib.h>
#include <string.h>

#include "charset/charset.h"
#include "word.h"

struct office97 {
    const struct siftd_host *host;
};

enum { SAMPLE = 64 * 1024 };

/* --- workbooks ---------------------------------------------------------------------------------------------------- */

static const char *label_of(unsigned codepage) {
    static const struct {
        unsigned codepage;
        const char *label;
    } known[] = {{874, "windows-874"},   {932, "shift_jis"},     {936, "gb18030"},       {949, "euc-kr"},
                 {950, "big5"},          {1250, "windows-1250"}, {1251, "windows-1251"}, {1253, "windows-1253"},
                 {1254, "windows-1254"}, {1255, "windows-1255"}, {1256, "windows-1256"}, {1257, "windows-1257"},
                 {1258, "windows-1258"}, {10000, "macintosh"},   {32768, "macintosh"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].codepage == codepage)
            return known[i].label;
    return "windows-1252";
}

/* Before Excel 97: what the workbook declares, unless its bytes are of another charset. */
static void judge(const struct xls_book *book, struct guess *guess) {
    struct json_out sample = {0};
    const char *label = label_of(book->codepage);
    xls_sample(book, SAMPLE, &sample);
    charset_judge(sample.at ? sample.at : "", sample.len, label, guess);
    if (strcmp(guess->charset, "UTF-8") == 0) /* ASCII says nothing, and no such program wrote UTF-8 */
        *guess = (struct guess){.charset = charset_name(label), .confidence = 100};
    json_out_free(&sample);
}

static void note_damage(const struct office97 *office, struct siftd_doc *doc, const char *what) {
    office->host->set(doc, "damage", what);
    office->host->log(office->host, SIFTD_WARNING, "%s; what there is of it is taken", what);
}

static int write_book(const struct office97 *office, struct xls_book *book, struct siftd_doc *doc) {
    struct page page = {.host = office->host, .doc = doc};
    for (size_t i = 0; i < book->sheets; i++)
        xls_sheet_write(book, &book->sheet[i], &page);
    if (book->cut && page.at == 0)
        return office->host->error(office->host, "the workbook is cut off before its cells, or damaged");
    if (book->cut)
        note_damage(office, doc, "the workbook is cut off or damaged");
    return SIFTD_OK;
}

static int read_book(const struct office97 *office, struct siftd_str stream, struct siftd_doc *doc) {
    struct xls_book book = {0};
    struct guess guess = {.charset = "UTF-16LE", .confidence = 100};
    office->host->set(doc, "format", "xls");
    const char *why = xls_book_read(stream, &book);
    if (!why && !book.letters.wide) { /* once more, with the charset that its texts are in */
        judge(&book, &guess);
        xls_book_free(&book);
        book.letters.table = charset_table(guess.charset);
        why = xls_book_read(stream, &book);
    }
    int r = why ? office->host->error(office->host, "%s", why) : write_book(office, &book, doc);
    if (!why)
        charset_note(office->host, doc, &guess, book.letters.replaced, 0);
    xls_book_free(&book);
    return r;
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

static int read_word(const struct office97 *office, const struct ole *ole, struct siftd_str stream,
                     struct siftd_doc *doc) {
    struct page page = {.host = office->host, .doc = doc};
    struct word word;
    office->host->set(doc, "format", "doc");
    const char *why = word_read(ole, stream, &word);
    if (!why)
        word_write(&word, &page);
    if (!why && word.cut && page.at == 0)
        why = "the document is cut off before its text";
    if (!why && word.cut)
        note_damage(office, doc, "the document is cut off or damaged");
    word_free(&word);
    return why ? office->host->error(office->host, "%s", why) : SIFTD_OK;
}

/* --- the document ------------------------------------------------------------------------------------------------- */

/* What a compound file is that holds nothing to read here. */
static int refuse(const struct office97 *office, const struct ole *ole) {
    static const struct {
        const char *stream, *what;
    } known[] = {
        {"EncryptedPackage", "the document is encrypted and wants a password; drop a copy without one"},
        {"PowerPoint Document", "it is a PowerPoint presentation of before 2007, which is not read"},
        {"__properties_version1.0", "it is an Outlook message (MSG), which is not read; save it as EML"},
        {"VisioDocument", "it is a Visio drawing, which is not read"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (ole_has(ole, known[i].stream))
            return office->host->error(office->host, "%s", known[i].what);
    return office->host->error(office->host, "looks like an old Office document, and has no text that is known here");
}

static int run(void *self, struct siftd_doc *doc) {
    const struct office97 *office = self;
    struct siftd_str stream = {0};
    struct ole ole;
    int r;
    if (!ole_open(office->host->bytes(doc), &ole))
        r = office->host->error(office->host, "the tables of its compound file are damaged or cut off");
    else if (ole_stream(&ole, "Workbook", &stream) || ole_stream(&ole, "Book", &stream))
        r = read_book(office, stream, doc);
    else if (ole_stream(&ole, "WordDocument", &stream))
        r = read_word(office, &ole, stream, doc);
    else
        r = refuse(office, &ole);
    free((void *)(uintptr_t)stream.at);
    ole_free(&ole);
    return r;
}

static int open_office97(void *self, const struct siftd_host *host) {
    ((struct office97 *)self)->host = host;
    return SIFTD_OK;
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self;
    (void)size;
    (void)name;
    return ole_sniff(head) ? 90 : 0;
}

static const struct siftd_plugin plugin = {
    .name = "office97",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary =
        "Word 97 to 2003 texts (DOC) and Excel 5 to 2003 workbooks (XLS), each paragraph and cell with its place",
    .instance_size = sizeof(struct office97),
    .open = open_office97,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
