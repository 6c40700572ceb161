/* SPDX-License-Identifier: MIT */
/* Pages of any origin: what is written is valid UTF-8, and its places lie in the page. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"
#include "webpage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t name(void *user, const char *word, size_t len) {
    (void)user;
    return len % 5 ? 0 : *word == 'b' ? PAGE_BODY : *word % 2 ? PAGE_ASIDE : PAGE_NEVER;
}

static bool about(void *user, const char *line, size_t len) {
    (void)user;
    return len && line[0] == 'b';
}

static size_t out;

static int put(void *user, const char *utf8, size_t len, size_t start, size_t end) {
    const struct page *page = user;
    out += len;
    if (!len || start > end || end > page->len || utf8_check(utf8, len) != len)
        abort();
    if (utf8 >= page->at && utf8 < page->at + page->len && (size_t)(utf8 - page->at) != start)
        abort();
    return 0;
}

static int mark(void *user, const char *kind, size_t start, size_t end, const char *value) {
    (void)user, (void)kind, (void)value;
    if (start >= end || end != out)
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct page page;
    struct page_words words = {name, about, NULL};
    if (!size || utf8_check((const char *)data, size) != size ||
        page_parse(&page, (const char *)data, size, &words) < 0)
        return 0;
    out = 0;
    page_block(&page);
    page_tables(&page);
    page_choose(&page, &words, size % 2);
    page_write(&page, put, mark, &page);
    page_meta(&page, "title");
    page_free(&page);
    return 0;
}
