/* SPDX-License-Identifier: MIT */
/* A confined process tries what it may not do. Each trial is a child of its own, which tells by how it ends. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "confine/confine.h"
#include "wire/wire.h"

enum { REFUSED = 10, ALLOWED = 11, LACKING = 12 };

static int document = -1;

typedef int trial_fn(void); /* 0: it worked; else it was refused */

static int open_file(void) {
    return open("/etc/passwd", O_RDONLY) < 0;
}

static int make_file(void) {
    return open("/tmp/siftd-confine-test", O_CREAT | O_WRONLY, 0600) < 0;
}

static int change_mode(void) {
    return chmod("/tmp", 01777) < 0;
}

static int remove_file(void) {
    return unlink("/tmp/siftd-confine-test") < 0;
}

static int open_socket(void) {
    return socket(AF_INET, SOCK_STREAM, 0) < 0;
}

static int start_process(void) {
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid < 0;
}

static int start_program(void) {
    return execl("/bin/true", "true", (char *)NULL) < 0;
}

static int signal_parent(void) {
    return kill(getppid(), 0) < 0;
}

static int code_memory(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static int trace_parent(void) {
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0;
}

#ifndef SIFTD_SANITIZED /* whose allocator needs more than any limit allows */
static int much_memory(void) {
    volatile char *at = malloc((size_t)256 << 20);
    return at == NULL;
}
#endif

static int little_memory(void) {
    char *at = malloc(1 << 20);
    if (!at)
        return 1;
    memset(at, 1, 1 << 20);
    free(at);
    return 0;
}

/* What a worker lives on: its descriptors, their size, memory from a file. */
static int look_at_descriptor(void) {
    struct stat st;
    char byte;
    if (fstat(document, &st) < 0 || st.st_size != 3 || pread(document, &byte, 1, 0) != 1)
        return 1;
    return mmap(NULL, 3, PROT_READ, MAP_PRIVATE, document, 0) == MAP_FAILED;
}

static int stat_path(void) {
    struct stat st;
    return stat("/etc/passwd", &st) < 0;
}

/* Memory that RLIMIT_DATA does not count. */
static int shared_memory(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static int take_the_handler(void) {
    return signal(SIGSYS, SIG_IGN) == SIG_ERR;
}

static int duplicate(void) {
    return dup(0) < 0;
}

static int write_inside(void) {
    int fd = open("inside/file", O_CREAT | O_RDWR, 0600);
    return fd < 0 || rename("inside/file", "inside/other") < 0 || unlink("inside/other") < 0;
}

static int read_inside(void) {
    char byte;
    int fd = open("inside/data", O_RDONLY);
    return fd < 0 || read(fd, &byte, 1) != 1 || close(fd) < 0;
}

static int read_outside(void) {
    return open("outside/data", O_RDONLY) < 0;
}

static int change_inside(void) {
    return open("inside/data", O_RDWR) < 0;
}

static int write_outside(void) {
    return open("outside/file", O_CREAT | O_RDWR, 0600) < 0;
}

static int many_descriptors(void) {
    for (int i = 0; i < 8; i++)
        if (fcntl(0, F_DUPFD, 0) < 0)
            return 1;
    return 0;
}

/* The way the child ended: REFUSED, ALLOWED, LACKING, or minus the signal. */
static int attempt_as(const struct confine_rights *rights, trial_fn *trial, uint32_t needs) {
    pid_t pid = fork();
    if (pid == 0) {
        uint32_t lacking = 0;
        struct error err = {0};
        if (confine(rights, &lacking, &err) < 0)
            _exit(1);
        if ((lacking & needs) == needs)
            _exit(LACKING);
        _exit(trial() ? REFUSED : ALLOWED);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int attempt(trial_fn *trial, uint32_t needs) {
    const struct confine_rights rights = {.kind = CONFINE_WORKER, .memory = 64 << 20, .descriptors = 16};
    return attempt_as(&rights, trial, needs);
}

static void forbidden(trial_fn *trial, uint32_t needs, const char *what) {
    int r = attempt(trial, needs);
    if (r != REFUSED && r != WIRE_CALL_EXIT && r != LACKING)
        fail_msg("%s: %d", what, r);
}

static void refuses(void **state) {
    (void)state;
    forbidden(open_file, WIRE_CONFINE_PATHS | WIRE_CONFINE_CALLS, "opening a file");
    forbidden(make_file, WIRE_CONFINE_PATHS | WIRE_CONFINE_CALLS, "making a file");
    forbidden(remove_file, WIRE_CONFINE_PATHS | WIRE_CONFINE_CALLS, "removing a file");
    forbidden(change_mode, WIRE_CONFINE_CALLS, "changing a mode");
    forbidden(open_socket, WIRE_CONFINE_CALLS, "opening a socket");
    forbidden(start_process, WIRE_CONFINE_CALLS, "starting a process");
    forbidden(start_program, WIRE_CONFINE_PATHS | WIRE_CONFINE_CALLS, "starting a program");
    forbidden(signal_parent, WIRE_CONFINE_CALLS, "signalling the parent");
    forbidden(code_memory, WIRE_CONFINE_CALLS, "executable memory");
    forbidden(stat_path, WIRE_CONFINE_CALLS, "looking at a path");
    forbidden(trace_parent, WIRE_CONFINE_CALLS, "tracing the parent");
}

static void refuses_ways_around(void **state) {
    (void)state;
    forbidden(shared_memory, WIRE_CONFINE_CALLS, "shared memory");
    forbidden(take_the_handler, WIRE_CONFINE_CALLS, "another handler of SIGSYS");
    forbidden(duplicate, WIRE_CONFINE_CALLS, "duplicating a descriptor");
}

/* The number of the call stands where the parent can read it. */
static void names_the_call(void **state) {
    (void)state;
    char name[64];
    volatile uint32_t *call = mmap(NULL, sizeof *call, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const struct confine_rights rights = {.kind = CONFINE_WORKER, .call = call};
    if (attempt_as(&rights, open_socket, WIRE_CONFINE_CALLS) == LACKING)
        return;
    assert_string_equal(confine_call_name(*call - 1, name, sizeof name), "socket");
    munmap((void *)(uintptr_t)call, sizeof *call);
}

static void sinks_keep_their_folder(void **state) {
    (void)state;
    char folder[] = "/tmp/siftd-confine-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("inside", 0700) | mkdir("outside", 0700), 0);
    const struct confine_path kept[] = {{"inside", true}, {"not there", true}};
    struct confine_rights rights = {.kind = CONFINE_SINK, .path = kept, .paths = 2, .descriptors = 4};
    const uint32_t paths = WIRE_CONFINE_PATHS, calls = WIRE_CONFINE_CALLS;
    assert_int_equal(attempt_as(&rights, write_inside, 0x80000000u), ALLOWED);
    int r = attempt_as(&rights, write_outside, paths);
    assert_true(r == REFUSED || r == LACKING);
    r = attempt_as(&rights, open_socket, calls);
    assert_true(r == WIRE_CALL_EXIT || r == LACKING);
    assert_int_equal(attempt_as(&rights, many_descriptors, 0x80000000u), REFUSED);
    rights.network = true;
    assert_int_not_equal(attempt_as(&rights, open_socket, calls), WIRE_CALL_EXIT);
    unlink("outside/file");
    assert_int_equal(rmdir("inside") | rmdir("outside") | chdir("/") | rmdir(folder), 0);
}

static void put_file(const char *path) {
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
}

static void workers_read_what_is_named(void **state) {
    (void)state;
    char folder[] = "/tmp/siftd-confine-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("inside", 0700) | mkdir("outside", 0700), 0);
    put_file("inside/data");
    put_file("outside/data");
    const struct confine_path kept[] = {{"inside", false}, {"not there", false}};
    struct confine_rights rights = {.kind = CONFINE_WORKER, .path = kept, .paths = 2};
    const uint32_t paths = WIRE_CONFINE_PATHS;
    int r = attempt_as(&rights, read_inside, paths);
    assert_true(r == ALLOWED || r == LACKING);
    r = attempt_as(&rights, read_outside, paths);
    assert_true(r == REFUSED || r == LACKING);
    r = attempt_as(&rights, change_inside, paths);
    assert_true(r == WIRE_CALL_EXIT || r == LACKING);
    rights.paths = 0;
    r = attempt_as(&rights, read_inside, WIRE_CONFINE_CALLS);
    assert_true(r == REFUSED || r == LACKING);
    unlink("inside/data");
    unlink("outside/data");
    assert_int_equal(rmdir("inside") | rmdir("outside") | chdir("/") | rmdir(folder), 0);
}

static void leaves_descriptors(void **state) {
    (void)state;
    document = memfd_create("document", 0);
    assert_int_equal(write(document, "abc", 3), 3);
    assert_int_equal(attempt(look_at_descriptor, 0x80000000u), ALLOWED);
    close(document);
}

static void limits_memory(void **state) {
    (void)state;
#ifndef SIFTD_SANITIZED
    assert_int_equal(attempt(much_memory, 0x80000000u), REFUSED);
#endif
    assert_int_equal(attempt(little_memory, 0x80000000u), ALLOWED);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(refuses),
                                       cmocka_unit_test(leaves_descriptors),
                                       cmocka_unit_test(refuses_ways_around),
                                       cmocka_unit_test(names_the_call),
                                       cmocka_unit_test(sinks_keep_their_folder),
                                       cmocka_unit_test(workers_read_what_is_named),
                                       cmocka_unit_test(limits_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
