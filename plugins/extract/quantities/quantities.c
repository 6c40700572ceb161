/* SPDX-License-Identifier: MIT */
/* extract/quantities: every number of a text that measures something, as an `indicator` record. */
#include <stdlib.h>
#include <string.h>

#include "english.h"
#include "indicator.h"
#include "memory.h"
#include "siftd/plugin.h"

struct quantities {
    const struct siftd_host *host;
    struct lexicon *lexicon;
    struct english *english;
    struct article article; /* kept between documents for its memory */
};

static int quantities_open(void *self, const struct siftd_host *host) {
    struct quantities *q = self;
    q->host = host;
    if (!host->pack(host, "units"))
        return host->error(host,
                           "no pack has units.yaml, without which no number can be told from a year or a list number; "
                           "name a pack such as \"incubator\" under packs");
    q->english = english_new(host);
    q->lexicon = lexicon_new(host);
    return q->lexicon ? SIFTD_OK : SIFTD_ERROR;
}

static void quantities_close(void *self) {
    struct quantities *q = self;
    lexicon_free(q->lexicon);
    english_free(q->english);
    tokens_deinit(&q->article.tokens);
    free(q->article.indicator);
}

/* The piece of text that is given as the quote: the clause. */
static struct siftd_span quote_of(const struct article *article, const struct indicator *indicator) {
    const struct tokens *tokens = &article->tokens;
    size_t last = indicator->clause_end > indicator->clause ? indicator->clause_end - 1 : indicator->token;
    return (struct siftd_span){tokens->at[indicator->clause].start, tokens->at[last].end};
}

static int emit(const struct quantities *q, struct siftd_doc *doc, const struct indicator *indicator) {
    static const char *const statuses[] = {"actual", "target", "terms", "change"};
    const struct siftd_host *host = q->host;
    const struct tokens *tokens = &q->article.tokens;
    const struct quantity *quantity = &tokens->quantity[tokens->at[indicator->token].index];
    struct siftd_span quote = quote_of(&q->article, indicator);
    struct siftd_record *record = host->record(doc, "indicator", quote.start, quote.end);
    host->put_text(record, "raw", tokens->text.at + quantity->start, quantity->end - quantity->start);
    host->put_number(record, "value", quantity->value);
    if (quantity->upper[0])
        host->put_number(record, "value_max", quantity->upper);
    host->put_string(record, "unit", quantity->unit->name);
    host->put_string(record, "name", indicator->name[0] ? indicator->name : NULL);
    if (indicator->subject.len)
        host->put_text(record, "subject", indicator->subject.at, indicator->subject.len);
    else
        host->put_null(record, "subject");
    host->put_string(record, "qualifier", indicator->qualifier);
    host->put_string(record, "status", statuses[indicator->status]);
    host->put_string(record, "period", indicator->period[0] ? indicator->period : NULL);
    host->put_place(record, quantity->start, quantity->end);
    return host->emit(record);
}

static void read_chinese(struct article *article) {
    year_read(article);
    statuses_read(article);
    periods_read(article);
    subjects_read(article);
    names_read(article);
}

static int read_article(struct quantities *q, struct siftd_doc *doc, struct siftd_span span, const char *published) {
    struct article *article = &q->article;
    article->published = published;
    tokens_read(&article->tokens, q->lexicon, q->host->text(doc), span.start, span.end);
    if (article->tokens.quantities > article->room) {
        article->room = article->tokens.quantities;
        free(article->indicator);
        article->indicator = calloc(article->room, sizeof *article->indicator);
        if (!article->indicator)
            out_of_memory();
    }
    article->start = span.start;
    spans_read(article);
    if (english_is(article))
        english_read(q->english, article);
    else
        read_chinese(article);
    for (size_t i = 0; i < article->tokens.quantities; i++)
        if (emit(q, doc, &article->indicator[i]) < 0)
            return SIFTD_ERROR;
    return SIFTD_OK;
}

static int quantities_run(void *self, struct siftd_doc *doc) {
    struct quantities *q = self;
    size_t articles = q->host->mark_count(doc, "article"), end = q->host->text(doc).len, from = 0;
    q->article.year = 0;
    for (size_t i = 0; i < articles; i++) {
        struct siftd_mark mark = q->host->mark_at(doc, "article", i);
        struct siftd_span span = mark.span;
        if (span.start > from && read_article(q, doc, (struct siftd_span){from, span.start}, NULL) < 0)
            return SIFTD_ERROR;
        if (read_article(q, doc, span, mark.value) < 0)
            return SIFTD_ERROR;
        from = span.end;
    }
    return from < end ? read_article(q, doc, (struct siftd_span){from, end}, NULL) : SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "quantities",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "numbers that measure something: value, unit, name, subject, qualifier, status, period",
    .content = SIFTD_PROSE,
    .instance_size = sizeof(struct quantities),
    .open = quantities_open,
    .close = quantities_close,
    .run = quantities_run,
};
SIFTD_PLUGIN(plugin)
