/* SPDX-License-Identifier: MIT */
/*
 * When a figure holds. The nearest time expression before it in its paragraph governs; a year that is only aimed at
 * governs its own sentence, an earlier state (由2020年的5家) its own number, the base of a comparison (较2019年)
 * nothing. A paragraph without one takes its frame: the year of its heading, else the year that the article opens with.
 * 全年 is the frame's year, too, and behind 截至 it holds for its clause only. 目前 is the date of the page, or the
 * month or year that the article begins with. Rules and prices have no time.
 */
#include "indicator.h"

#include <stdio.h>
#include <string.h>

#include "str.h"

enum {
    DATELINE_TOKENS = 6,
    REACH = 64, /* tokens looked at behind a year */
    NEAR = 6,
    QUOTE_OPEN = 0x201C,
    QUOTE_CLOSE = 0x201D,
    OPENING = 12 /* tokens that a paragraph may open with */
};

struct state {
    const struct article *article;
    struct when current, base; /* governing now; governing once an aimed-at year's sentence is over */
    struct when section;       /* the heading's */
    struct when lead, now;     /* the article's */
    struct when until;         /* the date up to which the paragraph reports (截至) */
    int last_year;
    bool aimed, blocked;
    bool passing; /* the time holds for its number only, and is followed by `held` */
    bool clause;  /* the time holds for its clause only, and is followed by `held` */
    struct when held;
    struct when finest;
};

static bool is_aimed(const struct tokens *tokens, size_t i) {
    const struct when *when = &tokens->when[tokens->at[i].index];
    if (when->relative && when->from.year < 0) /* 到去年底 */
        return false;
    return i > 0 && tokens->at[i - 1].end == tokens->at[i].start &&
           token_is(tokens, i - 1, ROLE_BIT(TOWARDS) | ROLE_BIT(TARGET));
}

/* The year of an event's name (2023年某某大赛) does not govern when the sentence has said the day. */
static bool names_event(const struct tokens *tokens, size_t i) {
    size_t end = i + REACH;
    for (i++; i < tokens->count && i < end && !token_ends_clause(tokens, i); i++) {
        if (tokens->at[i].kind == TOKEN_NUMBER)
            return false;
        if (token_is(tokens, i, ROLE_BIT(EVENT)))
            return true;
    }
    return false;
}

/* 较2019年, 与2019年相比. */
static bool is_base(const struct tokens *tokens, size_t i) {
    size_t number = i + 2; /* 是2021年的2.7倍 */
    if (number < tokens->count && tokens->at[number].kind == TOKEN_NUMBER &&
        tokens->quantity[tokens->at[number].index].unit->kind == UNIT_RATE &&
        str_equal(token_text(tokens, &tokens->at[i + 1]), str("的")))
        return true;
    return (i > 0 && token_is(tokens, i - 1, ROLE_BIT(BASE_BEFORE))) || token_is(tokens, i + 1, ROLE_BIT(BASE_BEHIND));
}

/* 自2015年首个基地投用以来: from then on. */
static bool is_since(const struct tokens *tokens, size_t i) {
    const struct when *when = &tokens->when[tokens->at[i].index];
    if (!when->from.year || when->relative || when->interval || i == 0 ||
        !str_ends(token_text(tokens, &tokens->at[i - 1]), str("自")))
        return false;
    while (i + 1 < tokens->count && !token_ends_clause(tokens, i + 1))
        i++;
    return str_ends(token_text(tokens, &tokens->at[i]), str("以来"));
}

/* 成立于2014年, 2014年起步, 2014年建成，…. */
static bool is_founding(const struct tokens *tokens, size_t i) {
    if (token_is(tokens, i + 1, ROLE_BIT(VERB)) && token_ends_clause(tokens, i + 2) && i + 2 < tokens->count)
        return true;
    if (i > 0 && token_is(tokens, i - 1, ROLE_BIT(THIS))) /* 这家2019年入园的企业 */
        return true;
    return (i > 0 && token_is(tokens, i - 1, ROLE_BIT(FOUNDED))) || token_has(tokens, i + 1, TRAIT_BIT(FOUNDED_BEHIND));
}

/* 由2020年的5家, 从去年3家: the state before. */
static bool is_earlier(const struct tokens *tokens, size_t i) {
    if (i == 0 || !token_is(tokens, i - 1, ROLE_BIT(FROM)))
        return false;
    size_t end = i + NEAR;
    for (i++; i < tokens->count && i < end && tokens->at[i].kind != TOKEN_BREAK; i++)
        if (tokens->at[i].kind == TOKEN_NUMBER)
            return true;
    return false;
}

/* Whether the paragraph that begins at token i heads a plan. */
static bool heads_plan(const struct tokens *tokens, size_t i) {
    if (!is_heading(tokens, i))
        return false;
    for (; i < tokens->count && tokens->at[i].kind != TOKEN_END; i++)
        if (token_is(tokens, i, ROLE_BIT(PLAN)))
            return true;
    return false;
}

/* 计划2024年再建: the plan of a year is made in the one before; 到2025年 may be further off. */
static bool is_next(const struct tokens *tokens, size_t i) {
    struct siftd_str before = token_text(tokens, &tokens->at[i - 1]);
    return tokens->when[tokens->at[i].index].from.year && !str_ends(before, str("到")) && !str_ends(before, str("至"));
}

/* 去年入选2022年度名单: the year of the report is the next one. */
static bool behind_last_year(const struct tokens *tokens, size_t i) {
    for (size_t first = i; i-- > 0 && first - i < NEAR && !token_ends_clause(tokens, i);)
        if (tokens->at[i].kind == TOKEN_TIME)
            return tokens->when[tokens->at[i].index].relative && tokens->when[tokens->at[i].index].from.year == -1;
    return false;
}

/* The latest year that is not aimed at; what stands under a plan's heading is. */
void year_read(struct article *article) {
    const struct tokens *tokens = &article->tokens;
    int year = 0, told = 0; /* told: in quotations, and when something began */
    int next = 0;           /* the year that is planned for */
    bool plan = false, quoted = false, relative = false;
    for (size_t i = 0; i < tokens->count; i++) {
        quoted = (quoted || token_mark(tokens, i, QUOTE_OPEN)) && !token_mark(tokens, i, QUOTE_CLOSE) &&
                 tokens->at[i].kind != TOKEN_END;
        if (i > 0 && tokens->at[i - 1].kind == TOKEN_END && is_heading(tokens, i))
            plan = heads_plan(tokens, i) || (plan && !opens_section(tokens, i));
        if (tokens->at[i].kind != TOKEN_TIME || (plan && year))
            continue;
        const struct when *when = &tokens->when[tokens->at[i].index];
        relative |= when->relative;
        if (when->kind != WHEN_DATE || when->relative)
            continue;
        if (is_aimed(tokens, i)) {
            next = is_next(tokens, i) && (!next || when->from.year < next) ? when->from.year : next;
            continue;
        }
        bool years = when->interval && !when->from.month; /* 2019年至2021年 reports on all of them */
        int said = (years ? when->to.year : when->from.year) + (when->of_year && behind_last_year(tokens, i));
        int *latest = quoted || is_founding(tokens, i) ? &told : &year;
        *latest = said > *latest ? said : *latest;
    }
    if (next && relative && year < next) /* 今年 is told from the years that are named */
        year = next - 1;
    if (year)
        article->year = year;
}

/* Whether a date is all that its paragraph holds, or nearly: a date line. */
static bool is_dateline(const struct tokens *tokens, size_t i) {
    const struct when *when = &tokens->when[tokens->at[i].index];
    if (!when->from.year || !when->from.day || when->relative || when->interval)
        return false;
    size_t first = i, last = i;
    while (first > 0 && i - first <= DATELINE_TOKENS && tokens->at[first - 1].kind != TOKEN_END)
        first--;
    while (last + 1 < tokens->count && last - i <= DATELINE_TOKENS && tokens->at[last].kind != TOKEN_END)
        last++;
    return (last - first <= DATELINE_TOKENS || first == i) && is_heading(tokens, first);
}

/* The year that the text around is about: the paragraph's so far, the heading's, the article's; 0 when none is said. */
static int frame_year(const struct state *s) {
    const struct when *const frames[] = {&s->until, &s->base, &s->section, &s->lead};
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        if (frames[i]->kind == WHEN_DATE)
            return frames[i]->interval ? frames[i]->to.year : frames[i]->from.year;
    return 0;
}

static struct when resolved(const struct state *s, const struct when *when) {
    struct when out = *when;
    int frame = frame_year(s), year = s->article->year;
    when_resolve(&out, when->framed && frame ? frame : year, frame ? frame : s->last_year);
    return out;
}

/* Whether token i is among the words that its paragraph opens with, before its first punctuation. */
static bool opens_paragraph(const struct tokens *tokens, size_t i) {
    for (int steps = 0; i > 0 && tokens->at[i - 1].kind != TOKEN_END; i--)
        if (tokens->at[i - 1].kind == TOKEN_BREAK || ++steps > OPENING)
            return false;
    return true;
}

/* Whether token i stands in a title, or in a paragraph that announces a report. */
static bool announces(const struct tokens *tokens, size_t i) {
    size_t first = i;
    while (first > 0 && tokens->at[first - 1].kind != TOKEN_END)
        first--;
    if (is_heading(tokens, first))
        return true;
    for (; i < tokens->count && tokens->at[i].kind != TOKEN_END; i++)
        if (token_is(tokens, i, ROLE_BIT(ANNOUNCE)))
            return true;
    return false;
}

/* 某某基地2022年度工作总结: a year in the title is what the article reports on, whenever it was written. */
static bool titles(const struct tokens *tokens, size_t i) {
    const struct when *when = &tokens->when[tokens->at[i].index];
    if (!when->from.year || when->from.month || when->relative || when->interval)
        return false;
    while (i > 0 && tokens->at[i - 1].kind != TOKEN_END)
        i--;
    return i == 0 && is_heading(tokens, i);
}

/* Reads the times of the first paragraph that holds a sentence: what the article as a whole is about. */
static void read_lead(struct state *s) {
    const struct tokens *tokens = &s->article->tokens;
    bool dated = false, sentence = false, first = true; /* first: no sentence has ended yet */
    bool quoted = false;                                /* what somebody tells is not when it is told */
    for (size_t i = 0; i < tokens->count && !(sentence && tokens->at[i].kind == TOKEN_END); i++) {
        if (token_ends_sentence(tokens, i) && tokens->at[i].kind != TOKEN_END) {
            sentence = true;
            first = false;
        }
        quoted = (quoted || token_mark(tokens, i, QUOTE_OPEN)) && !token_mark(tokens, i, QUOTE_CLOSE);
        if (tokens->at[i].kind != TOKEN_TIME || quoted)
            continue;
        const struct when *when = &tokens->when[tokens->at[i].index];
        if (when->kind != WHEN_DATE || is_aimed(tokens, i) || is_base(tokens, i) || is_founding(tokens, i))
            continue;
        struct when full = resolved(s, when);
        if (full.kind != WHEN_DATE)
            continue;
        /* a day without a year, 今年, or a year in a title or above a report that is announced (现将…报告如下) */
        bool opens = (!when->from.year && !when->framed) ||
                     (full.from.year == s->article->year && !full.interval && opens_paragraph(tokens, i) &&
                      (full.from.day || announces(tokens, i)));
        if (s->now.kind != WHEN_DATE && (first || opens)) {
            s->now = full;
            s->now.interval = false;
            if (!is_dateline(tokens, i))
                s->now.from.day = 0;
        }
        dated |= opens || titles(tokens, i);
        if (dated && !is_dateline(tokens, i) && !(when->relative && when->from.year < 0)) {
            s->lead = (struct when){.kind = WHEN_DATE, .from = {.year = full.from.year}};
        }
    }
}

static void begin_paragraph(struct state *s, size_t i) {
    const struct tokens *tokens = &s->article->tokens;
    s->current = s->base = (struct when){0};
    s->until = (struct when){0};
    s->aimed = s->blocked = s->passing = s->clause = false;
    if (i < tokens->count && is_heading(tokens, i) && (opens_section(tokens, i) || !is_numbered(tokens, i)))
        s->section = (struct when){0};
}

static void take_now(struct state *s) {
    s->current = s->base = s->until.kind == WHEN_DATE ? s->until : s->now;
    s->blocked = false;
}

/* A time that holds for a moment only. */
static void hold(struct state *s, struct when when) {
    if (!s->passing && !s->clause)
        s->held = s->current;
    s->current = when;
}

static void let_go(struct state *s) {
    s->current = s->held;
    s->passing = s->clause = false;
}

static void take_time(struct state *s, size_t i, bool heading) {
    const struct tokens *tokens = &s->article->tokens;
    const struct when *said = &tokens->when[tokens->at[i].index];
    struct when when = resolved(s, said);
    if (is_founding(tokens, i) || is_base(tokens, i))
        return;
    if (when.kind == WHEN_DATE && is_earlier(tokens, i)) {
        hold(s, when);
        s->passing = true;
        return;
    }
    if (when.kind == WHEN_DATE && said->framed && !said->from.month && s->until.kind == WHEN_DATE) {
        hold(s, when);
        s->clause = true;
        return;
    }
    if (when.kind == WHEN_NOW) {
        take_now(s);
        return;
    }
    int until = frame_year(s) ? frame_year(s) : s->article->year;
    if (when.kind == WHEN_DATE && is_since(tokens, i) && until > when.from.year) {
        when =
            (struct when){.kind = WHEN_DATE, .from = {.year = when.from.year}, .to = {.year = until}, .interval = true};
        s->current = s->base = when;
        return;
    }
    if (when.kind != WHEN_DATE) {
        s->current = s->base = (struct when){0};
        s->blocked = true;
        return;
    }
    if (said->kind == WHEN_DATE && said->from.year && !said->relative)
        s->last_year = said->from.year;
    else if (said->kind == WHEN_DATE && said->relative && !said->framed) /* 今年 */
        s->last_year = when.from.year;
    if (when_is_finer(&s->finest, &when) && !said->of_year && !said->relative && names_event(tokens, i))
        return;
    if (when_is_finer(&when, &s->finest))
        s->finest = when;
    s->blocked = s->passing = s->clause = false;
    if (i > 0 && token_is(tokens, i - 1, ROLE_BIT(UNTIL)))
        s->until = when;
    s->aimed = is_aimed(tokens, i);
    s->current = when;
    if (!s->aimed)
        s->base = when;
    if (heading && !s->aimed && !is_dateline(tokens, i))
        s->section = when;
}

/* 每年, 年均: a rate that belongs to no time. */
static bool is_yearly(const struct state *s, const struct indicator *indicator) {
    for (size_t i = indicator->clause; i < indicator->token; i++)
        if (token_is(&s->article->tokens, i, ROLE_BIT(YEARLY)))
            return true;
    return false;
}

/* 认定…6家为2022年度某某基地: the year that stands behind the number. */
static struct when year_behind(const struct state *s, const struct indicator *indicator) {
    const struct tokens *tokens = &s->article->tokens;
    for (size_t i = indicator->token + 1; i < indicator->clause_end; i++)
        if (tokens->at[i].kind == TOKEN_TIME && tokens->when[tokens->at[i].index].of_year)
            return resolved(s, &tokens->when[tokens->at[i].index]);
    return (struct when){0};
}

static void give_period(struct state *s, struct indicator *indicator) {
    const struct when *when = &s->current;
    struct when behind = {0};
    if (indicator->status == STATUS_TERMS || (indicator->status != STATUS_TARGET && is_yearly(s, indicator)))
        return;
    if (when->kind != WHEN_DATE && !s->blocked && indicator->status != STATUS_TARGET) {
        behind = year_behind(s, indicator);
        when = behind.kind == WHEN_DATE ? &behind : s->section.kind == WHEN_DATE ? &s->section : &s->lead;
    } else if (when->kind != WHEN_DATE && indicator->status == STATUS_TARGET)
        when = &s->section;
    if (!when_text(when, indicator->period))
        indicator->period[0] = 0;
}

/* The date that the page bears, where the text itself does not say when it was written. */
static void read_published(struct state *s) {
    int year = 0, month = 0, day = 0;
    if ((s->now.kind == WHEN_DATE && s->now.from.day) || !s->article->published ||
        sscanf(s->article->published, "%4d-%2d-%2d", &year, &month, &day) != 3)
        return;
    s->now = (struct when){.kind = WHEN_DATE, .from = {.year = year, .month = month, .day = day}};
}

void periods_read(struct article *article) {
    const struct tokens *tokens = &article->tokens;
    struct state s = {.article = article};
    read_lead(&s);
    read_published(&s);
    bool heading = false;
    for (size_t i = 0; i < tokens->count; i++) {
        if (i == 0 || tokens->at[i - 1].kind == TOKEN_END) {
            begin_paragraph(&s, i);
            heading = is_heading(tokens, i);
        }
        if (tokens->at[i].kind == TOKEN_TIME)
            take_time(&s, i, heading);
        else if (tokens->at[i].kind == TOKEN_NUMBER) {
            give_period(&s, &article->indicator[tokens->at[i].index]);
            if (s.passing)
                let_go(&s);
        } else if (s.clause && token_ends_clause(tokens, i))
            let_go(&s);
        else if (token_ends_sentence(tokens, i)) {
            s.finest = (struct when){0};
            if (s.aimed)
                s.current = s.base;
            s.aimed = false;
        }
    }
}
