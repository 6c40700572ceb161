/* SPDX-License-Identifier: MIT */
/* An extractor: a record for each greeting in the text. */
#include <siftd/plugin.h>
#include <string.h>

struct hello {
    const struct siftd_host *host;
    const char *word; /* option */
};

static const struct siftd_option options[] = {
    {"word", SIFTD_STRING, offsetof(struct hello, word), "hello", 0, 0, NULL, "The greeting to look for."},
    {0},
};

static int open_hello(void *self, const struct siftd_host *host) {
    struct hello *hello = self;
    hello->host = host;
    return *hello->word ? SIFTD_OK : host->error(host, "the option word is empty; give it a greeting");
}

static int run(void *self, struct siftd_doc *doc) {
    const struct hello *hello = self;
    const struct siftd_host *host = hello->host;
    struct siftd_str text = host->text(doc);
    size_t len = strlen(hello->word);
    int result = SIFTD_OK;
    for (size_t at = 0; at + len <= text.len && result == SIFTD_OK; at++)
        if (memcmp(text.at + at, hello->word, len) == 0) {
            struct siftd_record *record = host->record(doc, "greeting", at, at + len);
            host->put_string(record, "word", hello->word);
            result = host->emit(record);
        }
    return result;
}

static const struct siftd_plugin plugin = {
    .name = "hello",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "finds greetings",
    .options = options,
    .instance_size = sizeof(struct hello),
    .open = open_hello,
    .run = run,
};
SIFTD_PLUGIN(plugin)
