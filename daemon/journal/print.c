/* SPDX-License-Identifier: MIT */
/* What `siftd journal` shows: a segment's frames, checked, and its records, completed. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "journal/scan.h"
#include "journal/segment.h"

/* Opens a segment for reading to its end. */
static int open_scan(const char *path, struct scan *ret, struct segment_header *ret_header, struct error *err) {
    struct stat st;
    _cleanup_(closep) int fd = -1;
    int r = segment_open(path, O_RDONLY, &fd, ret_header, err);
    if (r < 0)
        return r;
    if (fstat(fd, &st) < 0)
        return error_errno(err, errno, "the journal's segment %s cannot be looked at", path);
    scan_init(ret, path, take_fd(fd), ret_header->size, ret_header->first);
    ret->limit = (uint64_t)st.st_size;
    return 0;
}

/* In a journal that is being written, the mark beside the last segment tells how far it may be read. */
static void heed_mark(const char *path, const struct segment_header *header, struct scan *scan) {
    _cleanup_(freep) char *dir = mem_strdup(path);
    struct journal_place mark = {0};
    char *slash = strrchr(dir, '/');
    if (slash)
        *slash = 0;
    if (journal_mark(slash ? dir : ".", &mark, NULL) > 0 && mark.journal == header->journal &&
        mark.segment == header->number && mark.offset < scan->limit && mark.offset >= header->size)
        scan->limit = mark.offset;
}

static void print_time(FILE *out, uint64_t time) {
    time_t seconds = (time_t)(time / 1000000);
    struct tm parts;
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &parts));
    fprintf(out, "%s.%06uZ", text, (unsigned)(time % 1000000));
}

static void print_name(FILE *out, const char *name) {
    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        if (*p < ' ' || *p == 0x7f)
            fprintf(out, "\\x%02x", *p);
        else
            fputc(*p, out);
}

static void print_frame(FILE *out, const struct scan *scan, const struct journal_doc *doc) {
    static const char *const status[] = {"ok", "findings", "rejected"};
    char hash[SHA256_HEX];
    hash_hex(doc->sha256, SHA256_SIZE, hash);
    fprintf(out, "%" PRIu64 " at %" PRIu64 " ", doc->sequence, scan->frame_at);
    print_time(out, doc->time);
    fprintf(out, " %s %" PRIu32 " records %" PRIu64 " bytes claim %" PRIu64 " sha256 %.16s ",
            doc->status <= DOC_REJECTED ? status[doc->status] : "?", doc->records, doc->body_size, doc->claim, hash);
    print_name(out, doc->name);
    fputc('\n', out);
}

void journal_tell(const struct journal_recovery *found, struct buf *out) {
    if (found->mark)
        buf_printf(out, "the journal's commit mark could not be believed; it was set anew from the segments\n");
    if (found->pieces)
        buf_printf(out, "%s; %" PRIu64 " damaged pieces of the journal were put aside under torn/\n", found->damage,
                   found->pieces);
    if (found->cut)
        buf_printf(out, "the journal ended in %" PRIu64 " bytes of %s; they were put into %s\n", found->cut,
                   found->lost ? "damaged frames" : "an unfinished append, whose documents run again",
                   found->torn[0] ? found->torn : "no file, for want of room");
    if (found->lost)
        buf_printf(out,
                   "%" PRIu64 " committed documents are no longer in the journal; sinks that did not have them yet go "
                   "on behind them\n",
                   found->lost);
}

/* Every line of the body is there, and each is an object. */
static int check_lines(struct scan *scan, const struct journal_doc *doc, struct error *err) {
    const char *line;
    size_t len;
    uint32_t records = 0;
    int r;
    while ((r = scan_line(scan, &line, &len, err)) > 0) {
        records++;
        if (len < 2 || line[0] != '{' || line[len - 1] != '}')
            return error_set(err, EBADMSG,
                             "the journal's segment %s is damaged at offset %" PRIu64 ": line %" PRIu32
                             " of the frame is no JSON object",
                             scan->path, scan->frame_at, records);
    }
    if (r == 0 && records != doc->records)
        r = error_set(err, EBADMSG,
                      "the journal's segment %s is damaged at offset %" PRIu64 ": the frame has %" PRIu32
                      " lines and says %" PRIu32,
                      scan->path, scan->frame_at, records, doc->records);
    return r;
}

int journal_verify(const char *path, void *out, uint64_t *ret_frames, struct error *err) {
    struct segment_header header;
    struct journal_doc doc;
    struct scan scan = {0};
    uint64_t frames = 0;
    int r = open_scan(path, &scan, &header, err);
    if (r < 0)
        return r;
    heed_mark(path, &header, &scan);
    while ((r = scan_next(&scan, &doc, err)) > 0 || r == -ENODATA) {
        if (r < 0) {
            if (out && err)
                fprintf((FILE *)out, "gap: %s\n", err->text);
            continue;
        }
        if (out)
            print_frame(out, &scan, &doc);
        r = check_lines(&scan, &doc, err);
        if (r < 0)
            break;
        frames++;
    }
    scan_deinit(&scan);
    if (ret_frames)
        *ret_frames = frames;
    return r;
}

/* All records of the frame just read. */
static int cat_frame(struct scan *scan, struct journal_completer *completer, struct buf *record, journal_line_fn *call,
                     void *user, struct error *err) {
    struct journal_parts parts;
    const char *line;
    size_t len;
    int r;
    while ((r = scan_line(scan, &line, &len, err)) > 0) {
        record->len = 0;
        journal_completer_add(completer, line, len, record, &parts);
        r = call(user, record->at, record->len);
        if (r)
            break;
    }
    return r;
}

int journal_cat(const char *path, journal_line_fn *line, void *user, struct error *err) {
    struct segment_header header;
    struct journal_completer completer = {0};
    _cleanup_(buf_free) struct buf record = {0};
    struct journal_doc doc;
    struct scan scan = {0};
    int r = open_scan(path, &scan, &header, err);
    if (r < 0)
        return r;
    heed_mark(path, &header, &scan);
    while ((r = scan_next(&scan, &doc, err)) > 0 || r == -ENODATA) {
        if (r < 0)
            continue;
        journal_completer_begin(&completer, &doc);
        r = cat_frame(&scan, &completer, &record, line, user, err);
        if (r)
            break;
    }
    journal_completer_free(&completer);
    scan_deinit(&scan);
    return r;
}
