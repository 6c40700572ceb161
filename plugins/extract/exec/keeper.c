/* SPDX-License-Identifier: MIT */
/*
 * The keeper's two sides. Requests are single bytes, answers one message each, over a socket of messages; a stream to
 * the program comes along as a descriptor.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec.h"

enum { ASK_RUN = 'r', ASK_END = 'e', GRACE_MS = 100, GRACE_STEP_MS = 5, CANNOT_EXECUTE = 126 };

struct reply {
    int error;  /* errno of starting it, or 0 */
    int status; /* as from waitpid() */
    bool ended; /* by itself */
};

/* --- the keeper's process ----------------------------------------------------------------------------------------- */

struct kept {
    const struct program *program;
    int socket;
    pid_t pid; /* 0: none runs */
};

static void end_program(struct kept *kept, struct reply *reply) {
    if (!kept->pid)
        return;
    pid_t done = 0;
    /* its end of the stream is closed already: it may be on its way out */
    for (int ms = 0; (done = waitpid(kept->pid, &reply->status, WNOHANG)) == 0 && ms < GRACE_MS; ms += GRACE_STEP_MS)
        usleep(GRACE_STEP_MS * 1000);
    reply->ended = done == kept->pid;
    if (!reply->ended) {
        kill(-kept->pid, SIGKILL);
        kill(kept->pid, SIGKILL);
        waitpid(kept->pid, &reply->status, 0);
    }
    kept->pid = 0;
}

static void clear_environment(void) {
    clearenv();
    setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
    setenv("LANG", "C.UTF-8", 1);
    setenv("HOME", "/nonexistent", 1);
}

static _Noreturn void become_program(const struct kept *kept, int stream) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    dup2(stream, STDIN_FILENO);
    dup2(stream, STDOUT_FILENO);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    clear_environment();
    for (int signal = 1; signal < NSIG; signal++)
        sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (program_confine(kept->program) < 0) {
        fprintf(stderr, "%s cannot be confined: %s\n", kept->program->path, strerror(errno));
        _exit(CANNOT_EXECUTE);
    }
    execv(kept->program->path, kept->program->argv);
    fprintf(stderr, "%s cannot be executed: %s\n", kept->program->path, strerror(errno));
    _exit(CANNOT_EXECUTE);
}

/* Starts the program; *ret_stream is the worker's end. */
static void run_program(struct kept *kept, struct reply *reply, int *ret_stream) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        reply->error = errno;
        return;
    }
    kept->pid = fork();
    if (kept->pid == 0)
        become_program(kept, pair[1]);
    close(pair[1]);
    if (kept->pid > 0) {
        *ret_stream = pair[0];
        return;
    }
    reply->error = errno;
    kept->pid = 0;
    close(pair[0]);
}

static bool send_reply(int socket, const struct reply *reply, int stream) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.room = {0}};
    struct iovec piece = {(void *)reply, sizeof *reply};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (stream >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        *c = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof stream)};
        memcpy(CMSG_DATA(c), &stream, sizeof stream);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof *reply;
}

static _Noreturn void keep(struct kept *kept) {
    char ask;
    ssize_t n;
    bool heard = true;
    while (heard && ((n = recv(kept->socket, &ask, 1, 0)) > 0 || (n < 0 && errno == EINTR))) {
        struct reply reply = {0};
        int stream = -1;
        if (n < 0)
            continue;
        end_program(kept, &reply);
        if (ask == ASK_RUN)
            run_program(kept, &reply, &stream);
        heard = send_reply(kept->socket, &reply, stream);
        if (stream >= 0)
            close(stream);
    }
    struct reply last = {0};
    end_program(kept, &last);
    _exit(0);
}

/* --- the worker's side -------------------------------------------------------------------------------------------- */

int keeper_start(struct keeper *keeper, const struct program *program, char why[WHY_BYTES]) {
    int pair[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        snprintf(why, WHY_BYTES, "no socket to its keeper can be made: %s", strerror(errno));
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        struct kept kept = {.program = program, .socket = STDERR_FILENO + 1};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) /* it died before that was in force */
            _exit(0);
        prctl(PR_SET_NAME, "siftd-exec");
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        dup2(pair[1], kept.socket);
        close_range((unsigned)kept.socket + 1, ~0U, 0);
        keep(&kept);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        snprintf(why, WHY_BYTES, "its keeper cannot be forked: %s", strerror(errno));
        return -1;
    }
    *keeper = (struct keeper){.pid = pid, .owner = getpid(), .socket = pair[0]};
    return 0;
}

/* Asks and waits for the answer; false when the keeper is gone. */
static bool ask(struct keeper *keeper, char what, struct reply *ret, int *ret_stream) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec out = {&what, 1}, in = {ret, sizeof *ret};
    struct msghdr request = {.msg_iov = &out, .msg_iovlen = 1};
    struct msghdr answer = {.msg_iov = &in, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n;
    if (sendmsg(keeper->socket, &request, MSG_NOSIGNAL) != 1)
        return false;
    do
        n = recvmsg(keeper->socket, &answer, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof *ret)
        return false;
    const struct cmsghdr *c = CMSG_FIRSTHDR(&answer);
    if (c && c->cmsg_type == SCM_RIGHTS && ret_stream)
        memcpy(ret_stream, CMSG_DATA(c), sizeof *ret_stream);
    return true;
}

int keeper_run(struct keeper *keeper, char why[WHY_BYTES]) {
    struct reply reply;
    int stream = -1;
    if (!ask(keeper, ASK_RUN, &reply, &stream))
        snprintf(why, WHY_BYTES, "the process that starts it is gone");
    else if (stream < 0)
        snprintf(why, WHY_BYTES, "it cannot be started: %s", strerror(reply.error));
    return stream;
}

void keeper_end(struct keeper *keeper, char how[WHY_BYTES]) {
    struct reply reply;
    if (!ask(keeper, ASK_END, &reply, NULL))
        snprintf(how, WHY_BYTES, "it is gone");
    else if (!reply.ended)
        snprintf(how, WHY_BYTES, "it was ended");
    else if (WIFSIGNALED(reply.status))
        snprintf(how, WHY_BYTES, "it was ended by signal %d (%s)", WTERMSIG(reply.status),
                 strsignal(WTERMSIG(reply.status)));
    else if (WEXITSTATUS(reply.status) == CANNOT_EXECUTE)
        snprintf(how, WHY_BYTES, "it cannot be executed; the log says why");
    else
        snprintf(how, WHY_BYTES, "it ended with exit code %d", WEXITSTATUS(reply.status));
}

void keeper_stop(struct keeper *keeper) {
    if (!keeper->pid || keeper->owner != getpid())
        return;
    close(keeper->socket);
    waitpid(keeper->pid, NULL, 0);
    *keeper = (struct keeper){.socket = -1};
}
