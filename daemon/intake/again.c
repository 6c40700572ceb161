/* SPDX-License-Identifier: MIT */
/*
 * Files that changed while they were read: somebody goes on writing through a descriptor or mapping that is older than
 * the claim, or through another name of the file. They wait here, claimed, until nobody has them open for writing, or,
 * where that cannot be known, until they have stood still, longer each time. There is no end to their tries: what was
 * read of them is never committed.
 */
#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/os.h"
#include "intake/inside.h"

enum { AGAIN_FIRST = 100 }; /* ms */

static void arm(struct intake *intake) {
    uint64_t due = UINT64_MAX, now = uv_now(intake->loop);
    for (const struct intake_doc *d = intake->changed; d; d = d->next_changed)
        due = d->due < due ? d->due : due;
    if (due == UINT64_MAX)
        uv_timer_stop(&intake->again);
    else
        uv_timer_start(&intake->again, again_on_timer, due > now ? due - now : 1, 0);
}

static uint64_t need(const struct intake *intake, const struct intake_doc *doc) {
    const struct config_watch *config = intake->watch[doc->watch].config;
    uint64_t least = (uint64_t)config->quiet > AGAIN_FIRST ? (uint64_t)config->quiet : AGAIN_FIRST;
    unsigned times = doc->changed < 10 ? doc->changed : 10;
    uint64_t ms = least << times;
    return ms < AGAIN_LONGEST ? ms : AGAIN_LONGEST;
}

bool intake_again(struct intake *intake, struct intake_doc *doc) {
    if (doc->kept) {
        (void)os.unlinkat(intake->work, doc->held, 0);
        doc->inode = 0; /* no longer the one that the folder's scan would know */
        scan_queue_all(&intake->watch[doc->watch]);
        return false;
    }
    if (intake->stopping)
        return false;
    if (doc->fd >= 0) {
        doc->fd = close_fd(doc->fd);
        intake->open--;
    }
    if (doc->changed++ == 0) {
        doc->wall = time(NULL);
        log_info("%s changed while it was read; it is read again when it has come to rest", doc->name);
    }
    doc->since = uv_now(intake->loop);
    doc->delay = 0;
    doc->due = doc->since + (doc->leased ? AGAIN_FIRST : need(intake, doc));
    doc->next_changed = intake->changed;
    intake->changed = doc;
    arm(intake);
    return true;
}

bool intake_has_changed(const struct intake *intake, const struct intake_doc *doc) {
    struct place place = {claim_work_folder(intake, doc), doc->held};
    struct stat st;
    int e = doc->kept ? watch_reach(&intake->watch[doc->watch], doc->name, &place) : 0;
    struct intake_doc is = {0};
    if (e == 0 && fstatat(place.folder, place.name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        doc_identity(&is, &st);
    if (e == 0 && doc->kept)
        place_done(&place);
    return is.inode != doc->inode || is.size != doc->size || is.mtime != doc->mtime;
}

void again_forget(struct intake *intake, struct intake_doc *doc) {
    for (struct intake_doc **at = &intake->changed; *at; at = &(*at)->next_changed) {
        if (*at != doc)
            continue;
        *at = doc->next_changed;
        return;
    }
}

unsigned again_held(const struct intake *intake) {
    unsigned held = 0;
    for (const struct intake_doc *d = intake->changed; d; d = d->next_changed)
        held += d->writer;
    return held;
}

static void look_later(struct intake *intake, struct intake_doc *doc) {
    doc->delay = doc->delay ? doc->delay * 2 : SETTLE_FIRST;
    doc->delay = doc->delay < SETTLE_LONGEST ? doc->delay : SETTLE_LONGEST;
    doc->due = uv_now(intake->loop) + doc->delay;
}

/* Without a lease it must be the same as when its rest began. */
static bool rests(struct intake *intake, struct intake_doc *doc, const struct intake_doc *before) {
    if (doc->leased)
        return true;
    uint64_t now = uv_now(intake->loop);
    if (doc->size != before->size || doc->mtime != before->mtime)
        doc->since = now;
    doc->due = doc->since + need(intake, doc);
    return now >= doc->due;
}

static void look(struct intake *intake, struct intake_doc *doc) {
    struct intake_doc before = *doc;
    struct error err;
    int e = recover_open(intake, doc, &err);
    doc->writer = e == -EAGAIN;
    if (doc->writer) {
        look_later(intake, doc);
        return;
    }
    if (e == 0 && !rests(intake, doc, &before)) {
        doc->fd = close_fd(doc->fd);
        return;
    }
    if (e < 0 && e != -ENOENT) { /* a right or a descriptor is missing, perhaps for now */
        if (first_complaint(&intake->watch[doc->watch], doc->held))
            log_warn("%s; it is tried again", err.text);
        doc->due = uv_now(intake->loop) + MISSING_PERIOD;
        return;
    }
    again_forget(intake, doc);
    if (e == 0) {
        intake->open++;
        intake->calls.rested(intake->calls.user, doc);
        return;
    }
    log_warn("%s", err.text);
    intake->calls.dropped(intake->calls.user, doc);
}

void again_on_timer(uv_timer_t *timer) {
    struct intake *intake = timer->data;
    struct intake_doc *next;
    for (struct intake_doc *d = intake->changed; d; d = next) {
        next = d->next_changed;
        if (d->due > uv_now(intake->loop))
            continue;
        if (intake->open >= intake->limits.open)
            look_later(intake, d);
        else
            look(intake, d);
    }
    arm(intake);
}

void again_drop_all(struct intake *intake) {
    while (intake->changed) {
        struct intake_doc *doc = intake->changed;
        intake->changed = doc->next_changed;
        intake->calls.dropped(intake->calls.user, doc);
    }
}
