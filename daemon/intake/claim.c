/* SPDX-License-Identifier: MIT */
/* The claim: a number that never comes again, a name that carries everything, a rename. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "intake/inside.h"

static const char KEPT[] = "-kept", AFTER[] = "-after", AGAIN[] = "-again";

enum { RUN_WORD = 6, RUN_LEN = RUN_WORD + 16 };

/* Microseconds since 1970, and room for 4096 claims in each: unique over restarts as long as no two of them fall into
 * one microsecond, also when the clock was set back. */
uint64_t intake_new_claim(uint64_t last) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t claim = ((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000) << 12;
    return claim > last ? claim : last + 1;
}

uint64_t claim_number(struct intake *intake) {
    return intake->last_claim = intake_new_claim(intake->last_claim);
}

uint64_t claim_time(uint64_t number) {
    return (number >> 12) / 1000;
}

uint32_t intake_folder(const char *dir) {
    return claim_folder(dir);
}

uint32_t claim_folder(const char *dir) {
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    return (uint32_t)hash_xxh3(dir, len);
}

void claim_encode(const struct claim *claim, const char *path, struct buf *out) {
    buf_printf(out, "%016llx.%08x%s", (unsigned long long)claim->number, (unsigned)claim->folder,
               claim->kept ? KEPT : "");
    if (claim->run.more)
        buf_printf(out, "%s%016llx", claim->run.again ? AGAIN : AFTER, (unsigned long long)claim->run.earlier);
    buf_char(out, '.');
    for (; *path; path++) {
        if (*path == '/' || *path == '%')
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*path);
        else
            buf_char(out, *path);
    }
    buf_char(out, 0);
    out->len--;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Only paths that a scan could have met: no empty one, none that leads out of the watched folder. Of a path that was
 * cut the last part may be the beginning of any name. */
static bool is_below(const char *path, bool cut) {
    if (!path[0] || path[0] == '/')
        return false;
    for (const char *at = path; *at; at += strspn(at, "/")) {
        size_t len = strcspn(at, "/");
        if (len == 2 && at[0] == '.' && at[1] == '.' && !(cut && !at[len]))
            return false;
        at += len;
    }
    return true;
}

/* Reads only what claim_encode() writes: no bare '/', no escape that was not needed; a name that was cut may end inside
 * one. */
static int decode_path(const char *from, bool cut, struct buf *path) {
    size_t start = path->len;
    for (; *from; from++) {
        int c = (unsigned char)*from;
        if (c == '/')
            return -EINVAL;
        if (c == '%') {
            if (cut && (!from[1] || !from[2]))
                break; /* its sidecar has the escape in full */
            int high = hex_digit(from[1]), low = high < 0 ? -1 : hex_digit(from[2]);
            if (low < 0)
                return -EINVAL;
            c = high * 16 + low;
            from += 2;
            if (c != '/' && c != '%')
                return -EINVAL;
        }
        buf_char(path, (char)c);
    }
    buf_char(path, 0);
    path->len--;
    return is_below(path->at + start, cut) ? 0 : -EINVAL;
}

/* "-after" or "-again" and 16 hex digits, if they are there; goes behind them. */
static struct intake_run decode_run(const char **at) {
    bool again = strncmp(*at, AGAIN, RUN_WORD) == 0;
    struct intake_run run = {.again = again};
    if ((!again && strncmp(*at, AFTER, RUN_WORD) != 0) ||
        strspn(*at + RUN_WORD, "0123456789abcdef") != RUN_LEN - RUN_WORD)
        return (struct intake_run){0};
    run.more = true;
    run.earlier = strtoull(*at + RUN_WORD, NULL, 16);
    *at += RUN_LEN;
    return run;
}

int claim_decode(const char *entry, struct claim *ret, struct buf *path) {
    static const char hex[] = "0123456789abcdef";
    if (strspn(entry, hex) != 16 || entry[16] != '.' || strspn(entry + 17, hex) != 8)
        return -EINVAL;
    const char *behind = entry + 25;
    bool kept = strncmp(behind, KEPT, sizeof KEPT - 1) == 0;
    behind += kept ? sizeof KEPT - 1 : 0;
    struct intake_run run = decode_run(&behind);
    if (behind[0] != '.' || !behind[1])
        return -EINVAL;
    *ret = (struct claim){strtoull(entry, NULL, 16), (uint32_t)strtoul(entry + 17, NULL, 16), kept, run};
    return decode_path(behind + 1, strlen(entry) == NAME_LONGEST, path);
}

int intake_entry(const char *entry, bool *ret_kept, struct intake_run *ret_run, uint32_t *ret_folder) {
    struct claim claim;
    struct buf path = {0};
    int e = claim_decode(entry, &claim, &path);
    buf_free(&path);
    if (e < 0)
        return e;
    *ret_kept = claim.kept;
    *ret_run = claim.run;
    *ret_folder = claim.folder;
    return 0;
}

void claim_sidecar_name(uint64_t claim, char name[32]) {
    snprintf(name, 32, "%016llx.name", (unsigned long long)claim);
}

struct intake_doc *doc_new(const struct watch *watch, uint64_t claim, const char *path) {
    struct intake_doc *doc = mem_alloc(sizeof *doc);
    doc->claim = claim;
    doc->name = mem_strdup(path);
    doc->watch = watch->index;
    doc->kept = watch->config->when_done == DONE_KEEP;
    doc->fd = -1;
    return doc;
}

struct intake_doc *doc_free(struct intake_doc *doc) {
    if (doc) {
        close_fd(doc->fd);
        free(doc->name);
        free(doc->held);
        free(doc);
    }
    return NULL;
}

void doc_identity(struct intake_doc *doc, const struct stat *st) {
    doc->device = st->st_dev;
    doc->inode = st->st_ino;
    doc->size = (uint64_t)st->st_size;
    doc->mtime = (uint64_t)st->st_mtim.tv_sec * 1000000000 + (uint64_t)st->st_mtim.tv_nsec;
    doc->ctime = (uint64_t)st->st_ctim.tv_sec * 1000000000 + (uint64_t)st->st_ctim.tv_nsec;
}

bool doc_same_file(const struct intake_doc *a, const struct intake_doc *b) {
    return a->inode == b->inode && a->device == b->device && a->size == b->size && a->mtime == b->mtime &&
           a->ctime == b->ctime && strcmp(a->name, b->name) == 0;
}

/* --- echoes ------------------------------------------------------------------------------------------------------- */

/* A claim takes a name out of a folder, and the folder tells so. With thousands of claims these events would each cost
 * a look at a file that is not there. One event is passed over for one claim: the first of that name, and all that come
 * before the claim's own tell of what is already claimed. An event that got lost leaves an entry that could hide a
 * later file's, so entries live shortly and are dropped whenever the queue may have run over. */
static struct echo *echo_of(struct watch *watch, const char *path, uint64_t *ret_hash) {
    *ret_hash = hash_xxh3(path, strlen(path)) + watch->index + 1;
    return &watch->intake->echo[*ret_hash % ECHOES];
}

static void expect_echo(struct watch *watch, const char *path) {
    uint64_t hash;
    struct echo *echo = echo_of(watch, path, &hash);
    *echo = (struct echo){hash, uv_now(watch->intake->loop)};
}

bool claim_echo(struct watch *watch, const char *path) {
    uint64_t hash;
    struct echo *echo = echo_of(watch, path, &hash);
    if (echo->path != hash)
        return false;
    bool fresh = uv_now(watch->intake->loop) - echo->time <= ECHO_LIFE;
    *echo = (struct echo){0};
    return fresh;
}

void claim_forget_echoes(struct intake *intake) {
    memset(intake->echo, 0, sizeof intake->echo);
}

/* --- the claim ---------------------------------------------------------------------------------------------------- */

int claim_work_folder(const struct intake *intake, const struct intake_doc *doc) {
    return doc->hidden ? intake->watch[doc->watch].work : intake->work;
}

static int write_small(int folder, const char *name, const char *text, size_t len) {
    _cleanup_(closep) int fd = os.openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return -errno;
    return os_write_all(fd, text, len);
}

/* Names longer than a directory entry may be: the whole path goes into a file beside, written first. */
static int cut_name(int folder, struct intake_doc *doc) {
    char sidecar[32];
    claim_sidecar_name(doc->claim, sidecar);
    int e = write_small(folder, sidecar, doc->name, strlen(doc->name));
    if (e == 0) {
        doc->held[NAME_LONGEST] = 0;
        doc->cut = true;
    }
    return e;
}

/* .siftd/work in the watched folder, where a rename into the state folder would cross file systems. */
static int hidden_work(struct watch *watch) {
    _cleanup_(freep) char *path = watch_path(watch, ".siftd/work");
    struct error err;
    int e = os_mkdirs(path, 0750);
    return e < 0 ? e : recover_hidden(watch, &err);
}

/* Is the claim refused because its work folder is on another file system, or was removed? */
static bool wants_work(const struct watch *watch, int e) {
    struct stat st;
    if (e == -EXDEV)
        return true;
    return e == -ENOENT && watch->work >= 0 && fstat(watch->work, &st) == 0 && st.st_nlink == 0;
}

static size_t identity_text(const struct intake_doc *doc, char *text, size_t size) {
    return (size_t)snprintf(text, size, "%llu %llu %llu %llu %llu\n", (unsigned long long)doc->device,
                            (unsigned long long)doc->inode, (unsigned long long)doc->size,
                            (unsigned long long)doc->mtime, (unsigned long long)doc->ctime);
}

static int mark_kept(struct intake *intake, struct intake_doc *doc) {
    char text[160];
    return write_small(intake->work, doc->held, text, identity_text(doc, text, sizeof text));
}

static int hold(struct watch *watch, struct intake_doc *doc, const struct place *place) {
    const struct claim claim = {.number = doc->claim, .folder = claim_folder(watch->config->dir), .kept = doc->kept};
    struct buf held = {0};
    claim_encode(&claim, doc->name, &held);
    doc->held = held.at;
    doc->hidden = watch->work >= 0 && !doc->kept;
    int folder = claim_work_folder(watch->intake, doc);
    int e = held.len > NAME_LONGEST ? cut_name(folder, doc) : 0;
    if (e < 0 || doc->kept)
        return e < 0 ? e : mark_kept(watch->intake, doc);
    if (os.renameat(place->folder, place->name, folder, doc->held) < 0)
        return -errno;
    expect_echo(watch, doc->name);
    return 0;
}

static void drop_sidecar(struct intake *intake, struct intake_doc *doc) {
    char sidecar[32];
    claim_sidecar_name(doc->claim, sidecar);
    if (doc->cut)
        (void)os.unlinkat(claim_work_folder(intake, doc), sidecar, 0);
}

/* --- whose file was it? ------------------------------------------------------------------------------------------- */

/* Another file may have taken the name between the opening and the rename. It goes back, to be judged as it deserves;
 * the event of that brings it here again. Where its name is taken by a third one by now it stays claimed. */
static int put_back(struct watch *watch, struct intake_doc *doc, const struct place *place) {
    int folder = claim_work_folder(watch->intake, doc);
    if (os.renameat_noreplace(folder, doc->held, place->folder, place->name) == 0)
        return -ESTALE;
    if (errno == EINVAL || errno == ENOSYS) {
        struct stat st;
        bool is_free = fstatat(place->folder, place->name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT;
        if (is_free && os.renameat(folder, doc->held, place->folder, place->name) == 0)
            return -ESTALE;
    }
    return 0;
}

/* 0: the claim is of this very file; 1: of another one, which is opened again later. */
static int check_identity(struct watch *watch, struct intake_doc *doc, const struct place *place) {
    struct stat st;
    if (doc->kept)
        return 0;
    if (fstatat(claim_work_folder(watch->intake, doc), doc->held, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    if (st.st_ino == doc->inode && st.st_dev == doc->device)
        return 0;
    int e = put_back(watch, doc, place);
    return e < 0 ? e : 1;
}

void claim_remove_marker(const struct intake *intake, const struct intake_doc *doc) {
    const struct watch *watch = &intake->watch[doc->watch];
    struct place place;
    struct stat st;
    if (!watch->config->marker || doc->kept || watch_reach(watch, doc->name, &place) < 0)
        return;
    _cleanup_(freep) char *name = mem_format("%s%s", place.name, watch->config->marker);
    uint64_t claimed = doc->claim >> 12; /* microseconds, see claim_number() */
    if (fstatat(place.folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
        (uint64_t)st.st_ctim.tv_sec * 1000000 + (uint64_t)st.st_ctim.tv_nsec / 1000 <= claimed &&
        os.unlinkat(place.folder, name, 0) < 0)
        log_warn("the marker %s of a file that was taken cannot be removed: %s", name, strerror(errno));
    place_done(&place);
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static int hold_anywhere(struct watch *watch, struct intake_doc *doc, const struct place *place) {
    int e = hold(watch, doc, place);
    if (!wants_work(watch, e))
        return e;
    drop_sidecar(watch->intake, doc);
    free(take_ptr(doc->held));
    doc->cut = false;
    e = hidden_work(watch);
    return e == 0 ? hold(watch, doc, place) : e;
}

int claim_take(struct watch *watch, const char *path, const struct place *place, int fd, bool leased,
               const struct stat *st, struct error *err) {
    struct intake *intake = watch->intake;
    struct intake_doc *doc = doc_new(watch, claim_number(intake), path);
    doc_identity(doc, st);
    int e = hold_anywhere(watch, doc, place);
    if (e == 0)
        e = check_identity(watch, doc, place);
    if (e < 0) {
        if (doc->held)
            drop_sidecar(intake, doc);
        doc_free(doc);
        return error_errno(err, -e, "%s/%s cannot be claimed and stays where it is", watch->config->dir, path);
    }
    claim_remove_marker(intake, doc);
    if (e == 0) {
        doc->fd = fd;
        doc->leased = leased;
    } else {
        close(fd);
    }
    pressure_out(intake, doc);
    return 0;
}

/* --- another run -------------------------------------------------------------------------------------------------- */

char *intake_back_name(const char *entry, const char *name, uint64_t claim, const struct intake_run *run) {
    struct claim old;
    struct buf path = {0}, held = {0};
    int e = claim_decode(entry, &old, &path);
    buf_free(&path);
    if (e < 0)
        return NULL;
    const struct claim next = {claim, old.folder, old.kept, *run};
    claim_encode(&next, name, &held);
    if (held.len > NAME_LONGEST)
        held.at[NAME_LONGEST] = 0;
    return held.at;
}

/* Names that were cut have the whole path beside them, first. */
static int note_name(int work, const char *held, const char *name) {
    char sidecar[32];
    if (strlen(held) < NAME_LONGEST)
        return 0;
    claim_sidecar_name(strtoull(held, NULL, 16), sidecar);
    return write_small(work, sidecar, name, strlen(name));
}

int intake_put_back(const char *state_dir, const char *dir, const char *entry, const char *held, const char *name,
                    struct error *err) {
    _cleanup_(freep) char *place = mem_format("%s/work", state_dir), *from = mem_format("%s/%s", dir, entry);
    _cleanup_(freep) char *to = mem_format("%s/%s", place, held);
    _cleanup_(closep) int work = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int e = work < 0 ? -errno : note_name(work, held, name);
    if (e == 0)
        e = finish_move(AT_FDCWD, from, to, strtoull(held, NULL, 16));
    if (e == 0 && os.fsync(work) < 0)
        e = -errno;
    return e < 0 ? error_errno(err, -e, "%s cannot be moved into %s for another run", from, place) : 0;
}

char *intake_new_name(const char *dir, const char *name, bool kept, uint64_t claim, const struct intake_run *run) {
    const struct claim next = {claim, claim_folder(dir), kept, *run};
    struct buf held = {0};
    claim_encode(&next, name, &held);
    if (held.len > NAME_LONGEST)
        held.at[NAME_LONGEST] = 0;
    return held.at;
}

int intake_put_note(const char *state_dir, const char *path, const char *held, const char *name, struct error *err) {
    _cleanup_(freep) char *place = mem_format("%s/work", state_dir);
    _cleanup_(closep) int work = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct intake_doc doc = {.fd = -1};
    struct stat st = {0};
    int e = work < 0 || lstat(path, &st) < 0 ? -errno : note_name(work, held, name);
    if (e == 0) {
        char text[160];
        doc_identity(&doc, &st);
        e = write_small(work, held, text, identity_text(&doc, text, sizeof text));
    }
    return e < 0 ? error_errno(err, -e, "%s cannot be claimed once more", path) : 0;
}
