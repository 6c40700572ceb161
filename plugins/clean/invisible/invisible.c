/* SPDX-License-Identifier: MIT */
/* Characters that cannot be seen and mean nothing in running text: control characters, zero-width spaces and joints,
 * marks of byte order and of direction. Joiners stay in the scripts that are written with them. */
#include <string.h>

#include <siftd/plugin.h>

#include "codepoint.h"
#include "runes.h"

struct invisible {
    const struct siftd_host *host;
};

static bool is_control(uint32_t c) {
    return c == 0x7F || (c < 0x20 && c != '\n' && c != '\t' && c != '\r' && c != '\f') ||
           (c >= 0x80 && c < 0xA0 && c != 0x85);
}

/* Scripts of India and Arabia, and pictures, join and part their letters by U+200C and U+200D. */
static bool takes_joiners(uint32_t c) {
    return (c >= 0x600 && c < 0x780) || (c >= 0x900 && c < 0x1000) || c >= 0x1F000 || (c >= 0x2600 && c < 0x2800) ||
           c == 0xFE0F;
}

static bool is_nothing(uint32_t c, uint32_t before) {
    if (c == 0x200C || c == 0x200D)
        return !takes_joiners(before);
    return is_control(c) || c == 0x200B || c == 0x2060 || c == 0xFEFF || c == 0xAD || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || ((c == 0x200E || c == 0x200F) && !(before >= 0x590 && before < 0x780));
}

static int run(void *self, struct siftd_doc *doc) {
    const struct siftd_host *host = ((struct invisible *)self)->host;
    struct siftd_str text = host->text(doc);
    const char *end = text.at + text.len;
    uint32_t before = 0;
    size_t size;
    for (const char *at = text.at; at < end; at += size) {
        unsigned char c = (unsigned char)*at;
        if ((c >= 0x20 && c < 0x7F) || (c >= 0xE3 && c < 0xEF)) { /* nearly all of a text */
            size = cp_length(c);
            before = c < 0x80 ? c : 0x4E00;
            continue;
        }
        uint32_t rune = cp_at(at, end, &size);
        if (!is_nothing(rune, before)) {
            before = rune;
            continue;
        }
        size_t start = (size_t)(at - text.at);
        host->edit(doc, start, start + size, "", 0, "invisible");
    }
    return SIFTD_OK;
}

static int open_invisible(void *self, const struct siftd_host *host) {
    ((struct invisible *)self)->host = host;
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "invisible",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "control characters and zero-width characters out",
    .instance_size = sizeof(struct invisible),
    .open = open_invisible,
    .run = run,
};
SIFTD_PLUGIN(plugin)
