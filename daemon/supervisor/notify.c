/* SPDX-License-Identifier: MIT */
/* The readiness protocol of sd_notify(3): datagrams to the socket that NOTIFY_SOCKET names, "@" for the abstract
 * namespace. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "supervisor/inside.h"

static int connect_to(const char *address) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = strlen(address);
    if ((address[0] != '@' && address[0] != '/') || len >= sizeof to.sun_path)
        return -EINVAL;
    memcpy(to.sun_path, address, len);
    if (address[0] == '@')
        to.sun_path[0] = 0;
    _cleanup_(closep) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (address[0] == '/'));
    if (connect(fd, (struct sockaddr *)&to, size) < 0)
        return -errno;
    return take_fd(fd);
}

void notify_say(const struct supervisor *s, const char *message) {
    if (s->notify.fd >= 0)
        (void)!send(s->notify.fd, message, strlen(message), MSG_NOSIGNAL);
}

void notify_reloading(const struct supervisor *s) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    char text[96];
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + (long long)now.tv_nsec / 1000);
    notify_say(s, text);
}

static void on_watchdog(uv_timer_t *timer) {
    struct supervisor *s = timer->data;
    if (!s->rooms || health_alive(s))
        notify_say(s, "WATCHDOG=1");
}

static void on_status(uv_timer_t *timer) {
    const struct supervisor *s = timer->data;
    char text[1200], why[1100];
    if (s->rooms && pressure_text(s, why, sizeof why)[0])
        snprintf(text, sizeof text, "STATUS=No file is taken: %s", why);
    else
        snprintf(text, sizeof text, "STATUS=%llu documents committed, %llu in quarantine, %u on their way",
                 (unsigned long long)s->committed, (unsigned long long)s->quarantined,
                 s->rooms && s->rooms->intake ? intake_out(s->rooms->intake) : 0);
    notify_say(s, text);
}

void notify_status_soon(struct supervisor *s) {
    if (s->notify.fd >= 0 && !s->closing && !uv_is_active((uv_handle_t *)&s->notify.status))
        uv_timer_start(&s->notify.status, on_status, STATUS_PERIOD, 0);
}

/* Half of the time after which the service would be killed, in ms; 0: nobody waits for it. */
static uint64_t watchdog_period(void) {
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (!usec || (pid && strtol(pid, NULL, 10) != (long)getpid()))
        return 0;
    return strtoull(usec, NULL, 10) / 2000;
}

void notify_open(struct supervisor *s) {
    const char *address = getenv("NOTIFY_SOCKET");
    s->notify.fd = address ? connect_to(address) : -1;
    if (address && s->notify.fd < 0)
        log_warn("the service manager cannot be reached at %s: %s", address, strerror(-s->notify.fd));
    uv_timer_init(&s->loop, &s->notify.watchdog);
    uv_timer_init(&s->loop, &s->notify.status);
    s->notify.watchdog.data = s->notify.status.data = s;
    uint64_t period = watchdog_period();
    if (s->notify.fd >= 0 && period)
        uv_timer_start(&s->notify.watchdog, on_watchdog, period, period);
}

void notify_close(struct supervisor *s) {
    uv_close((uv_handle_t *)&s->notify.watchdog, NULL);
    uv_close((uv_handle_t *)&s->notify.status, NULL);
    s->notify.fd = close_fd(s->notify.fd);
}
