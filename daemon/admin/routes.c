/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "admin/internal.h"
#include "base/json.h"

/* Makes the body of an answer, whose buffer is handed to the server; returns the code. */
typedef unsigned answer_fn(const struct admin_calls *calls, struct buf *body);

static void put_json(struct buf *body, cJSON *json) {
    char *text = cJSON_PrintUnformatted(json);
    buf_str(body, text ? text : "{}");
    buf_char(body, '\n');
    cJSON_free(text);
    cJSON_Delete(json);
}

static unsigned answer_status(const struct admin_calls *calls, struct buf *body) {
    put_json(body, calls->status(calls->user));
    return MHD_HTTP_OK;
}

static unsigned answer_waiting(const struct admin_calls *calls, struct buf *body) {
    put_json(body, calls->waiting(calls->user));
    return MHD_HTTP_OK;
}

static unsigned answer_health(const struct admin_calls *calls, struct buf *body) {
    bool ready = false;
    put_json(body, calls->health(calls->user, &ready));
    return ready ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
}

static const struct route {
    const char *path;
    answer_fn *answer; /* NULL: a POST, which is answered when it is done */
} routes[] = {
    {"/v1/status", answer_status},
    {"/v1/waiting", answer_waiting},
    {"/v1/health", answer_health},
    {"/v1/reload", NULL},
};

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned code, const char *allow, struct buf *body) {
    struct MHD_Response *response = MHD_create_response_from_buffer(body->len, body->at, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        buf_free(body);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (allow)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allow);
    enum MHD_Result queued = MHD_queue_response(connection, code, response);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result route_reply(struct MHD_Connection *connection, unsigned code, struct buf *body) {
    return reply(connection, code, NULL, body);
}

static void put_error(struct buf *body, const char *sentence) {
    buf_char(body, '{');
    json_field(body, "error", sentence);
    buf_str(body, "}\n");
}

enum MHD_Result route_refuse(struct MHD_Connection *connection, unsigned code, const char *sentence) {
    struct buf body = {0};
    put_error(&body, sentence);
    return reply(connection, code, NULL, &body);
}

static enum MHD_Result refuse_method(struct MHD_Connection *connection, const struct route *route) {
    struct buf body = {0};
    put_error(&body, route->answer ? "only GET and HEAD are answered here" : "only POST is answered here");
    return reply(connection, MHD_HTTP_METHOD_NOT_ALLOWED, route->answer ? "GET, HEAD" : "POST", &body);
}

static const struct route *find_route(const char *path) {
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i].path, path) == 0)
            return &routes[i];
    return NULL;
}

/* Whether a request's Host names this machine: an address of 127.0.0.0/8, [::1] or localhost, with or without a port.
 */
static bool is_local(const char *host) {
    char name[64];
    struct in_addr v4;
    size_t len = strcspn(host, host[0] == '[' ? "]" : ":");
    len += host[0] == '[' && host[len] == ']';
    if (len >= sizeof name)
        return false;
    memcpy(name, host, len);
    name[len] = 0;
    if (inet_pton(AF_INET, name, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    return strcasecmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0;
}

/* A page in a browser of this machine can let its own name lead to 127.0.0.1 and read what answers there (DNS
 * rebinding); its requests carry that name, and are not answered. */
static bool is_addressed(const struct endpoint *endpoint, struct MHD_Connection *connection) {
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
    return !endpoint->network || (host && is_local(host));
}

static bool is_method(const char *method, const struct route *route) {
    if (!route->answer)
        return strcmp(method, MHD_HTTP_METHOD_POST) == 0;
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

enum MHD_Result route_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **state) {
    (void)version;
    struct endpoint *endpoint = user;
    const struct route *route = find_route(url);
    if (!is_addressed(endpoint, connection))
        return route_refuse(connection, MHD_HTTP_MISDIRECTED_REQUEST, "this is not the machine that the request names");
    if (!route && strcmp(method, MHD_HTTP_METHOD_POST) == 0 && endpoint->admin->operate && !endpoint->network)
        return request_take(endpoint, connection, url, upload, upload_size, state);
    if (!route)
        return route_refuse(connection, MHD_HTTP_NOT_FOUND, "there is nothing here; GET /v1/status is the state");
    if (!is_method(method, route))
        return refuse_method(connection, route);
    if (!route->answer && endpoint->network)
        return route_refuse(connection, MHD_HTTP_FORBIDDEN, "this is for the admin socket only");
    if (!route->answer)
        return reload_request(endpoint, connection, upload_size, state);
    struct buf body = {0};
    unsigned code = route->answer(&endpoint->admin->calls, &body);
    return route_reply(connection, code, &body);
}
