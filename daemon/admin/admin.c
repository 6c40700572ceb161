/* SPDX-License-Identifier: MIT */
#include "admin/admin.h"

#include <fcntl.h>
#include <stdlib.h>

#include "admin/internal.h"
#include "base/mem.h"
#include "base/os.h"

static void admin_free(struct admin *admin) {
    free(admin->socket);
    buf_free(&admin->told.body);
    free(admin);
}

static void on_closed(uv_handle_t *handle) {
    struct endpoint *endpoint = handle->data;
    if (--endpoint->admin->open_handles == 0)
        admin_free(endpoint->admin);
}

struct admin *admin_stop(struct admin *admin) {
    if (!admin)
        return NULL;
    if (admin->socket)
        os.unlinkat(AT_FDCWD, admin->socket, 0);
    reload_give_up(admin);
    if (admin->endpoints == 0)
        admin_free(admin);
    else
        for (size_t i = admin->endpoints; i > 0; i--)
            endpoint_stop(&admin->endpoint[i - 1], on_closed);
    return NULL;
}

void admin_operations(struct admin *admin, admin_operate_fn *operate) {
    admin->operate = operate;
}

static int start(struct admin *admin, const char *listen, const char *socket, struct error *err) {
    int fd = listen_unix(socket, err);
    if (fd < 0)
        return fd;
    admin->socket = mem_strdup(socket);
    int e = endpoint_start(admin, fd, false, err);
    if (e < 0 || !listen)
        return e;
    fd = listen_loopback(listen, err);
    return fd < 0 ? fd : endpoint_start(admin, fd, true, err);
}

int admin_start(uv_loop_t *loop, const char *listen, const char *socket, const struct admin_calls *calls,
                struct admin **ret, struct error *err) {
    struct admin *admin = mem_alloc(sizeof *admin);
    *admin = (struct admin){.loop = loop, .calls = *calls};
    int e = start(admin, listen, socket, err);
    if (e < 0) {
        admin_stop(admin);
        return e;
    }
    *ret = admin;
    return 0;
}
