/* SPDX-License-Identifier: MIT */
/* When to stop claiming: what is out is bounded, files beyond wait in their folder. */
#include "base/cleanup.h"
#include "intake/inside.h"

bool pressure_room(const struct intake *intake) {
    return !intake->held && !intake->stopping && intake->open < intake->limits.open && intake->out < intake->limits.out;
}

bool pressure_takes(const struct watch *watch) {
    return watch->there && !watch->held && pressure_room(watch->intake);
}

/* Something stands in its queue, and may be taken. */
static bool can_step(const struct watch *watch) {
    return scan_pending(watch) && !watch->held;
}

void pressure_out(struct intake *intake, struct intake_doc *doc) {
    doc->prev = NULL;
    doc->next = intake->docs;
    if (doc->next)
        doc->next->prev = doc;
    intake->docs = doc;
    intake->out++;
    intake->open += doc->fd >= 0;
    intake->calls.claimed(intake->calls.user, doc);
}

static void on_step(uv_idle_t *step) {
    struct intake *intake = step->data;
    recover_some(intake);
    bool more = intake->left != NULL;
    intake->stepped = uv_now(intake->loop);
    /* In turn, or one with a backlog would take every place that gets free. */
    intake->turn++;
    for (size_t i = 0; i < intake->watches; i++) {
        struct watch *watch = &intake->watch[(intake->turn + i) % intake->watches];
        scan_some(watch);
        more |= can_step(watch);
    }
    if (!more || !pressure_room(intake))
        uv_idle_stop(step);
}

static bool anything_to_take(const struct intake *intake) {
    bool work = intake->left != NULL;
    for (size_t i = 0; i < intake->watches && !work; i++)
        work = can_step(&intake->watch[i]);
    return work;
}

void pressure_wake(struct intake *intake) {
    if (!pressure_room(intake) || uv_is_active((uv_handle_t *)&intake->step) || !anything_to_take(intake))
        return;
    intake->stepped = uv_now(intake->loop);
    uv_idle_start(&intake->step, on_step);
}

/* Places get free before the step is started again, some at a time; a scan that is overdue is one that nobody starts.
 */
uint64_t intake_stalled(const struct intake *intake) {
    uint64_t now = uv_now(intake->loop), since = now;
    if (!pressure_room(intake))
        return 0;
    if (anything_to_take(intake) && intake->open <= intake->limits.open / 4 * 3 &&
        intake->out <= intake->limits.out / 8 * 7)
        since = intake->stepped;
    if (intake->next_scan < since)
        since = intake->next_scan;
    return now - since;
}

/* Going on at the first free place would start and stop the scan for every single file. */
static void made_room(struct intake *intake) {
    if (intake->open <= intake->limits.open / 4 * 3 && intake->out <= intake->limits.out / 8 * 7)
        pressure_wake(intake);
}

void intake_hold(struct intake *intake, bool hold) {
    if (intake->held == hold)
        return;
    intake->held = hold;
    if (!hold)
        pressure_wake(intake);
}

void intake_hold_watch(struct intake *intake, size_t watch, bool hold) {
    if (intake->watch[watch].held == hold)
        return;
    intake->watch[watch].held = hold;
    if (!hold)
        pressure_wake(intake);
}

void intake_passed(struct intake *intake, struct intake_doc *doc) {
    if (doc->fd < 0)
        return;
    doc->fd = close_fd(doc->fd);
    intake->open--;
    made_room(intake);
}

void intake_release(struct intake *intake, struct intake_doc *doc) {
    again_forget(intake, doc);
    intake->open -= doc->fd >= 0;
    intake->out--;
    if (doc->prev)
        doc->prev->next = doc->next;
    else
        intake->docs = doc->next;
    if (doc->next)
        doc->next->prev = doc->prev;
    doc_free(doc);
    made_room(intake);
}

unsigned intake_out(const struct intake *intake) {
    return intake->out;
}
