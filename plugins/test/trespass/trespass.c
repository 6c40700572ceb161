/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"

struct fault {
    const char *on; /* options */
    const char *how;
    const struct siftd_host *host;
};

static const struct siftd_option options[] = {
    FAULT_OPTION_ON(struct fault),
    {.name = "how",
     .type = SIFTD_STRING,
     .offset = offsetof(struct fault, how),
     .preset = "table",
     .choices = "table|text|bytes|document|record|file|socket|process|program|signal|code|descriptors",
     .help = "What it does though it may not: writes to the host's table, the text or the bytes; passes something else "
             "than "
             "its document or a record; opens a file for writing, a socket, makes processes, starts a program, signals "
             "its parent, makes memory executable, opens descriptors without end."},
    {.name = NULL},
};

/* Writing where only reading is allowed, through a pointer that the compiler knows nothing of. */
static void overwrite(const void *at) {
    *(volatile char *)(uintptr_t)at = '!';
}

static void write_table(const struct fault *fault, struct siftd_doc *doc) {
    (void)doc;
    overwrite(&fault->host->error);
}

static void write_text(const struct fault *fault, struct siftd_doc *doc) {
    overwrite(fault->host->text(doc).at);
}

static void write_bytes(const struct fault *fault, struct siftd_doc *doc) {
    overwrite(fault->host->bytes(doc).at);
}

static void pass_document(const struct fault *fault, struct siftd_doc *doc) {
    fault->host->text(fault->host->doc_alloc(doc, 4096));
}

static void pass_record(const struct fault *fault, struct siftd_doc *doc) {
    fault->host->put_null(fault->host->doc_alloc(doc, 4096), "nothing");
}

static void open_file(const struct fault *fault, struct siftd_doc *doc) {
    (void)fault, (void)doc;
    close(open("/tmp", O_TMPFILE | O_RDWR, 0600));
}

static void open_socket(const struct fault *fault, struct siftd_doc *doc) {
    (void)fault, (void)doc;
    close(socket(AF_INET, SOCK_STREAM, 0));
}

static void make_process(const struct fault *fault, struct siftd_doc *doc) {
    (void)fault, (void)doc;
    if (fork() == 0)
        _exit(0);
}

static void start_program(const struct fault *fault, struct siftd_doc *doc) {
    (void)fault, (void)doc;
    execl("/bin/true", "true", (char *)NULL);
}

static void signal_parent(const struct fault *fault, struct siftd_doc *doc) {
    (void)fault, (void)doc;
    kill(getppid(), 0);
}

static void make_code(const struct fault *fault, struct siftd_doc *doc) {
    (void)fault, (void)doc;
    munmap(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
}

static void open_descriptor(const struct fault *fault, struct siftd_doc *doc) {
    (void)fault, (void)doc;
    (void)!dup(STDERR_FILENO);
}

static const struct {
    const char *how;
    void (*act)(const struct fault *fault, struct siftd_doc *doc);
} acts[] = {
    {"table", write_table},     {"text", write_text},      {"bytes", write_bytes},  {"document", pass_document},
    {"record", pass_record},    {"file", open_file},       {"socket", open_socket}, {"process", make_process},
    {"program", start_program}, {"signal", signal_parent}, {"code", make_code},     {"descriptors", open_descriptor},
};

/* What is answered with an error is tried again and again. */
static void trespass(const struct fault *fault, struct siftd_doc *doc) {
    const struct timespec moment = {.tv_nsec = 1000000};
    bool once = fault->how[0] == 't' || fault->how[0] == 'b'; /* the host notices when run() returns */
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        while (strcmp(acts[i].how, fault->how) == 0) {
            acts[i].act(fault, doc);
            if (once)
                return;
            nanosleep(&moment, NULL);
        }
}

static int run(void *self, struct siftd_doc *doc) {
    const struct fault *fault = self;
    if (fault_is_on(fault->host, doc, fault->on))
        trespass(fault, doc);
    return SIFTD_OK;
}

FAULT(struct fault, "trespass", "does what it may not")
