/* SPDX-License-Identifier: MIT */
/* Signals. */
#include <signal.h>

#include "base/log.h"
#include "supervisor/inside.h"

static void on_end(uv_signal_t *handle, int number) {
    struct supervisor *s = handle->data;
    if (s->goal == GOAL_STOP) {
        log_warn("a second signal %d: the daemon ends at once; what is out runs again at the next start", number);
        supervisor_fail(s, 1);
        return;
    }
    log_info("signal %d: the daemon finishes what it is at and ends", number);
    supervisor_stop(s);
}

static void on_hup(uv_signal_t *handle, int number) {
    (void)number;
    reload_ask(handle->data);
}

void signals_start(struct supervisor *s) {
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGIO, SIG_IGN); /* sent to the holder of a lease, whose default is to end */
    for (size_t i = 0; i < 3; i++) {
        uv_signal_init(&s->loop, &s->signal[i]);
        s->signal[i].data = s;
        uv_signal_start(&s->signal[i], numbers[i] == SIGHUP ? on_hup : on_end, numbers[i]);
    }
}

void signals_close(struct supervisor *s) {
    for (size_t i = 0; i < 3; i++)
        uv_close((uv_handle_t *)&s->signal[i], NULL);
}
