/* SPDX-License-Identifier: MIT */
/*
 * A POST: its body is gathered, the operation begun, the connection suspended until it is answered. What is asked for
 * goes on when the server stops meanwhile: then nobody waits for the answer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin/internal.h"
#include "base/json.h"
#include "base/mem.h"

static void wait_in(struct admin_request *request) {
    struct endpoint *endpoint = request->endpoint;
    request->state = REQUEST_WAITS;
    request->next = endpoint->waiting;
    if (request->next)
        request->next->prev = request;
    endpoint->waiting = request;
}

static void wait_out(struct admin_request *request) {
    if (request->prev)
        request->prev->next = request->next;
    else
        request->endpoint->waiting = request->next;
    if (request->next)
        request->next->prev = request->prev;
}

static void request_free(struct admin_request *request) {
    buf_free(&request->body);
    buf_free(&request->answer);
    free(request);
}

static void write_answer(struct admin_request *request, unsigned code, const cJSON *answer, const struct error *err) {
    char *text = err ? NULL : cJSON_PrintUnformatted(answer);
    request->code = code;
    if (text)
        buf_str(&request->answer, text);
    else {
        buf_char(&request->answer, '{');
        json_field(&request->answer, "error", err ? err->text : "there is no answer");
        buf_char(&request->answer, '}');
    }
    buf_char(&request->answer, '\n');
    cJSON_free(text);
}

/* Lets the suspended connection go on. */
static void wake(struct admin_request *request) {
    wait_out(request);
    request->state = REQUEST_ANSWERED;
    MHD_resume_connection(request->connection);
    endpoint_soon(request->endpoint);
}

void admin_answer(struct admin_request *request, const cJSON *answer, const struct error *err) {
    if (!request->endpoint) {
        request_free(request);
        return;
    }
    unsigned refused = err && err->code == EBUSY ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_CONFLICT;
    write_answer(request, err ? refused : MHD_HTTP_OK, answer, err);
    wake(request);
}

/* Begins the operation and suspends the connection, unless it was answered on the spot. */
static enum MHD_Result begin(struct admin_request *request, const char *what) {
    struct admin *admin = request->endpoint->admin;
    struct MHD_Connection *connection = request->connection;
    cJSON *object = cJSON_ParseWithLength(request->body.at ? request->body.at : "", request->body.len);
    if (!cJSON_IsObject(object)) {
        cJSON_Delete(object);
        return route_refuse(connection, MHD_HTTP_BAD_REQUEST, "the body has to be a JSON object");
    }
    wait_in(request);
    MHD_suspend_connection(connection);
    bool known = admin->operate(admin->calls.user, what, object, request);
    cJSON_Delete(object);
    if (known)
        return MHD_YES;
    struct error err;
    error_set(&err, 0, "there is nothing here; GET /v1/status is the state");
    write_answer(request, MHD_HTTP_NOT_FOUND, NULL, &err);
    wake(request);
    return MHD_YES;
}

enum MHD_Result request_take(struct endpoint *endpoint, struct MHD_Connection *connection, const char *url,
                             const char *upload, size_t *upload_size, void **state) {
    struct admin_request *request = *state;
    if (!request) {
        request = mem_alloc(sizeof *request);
        *request = (struct admin_request){.kind = REQUEST_OPERATION, .endpoint = endpoint, .connection = connection};
        *state = request;
        return MHD_YES;
    }
    if (*upload_size) {
        if (request->body.len + *upload_size <= REQUEST_MAX)
            buf_add(&request->body, upload, *upload_size);
        else
            request->body.len = 0; /* which is no JSON: it is refused at the end */
        *upload_size = 0;
        return MHD_YES;
    }
    if (request->state == REQUEST_READS)
        return begin(request, strncmp(url, "/v1/", 4) == 0 ? url + 4 : url);
    struct buf answer = request->answer;
    request->answer = (struct buf){0};
    return route_reply(connection, request->code, &answer);
}

void request_over(void *user, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how) {
    struct admin_request *request = *state;
    (void)user;
    (void)connection;
    (void)how;
    *state = NULL;
    if (request && request->endpoint)
        request_free(request);
}

/* A server may not stop with connections suspended. The requests stay for their answers. */
void request_leave_all(struct endpoint *endpoint) {
    for (struct admin_request *request = endpoint->waiting, *next; request; request = next) {
        next = request->next;
        request->endpoint = NULL;
        MHD_resume_connection(request->connection);
        request->connection = NULL;
    }
    endpoint->waiting = NULL;
}
