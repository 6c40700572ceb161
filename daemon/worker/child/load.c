/* SPDX-License-Identifier: MIT */
/* Loading the pipelines of a configuration: packs, plugins, instances. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "worker/child/processor.h"

_Static_assert((int)MEM_EXIT == (int)SIFTD_OUT_OF_MEMORY, "plugins tell the same as the host when memory is out");

struct auto_decode {
    struct processor *processor;
    struct pipeline *pipeline;
    const struct config_use *use;
    struct buf *mistakes;
    int result;
};

static int add_step(struct processor *processor, struct pipeline *pipeline, const struct config_use *use,
                    struct buf *mistakes) {
    struct instance *instance;
    if (instance_open(processor->host, use, &document_calls, &instance, mistakes) < 0)
        return -EINVAL;
    struct steps *steps = &pipeline->stage[use->stage];
    mem_push(steps->instance, steps->count, steps->room);
    steps->instance[steps->count++] = instance;
    if (use->stage == SIFTD_VALIDATE && instance->plugin->check) {
        steps = &pipeline->checkers;
        mem_push(steps->instance, steps->count, steps->room);
        steps->instance[steps->count++] = instance;
    }
    return 0;
}

/* `decode: auto`: every decoder there is. */
static void add_decoder(void *user, const char *path, const struct library *library, const struct error *err) {
    struct auto_decode *a = user;
    if (!library) {
        buf_printf(a->mistakes, "%s\n", err->text);
        a->result = -EINVAL;
        return;
    }
    (void)path;
    const struct steps *have = &a->pipeline->stage[SIFTD_DECODE];
    for (size_t i = 0; i < have->count; i++)
        if (strcmp(have->instance[i]->plugin->name, library->plugin.name) == 0)
            return;
    struct config_use use = {SIFTD_DECODE, (char *)library->plugin.name, NULL, a->use->mark};
    if (add_step(a->processor, a->pipeline, &use, a->mistakes) < 0)
        a->result = -EINVAL;
}

static int load_pipeline(struct processor *processor, const struct config_pipeline *config, struct pipeline *pipeline,
                         struct buf *mistakes) {
    int r = 0;
    for (size_t i = 0; i < config->count; i++) {
        const struct config_use *use = &config->use[i];
        if (use->stage == SIFTD_DECODE && strcmp(use->name, "auto") == 0) {
            struct auto_decode a = {processor, pipeline, use, mistakes, 0};
            host_walk(processor->host, SIFTD_DECODE, add_decoder, &a);
            r = a.result < 0 ? a.result : r;
        } else if (add_step(processor, pipeline, use, mistakes) < 0) {
            r = -EINVAL;
        }
    }
    if (r == 0 && pipeline->stage[SIFTD_DECODE].count == 0) {
        buf_printf(mistakes, "pipeline \"%s\" has no decoder: put decode plugins into one of plugin_dirs\n",
                   config->name);
        r = -EINVAL;
    }
    return r;
}

int processor_open(const struct config *config, struct processor **ret, struct buf *mistakes) {
    struct processor *processor = mem_alloc(sizeof *processor);
    document_init(&processor->doc);
    processor->doc.limits = &config->limits;
    processor->doc.total = &processor->total;
    processor->host = host_new(config);
    processor->pipelines = config->pipelines;
    processor->pipeline = mem_alloc(config->pipelines * sizeof *processor->pipeline);
    int r = host_load_packs(processor->host, mistakes);
    for (size_t i = 0; i < config->pipelines; i++)
        if (load_pipeline(processor, &config->pipeline[i], &processor->pipeline[i], mistakes) < 0)
            r = -EINVAL;
    if (r < 0) {
        processor_close(processor);
        return r;
    }
    *ret = processor;
    return 0;
}

int processor_begin(struct processor *processor, struct buf *mistakes) {
    int r = 0;
    for (size_t i = 0; i < processor->pipelines; i++)
        for (int s = SIFTD_DECODE; s < STAGES; s++) {
            const struct steps *steps = &processor->pipeline[i].stage[s];
            for (size_t k = 0; k < steps->count; k++)
                if (instance_begin(steps->instance[k], mistakes) < 0)
                    r = -EINVAL;
        }
    return r;
}

struct processor *processor_close(struct processor *processor) {
    if (!processor)
        return NULL;
    for (size_t i = 0; i < processor->pipelines; i++) {
        struct pipeline *pipeline = &processor->pipeline[i];
        for (int s = SIFTD_DECODE; s < STAGES; s++) {
            for (size_t k = 0; k < pipeline->stage[s].count; k++)
                instance_close(pipeline->stage[s].instance[k]);
            free(pipeline->stage[s].instance);
        }
        free(pipeline->checkers.instance);
    }
    free(processor->pipeline);
    document_deinit(&processor->doc);
    host_free(processor->host);
    free(processor);
    return NULL;
}
