/* SPDX-License-Identifier: MIT */
/*
 * What a program of exec gives up before it is executed. It is an interpreter or a program of anybody's, so its system
 * calls cannot be listed; what is listed is what a reader of text has no business with: other processes, the network,
 * writing, the kernel's own doors. Files can be read below the system's folders of programs and its own folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exec.h"

enum { LANDLOCK_NETWORK = 4, LANDLOCK_SCOPES = 6, NET_RIGHTS = 3, SCOPES = 3, FILES_MOST = 64 };

/* Rights of Landlock's versions, by number: the header may be older than the kernel that runs. */
static const uint64_t path_rights[] = {
    0, (1ULL << 13) - 1, (1ULL << 14) - 1, (1ULL << 15) - 1, (1ULL << 15) - 1, (1ULL << 16) - 1};
static const uint64_t read_rights =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t file_rights = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;

static const char *const system_paths[] = {
    "/usr",           "/bin",      "/lib",         "/lib64",   "/etc/ld.so.cache", "/etc/alternatives",
    "/etc/localtime", "/dev/null", "/dev/urandom", "/dev/zero"};

static void allow(int rules, const char *path) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return; /* what is not there needs no right */
    if (fstat(fd, &st) == 0) {
        struct landlock_path_beneath_attr beneath = {.allowed_access = S_ISDIR(st.st_mode) ? read_rights : file_rights,
                                                     .parent_fd = fd};
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    }
    close(fd);
}

static void allow_folder_of(int rules, const char *file) {
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", file);
    char *slash = strrchr(folder, '/');
    if (slash && slash != folder) {
        *slash = 0;
        allow(rules, folder);
    }
}

static int confine_paths(const struct program *program) {
    struct {
        uint64_t paths, net, scopes;
    } handled = {0};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    long last = sizeof path_rights / sizeof *path_rights - 1;
    if (version <= 0)
        return 0; /* a kernel without it; the worker's own confinement has told so */
    handled.paths = path_rights[version < last ? version : last];
    handled.net = version >= LANDLOCK_NETWORK ? NET_RIGHTS : 0;
    handled.scopes = version >= LANDLOCK_SCOPES ? SCOPES : 0;
    size_t size = version >= LANDLOCK_SCOPES ? sizeof handled : version >= LANDLOCK_NETWORK ? 16 : 8;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
    if (rules < 0)
        return -1;
    for (size_t i = 0; i < sizeof system_paths / sizeof *system_paths; i++)
        allow(rules, system_paths[i]);
    for (size_t i = 0; i < program->readable.count; i++)
        allow(rules, program->readable.item[i]);
    char *real = realpath(program->path, NULL);
    allow_folder_of(rules, program->path);
    if (real)
        allow_folder_of(rules, real);
    free(real);
    int r = (int)syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
    return r;
}

/* What a program that reads text has no business with: other processes, the network, changing files, the kernel. */
static const int refused[] = {
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(ptrace),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(open_tree),
    SCMP_SYS(move_mount),
    SCMP_SYS(fsopen),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(personality),
    SCMP_SYS(shmget),
    SCMP_SYS(msgget),
    SCMP_SYS(semget),
    SCMP_SYS(mq_open),
    SCMP_SYS(memfd_secret),
    SCMP_SYS(quotactl),
    SCMP_SYS(creat),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(truncate),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setpriority),
};

/* Files are opened for reading only, also where the kernel has no Landlock. */
static int refuse_writing(scmp_filter_ctx filter) {
    static const unsigned modes[] = {O_WRONLY, O_RDWR};
    int r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0);
    for (size_t i = 0; r == 0 && i < sizeof modes / sizeof *modes; i++) {
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, modes[i]));
        if (r == 0)
            r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), 1,
                                 SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, modes[i]));
    }
    return r;
}

static int confine_calls(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int r = filter ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < sizeof refused / sizeof *refused; i++)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    if (r == 0) /* threads of its own, but no processes; the C library falls back to clone() */
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                             SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    if (r == 0)
        r = refuse_writing(filter);
    if (r == 0)
        r = seccomp_load(filter);
    seccomp_release(filter);
    if (r == -EINVAL || r == -ENOSYS) /* a kernel without it */
        return 0;
    errno = -r;
    return r;
}

static int limit(int resource, rlim_t value) {
    struct rlimit both = {value, value};
    return setrlimit(resource, &both);
}

int program_confine(const struct program *program) {
    if (limit(RLIMIT_CORE, 0) < 0 || limit(RLIMIT_NOFILE, FILES_MOST) < 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || confine_paths(program) < 0 || confine_calls() < 0)
        return -1;
    /* last: this process is still a copy of the worker and may have more */
    return program->memory ? limit(RLIMIT_DATA, program->memory) : 0;
}
