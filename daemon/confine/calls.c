/* SPDX-License-Identifier: MIT */
/*
 * The filter of system calls: libseccomp makes the program from the lists, it is kept as it is and put in force with
 * prctl(2), so that a process that forks makes it once. A second, short program behind it lets the process signal
 * nobody but itself; it holds the process's own number and cannot be shared.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "confine/inside.h"
#include "wire/wire.h"

struct confine_filter {
    struct sock_fprog program;
};

enum { SHARING = MAP_SHARED | MAP_PRIVATE | MAP_GROWSDOWN };

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
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_getaffinity),
};

/* What libraries try and can do without: refused with an errno instead of the end. */
static const int refused[] = {
    SCMP_SYS(stat),       SCMP_SYS(lstat),    SCMP_SYS(access),     SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
    SCMP_SYS(statx),      SCMP_SYS(ioctl),    SCMP_SYS(prlimit64),
};

/* What a sink needs for its files, within the paths that Landlock leaves it. */
static const int of_files[] = {
    SCMP_SYS(open),      SCMP_SYS(openat),     SCMP_SYS(stat),      SCMP_SYS(lstat),           SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),  SCMP_SYS(readlinkat),      SCMP_SYS(getdents64),
    SCMP_SYS(statx),     SCMP_SYS(newfstatat), SCMP_SYS(statfs),    SCMP_SYS(fstatfs),         SCMP_SYS(fcntl),
    SCMP_SYS(flock),     SCMP_SYS(fsync),      SCMP_SYS(fdatasync), SCMP_SYS(sync_file_range), SCMP_SYS(fadvise64),
    SCMP_SYS(fallocate), SCMP_SYS(ftruncate),  SCMP_SYS(truncate),  SCMP_SYS(rename),          SCMP_SYS(renameat),
    SCMP_SYS(renameat2), SCMP_SYS(unlink),     SCMP_SYS(unlinkat),  SCMP_SYS(mkdir),           SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),     SCMP_SYS(link),       SCMP_SYS(linkat),    SCMP_SYS(fchmod),          SCMP_SYS(fchmodat),
    SCMP_SYS(chmod),     SCMP_SYS(fchown),     SCMP_SYS(utimensat), SCMP_SYS(umask),           SCMP_SYS(getcwd),
    SCMP_SYS(getuid),    SCMP_SYS(geteuid),    SCMP_SYS(getgid),    SCMP_SYS(getegid),         SCMP_SYS(dup),
    SCMP_SYS(dup2),      SCMP_SYS(dup3),       SCMP_SYS(preadv),    SCMP_SYS(pwritev),         SCMP_SYS(msync),
};

/* What a sink needs that talks to another machine: sockets, and the threads that client libraries make. */
static const int of_network[] = {
    SCMP_SYS(socket),         SCMP_SYS(socketpair),      SCMP_SYS(connect),
    SCMP_SYS(bind),           SCMP_SYS(setsockopt),      SCMP_SYS(getsockopt),
    SCMP_SYS(getsockname),    SCMP_SYS(getpeername),     SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),       SCMP_SYS(sendmmsg),        SCMP_SYS(recvmmsg),
    SCMP_SYS(shutdown),       SCMP_SYS(select),          SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),  SCMP_SYS(epoll_ctl),       SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),    SCMP_SYS(eventfd2),        SCMP_SYS(pipe2),
    SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),           SCMP_SYS(sched_getparam),  SCMP_SYS(sched_getscheduler),
    SCMP_SYS(uname),
};

static int add_all(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < count; i++)
        r = seccomp_rule_add(filter, action, calls[i], 0);
    return r;
}

#define ADD_ALL(filter, action, list) add_all((filter), (action), (list), sizeof(list) / sizeof *(list))

/* Files: a worker is refused those for reading, which libraries look for, and ended for all others. Where it has paths
 * to read from and Landlock keeps it to them, the kernel answers instead. */
static int add_worker(scmp_filter_ctx filter, bool reads) {
    static const uint32_t no = SCMP_ACT_ERRNO(EACCES);
    enum { WRITING = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC };
    uint32_t opening = reads ? SCMP_ACT_ALLOW : no;
    int r = ADD_ALL(filter, no, refused);
    if (r == 0)
        r = seccomp_rule_add(filter, opening, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, WRITING, 0));
    if (r == 0)
        r = seccomp_rule_add(filter, opening, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, WRITING, 0));
    if (r == 0) /* fstat() of the C library; given a path all the same, it tells size and times, never content */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                             SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
    if (r == 0)
        r = seccomp_rule_add(filter, no, SCMP_SYS(newfstatat), 1, SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0));
    if (r == 0) /* has anybody opened the file for writing? */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETLEASE, 0));
    if (r == 0)
        r = seccomp_rule_add(filter, no, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_NE, F_GETLEASE, 0));
    if (r == 0) /* memory that the limit counts: none that is shared, none that grows as a stack */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                             SCMP_A3(SCMP_CMP_MASKED_EQ, SHARING, MAP_PRIVATE));
    return r;
}

static int add_sink(scmp_filter_ctx filter, bool network) {
    int r = ADD_ALL(filter, SCMP_ACT_ALLOW, of_files);
    if (r == 0) /* asked of what is no terminal */
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (r == 0 && network)
        r = ADD_ALL(filter, SCMP_ACT_ALLOW, of_network);
    if (r == 0 && network) /* threads, but no processes */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                             SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    if (r == 0 && network) /* its flags stand in memory, where a filter cannot look; the C library falls back */
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return r;
}

static int add_rules(scmp_filter_ctx filter, const struct confine_rights *rights) {
    int r = ADD_ALL(filter, SCMP_ACT_ALLOW, allowed);
    if (r == 0)
        r = rights->kind == CONFINE_WORKER ? add_worker(filter, rights->paths && paths_can())
                                           : add_sink(filter, rights->network);
    if (r == 0) /* memory, but none that can be executed */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (r == 0) /* the handler that notes what was refused stays */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(rt_sigaction), 1, SCMP_A0(SCMP_CMP_NE, SIGSYS, 0));
    if (r == 0) /* abort() and raise(); whom it may signal is the second program's */
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 0);
    return r;
}

/* Reads the program that libseccomp wrote. */
static int read_program(int fd, struct sock_fprog *ret) {
    off_t size = lseek(fd, 0, SEEK_END);
    if (size <= 0)
        return -EIO;
    struct sock_filter *code = mem_alloc((size_t)size);
    if (pread(fd, code, (size_t)size, 0) != size) {
        free(code);
        return -EIO;
    }
    *ret = (struct sock_fprog){.len = (unsigned short)((size_t)size / sizeof *code), .filter = code};
    return 0;
}

int confine_filter_new(const struct confine_rights *rights, struct confine_filter **ret, struct error *err) {
    scmp_filter_ctx rules = seccomp_init(SCMP_ACT_TRAP);
    _cleanup_(closep) int fd = memfd_create("siftd-filter", MFD_CLOEXEC);
    struct sock_fprog program = {0};
    int r = rules && fd >= 0 ? add_rules(rules, rights) : -ENOMEM;
    if (r == 0)
        r = seccomp_export_bpf(rules, fd);
    if (r == 0)
        r = read_program(fd, &program);
    seccomp_release(rules);
    if (r < 0)
        return error_errno(err, -r, "the filter of system calls cannot be made");
    *ret = mem_alloc(sizeof **ret);
    (*ret)->program = program;
    return 0;
}

struct confine_filter *confine_filter_free(struct confine_filter *filter) {
    if (filter) {
        free(filter->program.filter);
        free(filter);
    }
    return NULL;
}

const char *confine_call_name(uint32_t number, char *text, size_t size) {
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)number);
    if (name)
        snprintf(text, size, "%s", name);
    else
        snprintf(text, size, "number %u", number);
    free(name);
    return text;
}

/* --- in force ----------------------------------------------------------------------------------------------------- */

static volatile uint32_t *noted;

/* In a sink nobody reads the number from memory. */
static void on_refused_call(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    char name[64];
    if (noted)
        *noted = (uint32_t)info->si_syscall + 1;
    else
        log_error("the system call %s is not for this process, which ends",
                  confine_call_name((uint32_t)info->si_syscall, name, sizeof name));
    _exit(WIRE_CALL_EXIT);
}

/* The low half of an argument, where the kernel's numbers of processes stand. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { LOW = 0 };
#else
enum { LOW = 4 };
#endif

static int signal_only_itself(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + LOW),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

static int put_in_force(const struct confine_filter *filter, volatile uint32_t *call) {
    struct sigaction action = {.sa_sigaction = on_refused_call, .sa_flags = SA_SIGINFO};
    noted = call;
    if (sigaction(SIGSYS, &action, NULL) < 0)
        return -errno;
    int r = signal_only_itself();
    if (r == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter->program) < 0)
        r = -errno;
    return r;
}

int calls_restrict(const struct confine_rights *rights, uint32_t *lacking, struct error *err) {
#ifdef SIFTD_SANITIZED
    *lacking |= WIRE_CONFINE_CALLS; /* the sanitizers' own calls are many */
    (void)rights, (void)err, (void)put_in_force;
    return 0;
#else
    struct confine_filter *own = NULL;
    int r = rights->filter ? 0 : confine_filter_new(rights, &own, err);
    if (r < 0)
        return r;
    r = put_in_force(rights->filter ? rights->filter : own, rights->call);
    confine_filter_free(own);
    if (r == -EINVAL || r == -ENOSYS) { /* a kernel without it */
        *lacking |= WIRE_CONFINE_CALLS;
        return 0;
    }
    return r < 0 ? error_errno(err, -r, "the filter of system calls cannot be put in force") : 0;
#endif
}
