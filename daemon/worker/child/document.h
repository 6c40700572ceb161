/* SPDX-License-Identifier: MIT */
/*
 * A document on its way through a pipeline: what plugins see as struct siftd_doc, and its records as struct
 * siftd_record. The calls they make are in calls.c; pipeline.c drives them. Everything here lives until
 * document_reset().
 */
#pragma once
#include <siftd/plugin.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "host/host.h"
#include "worker/child/process.h"
#include "worker/child/text.h"

struct fact {
    const char *key, *json, *text; /* text: the plain string, or the JSON's own text */
};

struct tally { /* counts by name, in order of appearance */
    const char *name;
    uint64_t count;
};

struct tallies {
    struct tally *item;
    size_t count, room;
};

struct mark_list { /* the marks of one kind */
    const char *kind;
    struct siftd_mark *mark;
    size_t count, room;
    bool sorted;
};

struct field {
    const char *key, *json, *text; /* text: of a string, once it was asked for */
    size_t len;
};

struct place { /* what stands for `bytes` in the source, from this source offset on */
    size_t start;
    const char *members;
};

struct member {              /* a document inside this one that waits for its turn; the bytes are malloc'd */
    const char *name, *lost; /* lost: why there are no bytes */
    char *bytes;
    size_t size;
};

struct siftd_record {
    uint32_t magic;
    struct siftd_doc *doc;
    const char *type;
    const struct siftd_record *before; /* begun before this one; NULL: none */
    struct siftd_span span, place;
    bool has_place, emitted, is_finding;
    struct field *field;
    size_t fields, field_room;
    size_t number;  /* in order of emission */
    const char *id; /* whole id; set when the record gets its final place */
    const struct siftd_record **ref;
    size_t refs, ref_room;
};

/* Of the dropped file with all that is inside it, for its limits. */
struct totals {
    uint64_t members, unpacked, records, output;
};

struct siftd_doc {
    uint32_t magic;
    struct arena arena;
    const char *name;
    const char *bytes;
    size_t size;
    bool in_memory; /* the bytes are the process's own copy, not a mapped file */
    uint8_t sha256[SHA256_SIZE];
    char id_prefix[24]; /* 20 hex digits and '-' */
    struct text text;
    struct edit_list edits;
    const char *edit_repair; /* fault of the plugin's edits, if any */
    int content;
    struct fact *fact;
    size_t facts, fact_room;
    struct mark_list *marks;
    size_t mark_kinds, mark_room;
    struct tallies repairs, types;
    struct siftd_record **record;
    size_t records, record_room, emitted;
    uint64_t lines;            /* written to the body */
    uint64_t refused;          /* of them: records that validators keep out */
    struct account account;    /* of the records that extractors emitted */
    bool has_findings, closed; /* closed: ids are given, only findings may follow */
    size_t last_row;           /* source offset of the last bulk row, and how many stood there */
    unsigned row_repeat;
    struct buf line;       /* scratch for one row */
    struct buf value;      /* scratch for one field, or one record that is asked for as JSON */
    struct siftd_span row; /* place of the bulk row at hand */
    struct place *place;   /* in the order of their starts; none: bytes tell */
    size_t places, place_room;
    struct buf source; /* scratch for one row's place */

    /* Documents inside documents. */
    const char *path; /* of this one inside the dropped file, "outer.zip/inner.txt"; NULL: it is the dropped file */
    char path_id[64]; /* "m2.1-": before each id's place; empty for the dropped file */
    unsigned depth;   /* 0: the dropped file */
    struct member *member;
    size_t members, member_room, members_untaken;
    const char *untaken_limit; /* the first limit that kept one out, and what was seen of it */
    uint64_t untaken_seen;

    /* The pipeline's side. */
    struct instance *running; /* whose call this is */
    int stage;
    struct buf *body;
    const struct process_calls *calls;
    uint64_t flushed;
    int flush_error;
    struct instance *const *checker; /* validators with check() */
    size_t checkers;
    const struct config_limits *limits;
    struct totals *total;
    uint32_t magic_end;
};

enum { DOC_MAGIC = 0x73644f43, RECORD_MAGIC = 0x73645243 };

void document_init(struct siftd_doc *doc);
void document_reset(struct siftd_doc *doc); /* ready for the next document; memory is kept where it is worth it */
void document_deinit(struct siftd_doc *doc);
void document_identify(struct siftd_doc *doc, const char *name, const char *bytes, size_t size); /* hashes */
/* Makes `doc`, which is initialized, the i-th document inside `outer`: same ids' prefix, same body, and its bytes,
 * which stay `outer`'s. */
void document_enter_member(struct siftd_doc *doc, const struct siftd_doc *outer, size_t i);
/* Adds what `doc` wrote to `outer`'s counts. */
void document_leave_member(const struct siftd_doc *doc, struct siftd_doc *outer);
void document_free_member(struct siftd_doc *outer, size_t i); /* its bytes, as soon as it is done */

/* Applies the edits that the running plugin noted, moves the marks. 0, or -EINVAL: they overlap; none took effect. */
int document_apply_edits(struct siftd_doc *doc, struct error *err);
void document_set(struct siftd_doc *doc, const char *key, const char *value);
void document_set_json(struct siftd_doc *doc, const char *key, const char *json);
const struct fact *document_fact(const struct siftd_doc *doc, const char *key);
void tally_add(struct siftd_doc *doc, struct tallies *tallies, const char *name, uint64_t count);

/* Ends the process, as struct process_calls says; the second one because of a limit. */
_Noreturn void document_end(const struct siftd_doc *doc, const char *limit, const char *text);
_Noreturn void document_exceeds(const struct siftd_doc *doc, const char *limit, uint64_t seen);

/* Adds a field to a record: copies of its name and its JSON. */
void record_put(struct siftd_record *record, const char *key, const char *json, size_t len);
/* Orders the emitted records by place and gives them their ids; from then on only findings are emitted. */
void document_close_records(struct siftd_doc *doc);
/* Writes all kept records as lines to the body. */
void document_write_records(struct siftd_doc *doc);
/* `,"source":{...}` of a stretch of the file (or of the decoder's own count). */
void document_write_source(const struct siftd_doc *doc, struct siftd_span source, struct buf *out);
/* The record as JSON, `"id":…` included when it has one and `with_id`; `doc` is never in it. */
void record_write(const struct siftd_record *record, bool with_id, struct buf *out);
/* Whether what a validator's check() returned keeps the record out. */
static inline bool document_keeps_out(int said) {
    return said == SIFTD_SKIP || said == SIFTD_FILTER;
}

/* Keeps aside a record that the running validator keeps out: a line of type `refused` with the record, the plugin and
 * its reason. `place`: where it stands in the text. */
int document_refuse(struct siftd_doc *doc, const char *type, struct siftd_str record, struct siftd_span place);
/* Keeps aside a rejected document inside another, in the same way: its place in the dropped file, its decoder (NULL:
 * none took it), the reason. It counts as a record that was read and rejected. */
int document_refuse_member(struct siftd_doc *doc, const struct siftd_plugin *by, const char *reason);
/* Adds a line to the body and hands the body on when it is full; `type` NULL: not counted as a record. 0 or flush's
 * error. */
int document_line(struct siftd_doc *doc, const char *type, const char *line, size_t len);

extern const struct siftd_host document_calls; /* the document part of the host table */
