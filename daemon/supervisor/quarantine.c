/* SPDX-License-Identifier: MIT */
/*
 * Documents that took their worker down: the file goes to STATE/quarantine/ under its claim's name, with
 * NAME.reason.json beside it, written first. Renamed back into STATE/work/ it would run again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "supervisor/inside.h"

static void put_hash(struct buf *b, const struct pool_answer *answer) {
    static const uint8_t none[SHA256_SIZE];
    char hex[SHA256_HEX];
    hash_hex(answer->sha256, SHA256_SIZE, hex);
    json_field(b, "sha256", memcmp(answer->sha256, none, SHA256_SIZE) ? hex : NULL);
}

static void write_reason(const struct flow_doc *f, struct buf *b) {
    const struct pool_death *death = f->death;
    time_t now = time(NULL);
    struct tm tm;
    char when[32];
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
    buf_char(b, '{');
    json_field(b, "name", f->doc->name);
    json_field_u64(b, "size", f->doc->size);
    put_hash(b, &f->answer);
    json_field(b, "reason", death->reason);
    json_field(b, "stage", death->stage);
    json_field(b, "plugin", death->plugin[0] ? death->plugin : NULL);
    json_field_u64(b, "signal", (uint64_t)death->signal);
    json_field(b, "limit", death->limit);
    json_field(b, "time", when);
    json_field_u64(b, "attempts", f->job.attempts);
    json_field(b, "watch", f->supervisor->rooms->config->watch[f->doc->watch].dir);
    buf_str(b, "}\n");
}

int quarantine_put(struct supervisor *s, struct flow_doc *f, struct error *err) {
    const char *state = s->rooms->config->state_dir;
    _cleanup_(freep) char *folder = mem_format("%s/quarantine", state);
    /* The claim's name without its last bytes where ".reason.json" would not fit behind it. */
    _cleanup_(freep) char *reason = mem_format("%s/%.243s.reason.json", folder, f->doc->held);
    struct buf text = {0};
    write_reason(f, &text);
    int e = os_replace_file(reason, text.at, text.len);
    buf_free(&text);
    if (e < 0)
        return error_errno(err, -e,
                           "%s cannot be written; %s stays in the work folder and runs again at the next start", reason,
                           f->doc->name);
    return intake_put_aside(s->rooms->intake, f->doc, folder, err);
}
