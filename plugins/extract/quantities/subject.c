/* SPDX-License-Identifier: MIT */
/*
 * Whose figure it is. Names of institutions are known by how they end (the pack's subjects); where one begins is where
 * the clause does, or a word that no name holds. A name that opens a clause, and is no member of an enumeration,
 * becomes the topic; the topic at the number is its subject. A class by itself (该园区, 基地) goes back to the last
 * topic of its kind; 全市 to the place of that rank which the article is about. A paragraph without a topic of its own
 * takes the one its speaker gives behind the quotation, its heading's, or the article's.
 */
#include "indicator.h"
#include "institution.h"

#include <string.h>

#include "codepoint.h"
#include "known.h"
#include "str.h"

enum {
    LISTING = 0x3001,
    QUOTE_OPEN = 0x201C,
    QUOTE_CLOSE = 0x201D,
    BRACKET_OPEN = 0xFF08,
    DASH = 0x2014,
    REGION_NAME = 18,
    ADVERBS_MAX = 8,
    NAME_TOKENS = 32,
    LOOK_BACK = 200,  /* tokens in which a class word's name is looked for */
    SEEN = 32,        /* topics that a class word may go back to */
    RANKS = 16,       /* 市, 县, 区 …: the words of a pack have no more */
    SPEAKER_MAX = 12, /* bytes of a person's name */
    SPEECH_MAX = 200, /* tokens of a quotation */
    SPEECH_REACH = 8  /* tokens behind it that may hold the word for saying */
};

struct state {
    struct article *article;
    struct siftd_str topic; /* of the paragraph so far */
    bool topic_is_region;
    struct siftd_str section;     /* the heading's */
    struct siftd_str general;     /* the article's */
    bool general_is_region;       /* 某某市: may be shortened to 某某 */
    struct siftd_str institution; /* the last topic that is more than a region */
    struct siftd_str seen[SEEN];  /* the topics so far, the latest at seen_count - 1, modulo SEEN */
    size_t seen_count;
    struct {
        struct siftd_str rank, place;
    } rank[RANKS]; /* the places that 全市 and its like have been found to mean */
    size_t ranks;
    struct known known;
    struct places places; /* 某某, where the article names 某某市 */
    bool topic_is_event, topic_is_institution;
    bool passing;   /* the topic holds for its sentence: 某某被认定为… */
    bool heading;   /* the paragraph is one */
    size_t waiting; /* first quantity of the paragraph that has no topic yet */
    bool speech;    /* the paragraph begins with a quotation */
};

static struct siftd_str unquoted(const struct tokens *tokens, size_t i) {
    struct siftd_str text = token_text(tokens, &tokens->at[i]);
    return (struct siftd_str){text.at + 3, text.len - 6};
}

/* “某某”已 …: a quoted name by itself, without its marks. */
static bool quoted_topic(const struct tokens *tokens, size_t i, struct siftd_str *ret) {
    bool behind_of = i > 0 && token_is(tokens, i - 1, ROLE_BIT(BOUND)) && token_is(tokens, i + 1, ROLE_BIT(VERB)) &&
                     str_equal(token_text(tokens, &tokens->at[i - 1]), str("的"));
    if (tokens->at[i].kind != TOKEN_QUOTE || !(behind_of || opens_clause(tokens, i)))
        return false;
    uint64_t roles = i + 1 < tokens->count ? tokens->at[i + 1].roles : 0;
    if (!(roles & (ROLE_BIT(DONE) | ROLE_BIT(MEASURE) | ROLE_BIT(OPEN) | ROLE_BIT(GUARD) | ROLE_BIT(VERB))) ||
        roles & SUFFIX)
        return false;
    *ret = unquoted(tokens, i);
    return true;
}

/* 推出“某某贷”, 举办某某大赛: what a clause brings into the world, unless it is what a number counts. */
static bool launched_topic(const struct tokens *tokens, size_t i, struct siftd_str *ret) {
    if (i == 0 || !token_is(tokens, i - 1, ROLE_BIT(LAUNCH)) || !inside_name(tokens, i))
        return false;
    struct name name = name_at(tokens, i);
    if (name.found && token_is(tokens, name.last, ROLE_BIT(PROGRAMME) | ROLE_BIT(EVENT) | ROLE_BIT(AFTER_QUOTE)) &&
        !is_member(tokens, &name)) {
        *ret = text_of(tokens, &name);
        return true;
    }
    if (tokens->at[i].kind != TOKEN_QUOTE || i + 1 >= tokens->count || tokens->at[i + 1].kind == TOKEN_NUMBER)
        return false;
    *ret = unquoted(tokens, i);
    return true;
}

/* The same, looked up once an article for a rank. */
static struct siftd_str known_place(struct state *s, struct siftd_str rank) {
    for (size_t i = 0; i < s->ranks; i++)
        if (str_equal(s->rank[i].rank, rank))
            return s->rank[i].place;
    struct siftd_str place = place_of_rank(&s->article->tokens, rank);
    if (!place.len)
        place = place_in_title(&s->article->tokens, rank);
    if (s->ranks < RANKS) {
        s->rank[s->ranks].rank = rank;
        s->rank[s->ranks++].place = place;
    }
    return place;
}

/* 我市, 全县: the region of that rank that the article is about, else the word itself. */
static struct siftd_str region(struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    struct siftd_str word = token_text(tokens, &tokens->at[i]), rank = rank_of(word);
    if (s->general.len && str_ends(s->general, rank))
        return s->general;
    struct siftd_str place = known_place(s, rank);
    if (place.len)
        return place;
    return s->general.len ? s->general : word;
}

static void set_topic(struct state *s, struct siftd_str topic, uint64_t roles) {
    s->topic = topic;
    s->topic_is_region = roles & ROLE_BIT(PLACE) && topic.len <= REGION_NAME;
    s->topic_is_event = (roles & ROLE_BIT(EVENT)) != 0;
    s->topic_is_institution = (roles & ROLE_BIT(ORGANISATION)) != 0;
    if (roles & ROLE_BIT(ORGANISATION))
        s->institution = topic;
    if (!s->heading)
        s->seen[s->seen_count++ % SEEN] = topic;
}

/* 该: what follows was named before. */
static bool is_pointed_at(const struct tokens *tokens, size_t i) {
    return i > 0 && token_is(tokens, i - 1, ROLE_BIT(THIS)) && tokens->at[i - 1].end == tokens->at[i].start;
}

/* 该基地, 平台: a class of institution named before. */
static bool bare_suffix(const struct tokens *tokens, size_t i) {
    struct siftd_str word = token_text(tokens, &tokens->at[i]);
    uint64_t classes = ROLE_BIT(ORGANISATION) | ROLE_BIT(PROGRAMME) | ROLE_BIT(COMPANY);
    if (!token_is(tokens, i, classes) && !(token_is(tokens, i, ROLE_BIT(PLACE)) && word.len > 3))
        return false;
    if (!opens_clause(tokens, i) && !(is_pointed_at(tokens, i) && opens_clause(tokens, i - 1)))
        return false;
    if (is_pointed_at(tokens, i) || i + 1 >= tokens->count || token_is(tokens, i + 1, OUTSIDE | ROLE_BIT(MEASURE)))
        return true;
    return !inside_name(tokens, i + 1);
}

/* The last topic that the class word at token i may mean: it ends with the word, or with its first character (园区 is
 * some 园). */
static struct siftd_str last_of_class(const struct state *s, size_t i) {
    struct siftd_str word = token_text(&s->article->tokens, &s->article->tokens.at[i]), first = {word.at, 3};
    for (size_t k = s->seen_count; k-- > 0 && s->seen_count - k <= SEEN;) {
        struct siftd_str seen = s->seen[k % SEEN];
        if (str_ends(seen, word) || str_ends(seen, first))
            return seen;
    }
    return (struct siftd_str){0};
}

/* The last name before the class word at token i, of any use, that ends with it; in its own paragraph also one that
 * ends with its first character. */
static struct siftd_str last_named(const struct tokens *tokens, size_t i, bool near) {
    struct siftd_str word = token_text(tokens, &tokens->at[i]), first = {word.at, 3};
    for (size_t k = i; k-- > 1 && i - k <= LOOK_BACK && !(near && tokens->at[k].kind == TOKEN_END);) {
        struct name name = {k, k, true};
        struct siftd_str text = token_text(tokens, &tokens->at[k]);
        if (!token_is(tokens, k, SUFFIX) || !(str_equal(text, word) || (near && str_ends(text, first))))
            continue;
        while (name.first > 0 && k - name.first < NAME_TOKENS && inside_name(tokens, name.first - 1) &&
               !token_is(tokens, name.first - 1, ROLE_BIT(INDEFINITE) | ROLE_BIT(ORDINAL) | ROLE_BIT(THIS)))
            name.first--;
        while (near && name.first < k && token_is(tokens, name.first, ROLE_BIT(VERB)))
            name.first++;
        if (name.first < k && !(near && is_kind(tokens, &name)))
            return text_of(tokens, &name);
    }
    return (struct siftd_str){0};
}

/* 全国, and not the county of 全某县: of an article about all, a class word (孵化器) means those of all. */
static bool is_whole(struct siftd_str general) {
    return str_starts(general, str("全")) && general.len == strlen("全国");
}

/* A class word: the institution that it goes back to becomes the topic, unless one of this paragraph is it. */
static void take_class(struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    bool own = i > 0 && token_has(tokens, i - 1, TRAIT_BIT(FIRST_PERSON));
    size_t first = i;
    while (first > 0 && token_has(tokens, first - 1, TRAIT_BIT(KIND)))
        first--;
    bool pointed = is_pointed_at(tokens, first) && !own;
    if (own && s->speech)
        return; /* the speaker's, who is named with the quotation */
    if (!pointed && s->general.len && !s->general_is_region &&
        str_ends(s->general, token_text(tokens, &tokens->at[i]))) {
        set_topic(s, s->general, tokens->at[i].roles);
        return;
    }
    if ((s->speech && !pointed) || (s->topic.len && s->topic_is_institution))
        return;
    struct siftd_str last = last_of_class(s, i);
    if (!last.len)
        last = last_named(tokens, i, !pointed);
    if (last.len)
        set_topic(s, last, tokens->at[i].roles);
    else if ((!s->topic.len || pointed) && s->institution.len && !is_whole(s->general))
        s->topic = s->institution;
}

/* The article's region without its last character (市, 县) opening a clause. */
static bool is_short_region(const struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    struct siftd_str general = s->general, text = token_text(tokens, &tokens->at[i]);
    if (general.len < 9 || !s->general_is_region || tokens->at[i].kind != TOKEN_TEXT || !opens_clause(tokens, i))
        return false;
    general.len -= 3;
    return str_starts(text, general);
}

static bool is_passive(const struct tokens *tokens, size_t i) {
    return i < tokens->count && token_is(tokens, i, ROLE_BIT(BOUND) | ROLE_BIT(BECOME)) &&
           str_starts(token_text(tokens, &tokens->at[i]), str("被"));
}

/* The text from token i to the end of its clause, as far as a name may be long. */
static struct siftd_str words_from(const struct tokens *tokens, size_t i) {
    size_t end = i;
    while (end < i + NAME_TOKENS && !token_ends_clause(tokens, end) && inside_name(tokens, end))
        end++;
    return end > i ? str_from(tokens->text.at + tokens->at[i].start, tokens->text.at + tokens->at[end - 1].end)
                   : (struct siftd_str){0};
}

/* The company that token i begins a short name of: 桦岭科技 of 某市桦岭科技有限公司. */
static struct siftd_str company_at(const struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    if (tokens->at[i].kind != TOKEN_TEXT)
        return (struct siftd_str){0};
    return known_company(&s->known, words_from(tokens, i));
}

/* 位于某某园的某某公司总经理: of two names, the one behind 的 is whose the speaker is. */
static struct name behind_place(const struct tokens *tokens, struct name name) {
    struct name next = {0};
    if (name.found && token_is(tokens, name.last + 1, ROLE_BIT(BOUND)) && inside_name(tokens, name.last + 2) &&
        str_equal(token_text(tokens, &tokens->at[name.last + 1]), str("的")))
        next = name_at(tokens, name.last + 2);
    return next.found ? next : name;
}

/* Whom the words at token i give as a speaker's institution: its name, a company's short name, or a class word. */
static struct siftd_str speakers_institution(const struct state *s, size_t i, size_t *ret_last) {
    const struct tokens *tokens = &s->article->tokens;
    struct name name = behind_place(tokens, name_at(tokens, i));
    *ret_last = i;
    if (token_is(tokens, i, ROLE_BIT(ORGANISATION) | ROLE_BIT(COMPANY))) { /* 公司负责人, 园区管委会主任 */
        struct siftd_str last = last_of_class(s, i);
        if (last.len)
            return last;
    }
    if (name.found) {
        *ret_last = name.last;
        if (token_is(tokens, name.last + 1, ROLE_BIT(SPEECH)) && token_text(tokens, &tokens->at[name.last]).len == 3)
            return (struct siftd_str){0}; /* 某若谷说: somebody's name */
        bool fits = token_is(tokens, name.last, ROLE_BIT(COMPANY) | ROLE_BIT(ORGANISATION));
        return fits ? text_of(tokens, &name) : (struct siftd_str){0};
    }
    return company_at(s, i);
}

/* A quotation gets the institution of the one who is named behind it: “…”某某公司负责人某某说. */
static void take_speaker(struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    size_t close = i + 1, end = i + SPEECH_MAX, last;
    while (close < tokens->count && close < end && !token_mark(tokens, close, QUOTE_CLOSE) &&
           tokens->at[close].kind != TOKEN_END)
        close++;
    size_t speaker = close + 1;
    if (token_is(tokens, speaker, ROLE_BIT(VERB))) /* 位于某某园的 */
        speaker++;
    if (!token_mark(tokens, close, QUOTE_CLOSE) || speaker >= tokens->count || !inside_name(tokens, speaker))
        return;
    struct siftd_str institution = speakers_institution(s, speaker, &last);
    if (!institution.len)
        institution = known_institution(&s->known, token_text(tokens, &tokens->at[speaker]));
    if (!institution.len)
        return;
    for (size_t k = last + 1; k < last + SPEECH_REACH && !token_ends_clause(tokens, k); k++)
        if (token_is(tokens, k, ROLE_BIT(SPEECH))) {
            set_topic(s, institution, tokens->at[last].roles | ROLE_BIT(COMPANY));
            s->speech = true;
            return;
        }
}

/* The words right before somebody's speaking: their institution is the one that is spoken of. */
static void take_person(struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    if (i > 0 && tokens->at[i - 1].kind == TOKEN_TEXT && s->topic.len && !s->topic_is_region)
        known_add_person(&s->known, token_text(tokens, &tokens->at[i - 1]), s->topic);
}

/* A paragraph that begins with somebody who was named before: 某某说：“…”. */
static bool take_known_person(struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    if (tokens->at[i].kind != TOKEN_TEXT || (i > 0 && tokens->at[i - 1].kind != TOKEN_END))
        return false;
    struct siftd_str institution = known_institution(&s->known, token_text(tokens, &tokens->at[i]));
    if (institution.len)
        set_topic(s, institution, ROLE_BIT(COMPANY));
    return institution.len != 0;
}

/* 某某市科技局拿出…, 管委会每年安排…: what an authority does is its region's. */
static bool take_agency(struct state *s, const struct name *name) {
    const struct tokens *tokens = &s->article->tokens;
    if (!token_is(tokens, name->last, ROLE_BIT(AGENCY)) || !opens_clause(tokens, name->first) ||
        !s->topic_is_institution ||
        !token_is(tokens, name->last + 1, ROLE_BIT(VERB) | ROLE_BIT(OPEN) | ROLE_BIT(YEARLY)))
        return false;
    struct siftd_str region = region_of(tokens, name);
    if (!region.len && s->general_is_region)
        region = s->general;
    if (region.len)
        set_topic(s, region, ROLE_BIT(PLACE));
    s->topic_is_institution &= !region.len;
    return region.len != 0;
}

/* Token i begins no name by itself: it may be a short one, of a company or a place, or a class word before a noun. */
static void take_short(struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    struct siftd_str company = opens_clause(tokens, i) ? company_at(s, i) : (struct siftd_str){0};
    if (company.len)
        set_topic(s, company, ROLE_BIT(COMPANY));
    else if (is_short_region(s, i))
        set_topic(s, s->general, ROLE_BIT(PLACE));
    else if ((!s->topic.len || s->topic_is_region) && token_is(tokens, i, ROLE_BIT(ORGANISATION)) &&
             opens_clause(tokens, i))
        take_class(s, i); /* 园区可用厂房 */
    else if (opens_clause(tokens, i) && token_is(tokens, i + 1, OUTSIDE) &&
             is_place(&s->places, token_text(tokens, &tokens->at[i])))
        set_topic(s, token_text(tokens, &tokens->at[i]), ROLE_BIT(PLACE));
}

/* The name becomes the topic when it governs its clause. */
static void take_name(struct state *s, struct name name) {
    const struct tokens *tokens = &s->article->tokens;
    size_t i = name.first;
    if (token_is(tokens, name.last, ROLE_BIT(COMPANY)) && !is_kind(tokens, &name))
        known_add_company(&s->known, text_of(tokens, &name));
    if (is_pointed_at(tokens, i) && is_kind(tokens, &name) && opens_clause(tokens, i - 1)) { /* 这家返乡创业园 */
        take_class(s, name.last);
        return;
    }
    if (take_agency(s, &name))
        return;
    if (governs(tokens, &name) && !(s->topic.len && leads_counted(tokens, &name))) {
        bool reported = s->general_is_region && !s->topic.len && is_passive(tokens, name.last + 1);
        set_topic(s, text_of(tokens, &name), tokens->at[name.last].roles);
        s->passing = reported;
    }
}

/* Looks for a topic at token i; returns the tokens it takes. */
static size_t take_topic(struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    struct siftd_str quoted;
    if (token_is(tokens, i, ROLE_BIT(REGION))) {
        if (opens_clause(tokens, i))
            set_topic(s, region(s, i), ROLE_BIT(PLACE));
        return 1;
    }
    if (token_has(tokens, i, TRAIT_BIT(REST)) && opens_clause(tokens, i)) {
        s->topic = (struct siftd_str){0};
        s->topic_is_institution = s->topic_is_region = false;
        return 1;
    }
    if (token_is(tokens, i, ROLE_BIT(SPEECH)))
        take_person(s, i);
    if (token_mark(tokens, i, QUOTE_OPEN))
        take_speaker(s, i);
    if (take_known_person(s, i))
        return 1;
    if (quoted_topic(tokens, i, &quoted)) {
        set_topic(s, quoted, ROLE_BIT(PROGRAMME));
        return 1;
    }
    if ((!s->topic.len || s->topic_is_region) && launched_topic(tokens, i, &quoted))
        set_topic(s, quoted, ROLE_BIT(PROGRAMME));
    if (bare_suffix(tokens, i)) {
        take_class(s, i);
        return 1;
    }
    if (!inside_name(tokens, i))
        return 1;
    struct name name = name_at(tokens, i);
    if (!name.found) {
        take_short(s, i);
        return 1;
    }
    take_name(s, name);
    return name.last + 1 - i;
}

static void give_topic(struct state *s, size_t quantity) {
    struct indicator *indicator = &s->article->indicator[quantity];
    indicator->subject = s->topic.len ? s->topic : s->section.len ? s->section : s->general;
}

/* Numbers of a quotation get the topic that stands behind it. */
static void give_back(struct state *s, size_t quantity) {
    for (; s->speech && s->waiting < quantity; s->waiting++)
        s->article->indicator[s->waiting].subject = s->topic;
    s->waiting = quantity;
}

static void begin_paragraph(struct state *s, size_t i, size_t quantity) {
    const struct tokens *tokens = &s->article->tokens;
    s->topic = (struct siftd_str){0};
    s->passing = false;
    s->waiting = quantity;
    s->speech = token_mark(tokens, i, QUOTE_OPEN);
    s->heading = is_heading(tokens, i);
    if (s->heading)
        s->section = (struct siftd_str){0};
}

/* 某人（某某公司总经理）: a heading that gives a speaker, whose institution is the subject of what follows. */
static bool names_speaker(const struct tokens *tokens, size_t i, const struct name *name) {
    return i > 1 && token_mark(tokens, i - 1, BRACKET_OPEN) && tokens->at[i - 2].kind == TOKEN_TEXT &&
           tokens->at[i - 2].end - tokens->at[i - 2].start <= SPEAKER_MAX &&
           (i == 2 || tokens->at[i - 3].kind == TOKEN_END) &&
           token_is(tokens, name->last, ROLE_BIT(COMPANY) | ROLE_BIT(ORGANISATION));
}

/* Whether nothing but a list number stands before token i in its paragraph. */
static bool leads_paragraph(const struct tokens *tokens, size_t i) {
    return i == 0 || tokens->at[i - 1].kind == TOKEN_END ||
           (is_numbered(tokens, i - 1) && (i == 1 || tokens->at[i - 2].kind == TOKEN_END));
}

/* A heading's programme or event holds for the paragraphs under it, as does an institution that is all of a heading. */
static void take_heading(struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    for (; i < tokens->count && tokens->at[i].kind != TOKEN_END; i++) {
        struct name name = inside_name(tokens, i) ? name_at(tokens, i) : (struct name){0};
        if (!name.found)
            continue;
        bool whole = leads_paragraph(tokens, i) && tokens->at[name.last + 1].kind == TOKEN_END &&
                     token_is(tokens, name.last, ROLE_BIT(ORGANISATION));
        if (whole || names_speaker(tokens, i, &name))
            s->section = text_of(tokens, &name);
        bool leads = opens_clause(tokens, i) || token_is(tokens, i - 1, ROLE_BIT(VERB));
        if (leads && token_is(tokens, name.last, ROLE_BIT(PROGRAMME) | ROLE_BIT(EVENT) | ROLE_BIT(AFTER_QUOTE)))
            s->section = text_of(tokens, &name);
        i = name.last;
    }
}

/* 全年累计: behind an event, the sentence is about the whole again. */
static bool ends_event(const struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    return s->topic_is_event && tokens->at[i].kind == TOKEN_TIME && tokens->when[tokens->at[i].index].framed &&
           opens_clause(tokens, i);
}

void subjects_read(struct article *article) {
    const struct tokens *tokens = &article->tokens;
    struct state s = {.article = article, .general = general_topic(tokens)};
    s.general_is_region = s.general.len <= REGION_NAME;
    places_read(tokens, &s.places);
    size_t quantity = 0, next = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        if (i == 0 || tokens->at[i - 1].kind == TOKEN_END) {
            begin_paragraph(&s, i, quantity);
            if (i > 0 && is_heading(tokens, i)) /* the title is no section's heading */
                take_heading(&s, i);
        }
        if (s.passing && token_ends_sentence(tokens, i)) {
            s.topic = (struct siftd_str){0};
            s.passing = s.topic_is_institution = false;
        }
        if (tokens->at[i].kind == TOKEN_NUMBER) {
            give_topic(&s, quantity++);
            if (s.topic.len)
                s.waiting = quantity;
        } else if (ends_event(&s, i)) {
            s.topic = (struct siftd_str){0};
            s.topic_is_event = false;
        } else if (i >= next) {
            next = i + take_topic(&s, i);
            if (s.topic.len)
                give_back(&s, quantity);
        }
    }
}
