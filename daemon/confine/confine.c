/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "confine/inside.h"

static int limit(int resource, rlim_t value, const char *name, struct error *err) {
    struct rlimit both = {value, value};
    return setrlimit(resource, &both) < 0 ? error_errno(err, errno, "the limit %s cannot be set", name) : 0;
}

/* Where messages go to a file, its size would count as the process's own output. */
static bool logs_to_file(void) {
    struct stat st;
    return fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode);
}

/* Descriptors get the lowest free number, so that the first free one tells how many are in use. */
static int limit_descriptors(unsigned more, struct error *err) {
    _cleanup_(closep) int first = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    if (first < 0)
        return error_errno(err, errno, "the open files cannot be counted");
    return limit(RLIMIT_NOFILE, (rlim_t)first + more, "of open files", err);
}

static int set_limits(const struct confine_rights *rights, struct error *err) {
    int r = limit(RLIMIT_CORE, 0, "of core files", err);
    if (r == 0 && rights->descriptors)
        r = limit_descriptors(rights->descriptors, err);
    if (r == 0 && rights->output && !logs_to_file())
        r = limit(RLIMIT_FSIZE, rights->output, "of written files", err);
#ifndef SIFTD_SANITIZED           /* which need memory without end, and a process of their own at the end */
    if (r == 0 && rights->memory) /* a document's file is mapped for reading and does not count */
        r = limit(RLIMIT_DATA, rights->memory, "of memory", err);
    if (r == 0 && rights->kind == CONFINE_WORKER)
        r = limit(RLIMIT_NPROC, 0, "of processes", err);
#endif
    return r;
}

int confine(const struct confine_rights *rights, uint32_t *ret_lacking, struct error *err) {
    uint32_t lacking = 0;
    int r = set_limits(rights, err);
    if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        r = error_errno(err, errno, "no new privileges: cannot be put in force");
    if (r == 0)
        r = paths_restrict(rights, &lacking, err);
    if (r == 0)
        r = calls_restrict(rights, &lacking, err);
    if (r == 0)
        *ret_lacking = lacking;
    return r;
}
