/* SPDX-License-Identifier: MIT */
#include "watcher.h"

struct world w;

_Noreturn void wrong(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "after %lu steps: ", w.steps);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    fflush(NULL);
    _exit(1); /* what the world holds is no leak to be told of */
}

uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t pick(uint64_t below) {
    w.random ^= w.random << 13;
    w.random ^= w.random >> 7;
    w.random ^= w.random << 17;
    return w.random % below;
}

const char *at(const char *format, ...) {
    static char text[16][4096];
    static unsigned turn;
    char *to = text[turn++ % 16];
    int len = snprintf(to, sizeof text[0], "%s/", w.dir);
    va_list args;
    va_start(args, format);
    vsnprintf(to + len, sizeof text[0] - (size_t)len, format, args);
    va_end(args);
    return to;
}

const char *in_drop(const char *path) {
    return at("drop/%s", path);
}

/* --- the model ---------------------------------------------------------------------------------------------------- */

void release(struct file *file) {
    if (--file->names == 0) {
        close_fd(file->fd);
        free(file);
    }
}

void add_name(const char *path, struct file *file) {
    mem_push(w.name, w.names, w.name_room);
    w.name[w.names++] = (struct name){mem_strdup(path), strlen(path), file};
    file->names++;
}

void remove_name(size_t i) {
    free(w.name[i].path);
    release(w.name[i].file);
    w.name[i] = w.name[--w.names];
}

static size_t find_name(const char *path) {
    size_t i = 0, len = strlen(path);
    while (i < w.names && (w.name[i].len != len || memcmp(w.name[i].path, path, len) != 0))
        i++;
    return i;
}

void forget_below(const char *folder) {
    size_t len = strlen(folder);
    for (size_t i = w.names; i-- > 0;)
        if (len == 0 || (strncmp(w.name[i].path, folder, len) == 0 && w.name[i].path[len] == '/'))
            remove_name(i);
}

bool may_be_taken(const struct name *name) {
    const char *base = strrchr(name->path, '/');
    base = base ? base + 1 : name->path;
    const struct file *f = name->file;
    return f->len > 0 && f->fd < 0 && !f->closed_to_us && settle_ready_name(base);
}

size_t awaited(void) {
    size_t count = 0;
    for (size_t i = 0; i < w.names; i++)
        count += may_be_taken(&w.name[i]);
    return count;
}

/* Some name for which the condition holds; w.names when there is none. */
size_t some_name(bool (*fits)(const struct file *file)) {
    if (w.names == 0)
        return 0;
    for (size_t tries = 0, i = pick(w.names); tries < w.names; tries++, i = (i + 1) % w.names)
        if (!fits || fits(w.name[i].file))
            return i;
    return w.names;
}

/* --- what is taken ------------------------------------------------------------------------------------------------ */

static void check_content(const struct intake_doc *doc, const struct file *file) {
    char text[TEXT_MAX + 1];
    ssize_t n = pread(doc->fd, text, sizeof text, 0);
    if (n != (ssize_t)file->len || memcmp(text, file->text, file->len) != 0)
        wrong("%s was taken with %zd bytes \"%.*s\", not the %zu \"%.*s\"", doc->name, n, (int)n, text, file->len,
              (int)file->len, file->text);
    if (file->fd >= 0)
        wrong("%s was taken while its writer has it open", doc->name);
}

void on_claimed(void *user, struct intake_doc *doc) {
    (void)user;
    size_t i = find_name(doc->name);
    if (i == w.names)
        wrong("%s was taken, which is not there or was taken before", doc->name);
    struct file *file = w.name[i].file;
    if (doc->fd < 0) { /* another file took the name and could not go back; opened again later */
        struct error err;
        if (intake_reopen(w.intake, doc, &err) < 0)
            wrong("%s", err.text);
    }
    if (doc->inode != file->inode || doc->device != file->device)
        wrong("%s was taken from another file", doc->name);
    check_content(doc, file);
    if (!file->finished && now() - file->wrote + SLACK < SETTLE)
        wrong("%s was taken %llu ms after its last byte, and its writer will come back", doc->name,
              (unsigned long long)(now() - file->wrote));
    file->finished = true;
    file->names++;
    remove_name(i);
    mem_push(w.out, w.outs, w.out_room);
    w.out_file = mem_grow(w.out_file, w.out_room * sizeof *w.out_file);
    w.out_file[w.outs] = file;
    w.out[w.outs++] = doc;
    w.taken++;
}

void on_rested(void *user, struct intake_doc *doc) {
    (void)user;
    for (size_t i = 0; i < w.outs; i++)
        if (w.out[i] == doc)
            check_content(doc, w.out_file[i]);
    doc->user = NULL;
    w.again++;
}

void on_dropped(void *user, struct intake_doc *doc) {
    (void)user;
    if (!w.ending)
        wrong("%s was given up", doc->name);
    intake_release(w.intake, doc);
}

int on_asked(void *user, const struct intake_doc *doc) {
    (void)user, (void)doc;
    return 0;
}

/* A name of the file, other than those that are out. */
static const char *twin_of(const struct file *file) {
    for (size_t i = 0; i < w.names; i++)
        if (w.name[i].file == file)
            return w.name[i].path;
    return NULL;
}

size_t put_text(struct file *file, int fd, const char *text) {
    size_t len = strlen(text);
    if (file->len + len > TEXT_MAX)
        return 0;
    if (write(fd, text, len) != (ssize_t)len)
        wrong("writing: %s", strerror(errno));
    memcpy(file->text + file->len, text, len);
    file->len += len;
    file->wrote = now();
    return len;
}

/* Another document that is being read of the same file has a lease of its own, which the writer would have to wait for.
 */
static bool is_shared(size_t i) {
    for (size_t k = 0; k < w.outs; k++)
        if (k != i && w.out_file[k] == w.out_file[i])
            return true;
    return false;
}

/* The document is being read; somebody writes through another name of its file. */
bool disturb(size_t i) {
    struct intake_doc *doc = w.out[i];
    const char *twin = twin_of(w.out_file[i]);
    if (!twin || is_shared(i) || doc->user || doc->fd < 0 || !doc->leased || w.out_file[i]->closed_to_us)
        return false;
    int fd = open(in_drop(twin), O_WRONLY | O_APPEND | O_NONBLOCK);
    if (fd >= 0 || errno != EWOULDBLOCK)
        wrong("%s can be opened for writing while its twin is read: %s", twin,
              fd >= 0 ? "it is open" : strerror(errno));
    if (fcntl(doc->fd, F_GETLEASE) == F_RDLCK)
        wrong("the lease on %s does not tell that somebody wants to write", doc->name);
    intake_passed(w.intake, doc);
    fd = open(in_drop(twin), O_WRONLY | O_APPEND);
    if (fd < 0)
        wrong("%s cannot be opened: %s", twin, strerror(errno));
    put_text(w.out_file[i], fd, "disturbed;");
    close(fd);
    doc->user = &w;
    if (!intake_again(w.intake, doc))
        wrong("%s is not waited for", doc->name);
    return true;
}

void finish(size_t i) {
    struct error err;
    struct intake_doc *doc = w.out[i];
    if (doc->user)
        return; /* it has not come to rest */
    if (intake_finish(w.intake, doc, &err) < 0)
        wrong("%s", err.text);
    intake_release(w.intake, doc);
    release(w.out_file[i]);
    w.out[i] = w.out[--w.outs];
    w.out_file[i] = w.out_file[w.outs];
}
