/* SPDX-License-Identifier: MIT */
/* Life and status of intake. */
#include "intake/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "intake/inside.h"

/* When the next of all that is due now and then is due. */
static uint64_t next_period(const struct intake *intake, uint64_t now) {
    uint64_t next = intake->next_scan;
    for (size_t i = 0; i < intake->watches; i++) {
        const struct watch *watch = &intake->watch[i];
        if (!watch->there && next > now + MISSING_PERIOD)
            next = now + MISSING_PERIOD;
        if (watch_is_polled(watch) && next > watch->next_poll)
            next = watch->next_poll;
    }
    return next > now ? next : now + 1;
}

static void on_period(uv_timer_t *timer) {
    struct intake *intake = timer->data;
    uint64_t now = uv_now(intake->loop);
    bool due = now >= intake->next_scan;
    if (due)
        intake->next_scan = now + SCAN_PERIOD;
    for (size_t i = 0; i < intake->watches; i++) {
        struct watch *watch = &intake->watch[i];
        bool poll = watch_is_polled(watch) && now >= watch->next_poll;
        if (due || poll || !watch->there)
            watch_check(watch);
        if (due && watch->there)
            scan_queue_all(watch);
        if ((due || poll) && watch->there)
            watch_poll(watch, due);
    }
    uv_timer_start(timer, on_period, next_period(intake, now) - now, 0);
}

/* The table of mounts has changed: one may lie over a watched folder now, or have lain there. No event tells that. */
static void on_mounts(uv_poll_t *poll, int status, int events) {
    struct intake *intake = poll->data;
    (void)events;
    if (status < 0)
        uv_poll_stop(poll);
    for (size_t i = 0; i < intake->watches && !intake->stopping; i++)
        watch_check(&intake->watch[i]);
}

/* Without it the periodic looks are all there is. */
static void watch_mounts(struct intake *intake) {
    intake->mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (intake->mounts_fd < 0 || uv_poll_init(intake->loop, &intake->mounts, intake->mounts_fd) < 0) {
        intake->mounts_fd = close_fd(intake->mounts_fd);
        return;
    }
    intake->mounts.data = intake;
    intake->handles++;
    uv_poll_start(&intake->mounts, UV_PRIORITIZED, on_mounts);
}

static void start_handles(struct intake *intake) {
    uv_idle_init(intake->loop, &intake->step);
    uv_check_init(intake->loop, &intake->arrive);
    uv_idle_init(intake->loop, &intake->turn_on);
    uv_timer_init(intake->loop, &intake->settle);
    uv_timer_init(intake->loop, &intake->again);
    uv_timer_init(intake->loop, &intake->period);
    intake->step.data = intake->arrive.data = intake->turn_on.data = intake;
    intake->settle.data = intake->again.data = intake->period.data = intake;
    intake->handles = 6;
    intake->next_scan = uv_now(intake->loop) + SCAN_PERIOD;
    uv_timer_start(&intake->period, on_period, SCAN_PERIOD, 0);
}

static void watch_init(struct intake *intake, size_t i) {
    intake->watch[i] =
        (struct watch){.intake = intake, .config = &intake->config->watch[i], .index = (uint16_t)i, .work = -1};
}

static int make_done_dir(const struct config_watch *config, struct error *err) {
    if (config->when_done != DONE_MOVE)
        return 0;
    int e = os_mkdirs(config->done_dir, 0750);
    if (e == 0 && access(config->done_dir, W_OK) < 0)
        e = -errno;
    return e < 0 ? error_errno(err, -e, "watch: done_dir %s cannot be written", config->done_dir) : 0;
}

int intake_check(const struct config *config, struct error *err) {
    int e = 0;
    for (size_t i = 0; i < config->watches && e == 0; i++)
        e = make_done_dir(&config->watch[i], err);
    return e;
}

static int begin(struct intake *intake, struct error *err) {
    _cleanup_(freep) char *place = mem_format("%s/work", intake->config->state_dir);
    intake->work = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (intake->work < 0)
        return error_errno(err, errno, "state_dir: %s cannot be opened", place);
    int e = intake_check(intake->config, err);
    for (size_t i = 0; i < intake->watches && e == 0; i++)
        e = recover_hidden(&intake->watch[i], err);
    if (e == 0)
        e = recover_state(intake, err);
    return e;
}

int intake_start(uv_loop_t *loop, const struct config *config, const struct intake_limits *limits,
                 const struct intake_calls *calls, struct intake **ret, struct error *err) {
    struct intake *intake = mem_alloc(sizeof *intake);
    *intake = (struct intake){
        .loop = loop, .config = config, .limits = *limits, .calls = *calls, .work = -1, .mounts_fd = -1};
    intake->watches = config->watches;
    intake->arriving_end = &intake->arriving;
    intake->watch = mem_alloc((config->watches + 1) * sizeof *intake->watch);
    for (size_t i = 0; i < intake->watches; i++)
        watch_init(intake, i);
    int e = begin(intake, err);
    if (e < 0) {
        intake_free(intake);
        return e;
    }
    start_handles(intake);
    watch_mounts(intake);
    signal(SIGIO, SIG_IGN); /* tells that a lease is broken; who reads the file asks for itself */
    for (size_t i = 0; i < intake->watches; i++)
        watch_check(&intake->watch[i]);
    pressure_wake(intake);
    *ret = intake;
    return 0;
}

static void on_closed(uv_handle_t *handle) {
    struct intake *intake = handle->data;
    intake->handles--;
}

void intake_stop(struct intake *intake) {
    if (intake->stopping)
        return;
    intake->stopping = true;
    for (size_t i = 0; i < intake->watches; i++) {
        watch_forget(&intake->watch[i], "");
        waiting_forget_all(&intake->watch[i]);
        arrive_forget_all(&intake->watch[i]);
    }
    again_drop_all(intake);
    uv_close((uv_handle_t *)&intake->step, on_closed);
    uv_close((uv_handle_t *)&intake->arrive, on_closed);
    uv_close((uv_handle_t *)&intake->turn_on, on_closed);
    uv_close((uv_handle_t *)&intake->settle, on_closed);
    uv_close((uv_handle_t *)&intake->again, on_closed);
    uv_close((uv_handle_t *)&intake->period, on_closed);
    if (intake->mounts_fd >= 0)
        uv_close((uv_handle_t *)&intake->mounts, on_closed);
}

bool intake_stopped(const struct intake *intake) {
    return intake->stopping && intake->handles == 0;
}

static void free_list(struct intake_doc *doc) {
    while (doc) {
        struct intake_doc *next = doc->next;
        doc_free(doc);
        doc = next;
    }
}

struct intake *intake_free(struct intake *intake) {
    if (!intake)
        return NULL;
    free_list(intake->left);
    free_list(intake->docs);
    for (size_t i = 0; i < intake->watches; i++) {
        free_list(intake->watch[i].refused);
        close_fd(intake->watch[i].work);
    }
    close_fd(intake->work);
    close_fd(intake->mounts_fd);
    free(intake->watch);
    free(intake);
    return NULL;
}

void intake_refuse(struct intake *intake, const struct intake_doc *doc) {
    struct watch *watch = &intake->watch[doc->watch];
    struct intake_doc *note = doc_new(watch, doc->claim, doc->name);
    note->device = doc->device;
    note->inode = doc->inode;
    note->size = doc->size;
    note->mtime = doc->mtime;
    note->ctime = doc->ctime;
    note->next = watch->refused;
    watch->refused = note;
}
