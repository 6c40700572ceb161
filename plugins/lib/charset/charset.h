/* SPDX-License-Identifier: MIT */
/*
 * Which charset a document is in, and its reading. For decode plugins; links ICU and uchardet.
 *
 * Certain marks come first (byte order marks, escape sequences, the zero bytes of UTF-16 and UTF-32), then validity
 * (what is valid UTF-8 is UTF-8), then a weighing: what the document declares of itself, how well the bytes fit the
 * East Asian sets, what a general detector says, and how sane the letters of the sets of single bytes stand together. A
 * declaration is believed only where the bytes bear it out.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "detect.h"
#include "siftd/plugin.h"

enum { CHARSET_LABEL = 40 }; /* longest label of a charset, with its final zero */

/* What a label means, whatever its spelling: the IANA name of the set that is read for it (gb2312 is read as GB18030,
 * as every reader of web pages does). NULL for labels nobody knows. Lives for ever. */
const char *charset_name(const char *label);
/* ICU's name of the table that reads all of the set; NULL for UTF-8. `charset` is one of charset_name(). */
const char *charset_table(const char *charset);

/* The label that the beginning of the bytes declares: in an XML declaration, a <meta> of HTML, or a line for editors
 * ("coding: gbk"). Empty when there is none. */
void charset_declared(const char *at, size_t len, char ret_label[CHARSET_LABEL]);

/* The judgement. `label` is what is said of the bytes, by themselves or from outside (a mail's header); NULL or empty:
 * nothing. The answer's charset is never NULL. */
void charset_judge(const char *at, size_t len, const char *label, struct guess *ret);

/* The evidence as facts of the document: `charset`, `charset_confidence`, `charset_runner_up`, `charset_doubtful` (when
 * the confidence is below `doubt_below`), `replaced` (bytes that are no characters of it), also counted as a repair. */
void charset_note(const struct siftd_host *host, struct siftd_doc *doc, const struct guess *guess, size_t replaced,
                  int64_t doubt_below);
