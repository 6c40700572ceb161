/* SPDX-License-Identifier: MIT */
/*
 * A document that gets no frame goes to quarantine: its reason first, then its file. One whose worker died, or whose
 * file kept changing, may fare better another time: it gets a time for another run, later with each attempt, until the
 * attempts are used up. They are counted in the reason, which a restart does not touch.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "supervisor/inside.h"

char *quarantine_dir(const struct config *config) {
    return mem_format("%s/quarantine", config->state_dir);
}

cJSON *refuse_known(const struct supervisor *s, const struct flow_doc *f) {
    _cleanup_(freep) char *dir = quarantine_dir(s->rooms->config);
    return quarantine_read(dir, f->doc->held);
}

static double number_of(const cJSON *known, const char *key) {
    const cJSON *number = cJSON_GetObjectItem(known, key);
    return cJSON_IsNumber(number) && number->valuedouble > 0 ? number->valuedouble : 0;
}

static bool worth_another_run(const char *kind) {
    return strcmp(kind, "died") == 0 || strcmp(kind, "changed") == 0;
}

/* When it runs again after so many attempts, seconds since 1970; 0: no more. */
static int64_t next_run(const struct config *config, const char *kind, unsigned attempts) {
    if (!worth_another_run(kind) || attempts > config->quarantine.retries)
        return 0;
    int64_t pause = config->quarantine.backoff;
    for (unsigned i = 1; i < attempts && pause < config->quarantine.longest; i++)
        pause *= 2;
    if (pause > config->quarantine.longest)
        pause = config->quarantine.longest;
    return (int64_t)time(NULL) + (pause + 999) / 1000;
}

int refuse_doc(struct supervisor *s, struct flow_doc *f, struct error *err) {
    const struct config *config = s->rooms->config;
    const struct intake_doc *doc = f->doc;
    const struct pool_death *death = f->death;
    _cleanup_(freep) char *dir = quarantine_dir(config);
    cJSON *known = quarantine_read(dir, doc->held);
    unsigned attempts = (unsigned)number_of(known, "attempts") + 1;
    uint64_t sequence = (uint64_t)number_of(known, "sequence");
    cJSON_Delete(known);
    f->runs_next = next_run(config, f->kind, attempts);
    const struct quarantine_case refused = {.entry = doc->held,
                                            .name = doc->name,
                                            .watch = config->watch[doc->watch].dir,
                                            .kind = f->kind,
                                            .reason = death->reason,
                                            .stage = death->stage,
                                            .plugin = death->plugin,
                                            .limit = death->limit,
                                            .signal = death->signal,
                                            .claim = doc->claim,
                                            .size = doc->size,
                                            .sequence = sequence ? sequence : doc->run.earlier,
                                            .sha256 = f->answer.sha256,
                                            .attempts = attempts,
                                            .next = f->runs_next,
                                            .kept = doc->kept};
    int e = quarantine_note(dir, &refused, err);
    if (e == 0)
        receipt_refused(config, doc, &refused);
    return e < 0 ? e : intake_put_aside(s->rooms->intake, f->doc, dir, err);
}
