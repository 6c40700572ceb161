/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "config/read.h"

static bool is_loopback(const char *host) {
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool is_port(const char *text) {
    char *end;
    errno = 0;
    unsigned long port = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && errno == 0 && port > 0 && port < 65536;
}

/* "address:port", an IPv6 address in brackets. The page has no password, so that only this machine may reach it. */
void read_listen(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const char wanted[] = "an address and a port such as 127.0.0.1:8740 or [::1]:8740, or none";
    char **listen = into;
    const char *text = scalar_text(r, key, node, wanted);
    if (!text)
        return;
    if (strcmp(text, "none") == 0) {
        *listen = NULL;
        return;
    }
    const char *colon = strrchr(text, ':');
    if (!colon || !is_port(colon + 1)) {
        wrong_type(r, key, node, wanted);
        return;
    }
    bool brackets = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
    _cleanup_(freep) char *host =
        brackets ? mem_strndup(text + 1, (size_t)(colon - text - 2)) : mem_strndup(text, (size_t)(colon - text));
    if (is_loopback(host))
        *listen = mem_strdup(text);
    else
        wrong(r, node, "listen is %.100s, which other machines could reach without a password; use 127.0.0.1 or [::1]",
              text);
}
