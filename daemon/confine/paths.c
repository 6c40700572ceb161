/* SPDX-License-Identifier: MIT */
/* Landlock: which paths stay open (Linux, Documentation/userspace-api/landlock.rst). */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "confine/inside.h"
#include "wire/wire.h"

#ifdef SIFTD_SANITIZED
/* The leak checker reads /proc at the end. */
bool paths_can(void) {
    return false;
}

int paths_restrict(const struct confine_rights *rights, uint32_t *lacking, struct error *err) {
    (void)rights, (void)err;
    *lacking |= WIRE_CONFINE_PATHS | WIRE_CONFINE_NETWORK;
    return 0;
}
#else

/* Rights of the versions up to 5 and of the network, by number: the header of the build machine may be older than the
 * kernel that runs. */
static const uint64_t path_rights[] = {
    0, (1ULL << 13) - 1, (1ULL << 14) - 1, (1ULL << 15) - 1, (1ULL << 15) - 1, (1ULL << 16) - 1};
enum { VERSIONS = sizeof path_rights / sizeof *path_rights };
enum { LANDLOCK_NETWORK = 4, LANDLOCK_SCOPES = 6, NET_RIGHTS = 3, SCOPES = 3 };
#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define EXECUTING LANDLOCK_ACCESS_FS_EXECUTE
/* What may be granted on a file; the others make sense for folders only. */
#define OF_FILES (READING | LANDLOCK_ACCESS_FS_WRITE_FILE | EXECUTING | (1ULL << 14) | (1ULL << 15))

struct ruleset { /* landlock_ruleset_attr as of version 6 */
    uint64_t paths, net, scopes;
};

static int allow(int ruleset, const struct confine_path *path, uint64_t handled, struct error *err) {
    _cleanup_(closep) int fd = open(path->path, O_PATH | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return errno == ENOENT ? 0 : error_errno(err, errno, "%s cannot be kept open", path->path);
    uint64_t granted = path->write ? handled & ~(uint64_t)EXECUTING : READING;
    if (!S_ISDIR(st.st_mode))
        granted &= OF_FILES & ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
    struct landlock_path_beneath_attr rule = {.allowed_access = granted, .parent_fd = fd};
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
        return error_errno(err, errno, "%s cannot be kept open", path->path);
    return 0;
}

/* How much of struct ruleset this version knows; fills it in. */
static size_t choose(long version, const struct confine_rights *rights, struct ruleset *rules, uint32_t *lacking) {
    rules->paths = path_rights[version < VERSIONS ? version : VERSIONS - 1];
    if (version < LANDLOCK_NETWORK) {
        *lacking |= rights->network ? 0 : WIRE_CONFINE_NETWORK;
        return sizeof rules->paths;
    }
    rules->net = rights->network ? 0 : NET_RIGHTS;
    if (version < LANDLOCK_SCOPES)
        return offsetof(struct ruleset, scopes);
    rules->scopes = SCOPES;
    return sizeof *rules;
}

static long landlock_version(void) {
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool paths_can(void) {
    return landlock_version() > 0;
}

int paths_restrict(const struct confine_rights *rights, uint32_t *lacking, struct error *err) {
    long version = landlock_version();
    if (version <= 0) {
        *lacking |= WIRE_CONFINE_PATHS | WIRE_CONFINE_NETWORK;
        return 0;
    }
    struct ruleset rules = {0};
    size_t size = choose(version, rights, &rules, lacking);
    _cleanup_(closep) int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    int r = fd < 0 ? error_errno(err, errno, "Landlock %ld cannot be prepared", version) : 0;
    for (size_t i = 0; r == 0 && i < rights->paths; i++)
        r = allow(fd, &rights->path[i], rules.paths, err);
    if (r == 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0)
        r = error_errno(err, errno, "Landlock %ld cannot be put in force", version);
    return r;
}
#endif
