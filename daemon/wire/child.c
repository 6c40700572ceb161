/* SPDX-License-Identifier: MIT */
#include "wire/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/os.h"
#include "wire/wire.h"

/* Between fork and exec: only calls that are safe in the child of a process with threads. What a terminal sends to all
 * its processes is the daemon's to handle. */
static void become(const char *role, int socket) {
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        signal(number, number == SIGINT || number == SIGHUP ? SIG_IGN : SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (socket == WIRE_CHILD_FD)
        fcntl(socket, F_SETFD, 0);
    else if (dup2(socket, WIRE_CHILD_FD) < 0)
        _exit(127);
    syscall(SYS_close_range, WIRE_CHILD_FD + 1, ~0U, 0);
    execl("/proc/self/exe", "siftd", role, (char *)NULL);
    _exit(127);
}

/* No signal may come before the child has put the daemon's handlers away: libuv's would tell the daemon of it. */
static pid_t fork_quietly(const char *role, int socket) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        become(role, socket);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return pid;
}

int child_start(const char *role, struct child *ret, struct error *err) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return error_errno(err, errno, "a %s process cannot be started: socketpair", role);
    _cleanup_(closep) int mine = ends[0];
    int its = ends[1];
    int room = 1 << 20;
    setsockopt(mine, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt(its, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    fcntl(mine, F_SETFL, O_NONBLOCK);
    pid_t pid = fork_quietly(role, its);
    int code = errno;
    close(its);
    if (pid < 0)
        return error_errno(err, code, "a %s process cannot be started: fork", role);
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) {
        code = errno;
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return error_errno(err, code, "a %s process cannot be watched: pidfd_open", role);
    }
    fcntl(pidfd, F_SETFD, FD_CLOEXEC);
    *ret = (struct child){.pid = pid, .pidfd = pidfd, .socket = take_fd(mine)};
    return 0;
}

int child_reap(struct child *child, bool block, int *ret_status) {
    struct rusage used = {0};
    pid_t r;
    do
        r = wait4(child->pid, ret_status, block ? 0 : WNOHANG, &used);
    while (r < 0 && errno == EINTR);
    child->peak = (uint64_t)used.ru_maxrss * 1024;
    return r == child->pid;
}

void child_close(struct child *child) {
    child->pidfd = close_fd(child->pidfd);
    child->socket = close_fd(child->socket);
}

const char *child_status_text(int status, char *text, size_t size) {
    if (WIFSIGNALED(status))
        snprintf(text, size, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(text, size, "ended with code %d", WEXITSTATUS(status));
    return text;
}

void child_begin(const char *name) {
    prctl(PR_SET_NAME, name);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* A parent that died before the signal was armed has closed its end. (Its pid does not tell: under systemd or in a
     * container the parent may be 1.) */
    char byte;
    if (recv(WIRE_CHILD_FD, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        _exit(0);
}

int child_text_fd(const char *text, size_t len) {
    _cleanup_(closep) int fd = memfd_create("siftd-configuration", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = os_write_all(fd, text, len);
    if (r < 0)
        return r;
    if (lseek(fd, 0, SEEK_SET) < 0)
        return -errno;
    return take_fd(fd);
}
