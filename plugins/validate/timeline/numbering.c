/* SPDX-License-Identifier: MIT */
/*
 * The numbers of an article's sections: 一、 二、 三、 at the beginning of paragraphs. A number that comes twice or is
 * left out, or a row that begins anew, tells that something was lost or that two texts were put together. A number that
 * stands elsewhere in the article (two paragraphs run into one) is not lost.
 */
#include <stdio.h>
#include <stdlib.h>

#include "numeral.h"
#include "str.h"
#include "timeline.h"

enum { SECTIONS_MAX = 40, HEADING_MOST = 150 /* bytes: longer paragraphs are points of a text, not headings */ };

/* The section's number that a paragraph begins with; 0 when it has none. Only numerals in characters count. */
static int section_number(struct siftd_str line, struct siftd_str *ret_mark) {
    struct numeral numeral;
    struct siftd_str comma = str("、");
    if (!line.len || (line.at[0] >= '0' && line.at[0] <= '9') || !numeral_read(line, &numeral) || numeral.upper[0] ||
        !str_starts((struct siftd_str){line.at + numeral.len, line.len - numeral.len}, comma))
        return 0;
    int number = atoi(numeral.digits);
    *ret_mark = (struct siftd_str){line.at, numeral.len + comma.len};
    return number > 0 && number <= SECTIONS_MAX ? number : 0;
}

/* Whether a number between two stands somewhere between their headings. */
static bool stands_between(struct siftd_str text, int after, int before) {
    for (struct siftd_str mark; text.len; text.at++, text.len--) {
        int number = ((unsigned char)*text.at & 0xC0) == 0x80 ? 0 : section_number(text, &mark);
        if (number > after && number < before)
            return true;
    }
    return false;
}

static const char *fault_of(int number, int last) {
    if (number == last)
        return "the number comes twice";
    if (number == 1)
        return "the numbers begin anew: another text, or a part out of place";
    return number < last ? "the number comes too late" : "a number before it is left out";
}

int check_numbering(const struct timeline *t, struct siftd_doc *doc, struct siftd_span article) {
    const char *text = t->host->text(doc).at, *end = text + article.end, *last_end = NULL;
    int last = 0;
    for (const char *at = text + article.start; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct siftd_str line = str_from(at, stop ? stop : end), mark;
        int number = line.len <= HEADING_MOST ? section_number(line, &mark) : 0;
        if (number && last && number != last + 1 && !stands_between(str_from(last_end, at), last, number)) {
            char message[MESSAGE_BYTES];
            snprintf(message, sizeof message, "section %d behind section %d: %s", number, last, fault_of(number, last));
            struct siftd_span span = {(size_t)(at - text), (size_t)(at - text) + line.len};
            if (timeline_report(t, doc, SIFTD_NOTE, span, message) < 0)
                return SIFTD_ERROR;
        }
        if (number) {
            last = number;
            last_end = mark.at + mark.len;
        }
        at = stop ? stop + 1 : end;
    }
    return SIFTD_OK;
}
