/* SPDX-License-Identifier: MIT */
#include "operate.h"

#include <errno.h>
#include <time.h>

#include "ask.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "supervisor/supervisor.h"

enum { PATIENCE = 600000, TRIES = 100, BETWEEN = 100 }; /* ms; tries */
enum { UNAVAILABLE = 503 };                             /* HTTP: the daemon starts, ends or changes its configuration */

/* What the daemon answered: 0 and the object, or its own sentence. */
static int take_answer(const struct answer *answer, cJSON **ret, struct error *err) {
    cJSON *object = cJSON_Parse(answer->body);
    const char *error = cJSON_GetStringValue(cJSON_GetObjectItem(object, "error"));
    if (answer->code == 200 && object) {
        *ret = object;
        return 0;
    }
    int e = error_set(err, answer->code == UNAVAILABLE ? EBUSY : EREMOTEIO, "%s",
                      error ? error : "the daemon's answer cannot be read");
    cJSON_Delete(object);
    return e;
}

static int operate_there(const char *socket, const char *what, const cJSON *request, cJSON **ret, struct error *err) {
    _cleanup_(freep) char *path = mem_format("/v1/%s", what);
    char *text = cJSON_PrintUnformatted(request);
    struct answer answer;
    int e = ask_with(socket, path, text, PATIENCE, &answer, err);
    cJSON_free(text);
    if (e == 0)
        e = take_answer(&answer, ret, err);
    answer_free(&answer);
    return e;
}

static void pause_between(void) {
    const struct timespec pause = {.tv_nsec = BETWEEN * 1000000L};
    nanosleep(&pause, NULL);
}

int operate(const struct config *config, const char *what, const cJSON *request, cJSON **ret_answer) {
    struct error err = {0};
    int e = 0;
    for (int i = 0; i < TRIES; i++) {
        e = operate_there(config->admin.socket, what, request, ret_answer, &err);
        if (e == -ENOENT || e == -ECONNREFUSED)
            e = supervisor_operate(config, what, request, ret_answer, &err);
        if (e != -EBUSY) /* or locked, and nobody answers: a daemon that starts or ends */
            break;
        pause_between();
    }
    if (e < 0)
        log_error("%s", err.text);
    return e;
}
