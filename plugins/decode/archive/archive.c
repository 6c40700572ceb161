/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unicode/ucnv.h>

#include <siftd/plugin.h>

#include "str.h"
#include "unpack.h"
#include "utf8.h"

struct archive_decoder {
    uint64_t unpacked; /* options */
    const char *names;
    const struct siftd_host *host;
    UConverter *converter; /* of names that are no UTF-8 */
};

struct passage {
    const struct archive_decoder *decoder;
    struct siftd_doc *doc;
    const char *own_name; /* for the one file inside a packed file */
    size_t files;
};

static int open_archive(void *self, const struct siftd_host *host) {
    struct archive_decoder *decoder = self;
    UErrorCode code = U_ZERO_ERROR;
    decoder->host = host;
    decoder->converter = ucnv_open(decoder->names, &code);
    if (U_FAILURE(code))
        return host->error(host, "names: there is no charset \"%s\"; a name such as GB18030 or Shift_JIS is wanted",
                           decoder->names);
    unpack_begin();
    return SIFTD_OK;
}

static void close_archive(void *self) {
    ucnv_close(((struct archive_decoder *)self)->converter);
}

/* Office documents are archives, too: their decoders are surer. */
static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self;
    (void)size;
    (void)name;
    return unpack_sniff(head) != UNPACK_NONE ? 60 : 0;
}

enum { NAME_MAX_BYTES = 4096 };

/* What packers leave beside the files of one system. */
static bool is_rubbish(const char *name) {
    const char *slash = strrchr(name, '/');
    const char *last = slash ? slash + 1 : name;
    return strncmp(name, "__MACOSX/", 9) == 0 || strcmp(last, ".DS_Store") == 0 || strcmp(last, "Thumbs.db") == 0;
}

static bool wants(void *user, const char *name) {
    (void)user;
    return !is_rubbish(name);
}

/* The name in UTF-8: as it stands, or by the charset of the option. */
static const char *readable(const struct passage *p, const char *name, char to[NAME_MAX_BYTES]) {
    size_t len = strlen(name);
    if (len == 0)
        return p->own_name;
    if (utf8_check(name, len) == len)
        return name;
    UErrorCode code = U_ZERO_ERROR;
    ucnv_toAlgorithmic(UCNV_UTF8, p->decoder->converter, to, NAME_MAX_BYTES, name, (int32_t)len, &code);
    return U_SUCCESS(code) ? to : "a name that cannot be read";
}

static void takes(void *user, const char *name, const char *bytes, size_t len) {
    struct passage *p = user;
    char utf8[NAME_MAX_BYTES];
    p->files++;
    p->decoder->host->member(p->doc, readable(p, name, utf8), bytes, len);
}

static void lost(void *user, const char *name, const char *why) {
    struct passage *p = user;
    char utf8[NAME_MAX_BYTES];
    p->files++;
    p->decoder->host->member_lost(p->doc, readable(p, name, utf8), why);
}

/* The name without its last ending: what a packed file is called inside. */
static const char *inner_name(const struct siftd_host *host, struct siftd_doc *doc) {
    const char *name = host->name(doc), *slash = strrchr(name, '/');
    name = slash ? slash + 1 : name;
    const char *dot = strrchr(name, '.');
    size_t len = dot && dot != name ? (size_t)(dot - name) : strlen(name);
    char *inner = host->doc_alloc(doc, len + 1);
    snprintf(inner, len + 1, "%s", name);
    return inner;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct archive_decoder *decoder = self;
    const struct siftd_host *host = decoder->host;
    struct siftd_str bytes = host->bytes(doc);
    char why[UNPACK_WHY];
    struct passage p = {.decoder = decoder, .doc = doc, .own_name = inner_name(host, doc)};
    struct unpacker unpacker = {.user = &p,
                                .wants = wants,
                                .takes = takes,
                                .lost = lost,
                                .most = decoder->unpacked,
                                .most_option = "decode/archive's option \"unpacked\""};
    host->set_content(doc, 0);
    if (unpack(bytes, &unpacker, why))
        return SIFTD_OK;
    if (p.files == 0)
        return host->error(host, "%s", why);
    host->member_lost(doc, "what follows", why);
    return SIFTD_OK;
}

static const struct siftd_option options[] = {
    {.name = "unpacked",
     .type = SIFTD_SIZE,
     .offset = offsetof(struct archive_decoder, unpacked),
     .preset = "256MiB",
     .min = 1,
     .max = INT64_MAX,
     .help = "The most bytes that an archive may unpack to; what is more is told as lost."},
    {.name = "names",
     .type = SIFTD_STRING,
     .offset = offsetof(struct archive_decoder, names),
     .preset = "GB18030",
     .help = "The charset of file names that are not marked as UTF-8 and are none."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "archive",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary =
        "the files inside ZIP, TAR, 7z and RAR archives and gzip, bzip2, xz, lzip and zstd files, each a document",
    .options = options,
    .instance_size = sizeof(struct archive_decoder),
    .open = open_archive,
    .close = close_archive,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
