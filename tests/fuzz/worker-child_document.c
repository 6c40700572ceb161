/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a dropped file, through the whole of the built-in pipeline as `siftd try` runs it: every decoder by its
 * content, every repair, extractor and check. The plugins are those of the fuzz build, instrumented like the rest. A
 * document that reaches a limit which ends its worker is given up here together with the pipeline.
 *
 * Changed bytes in an archive fail its checksums, so an input that begins with "PK!" and a letter is the main part of
 * an office document, and is packed here: d DOCX, x a sheet of XLSX, o ODT, s ODS.
 */
#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/child/process.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

static struct processor *processor;
static struct config *config;
static jmp_buf given_up;

/* What a document that is given up held cannot be given back. Leaks are the sanitized flow's to find. */
const char *__asan_default_options(void) {
    return "detect_leaks=0";
}

static void fail(const struct buf *mistakes) {
    fwrite(mistakes->at, 1, mistakes->len, stderr);
    abort();
}

static void load(void) {
    struct buf mistakes = {0};
    if (processor_open(config, &processor, &mistakes) < 0 || processor_begin(processor, &mistakes) < 0)
        fail(&mistakes);
    buf_free(&mistakes);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    struct buf text = {0}, mistakes = {0};
    char *plugins = config_beside_program("../plugins");
    (void)argc, (void)argv;
    log_init("fuzz", LOG_ERROR_);
    buf_printf(&text, "plugin_dirs: [%s]\npack_dirs: [%s]\n", plugins ? plugins : "plugins", SIFTD_FUZZ_PACKS);
    if (config_parse(text.at, text.len, "fuzz", false, &config, &mistakes) < 0)
        fail(&mistakes);
    free(plugins);
    buf_free(&text);
    buf_free(&mistakes);
    load();
    return 0;
}

static void give_up(void *user, const char *limit, const char *sentence) {
    (void)user, (void)limit, (void)sentence;
    longjmp(given_up, 1);
}

struct part {
    const char *name, *text; /* text NULL: the input */
};

static const struct part docx[] = {{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", NULL}, {0}};
static const struct part xlsx[] = {
    {"[Content_Types].xml", "<Types/>"},
    {"xl/workbook.xml",
     "<workbook xmlns:r=\"r\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></Relationships>"},
    {"xl/sharedStrings.xml", "<sst><si><t>one</t></si><si><r><t>two</t></r></si></sst>"},
    {"xl/worksheets/sheet1.xml", NULL},
    {0}};
static const struct part odt[] = {{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", NULL}, {0}};
static const struct part ods[] = {
    {"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", NULL}, {0}};

static void pack(int fd, const struct part *part, const char *input, size_t size) {
    struct archive *archive = archive_write_new();
    archive_write_set_format_zip(archive);
    archive_write_set_options(archive, "zip:compression=store");
    archive_write_open_fd(archive, fd);
    for (; part->name; part++) {
        const char *text = part->text ? part->text : input;
        size_t len = part->text ? strlen(text) : size;
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, part->name);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_size(entry, (la_int64_t)len);
        archive_write_header(archive, entry);
        archive_write_data(archive, text, len);
        archive_entry_free(entry);
    }
    archive_write_free(archive);
}

static void fill(int fd, const uint8_t *data, size_t size) {
    static const struct part *const kinds[128] = {['d'] = docx, ['x'] = xlsx, ['o'] = odt, ['s'] = ods};
    const struct part *kind = size > 4 && memcmp(data, "PK!", 3) == 0 && data[3] < 128 ? kinds[data[3]] : NULL;
    if (kind)
        pack(fd, kind, (const char *)data + 4, size - 4);
    else if (write(fd, data, size) != (ssize_t)size)
        abort();
    if (lseek(fd, 0, SEEK_SET) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct process_calls calls = {.flush_at = SIZE_MAX, .end = give_up};
    struct process_result result = {0};
    struct error err = {0};
    int fd = memfd_create("document", MFD_CLOEXEC);
    if (fd < 0)
        abort();
    fill(fd, data, size);
    if (setjmp(given_up)) {
        load();
    } else {
        if (processor_run(processor, 0, fd, "document", &calls, 1, &result, &err) < 0)
            abort();
        process_result_free(&result);
    }
    close(fd);
    return 0;
}
