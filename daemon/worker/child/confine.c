/* SPDX-License-Identifier: MIT */
#include "worker/child/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "wire/wire.h"

/* Rights of the Landlock versions up to 5 and of the network, by number: the header of the build machine may be older
 * than the kernel that runs (Linux, Documentation/userspace-api/landlock.rst). */
static const uint64_t path_rights[] = {
    0, (1ULL << 13) - 1, (1ULL << 14) - 1, (1ULL << 15) - 1, (1ULL << 15) - 1, (1ULL << 16) - 1};
enum { LANDLOCK_NETWORK = 4, LANDLOCK_SCOPES = 6, NET_RIGHTS = 3, SCOPES = 3 };

struct ruleset { /* landlock_ruleset_attr as of version 6 */
    uint64_t paths, net, scopes;
};

static int limit(int resource, rlim_t value, const char *name, struct error *err) {
    struct rlimit both = {value, value};
    return setrlimit(resource, &both) < 0 ? error_errno(err, errno, "the limit %s cannot be set", name) : 0;
}

static int set_limits(uint64_t memory, struct error *err) {
    int r = limit(RLIMIT_CORE, 0, "of core files", err);
#ifndef SIFTD_SANITIZED
    if (r == 0 && memory) /* the heap; the document's file is mapped and does not count */
        r = limit(RLIMIT_DATA, memory, "of memory", err);
#else
    (void)memory;
#endif
    return r;
}

static int forbid_paths(uint32_t *lacking, struct error *err) {
#ifdef SIFTD_SANITIZED
    (void)path_rights, (void)err;
    *lacking |= WIRE_CONFINE_PATHS | WIRE_CONFINE_NETWORK; /* the leak checker reads /proc at the end */
    return 0;
#else
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version <= 0) {
        *lacking |= WIRE_CONFINE_PATHS | WIRE_CONFINE_NETWORK;
        return 0;
    }
    long last = sizeof path_rights / sizeof *path_rights - 1;
    struct ruleset rules = {.paths = path_rights[version < last ? version : last]};
    size_t size = sizeof rules.paths;
    if (version >= LANDLOCK_NETWORK) {
        rules.net = NET_RIGHTS;
        size = offsetof(struct ruleset, scopes);
    } else {
        *lacking |= WIRE_CONFINE_NETWORK;
    }
    if (version >= LANDLOCK_SCOPES) {
        rules.scopes = SCOPES;
        size = sizeof rules;
    }
    _cleanup_(closep) int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0) < 0)
        return error_errno(err, errno, "Landlock %ld cannot be put in force", version);
    return 0;
#endif
}

/* What computing, memory and a socket need. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_getaffinity),
};

/* What libraries try and can do without: refused with an errno instead of the end. */
static const int refused[] = {
    SCMP_SYS(open),      SCMP_SYS(openat),     SCMP_SYS(stat),      SCMP_SYS(lstat),      SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),  SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
    SCMP_SYS(statx),     SCMP_SYS(ioctl),      SCMP_SYS(prlimit64),
};

static int add_rules(scmp_filter_ctx filter) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < sizeof allowed / sizeof *allowed; i++)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; r == 0 && i < sizeof refused / sizeof *refused; i++)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
    if (r == 0) /* memory, but none that can be executed */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (r == 0) /* fstat() of the C library; given a path all the same, it tells size and times, never content */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                             SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(newfstatat), 1,
                             SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0));
    if (r == 0) /* has anybody opened the file for writing? */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETLEASE));
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_NE, F_GETLEASE));
    if (r == 0) /* abort() signals the process itself */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    return r;
}

static int forbid_calls(uint32_t *lacking, struct error *err) {
#ifdef SIFTD_SANITIZED
    *lacking |= WIRE_CONFINE_CALLS; /* the sanitizers' own calls are many */
    (void)add_rules;
    (void)err;
    return 0;
#else
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int r = filter ? add_rules(filter) : -ENOMEM;
    if (r == 0)
        r = seccomp_load(filter);
    seccomp_release(filter);
    if (r == -EINVAL || r == -ENOSYS) { /* a kernel without it */
        *lacking |= WIRE_CONFINE_CALLS;
        return 0;
    }
    return r < 0 ? error_errno(err, -r, "the filter of system calls cannot be put in force") : 0;
#endif
}

int confine(uint64_t memory, uint32_t *ret_lacking, struct error *err) {
    uint32_t lacking = 0;
    int r = set_limits(memory, err);
    if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        r = error_errno(err, errno, "no new privileges: cannot be put in force");
    if (r == 0)
        r = forbid_paths(&lacking, err);
    if (r == 0)
        r = forbid_calls(&lacking, err);
    if (r == 0)
        *ret_lacking = lacking;
    return r;
}
