/* SPDX-License-Identifier: MIT */
#include "config/read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void wrong(struct reader *r, const struct tree_node *at, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mem_push(r->mistake, r->mistakes, r->room);
    r->mistake[r->mistakes++] =
        (struct mistake){.file = at->file, .line = at->line, .column = at->column, .text = mem_strdup(text)};
}

void wrong_type(struct reader *r, const struct key *key, const struct tree_node *node, const char *wanted) {
    if (node->type == TREE_SCALAR && node->plain && !*node->text)
        wrong(r, node, "%s has no value; it wants %s", key->name, wanted);
    else if (node->type == TREE_SCALAR)
        wrong(r, node, "%s wants %s, not \"%.100s\"", key->name, wanted, node->text);
    else
        wrong(r, node, "%s wants %s, not %s %s", key->name, wanted, node->count ? "a" : "an empty",
              node->type == TREE_MAPPING ? "mapping" : "list");
}

const char *scalar_text(struct reader *r, const struct key *key, const struct tree_node *node, const char *wanted) {
    if (node->type == TREE_SCALAR && *node->text)
        return node->text;
    wrong_type(r, key, node, wanted);
    return NULL;
}

static size_t least(size_t a, size_t b, size_t c) {
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* How many letters must be added, dropped, changed or swapped with their neighbour (optimal string alignment). */
static size_t letters_apart(const char *a, const char *b) {
    enum { WORD_MAX = 32 };
    size_t la = strlen(a), lb = strlen(b);
    if (la > WORD_MAX || lb > WORD_MAX)
        return WORD_MAX;
    size_t row[3][WORD_MAX + 1], *before = row[0], *last = row[1], *now = row[2];
    for (size_t j = 0; j <= lb; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= la; i++) {
        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[lb];
}

void suggest(struct buf *b, const char *word, const char *const *known, size_t count) {
    const char *best = NULL;
    size_t best_apart = strlen(word) / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        size_t apart = letters_apart(word, known[i]);
        if (apart <= best_apart && (!best || apart < best_apart)) {
            best = known[i];
            best_apart = apart;
        }
    }
    if (best) {
        buf_printf(b, "did you mean \"%s\"?", best);
        return;
    }
    buf_str(b, "known are ");
    for (size_t i = 0; i < count; i++)
        buf_printf(b, "%s%s", i ? ", " : "", known[i]);
}

static void unknown_key(struct reader *r, const struct tree_node *mark, const char *word, const char *what,
                        const struct key *keys) {
    const char *known[32];
    size_t count = 0;
    for (const struct key *k = keys; k->name && count < sizeof known / sizeof *known; k++)
        known[count++] = k->name;
    struct buf b = {0};
    suggest(&b, word, known, count);
    buf_char(&b, 0);
    wrong(r, mark, "\"%.100s\" is no key of %s; %s", word, what, b.at);
    buf_free(&b);
}

static bool is_known(const struct key *keys, const char *word) {
    for (const struct key *k = keys; k->name; k++)
        if (strcmp(k->name, word) == 0)
            return true;
    return false;
}

bool read_mapping(struct reader *r, const struct tree_node *node, const char *what, const struct key *keys,
                  void *into) {
    if (node->type != TREE_MAPPING) {
        wrong_type(r, &(struct key){.name = what}, node, "a mapping (key: value)");
        return false;
    }
    for (size_t i = 0; i < node->count; i++)
        if (!is_known(keys, node->key[i]))
            unknown_key(r, node->key_mark[i], node->key[i], what, keys);
    for (const struct key *k = keys; k->name; k++) {
        const struct tree_node *value = tree_get(node, k->name);
        if (value)
            k->read(r, k, value, (char *)into + k->offset);
    }
    return true;
}
