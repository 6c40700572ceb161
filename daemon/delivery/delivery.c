/* SPDX-License-Identifier: MIT */
#include "delivery/internal.h"
#include "wire/wire.h"

#include <stdlib.h>

#include "base/mem.h"

int delivery_start(uv_loop_t *loop, const struct config *config, const char *text, size_t len,
                   const struct delivery_calls *calls, struct delivery **ret, struct error *err) {
    (void)err;
    struct delivery *delivery = mem_alloc(sizeof *delivery);
    *delivery = (struct delivery){.loop = loop,
                                  .config = config,
                                  .text = text,
                                  .text_len = len,
                                  .calls = *calls,
                                  .count = config->sinks,
                                  .sink = mem_alloc((config->sinks + 1) * sizeof *delivery->sink)};
    for (size_t i = 0; i < delivery->count; i++) {
        sink_init(&delivery->sink[i], delivery, i);
        sink_start(&delivery->sink[i]);
    }
    *ret = delivery;
    return 0;
}

void delivery_committed(struct delivery *delivery, uint64_t sequence) {
    delivery->committed = sequence;
    for (size_t i = 0; i < delivery->count; i++)
        sink_tell(&delivery->sink[i]);
}

uint64_t delivery_done(const struct delivery *delivery) {
    uint64_t done = UINT64_MAX;
    for (size_t i = 0; i < delivery->count; i++)
        if (delivery->sink[i].done < done)
            done = delivery->sink[i].done;
    return done;
}

uint64_t delivery_sink_done(const struct delivery *delivery, size_t index) {
    return delivery->sink[index].done;
}

void delivery_stop(struct delivery *delivery) {
    if (delivery->stopping)
        return;
    delivery->stopping = true;
    for (size_t i = 0; i < delivery->count; i++)
        sink_stop(&delivery->sink[i]);
    if (delivery->count == 0)
        delivery->calls.stopped(delivery->calls.user);
}

void delivery_sink_ended(struct delivery *delivery) {
    if (++delivery->ended == delivery->count)
        delivery->calls.stopped(delivery->calls.user);
}

struct delivery *delivery_free(struct delivery *delivery) {
    if (!delivery)
        return NULL;
    free(delivery->sink);
    free(delivery);
    return NULL;
}

cJSON *delivery_status(const struct delivery *delivery, uint64_t end) {
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < delivery->count; i++) {
        const struct sink *sink = &delivery->sink[i];
        uint64_t done = sink->done ? sink->done : 1; /* sequences begin at 1 */
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", sink_config(sink)->name);
        cJSON_AddStringToObject(item, "plugin", sink_config(sink)->use.name);
        cJSON_AddNumberToObject(item, "sequence", (double)sink->done);
        cJSON_AddNumberToObject(item, "behind", end > done ? (double)(end - done) : 0);
        cJSON_AddNumberToObject(item, "records", (double)(sink->records + sink->records_before));
        if (sink->trouble[0])
            cJSON_AddStringToObject(item, "trouble", sink->trouble);
        else
            cJSON_AddNullToObject(item, "trouble");
        cJSON_AddNumberToObject(item, "restarts", sink->restarts);
        char words[64];
        cJSON_AddStringToObject(item, "unconfined", wire_confine_words(sink->lacking, words, sizeof words));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}
