/* SPDX-License-Identifier: MIT */
#include "wire/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
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

int child_sockets(int *ret_mine, int *ret_its) {
    int ends[2], room = 1 << 20;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    for (int i = 0; i < 2; i++)
        setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *ret_mine = ends[0];
    *ret_its = ends[1];
    return 0;
}

int child_adopt(pid_t pid, int socket, struct child *ret) {
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) {
        int code = errno;
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        close(socket);
        return -code;
    }
    fcntl(pidfd, F_SETFD, FD_CLOEXEC);
    *ret = (struct child){.pid = pid, .pidfd = pidfd, .socket = socket};
    return 0;
}

int child_start(const char *role, struct child *ret, struct error *err) {
    int mine = -1, its = -1, r = child_sockets(&mine, &its);
    if (r < 0)
        return error_errno(err, -r, "a %s process cannot be started: socketpair", role);
    pid_t pid = fork_quietly(role, its);
    int code = errno;
    close(its);
    if (pid < 0) {
        close(mine);
        return error_errno(err, code, "a %s process cannot be started: fork", role);
    }
    r = child_adopt(pid, mine, ret);
    return r < 0 ? error_errno(err, -r, "a %s process cannot be watched: pidfd_open", role) : 0;
}

/* The kernel's own call, because the C library's fork() cannot make a sibling. What the library does besides (locks,
 * handlers) is for processes with threads. */
pid_t child_clone(int socket) {
    long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid != 0)
        return pid < 0 ? -errno : (pid_t)pid;
    if (dup3(socket, WIRE_CHILD_FD, 0) < 0)
        _exit(127);
    close(socket);
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
