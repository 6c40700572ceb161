/* SPDX-License-Identifier: MIT */
/*
 * OpenCC's traditional to simplified conversion, at the speed of a table. Nearly every character is converted alike
 * wherever it stands: for those OpenCC is asked once per character and the answer kept. Only the characters of the
 * pack's list `by_phrase` depend on their neighbours; a run of Chinese that holds one goes through OpenCC as a whole.
 *
 * OpenCC keeps 著, which simplified text writes as 着 except in the words of the pack's list `zhu`.
 *
 * A stray traditional character in a simplified document is simplified too, when it has one form. What depends on its
 * neighbours stays there: 乾 or 著 are as right in simplified text.
 */
#include <opencc/opencc.h>
#include <string.h>

#include <siftd/plugin.h>

#include "runes.h"
#include "str.h"
#include "utf8.h"
#include "words.h"

enum { RUN_MAX = 3 * 1024, TRADITIONAL_SHARE = 200, ZHU = 0x8457, ZHE = 0x7740 };

struct simplify {
    const char *when; /* option */
    const struct siftd_host *host;
    opencc_t opencc;
    uint16_t *simple;       /* of a character of the basic plane; 0: not asked yet */
    struct runes by_phrase; /* depend on their neighbours */
    struct words *zhu;      /* words that keep 著 */
    struct words *known;    /* words of the pack; a role is an index of `meant`, from 1 on */
    struct siftd_str *meant;
    bool traditional; /* the document in work is traditional, as a whole or in a good part */
};

static uint32_t ask(struct simplify *s, uint32_t c) {
    char utf8[4], *answer;
    uint32_t simple = c;
    size_t len = utf8_put(utf8, c);
    answer = opencc_convert_utf8(s->opencc, utf8, len);
    if (answer) {
        if (strlen(answer) == 3)
            simple = rune_at(answer, answer + 3);
        opencc_convert_utf8_free(answer);
    }
    s->simple[c] = (uint16_t)simple;
    return simple;
}

/* The character's simplified form, standing alone. */
static uint32_t simple_of(struct simplify *s, uint32_t c) {
    return c > 0xFFFF ? c : s->simple[c] ? s->simple[c] : ask(s, c);
}

static bool is_traditional(struct simplify *s, struct siftd_str text, bool *ret_stray) {
    const char *at = text.at, *end = at + text.len;
    size_t han = 0, changed = 0, size;
    for (; at < end; at += size) {
        size = cp_length((unsigned char)*at);
        if (size != 3)
            continue;
        uint32_t c = cp_at(at, end, &size);
        if (!cp_is_han(c))
            continue;
        han++;
        changed += !runes_has(&s->by_phrase, c) && simple_of(s, c) != c;
    }
    *ret_stray = changed > 0;
    return changed && changed * TRADITIONAL_SHARE >= han;
}

/* Whether the 著 at `at` belongs to a word that keeps it: one that begins there or with the character before. */
static bool keeps_zhu(const struct simplify *s, const char *begin, const char *at, const char *end) {
    size_t len;
    if (words_match(s->zhu, str_from(at, end), &len))
        return true;
    const char *before = at > begin ? cp_before(begin, at) : at;
    return before < at && words_match(s->zhu, str_from(before, end), &len) && before + len > at;
}

static void settle_zhu(const struct simplify *s, char *text, size_t len) {
    for (char *at = text; (at = memmem(at, len - (size_t)(at - text), "著", 3)) != NULL; at += 3)
        if (!keeps_zhu(s, text, at, text + len))
            utf8_put(at, ZHE);
}

/* A run of Chinese on its way: `out` has room for it. */
struct run {
    const char *at;
    size_t len;
    bool phrase, zhu, changed;
    char out[RUN_MAX + 8];
    size_t out_len;
};

/* The word of the pack that stands at `at`: it makes a run of its own. */
static bool take_known(const struct simplify *s, struct run *run, const char *at, const char *end) {
    uint64_t word = words_match(s->known, str_from(at, end), &run->len);
    if (!word || s->meant[word - 1].len > RUN_MAX)
        return false;
    run->out_len = s->meant[word - 1].len;
    memcpy(run->out, s->meant[word - 1].at, run->out_len);
    run->changed = true;
    return true;
}

/* Gathers the run that begins at `at`; converts by table on the way. */
static void gather(struct simplify *s, struct run *run, const char *at, const char *end) {
    size_t size;
    run->at = at;
    run->phrase = run->zhu = run->changed = false;
    run->out_len = 0;
    for (; at < end && run->out_len < RUN_MAX; at += size) {
        uint32_t c = cp_at(at, end, &size), simple;
        if (!cp_is_han(c))
            break;
        if (s->traditional && at == run->at && take_known(s, run, at, end))
            return;
        if (s->traditional && at > run->at && words_match(s->known, str_from(at, end), &(size_t){0}))
            break;
        bool phrase = runes_has(&s->by_phrase, c);
        simple = phrase ? c : simple_of(s, c);
        run->phrase |= phrase && s->traditional;
        run->zhu |= c == ZHU && s->traditional;
        run->changed |= simple != c;
        run->out_len += utf8_put(run->out + run->out_len, simple);
    }
    run->len = (size_t)(at - run->at);
}

static void by_phrase(struct simplify *s, struct run *run) {
    char *out = opencc_convert_utf8(s->opencc, run->at, run->len);
    size_t len = out ? strlen(out) : 0;
    if (out && len <= RUN_MAX + 8) {
        memcpy(run->out, out, len);
        run->out_len = len;
    }
    if (out)
        opencc_convert_utf8_free(out);
}

static void edit(struct simplify *s, struct siftd_doc *doc, const char *text, const struct run *run) {
    size_t start = 0, end = run->len;
    bool same_length = run->out_len == run->len;
    if (same_length && memcmp(run->at, run->out, run->len) == 0)
        return;
    while (same_length && memcmp(run->at + start, run->out + start, 3) == 0)
        start += cp_length((unsigned char)run->at[start]);
    while (same_length && end > start + 3 && memcmp(run->at + end - 3, run->out + end - 3, 3) == 0)
        end -= 3;
    size_t at = (size_t)(run->at - text);
    s->host->edit(doc, at + start, at + end, run->out + start, same_length ? end - start : run->out_len, "simplified");
}

static void convert(struct simplify *s, struct siftd_doc *doc, struct siftd_str text) {
    const char *end = text.at + text.len;
    struct run run;
    for (const char *at = text.at; at < end;) {
        gather(s, &run, at, end);
        if (run.phrase)
            by_phrase(s, &run);
        if (run.zhu)
            settle_zhu(s, run.out, run.out_len);
        if (run.changed || run.phrase || run.zhu)
            edit(s, doc, text.at, &run);
        at += run.len ? run.len : cp_length((unsigned char)*at);
    }
}

static int run(void *self, struct siftd_doc *doc) {
    struct simplify *s = self;
    struct siftd_str text = s->host->text(doc);
    bool stray = false, always = strcmp(s->when, "always") == 0;
    if (strcmp(s->when, "never") == 0)
        return SIFTD_SKIP;
    s->traditional = is_traditional(s, text, &stray) || always;
    if (!s->traditional && !stray)
        return SIFTD_SKIP;
    convert(s, doc, text);
    return SIFTD_OK;
}

static void read_known(struct simplify *s, const struct siftd_node *node) {
    const struct siftd_host *host = s->host;
    size_t count = host->node_count(node);
    s->known = words_new();
    s->meant = host->alloc(host, (count + 1) * sizeof *s->meant);
    for (size_t i = 0; i < count; i++) {
        const char *word = host->node_key(node, i), *meant = host->node_text(host->node_at(node, i));
        size_t len = strlen(word);
        s->meant[i] = (struct siftd_str){meant, strlen(meant)};
        words_add(s->known, (struct siftd_str){word, len}, i + 1);
    }
}

static int open_simplify(void *self, const struct siftd_host *host) {
    struct simplify *s = self;
    const struct siftd_node *pack = host->pack(host, "simplify");
    s->host = host;
    s->zhu = words_new();
    s->simple = host->alloc(host, 0x10000 * sizeof *s->simple);
    s->opencc = opencc_open(OPENCC_DEFAULT_CONFIG_TRAD_TO_SIMP);
    if (s->opencc == (opencc_t)-1) {
        s->opencc = NULL;
        return host->error(host, "OpenCC cannot read its dictionaries: %s. Install libopencc-data", opencc_error());
    }
    runes_add(&s->by_phrase, host, host->node_get(pack, "by_phrase"));
    words_add_list(s->zhu, host, host->node_get(pack, "zhu"), 1);
    read_known(s, host->node_get(pack, "words"));
    return SIFTD_OK;
}

static void close_simplify(void *self) {
    struct simplify *s = self;
    s->zhu = words_free(s->zhu);
    s->known = words_free(s->known);
    if (s->opencc)
        opencc_close(s->opencc);
}

static const struct siftd_option options[] = {
    {.name = "when",
     .type = SIFTD_STRING,
     .offset = offsetof(struct simplify, when),
     .preset = "damaged",
     .choices = "always|damaged|never",
     .help = "Characters with several forms by context: in all documents, in those with one traditional character in "
             "200, or "
             "no character at all."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "simplify",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "traditional to simplified characters",
    .options = options,
    .instance_size = sizeof(struct simplify),
    .open = open_simplify,
    .close = close_simplify,
    .run = run,
};
SIFTD_PLUGIN(plugin)
