/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "admin/internal.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"

enum { BACKLOG = 16, SOCKET_MODE = 0660, FOLDER_MODE = 0750 };

static int new_socket(int family, struct error *err) {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 ? fd : error_errno(err, errno, "the admin socket cannot be made");
}

/* Removes what a daemon that was killed left behind, and nothing that is in use or is no socket. */
static int clear_path(const struct sockaddr_un *address, struct error *err) {
    struct stat st;
    if (lstat(address->sun_path, &st) < 0)
        return errno == ENOENT ? 0 : error_errno(err, errno, "the admin socket %s", address->sun_path);
    if (!S_ISSOCK(st.st_mode))
        return error_set(err, EEXIST, "the admin socket %s cannot be made: a file of this name is there; remove it",
                         address->sun_path);
    _cleanup_(closep) int probe = new_socket(AF_UNIX, err);
    if (probe < 0)
        return probe;
    if (connect(probe, (const struct sockaddr *)address, sizeof *address) == 0 || errno != ECONNREFUSED)
        return error_set(err, EADDRINUSE, "the admin socket %s is in use by another siftd; end it, or set admin.socket",
                         address->sun_path);
    if (os.unlinkat(AT_FDCWD, address->sun_path, 0) < 0 && errno != ENOENT)
        return error_errno(err, errno, "the left-over admin socket %s cannot be removed", address->sun_path);
    return 0;
}

static int make_folder(const char *path, struct error *err) {
    _cleanup_(freep) char *folder = mem_strdup(path);
    char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return 0;
    *slash = 0;
    int e = os_mkdirs(folder, FOLDER_MODE);
    return e < 0 ? error_errno(err, -e, "the folder %s of the admin socket cannot be made", folder) : 0;
}

int listen_unix(const char *path, struct error *err) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return error_set(err, ENAMETOOLONG, "the admin socket's path %s is too long; set a shorter admin.socket", path);
    memcpy(address.sun_path, path, strlen(path));
    int e = make_folder(path, err);
    if (e == 0)
        e = clear_path(&address, err);
    if (e < 0)
        return e;
    _cleanup_(closep) int fd = new_socket(AF_UNIX, err);
    if (fd < 0)
        return fd;
    /* The mode is set before bind() too, so that at no moment more than the group may connect. */
    if (fchmod(fd, SOCKET_MODE) < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        chmod(path, SOCKET_MODE) < 0 || listen(fd, BACKLOG) < 0)
        return error_errno(err, errno, "the admin socket %s cannot be opened", path);
    return take_fd(fd);
}

/* "127.0.0.1:8740" or "[::1]:8740" into a socket address; its length, 0 when it is neither. */
static socklen_t parse_address(const char *text, struct sockaddr_storage *ret) {
    struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
    const char *colon = strrchr(text, ':');
    if (!colon)
        return 0;
    in_port_t port = htons((in_port_t)strtoul(colon + 1, NULL, 10));
    bool brackets = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
    _cleanup_(freep) char *host =
        brackets ? mem_strndup(text + 1, (size_t)(colon - text - 2)) : mem_strndup(text, (size_t)(colon - text));
    memset(ret, 0, sizeof *ret);
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = port;
        return sizeof *v4;
    }
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1)
        return 0;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = port;
    return sizeof *v6;
}

int listen_loopback(const char *address, struct error *err) {
    struct sockaddr_storage place;
    socklen_t len = parse_address(address, &place);
    if (len == 0)
        return error_set(err, EINVAL, "admin cannot listen on %s: not an address and a port", address);
    _cleanup_(closep) int fd = new_socket(place.ss_family, err);
    if (fd < 0)
        return fd;
    int yes = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
        bind(fd, (struct sockaddr *)&place, len) < 0 || listen(fd, BACKLOG) < 0)
        return error_errno(err, errno, "admin cannot listen on %s", address);
    return take_fd(fd);
}
