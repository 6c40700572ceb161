/* SPDX-License-Identifier: MIT */
/*
 * Method: every opening bracket is looked at; what it holds is read as pinyin syllables of the pack's list. A single
 * syllable with a tone mark in ASCII brackets behind a Chinese character is damage beyond doubt. Other forms
 * (full-width brackets, several syllables, no tone) are also how authors explain a pronunciation: they count as damage
 * only in a document that has several glosses. So the document is walked twice: to count, then to repair.
 */
#include <string.h>

#include <siftd/plugin.h>

#include "codepoint.h"
#include "runes.h"
#include "str.h"
#include "words.h"

enum { INSIDE_MAX = 48, SYLLABLE_MAX = 8, TONES_MAX = 64 };

/* A letter with a tone mark, and the plain letter it is in the list of syllables. */
struct tone {
    uint32_t rune;
    char letter;
};

struct gloss {
    int64_t least; /* option: toned glosses that make a document damaged */
    const struct siftd_host *host;
    struct words *syllables;
    struct tone tone[TONES_MAX];
    size_t tones;
};

/* What a bracket holds. */
struct reading {
    size_t syllables, letters;
    bool toned, ascii;
    const char *start, *end; /* with the brackets and a space before them */
};

static char plain_letter(const struct gloss *gloss, uint32_t c, bool *toned) {
    if (c >= 'a' && c <= 'z')
        return (char)c;
    for (size_t i = 0; i < gloss->tones; i++)
        if (gloss->tone[i].rune == c) {
            *toned |= c != 0xFC; /* the u with two dots alone has no tone */
            return gloss->tone[i].letter;
        }
    return 0;
}

/* The number of syllables that `word` is made of; 0 when it is not made of syllables. */
static size_t count_syllables(const struct gloss *gloss, struct siftd_str word) {
    size_t n = 0, len;
    for (; word.len; n++) {
        if (!words_match(gloss->syllables, word, &len) || len > word.len)
            return 0;
        word = (struct siftd_str){word.at + len, word.len - len};
    }
    return n;
}

static bool is_combining_tone(uint32_t c) {
    return c == 0x300 || c == 0x301 || c == 0x304 || c == 0x30C;
}

static bool is_separator(uint32_t c) {
    return rune_is_space(c) || (c && c < 0x80 && strchr("/,;'-", (int)c)) || c == 0x3001 || c == 0xFF0C || c == 0xB7;
}

/* Reads one stretch of letters at *at as syllables; false when it is none. */
static bool read_letters(const struct gloss *gloss, const char **at, const char *end, struct reading *reading) {
    char word[INSIDE_MAX];
    size_t len = 0, size;
    for (; *at < end && len < sizeof word; *at += size) {
        uint32_t c = cp_at(*at, end, &size);
        bool tone = is_combining_tone(c) || (c >= '1' && c <= '4' && len);
        char letter = tone ? 0 : plain_letter(gloss, c, &reading->toned);
        reading->toned |= tone;
        if (letter)
            word[len++] = letter;
        else if (!tone)
            break;
    }
    size_t n = len ? count_syllables(gloss, (struct siftd_str){word, len}) : 0;
    reading->syllables += n;
    reading->letters += len;
    return n > 0;
}

static size_t bracket(const char *at, const char *end, const char *ascii, const char *wide) {
    if (at < end && *at == *ascii)
        return 1;
    return end - at >= 3 && memcmp(at, wide, 3) == 0 ? 3 : 0;
}

/* The inside of a bracket from `at` on: pinyin and nothing else up to the closing bracket. */
static bool read_inside(const struct gloss *gloss, const char *at, const char *end, struct reading *reading) {
    const char *stop = end - at > INSIDE_MAX ? at + INSIDE_MAX : end;
    while (at < stop) {
        size_t size, closing = bracket(at, stop, ")", "）");
        if (closing) {
            reading->end = at + closing;
            reading->ascii &= closing == 1;
            return reading->syllables > 0;
        }
        if (is_separator(cp_at(at, stop, &size)))
            at += size;
        else if (!read_letters(gloss, &at, stop, reading))
            return false;
    }
    return false;
}

static bool read_gloss(const struct gloss *gloss, struct siftd_str text, const char *open, struct reading *ret) {
    const char *end = text.at + text.len, *before = open;
    size_t size = bracket(open, end, "(", "（");
    if (before > text.at && before[-1] == ' ')
        before--;
    uint32_t owner = rune_before(text.at, before);
    *ret = (struct reading){.ascii = size == 1, .start = before};
    if (!cp_is_han(owner) && !(cp_is_latin(owner) && before == open))
        return false;
    return read_inside(gloss, open + size, end, ret) && (cp_is_han(owner) || ret->toned);
}

/* The next bracket at or after `at`; NULL when there is none. The lead byte of full-width forms is rare enough to stop
 * at. */
static const char *next_bracket(const char *at, const char *end) {
    for (; at < end; at++)
        if (*at == '(' || ((unsigned char)*at == 0xEF && bracket(at, end, "(", "（")))
            return at;
    return NULL;
}

static bool is_sure(const struct reading *reading) {
    return reading->toned && reading->ascii && reading->syllables == 1;
}

/* Whether the document has as many toned glosses as only a damaged one has. */
static bool has_many(const struct gloss *gloss, struct siftd_str text) {
    const char *end = text.at + text.len, *at = text.at;
    struct reading reading;
    int64_t n = 0;
    while (n < gloss->least && (at = next_bracket(at, end)) != NULL) {
        n += read_gloss(gloss, text, at, &reading) && reading.toned;
        at++;
    }
    return n >= gloss->least;
}

/*
 * A gloss whose character and bracket were lost together is a question mark, the syllable and the closing bracket:
 * 日?bào). The question mark stays, as the sign of the loss.
 */
static size_t orphan(const struct gloss *gloss, const char *at, const char *end) {
    struct reading reading = {.ascii = true};
    if (*at != '?' || end - at < 3 || !read_inside(gloss, at + 1, end, &reading))
        return 0;
    return reading.toned && reading.syllables == 1 ? (size_t)(reading.end - at - 1) : 0;
}

static void repair_orphans(const struct gloss *gloss, struct siftd_doc *doc, struct siftd_str text, const char *from,
                           const char *to) {
    while (from < to && (from = memchr(from, '?', (size_t)(to - from))) != NULL) {
        size_t size = orphan(gloss, from++, text.at + text.len);
        size_t at = (size_t)(from - text.at);
        if (size)
            gloss->host->edit(doc, at, at + size, "", 0, "gloss");
        from += size;
    }
}

static int run(void *self, struct siftd_doc *doc) {
    const struct gloss *gloss = self;
    struct siftd_str text = gloss->host->text(doc);
    const char *end = text.at + text.len, *at = text.at;
    bool many = has_many(gloss, text);
    struct reading reading;
    for (const char *from = at; at; from = at) {
        at = next_bracket(at, end);
        if (many)
            repair_orphans(gloss, doc, text, from, at ? at : end);
        if (!at || !read_gloss(gloss, text, at++, &reading))
            continue;
        bool damage = many ? reading.toned || reading.letters > 1
                           : is_sure(&reading) && cp_is_han(rune_before(text.at, reading.start));
        if (!damage)
            continue;
        gloss->host->edit(doc, (size_t)(reading.start - text.at), (size_t)(reading.end - text.at), "", 0, "gloss");
        at = reading.end;
    }
    return SIFTD_OK;
}

/* tones: a mapping of plain letters to their forms with marks. */
static void read_tones(struct gloss *gloss, const struct siftd_node *tones) {
    const struct siftd_host *host = gloss->host;
    for (size_t i = 0, n = host->node_count(tones); i < n; i++) {
        const char *forms = host->node_text(host->node_at(tones, i)), *end = forms + strlen(forms);
        for (size_t size; forms < end && gloss->tones < TONES_MAX; forms += size)
            gloss->tone[gloss->tones++] = (struct tone){cp_at(forms, end, &size), *host->node_key(tones, i)};
    }
}

static int open_gloss(void *self, const struct siftd_host *host) {
    struct gloss *gloss = self;
    const struct siftd_node *pack = host->pack(host, "gloss");
    gloss->host = host;
    gloss->syllables = words_new();
    if (!pack)
        host->log(host, SIFTD_WARNING, "no pack has a section \"gloss\": glosses stay; add the pack zh");
    words_add_list(gloss->syllables, host, host->node_get(pack, "syllables"), 1);
    read_tones(gloss, host->node_get(pack, "tones"));
    return SIFTD_OK;
}

static void close_gloss(void *self) {
    struct gloss *gloss = self;
    gloss->syllables = words_free(gloss->syllables);
}

static const struct siftd_option options[] = {
    {.name = "least",
     .type = SIFTD_INT,
     .offset = offsetof(struct gloss, least),
     .preset = "3",
     .min = 1,
     .max = 1000000,
     .help = "Glosses with tone marks that a document must have before doubtful forms are removed too."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "gloss",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "removes pinyin in brackets behind Chinese characters",
    .options = options,
    .instance_size = sizeof(struct gloss),
    .open = open_gloss,
    .close = close_gloss,
    .run = run,
};
SIFTD_PLUGIN(plugin)
