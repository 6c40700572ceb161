/* SPDX-License-Identifier: MIT */
/*
 * siftd plugin interface, ABI 1.
 *
 * The one header a stage plugin needs. A plugin is a shared object that exports one symbol, made by SIFTD_PLUGIN(), and
 * links against nothing of siftd: every call back goes through the host table that `open` receives.
 *
 *     static const struct siftd_plugin plugin = { .name = "shout", .stage = SIFTD_EXTRACT, .run = run, ... };
 *     SIFTD_PLUGIN(plugin)
 *
 * History of the ABI
 *     1.0   first version
 *     1.1   host: place, member, member_lost (decoders of formats whose text is no stretch of the file, and of files in
 * files)
 *           option type SIFTD_TREE_FILE;
 *           SIFTD_FILTER: check() leaves a record out on purpose; `keyed`: a sink that replaces by id;
 *           extension limits/1; plugins: needs, begin; SIFTD_OUT_OF_MEMORY
 *
 * Rules of growth. Structs and tables grow only at their end; a member's meaning never changes within a major version.
 * The host reads `size` and copies no more than the plugin knew; a plugin that asks for a newer major version is
 * refused by a message that names both. A plugin may look at `host->minor` before it calls what a later minor version
 * added.
 *
 * Process and threads. Plugins run in a child process that may open no path, but to read the data that the
 * configuration names (`workers.read_only`), and holds the document as a descriptor. One document after the other, one
 * thread: no locks, no callbacks from other threads. A crash ends the child, never the daemon; the document goes to
 * quarantine with the stage and the plugin's name.
 *
 * Text. All text is UTF-8. Offsets and lengths are in bytes. A document has its *bytes*, as dropped, and its *text*,
 * made by one decode plugin and edited by clean plugins; the host keeps the map from every place of the text back to
 * the bytes.
 *
 * Ownership. What the host returns lives as long as the object it was asked of: text until the running plugin returns,
 * record and document data until the document ends, options and pack nodes until `close`. What a plugin passes in is
 * copied. Memory from doc_alloc() is freed after the document, memory from alloc() after `close`; neither returns NULL
 * (a child that is out of memory ends, and its document is quarantined). A plugin whose own memory runs out ends the
 * child with _exit(SIFTD_OUT_OF_MEMORY), so that the limit is named, and not a crash.
 *
 * Errors. A callback returns SIFTD_OK, SIFTD_SKIP ("not for me", no fault) or SIFTD_ERROR after host->error() said why.
 * An error in decode rejects the document; in a later stage it becomes a finding and the other plugins go on.
 */
#ifndef SIFTD_PLUGIN_H
#define SIFTD_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIFTD_ABI_MAJOR 1
#define SIFTD_ABI_MINOR 1

#if defined(__GNUC__)
#define SIFTD_PRINTF(a, b) __attribute__((format(printf, a, b)))
#define SIFTD_EXPORT __attribute__((visibility("default")))
#else
#define SIFTD_PRINTF(a, b)
#define SIFTD_EXPORT
#endif

enum siftd_stage { SIFTD_DECODE = 1, SIFTD_CLEAN, SIFTD_EXTRACT, SIFTD_VALIDATE, SIFTD_SINK };

enum { SIFTD_OUT_OF_MEMORY = 86 }; /* a child's exit status */
enum siftd_result { SIFTD_ERROR = -1, SIFTD_OK = 0, SIFTD_SKIP = 1, SIFTD_FILTER = 2 };

enum siftd_level { SIFTD_DEBUG, SIFTD_INFO, SIFTD_WARNING };

enum siftd_severity { SIFTD_NOTE, SIFTD_WARN, SIFTD_FAIL }; /* written as "note", "warning", "error" */

/* What a document's text is, set by decode: running text, or rows of data that no clean plugin may touch. */
enum siftd_content { SIFTD_PROSE = 1, SIFTD_ROWS = 2 };

/* A piece of text or bytes: not zero-terminated, may be empty. */
struct siftd_str {
    const char *at;
    size_t len;
};

/* A half-open range of byte offsets: [start, end). */
struct siftd_span {
    size_t start, end;
};

/* --- options ------------------------------------------------------------------------------------------------------ */

enum siftd_option_type {
    SIFTD_BOOL = 1, /* int: 0 or 1 */
    SIFTD_INT,      /* int64_t */
    SIFTD_SIZE,     /* uint64_t, bytes; configured as 4096, 64KiB, 10MiB, 1GiB */
    SIFTD_DURATION, /* int64_t, milliseconds; configured as 250ms, 30s, 5m, 24h, 7d */
    SIFTD_STRING,   /* const char * */
    SIFTD_PATH,     /* const char *, made absolute against the configuration file's folder */
    SIFTD_LIST,     /* struct siftd_list of strings */
    SIFTD_TREE,     /* const struct siftd_node *: any YAML, read with the node calls; NULL when absent */
    SIFTD_TREE_FILE /* const struct siftd_node *: a YAML file's tree, configured as its path; NULL when absent (1.1) */
};

struct siftd_list {
    const char *const *item;
    size_t count;
};

/*
 * One option of a plugin. The host checks the configuration against it, reports unknown names and wrong types with
 * file, line and column, and stores the value at `offset` of the plugin's instance before `open`.
 */
struct siftd_option {
    const char *name;    /* lower case, underscores; NULL ends the table */
    int type;            /* enum siftd_option_type */
    size_t offset;       /* offsetof(struct my_plugin, member) */
    const char *preset;  /* the default, as it would be written in YAML; NULL: empty or zero; "!" : must be given */
    int64_t min, max;    /* bounds of INT, SIZE and DURATION; both 0: no bounds */
    const char *choices; /* STRING: the allowed words, separated by '|'; NULL: any */
    const char *help;    /* one sentence */
};

/* --- what the host hands out -------------------------------------------------------------------------------------- */

struct siftd_doc;    /* a document on its way through the stages */
struct siftd_record; /* one record, being built or already emitted */
struct siftd_node;   /* a node of a YAML tree: of a pack, or of an option of type SIFTD_TREE */

enum siftd_node_type { SIFTD_NODE_NONE, SIFTD_NODE_SCALAR, SIFTD_NODE_SEQUENCE, SIFTD_NODE_MAPPING };

/* A note on a stretch of the text, kept in place through edits: how plugins tell each other what they saw. */
struct siftd_mark {
    const char *kind;       /* e.g. "article", "heading", "dateline", "table", "place" */
    struct siftd_span span; /* in the text as it is now */
    const char *value;      /* kind's own data, may be empty */
};

/*
 * The host table. One per plugin instance; `self` is the host's and not for the plugin. Calls marked with stages are
 * refused (SIFTD_ERROR, with a message) in others. Text in messages is UTF-8, one sentence, without a final newline.
 */
struct siftd_host {
    uint32_t size;         /* of this table, in the host's version */
    uint16_t major, minor; /* the host's ABI version */
    void *self;

    /* Says why a callback fails; returns SIFTD_ERROR so that `return host->error(host, "...")` reads well. */
    int (*error)(const struct siftd_host *host, const char *format, ...) SIFTD_PRINTF(2, 3);
    /* A line in the log, with the plugin's and the document's name. */
    void (*log)(const struct siftd_host *host, int level, const char *format, ...) SIFTD_PRINTF(3, 4);
    /* Zeroed memory for the instance's life. */
    void *(*alloc)(const struct siftd_host *host, size_t size);
    /* A section of the packs' knowledge, e.g. "units": the sections of all configured packs merged (mappings by key,
     * sequences one after the other). NULL when no pack has it. */
    const struct siftd_node *(*pack)(const struct siftd_host *host, const char *section);
    /* The JSON text of a file that belongs to a pack, by its path inside the pack, e.g. "schemas/indicator.json"; the
     * first pack that has it wins; "schemas/NAME.json" is also made from the columns of a ledger NAME of the packs.
     * at == NULL when there is none. */
    struct siftd_str (*pack_file)(const struct siftd_host *host, const char *path);
    /* An extension by name and revision, e.g. "lexicon/1"; NULL when this host does not have it. */
    const void *(*extension)(const struct siftd_host *host, const char *id);

    /* YAML trees. All accept NULL and answer NULL, 0 or an empty string. */
    int (*node_type)(const struct siftd_node *node);
    size_t (*node_count)(const struct siftd_node *node);                                  /* children */
    const struct siftd_node *(*node_at)(const struct siftd_node *node, size_t i);         /* value of the i-th child */
    const char *(*node_key)(const struct siftd_node *node, size_t i);                     /* mapping: key of the i-th */
    const struct siftd_node *(*node_get)(const struct siftd_node *node, const char *key); /* mapping: by key */
    const char *(*node_text)(const struct siftd_node *node);                              /* scalar's text */
    const char *(*node_where)(const struct siftd_node *node);                             /* "file:line:column" */

    /* The document. */
    const char *(*name)(const struct siftd_doc *doc);       /* as dropped: path below the watched folder */
    struct siftd_str (*bytes)(const struct siftd_doc *doc); /* the dropped file */
    struct siftd_str (*text)(const struct siftd_doc *doc);  /* the text as it was when this plugin was called */
    int (*content)(const struct siftd_doc *doc);            /* enum siftd_content */
    void *(*doc_alloc)(struct siftd_doc *doc, size_t size); /* zeroed memory for the document's life */
    /* Facts about the document: they stand in its `document` record (`format` and `charset` are such facts). Keys are
     * lower case with underscores; `json` is the value's JSON text. Setting a key again replaces it. */
    int (*set)(struct siftd_doc *doc, const char *key, const char *value);
    int (*set_json)(struct siftd_doc *doc, const char *key, const char *json);
    const char *(*get)(const struct siftd_doc *doc, const char *key); /* the string, or JSON text; NULL when not set */
    /* Where a stretch of the text stands in the dropped file. */
    struct siftd_span (*source)(const struct siftd_doc *doc, size_t start, size_t end);
    int (*mark)(struct siftd_doc *doc, const char *kind, size_t start, size_t end, const char *value);
    size_t (*mark_count)(const struct siftd_doc *doc, const char *kind);                   /* kind NULL: all kinds */
    struct siftd_mark (*mark_at)(const struct siftd_doc *doc, const char *kind, size_t i); /* in order of start */
    /* The pipeline's count of a kind of repair, for repairs that are no edits (replaced characters in decode). */
    void (*repaired)(struct siftd_doc *doc, const char *kind, size_t count);

    /* DECODE: makes the text, front to back. */
    int (*set_content)(struct siftd_doc *doc, int content); /* SIFTD_PROSE unless set; 0: no text, no later stage */
    /* The bytes [start, end) are the next piece of the text as they stand: they must be valid UTF-8. Never copied when
     * the whole text is one such piece. */
    int (*text_bytes)(struct siftd_doc *doc, size_t start, size_t end);
    /* The next piece of text, made from the bytes [start, end) as a whole. */
    int (*text_add)(struct siftd_doc *doc, const char *utf8, size_t len, size_t start, size_t end);
    /* The next piece, in which every `text_unit` bytes of text came from `byte_unit` bytes, beginning at `start`:
     * GB18030 Chinese is text_unit 3, byte_unit 2. `len` is a multiple of text_unit. */
    int (*text_units)(struct siftd_doc *doc, const char *utf8, size_t len, size_t start, uint32_t text_unit,
                      uint32_t byte_unit);

    /* CLEAN: changes the text. Edits are noted in any order, must not overlap, and take effect when the plugin returns;
     * `with` replaces [start, end) and may be empty. `repair` names the kind of damage, counted in the document record.
     */
    int (*edit)(struct siftd_doc *doc, size_t start, size_t end, const char *with, size_t len, const char *repair);

    /* EXTRACT and VALIDATE: records. A record begins with its place, the span of the text it was read from: this gives
     * `quote` and `source`. Fields stand in the order they are put. emit() ends the building; a record not emitted is
     * dropped with the document. Emitted prose records leave in the order of their places. */
    struct siftd_record *(*record)(struct siftd_doc *doc, const char *type, size_t start, size_t end);
    void (*put_text)(struct siftd_record *record, const char *key, const char *at, size_t len);
    void (*put_string)(struct siftd_record *record, const char *key, const char *text); /* NULL: null */
    void (*put_int)(struct siftd_record *record, const char *key, int64_t value);
    void (*put_number)(struct siftd_record *record, const char *key, const char *digits); /* a JSON number's text */
    void (*put_null)(struct siftd_record *record, const char *key);
    void (*put_list)(struct siftd_record *record, const char *key, const struct siftd_str *items, size_t count);
    void (*put_json)(struct siftd_record *record, const char *key, const char *json, size_t len);
    /* The exact place of the fact inside the quote (its number, its name): given out as `at`, in bytes of the file. */
    void (*put_place)(struct siftd_record *record, size_t start, size_t end);
    int (*emit)(struct siftd_record *record);
    /* A record of bulk data, written at once and not kept for validation of the whole: `members` is the inside of a
     * JSON object without braces, valid JSON. Members named as a common field (type, id, doc, source) must not occur.
     */
    int (*emit_row)(struct siftd_doc *doc, const char *type, const char *members, size_t len, size_t start, size_t end);

    /* Emitted records, for validation and for extractors that build on others. record_at() is NULL for one that was
     * not emitted or is kept out by a validator; record_type() of it is "", nothing else may be asked of it. */
    size_t (*record_count)(const struct siftd_doc *doc);
    struct siftd_record *(*record_at)(const struct siftd_doc *doc, size_t i);
    const char *(*record_type)(const struct siftd_record *record);
    struct siftd_span (*record_span)(const struct siftd_record *record);  /* its place in the text */
    struct siftd_span (*record_place)(const struct siftd_record *record); /* as put_place; else as record_span */
    /* A field's JSON text; at == NULL when the record has no such field. */
    struct siftd_str (*field)(const struct siftd_record *record, const char *key);
    /* A field as plain text: a string without quotes and escapes, a number's digits; NULL when absent or null. */
    const char *(*field_text)(const struct siftd_record *record, const char *key);
    /* The whole record as one JSON object, as it will be written but without `id` and `doc`. */
    struct siftd_str (*record_json)(const struct siftd_record *record);

    /* A finding on [start, end) of the text: `check` is its kind, `holds` whether the text passes; `message` is one
     * readable sentence with the sum it did. finding_ref() names a record it is about. Ends with emit(). */
    struct siftd_record *(*finding)(struct siftd_doc *doc, int severity, const char *check, int holds, size_t start,
                                    size_t end, const char *message);
    void (*finding_ref)(struct siftd_record *finding, const struct siftd_record *record);
    /* The place of the bulk record at hand: what check() looks at when its `record` is NULL. */
    struct siftd_span (*row_span)(const struct siftd_doc *doc);

    /* --- 1.1 --- */

    /* DECODE, where the text is no stretch of the file's bytes (a part of a packed file, a page, a cell): text that is
     * added from offset `start` on stands at `members`, the inside of a JSON object such as "\"page\":3" or
     * "\"sheet\":\"2023\",\"cell\":\"B7\"". Records from there have it as their `source` instead of `bytes`. The
     * offsets of text_add() and text_units() are then a count of the plugin's own that only grows, such as the offset
     * in the unpacked part, the same at every run: ids are made from it. The first call comes before any text. */
    int (*place)(struct siftd_doc *doc, size_t start, const char *members);
    /* DECODE: a document inside this one: a file of an archive, an attachment. When all stages are done with this
     * document, it goes through the same pipeline as a document of its own: its records name it as `member` in their
     * `source`, its `document` record stands before this one's. `name` is its path inside, UTF-8; the bytes are copied.
     * SIFTD_SKIP: no more are taken, because a limit is reached; a finding says so. */
    int (*member)(struct siftd_doc *doc, const char *name, const char *bytes, size_t len);
    /* DECODE: a document inside this one whose bytes cannot be had (encrypted, damaged, over a limit): its `document`
     * record is a rejected one with `why` as its error. */
    int (*member_lost)(struct siftd_doc *doc, const char *name, const char *why);
};

/*
 * extension(host, "limits/1"): how much one document may have, as configured under `limits`. The host itself counts the
 * file's size, the text, records and output, and the documents inside that it gets by member(); what a plugin unpacks
 * besides, only the plugin can count, over all containers of the document. One that goes beyond is refused by `return
 * limits->exceeded(host, "members", seen)`.
 */
struct siftd_limits {
    uint32_t size;                  /* of this struct, in the host's version */
    uint64_t file, text;            /* bytes */
    uint64_t unpacked;              /* bytes that come out of everything packed, together */
    uint64_t ratio, depth, members; /* bytes out of one packed byte; containers in containers; files and parts */
    uint64_t records, output;       /* and their bytes */
    /* Says as host->error() does which limit it was, the value seen and the key that changes it, and notes the limit in
     * the document's record. Returns SIFTD_ERROR. */
    int (*exceeded)(const struct siftd_host *host, const char *limit, uint64_t seen);
};

/* --- sinks -------------------------------------------------------------------------------------------------------- */

/* One record on its way out. */
struct siftd_line {
    const char *json; /* the whole record, one JSON object, no newline */
    size_t len;
    struct siftd_str type, id;
    const char *name; /* the document's name */
};

enum { SIFTD_POSITION_MAX = 256 }; /* longest position, with its final zero */

/* What a sink's process may do besides writing into the folders of its options of type SIFTD_PATH. */
enum siftd_needs {
    SIFTD_NEEDS_NETWORK = 1, /* sockets, names of machines, threads of a client library */
};

/* --- the plugin --------------------------------------------------------------------------------------------------- */

/*
 * A plugin's descriptor. `name`, `stage`, `version` and `summary` are required, and for
 *     decode              probe, run
 *     clean, extract      run
 *     validate            run or check
 *     sink                put, commit
 * All others may be NULL. `self` is the instance: `instance_size` zeroed bytes with the options stored in it.
 */
struct siftd_plugin {
    uint32_t size;         /* filled by SIFTD_PLUGIN */
    uint16_t major, minor; /* filled by SIFTD_PLUGIN */

    const char *name;    /* as configurations write it: lower case letters, digits, '-' */
    int stage;           /* enum siftd_stage */
    const char *version; /* of the plugin, e.g. "1.0" */
    const char *summary; /* one line for `siftd plugins` */
    uint32_t content;    /* clean, extract, validate: enum siftd_content bits it works on; 0: SIFTD_PROSE */
    const struct siftd_option *options;
    size_t instance_size;

    /* Begins an instance: reads packs, builds tables. Options are set and checked. Runs once, in the process whose
     * forks do the work; a sink's in its own process, each time it begins anew. */
    int (*open)(void *self, const struct siftd_host *host);
    void (*close)(void *self);

    /* DECODE: how sure the plugin is that it reads this, 0 (no) to 100; `head` is the beginning of the bytes (up to 64
     * KiB) and `size` the whole length. The surest plugin of the pipeline's list decodes. */
    int (*probe)(void *self, struct siftd_str head, uint64_t size, const char *name);

    /* All stages but sink: does the work on one document. */
    int (*run)(void *self, struct siftd_doc *doc);

    /* VALIDATE: looks at one record: at a bulk one when it is emitted (`record` is NULL, `members` as in emit_row), at
     * the others in their order before any run() of the stage (`members` is empty). SIFTD_SKIP refuses
     * it: it reaches no sink and is kept aside with the reason that host->error() was given; a finding should say so,
     * too. SIFTD_FILTER (1.1) leaves it out on purpose: it is only counted. What is found meanwhile is not checked
     * again. */
    int (*check)(void *self, struct siftd_doc *doc, const struct siftd_record *record, const char *type,
                 struct siftd_str members);

    /* SINK. `resume` tells the position after the last line that is safely out: what commit() was last given, found
     * where the data is; an empty string when there is none. A sink without resume lets the host keep the position, and
     * may get lines a second time after a crash. `put` takes one line, in order; SIFTD_SKIP: not taken yet, the host
     * commits and gives the same line once more (a batch is full, a file is to be changed). `commit` makes all lines so
     * far durable together with `position` (SIFTD_ERROR: nothing of them counts; the host waits, opens the instance
     * anew and goes on from resume). `idle` runs when nothing waits and all is committed, at most once a second
     * (rotation by time). `flush` runs as soon as nothing waits: lines held back go out now, without being made
     * durable; the commit follows a little later. */
    int (*resume)(void *self, char position[SIFTD_POSITION_MAX]);
    int (*put)(void *self, const struct siftd_line *line);
    int (*commit)(void *self, const char *position);
    int (*idle)(void *self);
    int (*flush)(void *self);

    /* SINK (1.1): not 0 when a line whose id is there already replaces what is there. Such a sink is given every record
     * of a document that is run once more; the others only those that are new or changed. */
    int keyed;

    uint32_t needs; /* SINK: enum siftd_needs bits; what is not declared is forbidden to its process */
    /* Not SINK. Runs in each process that works, after it was forked from the one that ran open() and before it gives
     * up its rights: what cannot be shared with other workers begins here (a program, a descriptor, a random number).
     * SIFTD_ERROR: as from open(). */
    int (*begin)(void *self);
};

/* The one exported symbol: returns the descriptor with its size and version filled in. */
typedef const struct siftd_plugin *siftd_plugin_entry_fn(void);
#define SIFTD_PLUGIN_SYMBOL "siftd_plugin_entry"

#define SIFTD_PLUGIN(descriptor)                                                                                       \
    SIFTD_EXPORT const struct siftd_plugin *siftd_plugin_entry(void);                                                  \
    SIFTD_EXPORT const struct siftd_plugin *siftd_plugin_entry(void) {                                                 \
        static struct siftd_plugin filled;                                                                             \
        filled = (descriptor);                                                                                         \
        filled.size = (uint32_t)sizeof filled;                                                                         \
        filled.major = SIFTD_ABI_MAJOR;                                                                                \
        filled.minor = SIFTD_ABI_MINOR;                                                                                \
        return &filled;                                                                                                \
    }

#ifdef __cplusplus
}
#endif

#endif
