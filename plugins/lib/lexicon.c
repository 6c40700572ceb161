/* SPDX-License-Identifier: MIT */
#include "lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "memory.h"
#include "numeral.h"
#include "runes.h"
#include "str.h"

enum {
    UNITS_MAX = 4096,  /* in a lexicon; more are a mistake in the pack */
    YEAR_FRAMED = 256, /* added to a relative year's value */
    PARTS_OF = 1,
    PERCENT = 64,    /* percent words: PERCENT plus their power */
    QIAN = 0x524D,   /* 前 of 前10个月 */
    MULTIPLIER = 64, /* added to the power of a multiplier that is attached */
};

struct lexicon {
    struct words *roles, *traits, *units, *fractions, *years, *parts, *percent, *moments, *currencies, *multipliers;
    struct unit *unit;
    size_t unit_count;
    struct fraction *fraction;
    size_t fraction_count;
    const struct unit *bare, *money;
    struct runes plain, worded;
};

static const struct {
    const char *section, *list;
} role_lists[] = {
#define ROLE(name, section, list) {section, list},
#include "roles.def"
#undef ROLE
};

static const struct {
    const char *section, *list;
} trait_lists[] = {
#define TRAIT(name, section, list) {section, list},
#include "traits.def"
#undef TRAIT
};

static const char *text_of(const struct siftd_host *host, const struct siftd_node *node, const char *key) {
    const struct siftd_node *child = host->node_get(node, key);
    return child ? host->node_text(child) : NULL;
}

static bool flag_of(const struct siftd_host *host, const struct siftd_node *node, const char *key) {
    const char *text = text_of(host, node, key);
    return text && strcmp(text, "true") == 0;
}

static int kind_of(const char *text) {
    static const char *const kinds[] = {"count", "percent", "money", "duration", "rate"};
    for (size_t i = 0; text && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(text, kinds[i]) == 0)
            return (int)i;
    return text ? -1 : UNIT_COUNT;
}

static const struct unit *unit_named(const struct lexicon *lexicon, const char *name) {
    for (size_t i = 0; name && i < lexicon->unit_count; i++)
        if (lexicon->unit[i].name && strcmp(lexicon->unit[i].name, name) == 0)
            return &lexicon->unit[i];
    return NULL;
}

/* One entry of `units: by_name`: its canonical name is the key, its spellings are the key and `also`. */
static int add_unit(struct lexicon *lexicon, const struct siftd_host *host, const char *name,
                    const struct siftd_node *about) {
    int kind = kind_of(text_of(host, about, "kind"));
    if (kind < 0)
        return host->error(host, "%s: a unit's kind is count, percent, money, duration or rate",
                           host->node_where(about));
    const char *power = text_of(host, about, "power"), *is = text_of(host, about, "is");
    struct unit *unit = &lexicon->unit[lexicon->unit_count++];
    *unit = (struct unit){is ? is : name,
                          (enum unit_kind)kind,
                          power ? atoi(power) : 0,
                          flag_of(host, about, "needs_noun"),
                          flag_of(host, about, "article"),
                          flag_of(host, about, "characters"),
                          flag_of(host, about, "in_names"),
                          flag_of(host, about, "splits"),
                          flag_of(host, about, "part"),
                          flag_of(host, about, "last"),
                          flag_of(host, about, "discount")};
    words_add(lexicon->units, str(name), lexicon->unit_count);
    const struct siftd_node *before = host->node_get(about, "before");
    for (size_t i = 0; i < host->node_count(before); i++)
        words_add(lexicon->currencies, str(host->node_text(host->node_at(before, i))), lexicon->unit_count);
    const struct siftd_node *also = host->node_get(about, "also");
    for (size_t i = 0; i < host->node_count(also); i++)
        words_add(lexicon->units, str(host->node_text(host->node_at(also, i))), lexicon->unit_count);
    return SIFTD_OK;
}

/* A mapping of words to powers of ten, which may be negative; kept with `offset` added. */
static void read_powers(struct words *words, const struct siftd_host *host, const struct siftd_node *powers,
                        int offset) {
    for (size_t i = 0; host->node_type(powers) == SIFTD_NODE_MAPPING && i < host->node_count(powers); i++)
        words_add(words, str(host->node_key(powers, i)),
                  (uint64_t)offset + (uint64_t)atoi(host->node_text(host->node_at(powers, i))));
}

static int read_units(struct lexicon *lexicon, const struct siftd_host *host, const struct siftd_node *section) {
    const struct siftd_node *units = host->node_get(section, "by_name"),
                            *fractions = host->node_get(section, "fractions");
    size_t count = host->node_count(units), fraction_count = host->node_count(fractions);
    if (count > UNITS_MAX || fraction_count > UNITS_MAX)
        return host->error(host, "%s: more than %d units", host->node_where(units), UNITS_MAX);
    lexicon->unit = calloc(count + 1, sizeof *lexicon->unit);
    lexicon->fraction = calloc(fraction_count + 1, sizeof *lexicon->fraction);
    if (!lexicon->unit || !lexicon->fraction)
        out_of_memory();
    for (size_t i = 0; i < count; i++)
        if (add_unit(lexicon, host, host->node_key(units, i), host->node_at(units, i)) < 0)
            return SIFTD_ERROR;
    for (size_t i = 0; i < fraction_count; i++) {
        const struct siftd_node *about = host->node_at(fractions, i);
        const struct unit *unit = unit_named(lexicon, text_of(host, about, "unit"));
        const char *value = text_of(host, about, "value");
        if (!unit || !value)
            return host->error(host, "%s: a fraction needs a value and a known unit", host->node_where(about));
        lexicon->fraction[lexicon->fraction_count++] =
            (struct fraction){value, unit, text_of(host, about, "qualifier")};
        words_add(lexicon->fractions, str(host->node_key(fractions, i)), lexicon->fraction_count);
    }
    lexicon->bare = unit_named(lexicon, text_of(host, section, "bare"));
    lexicon->money = unit_named(lexicon, text_of(host, section, "money"));
    words_add_list(lexicon->percent, host, host->node_get(section, "parts_of"), PARTS_OF);
    read_powers(lexicon->percent, host, host->node_get(section, "percent_before"), PERCENT);
    read_powers(lexicon->multipliers, host, host->node_get(section, "multipliers"), 0);
    read_powers(lexicon->multipliers, host, host->node_get(section, "multipliers_attached"), MULTIPLIER);
    return SIFTD_OK;
}

/* Years are kept with 128 added, since a word's value may not be 0. */
static void read_years(struct lexicon *lexicon, const struct siftd_host *host) {
    const struct siftd_node *times = host->pack(host, "times"), *years = host->node_get(times, "relative_years");
    for (size_t i = 0; i < host->node_count(years); i++)
        words_add(lexicon->years, str(host->node_key(years, i)),
                  (uint64_t)128 + (uint64_t)atoi(host->node_text(host->node_at(years, i))));
    words_add_list(lexicon->years, host, host->node_get(times, "framed"), YEAR_FRAMED);
}

static void read_moments(struct lexicon *lexicon, const struct siftd_host *host) {
    static const struct {
        const char *list;
        enum moment moment;
    } lists[] = {{"now", MOMENT_NOW},
                 {"vague", MOMENT_VAGUE},
                 {"after_year", MOMENT_AFTER_YEAR},
                 {"years_back", MOMENT_YEARS_BACK}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_add_list(lexicon->moments, host, host->node_get(host->pack(host, "times"), lists[i].list),
                       lists[i].moment);
}

/* A part's months are kept in one value, the first times 16 and the last. */
static void read_year_parts(struct lexicon *lexicon, const struct siftd_host *host) {
    const struct siftd_node *parts = host->node_get(host->pack(host, "times"), "year_parts");
    for (size_t i = 0; i < host->node_count(parts); i++) {
        const char *first = text_of(host, host->node_at(parts, i), "first"),
                   *last = text_of(host, host->node_at(parts, i), "last");
        if (first && last)
            words_add(lexicon->parts, str(host->node_key(parts, i)), (uint64_t)atoi(first) * 16 + (uint64_t)atoi(last));
    }
}

/* Marks stand in these blocks only. */
static bool may_be_mark(uint32_t c) {
    return c < 0x2E80 || (c >= 0x3000 && c < 0x3040) || c >= 0xFE00;
}

/* Whether a number or a time may begin with the character. */
static bool begins_figure(const struct lexicon *lexicon, uint32_t c, struct siftd_str character) {
    const struct words *const lists[] = {lexicon->years,   lexicon->parts,     lexicon->moments,
                                         lexicon->percent, lexicon->fractions, lexicon->currencies};
    bool found = c == QIAN || numeral_begins(c);
    for (size_t i = 0; !found && i < sizeof lists / sizeof *lists; i++)
        found = words_begin(lists[i], character);
    return found;
}

/* What lexicon_is_plain and lexicon_is_worded answer, found once for each character. */
static void read_plain(struct lexicon *lexicon) {
    for (uint32_t c = 0x800; c < 0x10000; c++) {
        char wide[] = {(char)(0xE0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3F)), (char)(0x80 | (c & 0x3F))};
        struct siftd_str character = {wide, sizeof wide};
        if (may_be_mark(c) || begins_figure(lexicon, c, character))
            continue;
        struct runes *kind = words_begin(lexicon->roles, character) ? &lexicon->worded : &lexicon->plain;
        kind->bit[c / 8] |= (uint8_t)(1U << c % 8);
    }
}

struct lexicon *lexicon_new(const struct siftd_host *host) {
    struct lexicon *lexicon = calloc(1, sizeof *lexicon);
    if (!lexicon)
        out_of_memory();
    lexicon->roles = words_new();
    lexicon->traits = words_new();
    lexicon->currencies = words_new();
    lexicon->multipliers = words_new();
    lexicon->units = words_new();
    lexicon->fractions = words_new();
    lexicon->years = words_new();
    lexicon->parts = words_new();
    lexicon->percent = words_new();
    lexicon->moments = words_new();
    for (size_t i = 0; i < ROLE_COUNT; i++)
        words_add_list(lexicon->roles, host,
                       host->node_get(host->pack(host, role_lists[i].section), role_lists[i].list), UINT64_C(1) << i);
    for (size_t i = 0; i < TRAIT_COUNT; i++) {
        const struct siftd_node *list = host->node_get(host->pack(host, trait_lists[i].section), trait_lists[i].list);
        words_add_list(lexicon->traits, host, list, UINT64_C(1) << i);
        words_add_list(lexicon->roles, host, list, ROLE_BIT(TRAIT));
    }
    read_years(lexicon, host);
    read_year_parts(lexicon, host);
    read_moments(lexicon, host);
    if (read_units(lexicon, host, host->pack(host, "units")) < 0)
        return lexicon_free(lexicon);
    read_plain(lexicon);
    return lexicon;
}

struct lexicon *lexicon_free(struct lexicon *lexicon) {
    if (!lexicon)
        return NULL;
    words_free(lexicon->roles);
    words_free(lexicon->traits);
    words_free(lexicon->currencies);
    words_free(lexicon->multipliers);
    words_free(lexicon->units);
    words_free(lexicon->fractions);
    words_free(lexicon->years);
    words_free(lexicon->parts);
    words_free(lexicon->percent);
    words_free(lexicon->moments);
    free(lexicon->unit);
    free(lexicon->fraction);
    free(lexicon);
    return NULL;
}

bool lexicon_is_plain(const struct lexicon *lexicon, uint32_t codepoint) {
    return runes_has(&lexicon->plain, codepoint);
}

bool lexicon_is_worded(const struct lexicon *lexicon, uint32_t codepoint) {
    return runes_has(&lexicon->worded, codepoint);
}

uint64_t lexicon_word(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len) {
    return words_match(lexicon->roles, text, ret_len);
}

const struct unit *lexicon_unit(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len) {
    uint64_t number = words_match(lexicon->units, text, ret_len);
    return number ? &lexicon->unit[number - 1] : NULL;
}

const struct fraction *lexicon_fraction(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len) {
    uint64_t number = words_match(lexicon->fractions, text, ret_len);
    return number ? &lexicon->fraction[number - 1] : NULL;
}

bool lexicon_year(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len, int *ret_offset,
                  bool *ret_framed) {
    uint64_t found = words_match(lexicon->years, text, ret_len);
    if (found) {
        *ret_offset = (int)(found % YEAR_FRAMED) - 128;
        *ret_framed = found >= YEAR_FRAMED;
    }
    return found != 0;
}

unsigned lexicon_moment(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len) {
    return (unsigned)words_match(lexicon->moments, text, ret_len);
}

bool lexicon_year_part(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len, int *ret_first,
                       int *ret_last) {
    uint64_t months = words_match(lexicon->parts, text, ret_len);
    *ret_first = (int)months / 16;
    *ret_last = (int)months % 16;
    return *ret_first >= 1 && *ret_last <= 12 && *ret_first <= *ret_last;
}

uint32_t lexicon_traits(const struct lexicon *lexicon, struct siftd_str text) {
    size_t len;
    uint64_t traits = words_match(lexicon->traits, text, &len);
    return traits && len == text.len ? (uint32_t)traits : 0;
}

bool lexicon_percent(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len, int *ret_power) {
    uint64_t found = words_match(lexicon->percent, text, ret_len);
    *ret_power = (int)found - PERCENT;
    return found > PARTS_OF;
}

bool lexicon_parts(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len) {
    return words_match(lexicon->percent, text, ret_len) == PARTS_OF;
}

const struct unit *lexicon_currency(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len) {
    uint64_t number = words_match(lexicon->currencies, text, ret_len);
    return number ? &lexicon->unit[number - 1] : NULL;
}

int lexicon_multiplier(const struct lexicon *lexicon, struct siftd_str text, bool attached, size_t *ret_len) {
    int found = (int)words_match(lexicon->multipliers, text, ret_len);
    bool ends = found && (*ret_len == text.len || !cp_is_latin((unsigned char)text.at[*ret_len]));
    if (!ends || (found >= MULTIPLIER) != attached)
        return 0;
    return attached ? found - MULTIPLIER : found;
}

const struct unit *lexicon_bare_unit(const struct lexicon *lexicon) {
    return lexicon->bare;
}

const struct unit *lexicon_money_unit(const struct lexicon *lexicon) {
    return lexicon->money;
}
