/* SPDX-License-Identifier: MIT */
/*
 * The loop. Lines go to the plugin as they are read. As soon as nothing waits, the plugin flushes, so that lines reach
 * their reader at once; the durable commit comes later, when nothing new came for SETTLE or when the oldest line put
 * waits for BATCH (milliseconds). A cursor that lags behind the lines costs only that they are cut off and written
 * again after a crash.
 *
 * Invariant: `byte` and the reader tell the first line that was not put. What a failing plugin has not committed is
 * forgotten: the sink is closed, and after a pause that doubles with each failure opened again, and the reader goes to
 * what resume() tells.
 */
#include "delivery/child/follow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "delivery/child/cursor.h"
#include "journal/journal.h"

enum { SETTLE = 20, BATCH = 150, BATCH_MAX = 2000, IDLE = 1000, LINES = 256, PAUSE_FIRST = 100, PAUSE_MAX = 30000 };

struct pump {
    const struct follow *follow;
    const struct siftd_plugin *plugin; /* NULL: the sink is not open */
    void *self;
    struct journal_reader *reader;
    struct journal_completer completer;
    struct buf record;
    struct journal_doc doc;
    bool inside;   /* doc has lines that were not put */
    uint64_t byte; /* of doc's body: the next line to put */
    uint64_t skip; /* bytes of the first document that are out already */
    uint64_t skip_sequence;
    bool refused;          /* the plugin failed: nothing may be committed any more */
    bool moved, unflushed; /* since the last commit, since the last flush */
    int64_t since;         /* when `moved` began */
    int64_t batch;         /* how long it may stay so */
    int64_t idled;         /* the last call of idle() */
    uint64_t sequence, records, bytes;
    int pause;
};

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void report(struct pump *p, const char *trouble) {
    p->follow->calls.report(p->follow->calls.user, p->sequence, p->records, p->bytes, trouble);
}

static int plugin_failed(struct pump *p, const char *call, struct error *err) {
    p->refused = true;
    const char *said = p->follow->calls.said(p->follow->calls.user);
    return error_set(err, EIO, "%s", *said ? said : call);
}

static struct cursor cursor_of(const struct pump *p) {
    if (p->inside)
        return (struct cursor){.place = journal_reader_begin(p->reader), .byte = p->byte};
    return (struct cursor){.place = journal_reader_place(p->reader)};
}

static int commit(struct pump *p, struct error *err) {
    struct cursor cursor = cursor_of(p);
    char position[CURSOR_MAX];
    int64_t begun = now();
    cursor_format(&cursor, position);
    if (p->plugin->commit(p->self, position) == SIFTD_ERROR)
        return plugin_failed(p, "its commit failed without a message", err);
    if (!p->plugin->resume) {
        int r = cursor_save(p->follow->cursor, position, err);
        if (r < 0)
            return r;
    }
    int64_t batch = (now() - begun) * 4;
    p->batch = batch < BATCH ? BATCH : batch > BATCH_MAX ? BATCH_MAX : batch;
    p->moved = p->unflushed = false;
    p->sequence = cursor.place.sequence;
    p->pause = PAUSE_FIRST;
    report(p, "");
    return 0;
}

static void note_moved(struct pump *p) {
    if (!p->moved)
        p->since = now();
    p->moved = true;
}

static bool wanted(const struct pump *p, const char *line, size_t len) {
    const struct config_words *types = p->follow->types;
    size_t type_len;
    if (types->count == 0)
        return true;
    const char *type = journal_line_type(line, len, &type_len);
    for (size_t i = 0; i < types->count; i++)
        if (strlen(types->item[i]) == type_len && memcmp(types->item[i], type, type_len) == 0)
            return true;
    return false;
}

static int put(struct pump *p, const char *line, size_t len, struct error *err) {
    struct journal_parts parts;
    p->record.len = 0;
    journal_completer_add(&p->completer, line, len, &p->record, &parts);
    const char *at = p->record.at;
    struct siftd_line out = {.json = at,
                             .len = p->record.len,
                             .type = {at + parts.type, parts.type_len},
                             .id = {at + parts.id, parts.id_len},
                             .name = p->doc.name};
    int r = p->plugin->put(p->self, &out);
    if (r == SIFTD_SKIP) {
        r = commit(p, err);
        if (r < 0)
            return r;
        r = p->plugin->put(p->self, &out);
        note_moved(p);
    }
    if (r != SIFTD_OK)
        return plugin_failed(p,
                             r == SIFTD_SKIP ? "it took a line neither before nor after a commit"
                                             : "it refused a line without a message",
                             err);
    p->records++;
    p->bytes += out.len;
    p->unflushed = true;
    return 0;
}

/* Puts some lines of the document. */
static int put_lines(struct pump *p, struct error *err) {
    const char *line;
    size_t len;
    for (int i = 0; i < LINES; i++) {
        int r = journal_reader_line(p->reader, &line, &len, err);
        if (r == 0)
            p->inside = false;
        if (r > 0 && wanted(p, line, len))
            r = put(p, line, len, err);
        if (r < 0 || !p->inside)
            return r < 0 ? r : 0;
        p->byte = journal_reader_told(p->reader);
    }
    return 0;
}

/* Begins the next document: 1, or 0 when all is read. */
static int next_document(struct pump *p, struct error *err) {
    int r = journal_reader_next(p->reader, &p->doc, err);
    if (r == -ENODATA) {
        log_warn("%s; the sink goes on behind them", err->text);
        return 1;
    }
    if (r <= 0)
        return r;
    p->inside = true;
    p->byte = 0;
    journal_completer_begin(&p->completer, &p->doc);
    if (p->skip && p->doc.sequence == p->skip_sequence) {
        r = journal_reader_skip(p->reader, p->skip, err);
        p->byte = p->skip;
    }
    p->skip = 0;
    return r < 0 ? r : 1;
}

/* One piece of work: 1, or 0 when there is none. */
static int step(struct pump *p, struct error *err) {
    if (!p->inside) {
        int r = next_document(p, err);
        if (r <= 0)
            return r;
    }
    note_moved(p);
    int r = p->inside ? put_lines(p, err) : 0;
    if (r == 0 && now() - p->since >= p->batch)
        r = commit(p, err);
    return r < 0 ? r : 1;
}

static int flush(struct pump *p, struct error *err) {
    if (!p->unflushed || !p->plugin->flush)
        return 0;
    p->unflushed = false;
    return p->plugin->flush(p->self) == SIFTD_ERROR ? plugin_failed(p, "its flush failed without a message", err) : 0;
}

static int idle(struct pump *p, struct error *err) {
    if (!p->plugin->idle || now() - p->idled < IDLE)
        return 0;
    p->idled = now();
    return p->plugin->idle(p->self) == SIFTD_ERROR ? plugin_failed(p, "its idle call failed without a message", err)
                                                   : 0;
}

/* How long to wait when all is read. */
static int patience(const struct pump *p) {
    if (!p->moved)
        return p->plugin->idle ? IDLE : -1;
    int64_t left = p->batch - (now() - p->since);
    return left < 0 ? 0 : left < SETTLE ? (int)left : SETTLE;
}

/* All is read: hands on, waits, commits when nothing more comes. Returns 1 to end. */
static int rest(struct pump *p, struct error *err) {
    int r = flush(p, err);
    if (r < 0)
        return r;
    struct journal_place before = journal_reader_place(p->reader);
    if (p->follow->calls.wait(p->follow->calls.user, patience(p)))
        return 1;
    r = step(p, err);
    if (r < 0 || journal_reader_place(p->reader).sequence != before.sequence)
        return r < 0 ? r : 0;
    return p->moved ? commit(p, err) : idle(p, err);
}

static void close_all(struct pump *p) {
    p->reader = journal_reader_close(p->reader);
    if (p->plugin)
        p->follow->calls.close(p->follow->calls.user);
    p->plugin = NULL;
    p->moved = false;
}

static int tell_position(struct pump *p, char *position, size_t size, struct error *err) {
    position[0] = 0;
    if (!p->plugin->resume)
        return cursor_load(p->follow->cursor, position, size, err);
    if (p->plugin->resume(p->self, position) == SIFTD_ERROR)
        return plugin_failed(p, "it could not tell its position", err);
    return 0;
}

/* A position that is damaged holds nothing up: what is delivered again is the lesser harm. */
static int find_cursor(struct pump *p, struct cursor *ret, struct error *err) {
    char position[SIFTD_POSITION_MAX];
    int r = tell_position(p, position, sizeof position, err);
    if (r == 0)
        r = cursor_parse(position, ret, err);
    if (r != -EBADMSG)
        return r;
    log_warn("%s; the sink begins with the oldest document of the journal", err->text);
    *ret = (struct cursor){0};
    return 0;
}

static int open_reader(struct pump *p, const struct cursor *cursor, struct error *err) {
    int r = journal_reader_open(p->follow->journal, cursor->place, &p->reader, err);
    if (r != -ESTALE && r != -ERANGE)
        return r;
    log_warn("%s; the sink begins with the oldest document of this journal", err->text);
    return journal_reader_open(p->follow->journal, (struct journal_place){0}, &p->reader, err);
}

/* Opens the sink and goes to where it stands. */
static int open_all(struct pump *p, struct error *err) {
    struct cursor cursor = {0};
    int r = p->plugin ? 0 : p->follow->calls.open(p->follow->calls.user, &p->plugin, &p->self, err);
    if (r == 0)
        r = find_cursor(p, &cursor, err);
    if (r == 0)
        r = open_reader(p, &cursor, err);
    if (r < 0)
        return r;
    p->skip = cursor.byte;
    p->skip_sequence = cursor.place.sequence;
    p->inside = p->moved = p->unflushed = p->refused = false;
    p->sequence = journal_reader_place(p->reader).sequence;
    report(p, "");
    return 0;
}

/* Works until the end is asked for (1) or something fails. */
static int pump(struct pump *p, struct error *err) {
    int64_t looked = now();
    for (;;) {
        int r = step(p, err);
        if (r == 0)
            r = rest(p, err);
        else if (r > 0 && now() - looked >= BATCH) {
            looked = now();
            r = p->follow->calls.wait(p->follow->calls.user, 0);
        } else if (r > 0)
            r = 0;
        if (r)
            return r;
    }
}

/* Commits what was put before the end or before a failure that is not the plugin's. Returns r, or the commit's failure.
 */
static int finish(struct pump *p, int r, struct error *err) {
    struct error local;
    if (!p->moved || p->refused)
        return r;
    int done = commit(p, r < 0 ? &local : err);
    return r < 0 ? r : done < 0 ? done : r;
}

/* Says what holds the sink up and waits. Returns 1 when the end is asked for. */
static int pause_after(struct pump *p, const struct error *err) {
    int64_t until = now() + p->pause;
    report(p, err->text);
    p->pause = p->pause * 2 < PAUSE_MAX ? p->pause * 2 : PAUSE_MAX;
    for (int64_t left = until - now(); left > 0; left = until - now())
        if (p->follow->calls.wait(p->follow->calls.user, (int)left))
            return 1;
    return 0;
}

void follow_run(const struct follow *follow, const struct siftd_plugin *plugin, void *self) {
    struct pump p = {.follow = follow, .plugin = plugin, .self = self, .pause = PAUSE_FIRST, .batch = BATCH};
    struct error err = {0};
    for (;;) {
        int r = open_all(&p, &err);
        if (r == 0)
            r = pump(&p, &err);
        r = finish(&p, r, &err);
        close_all(&p);
        if (r > 0 || pause_after(&p, &err))
            break;
    }
    journal_completer_free(&p.completer);
    buf_free(&p.record);
}
