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
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/os.h"
#include "delivery/child/again.h"
#include "delivery/child/cursor.h"
#include "delivery/child/known.h"
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
    struct known known; /* of a document that was run once more; the sink appends */
    /* A stretch once more: meanwhile `reader` is in it, and `main` is where the journal goes on afterwards. */
    struct again again;
    struct cursor main;
    uint64_t again_id; /* of the last one that was begun */
    int64_t looked;    /* when the request was last looked for */
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

static bool in_again(const struct pump *p) {
    return p->again.id != 0;
}

static struct cursor here(const struct pump *p) {
    if (p->inside)
        return (struct cursor){.place = journal_reader_begin(p->reader), .byte = p->byte};
    return (struct cursor){.place = journal_reader_place(p->reader)};
}

static struct cursor cursor_of(const struct pump *p) {
    struct cursor at = here(p), cursor = in_again(p) ? p->main : at;
    cursor.again.id = p->again_id;
    cursor.again.sequence = in_again(p) ? again_next(&p->again, at.place.sequence) : 0;
    cursor.again.byte = cursor.again.sequence == at.place.sequence ? at.byte : 0;
    return cursor;
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
        return !journal_line_is_refused(line, len);
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
        if (r > 0 && wanted(p, line, len) && !known_has(&p->known, line, len))
            r = put(p, line, len, err);
        if (r < 0 || !p->inside)
            return r < 0 ? r : 0;
        p->byte = journal_reader_told(p->reader);
    }
    return 0;
}

/* --- a stretch once more ------------------------------------------------------------------------------------------ */

/* Back to where the journal goes on. The position that is committed next says that the stretch is done. */
static int end_again(struct pump *p, struct error *err) {
    struct journal_reader *reader = NULL;
    int r = journal_reader_open(p->follow->journal, p->main.place, &reader, err);
    if (r < 0)
        return r;
    journal_reader_close(p->reader);
    p->reader = reader;
    p->skip = p->main.byte;
    p->skip_sequence = p->main.place.sequence;
    p->inside = false;
    again_free(&p->again);
    note_moved(p);
    log_info("the stretch of the journal that was asked for once more is delivered");
    return 1;
}

/* The reader to the frame `sequence`. */
static int go_to(struct pump *p, uint64_t sequence, struct error *err) {
    struct journal_reader *reader = NULL;
    int r = journal_reader_open(p->follow->journal, (struct journal_place){.sequence = sequence}, &reader, err);
    if (r < 0)
        return r;
    journal_reader_close(p->reader);
    p->reader = reader;
    p->inside = false;
    return 0;
}

/* Makes sure that the reader stands in front of a document of the stretch: 1; 0 when it is done, and left. */
static int next_stretch(struct pump *p, struct error *err) {
    uint64_t at = journal_reader_place(p->reader).sequence, next = again_next(&p->again, at);
    int r = next == 0 ? end_again(p, err) : next == at ? 0 : go_to(p, next, err);
    return r < 0 ? r : next != 0;
}

/* Leaves the journal, where it stands between two documents or inside of one, for the stretch. */
static int begin_again(struct pump *p, uint64_t sequence, uint64_t byte, struct error *err) {
    struct cursor main = here(p);
    int r = go_to(p, sequence, err);
    if (r < 0)
        return r;
    p->main = main;
    p->again_id = p->again.id;
    p->skip = byte;
    p->skip_sequence = sequence;
    return 0;
}

static void forget_request(const struct pump *p) {
    if (os.unlinkat(AT_FDCWD, p->follow->again, 0) < 0 && errno != ENOENT)
        log_warn("%s cannot be removed: %s", p->follow->again, strerror(errno));
}

/* After a restart in the middle of it. */
static int resume_again(struct pump *p, const struct cursor *cursor, struct error *err) {
    if (!p->follow->again || again_read(p->follow->again, &p->again) <= 0 || p->again.id != cursor->again.id) {
        again_free(&p->again); /* it was taken back */
        return 0;
    }
    p->main = *cursor; /* nothing was read yet, and begin_again() would forget the byte */
    int r = go_to(p, cursor->again.sequence, err);
    p->skip = cursor->again.byte;
    p->skip_sequence = cursor->again.sequence;
    return r;
}

static bool is_for_us(const struct pump *p) {
    if (p->plugin->keyed || p->again.appends_too)
        return true;
    log_info("a stretch of the journal was asked for once more; this sink appends and has had it: nothing is done");
    return false;
}

/* Is something asked for? Its file is removed when the position that says so is safe. */
static int look_for_again(struct pump *p, struct error *err) {
    if (!p->follow->again || in_again(p) || now() - p->looked < BATCH)
        return 0;
    p->looked = now();
    int r = again_read(p->follow->again, &p->again);
    if (r == 0)
        return 0;
    bool done = r < 0 || p->again.id == p->again_id || !is_for_us(p);
    if (r < 0)
        log_warn("%s cannot be read and is put away", p->follow->again);
    if (!done)
        return begin_again(p, again_next(&p->again, 0), 0, err);
    again_free(&p->again);
    r = p->moved ? commit(p, err) : 0;
    if (r == 0)
        forget_request(p);
    return r;
}

/* --- documents ---------------------------------------------------------------------------------------------------- */

/* A sink that appends gets of a document that was run once more only what it has not had. */
static void recall(struct pump *p) {
    struct error err;
    known_clear(&p->known);
    if (p->doc.earlier == 0 || p->doc.again || p->plugin->keyed || in_again(p) ||
        known_load(&p->known, p->follow->journal, &p->doc, &err) == 0)
        return;
    known_clear(&p->known);
    log_warn("%s; what %s gave before cannot be told from what is new, and all of it is delivered", err.text,
             p->doc.name);
}

/* Begins the next document: 1, or 0 when all is read. */
static int next_document(struct pump *p, struct error *err) {
    if (in_again(p)) {
        int more = next_stretch(p, err);
        if (more <= 0)
            return more < 0 ? more : 1;
    }
    int r = journal_reader_next(p->reader, &p->doc, err);
    if (r == -ENODATA) {
        log_warn("%s; the sink goes on behind them", err->text);
        return 1;
    }
    if (r == 0 && in_again(p))
        return end_again(p, err);
    if (r <= 0)
        return r;
    if (in_again(p) && again_next(&p->again, p->doc.sequence) != p->doc.sequence)
        return 1; /* those that were wanted are gone from the journal */
    p->inside = true;
    p->byte = 0;
    journal_completer_begin(&p->completer, &p->doc);
    recall(p);
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
    p->looked = 0;
    r = step(p, err);
    if (r < 0 || journal_reader_place(p->reader).sequence != before.sequence)
        return r < 0 ? r : 0;
    return p->moved ? commit(p, err) : idle(p, err);
}

static void close_all(struct pump *p) {
    p->reader = journal_reader_close(p->reader);
    again_free(&p->again);
    known_clear(&p->known);
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
    p->again_id = cursor.again.id;
    p->looked = 0;
    p->inside = p->moved = p->unflushed = p->refused = false;
    p->sequence = journal_reader_place(p->reader).sequence;
    report(p, "");
    return cursor.again.sequence ? resume_again(p, &cursor, err) : 0;
}

/* Works until the end is asked for (1) or something fails. */
static int pump(struct pump *p, struct error *err) {
    int64_t looked = now();
    for (;;) {
        int r = look_for_again(p, err);
        if (r == 0)
            r = step(p, err);
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
