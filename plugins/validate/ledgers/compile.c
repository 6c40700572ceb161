/* SPDX-License-Identifier: MIT */
/* The checks of a ledger from YAML; every mistake with its place. */
#include <stdlib.h>
#include <string.h>

#include "ledgers.h"

static const char *const kinds[CHECK_KINDS] = {"sum",   "part",   "ratio", "order", "between",
                                               "given", "target", "grade", "low"};

static const char *text_of(const struct siftd_host *host, const struct siftd_node *node, const char *key) {
    const struct siftd_node *value = host->node_get(node, key);
    return value ? host->node_text(value) : NULL;
}

static double number_of(const struct siftd_host *host, const struct siftd_node *node, const char *key, double preset) {
    const char *text = text_of(host, node, key);
    return text && *text ? strtod(text, NULL) : preset;
}

/* Whether the ledger has each of these columns; they are told with the place of the check. */
static int check_columns(const struct siftd_host *host, const struct siftd_node *columns, const struct siftd_node *at,
                         const struct ledger_check *check) {
    const char *const more[] = {check->of, check->each, check->by};
    for (size_t i = 0; i < check->fields + 3; i++) {
        const char *name = i < check->fields ? check->field[i] : more[i - check->fields];
        if (i < check->fields ? !name || !host->node_get(columns, name) : name && !host->node_get(columns, name))
            return host->error(host, "%s: the ledger has no column \"%s\"", host->node_where(at), name ? name : "");
    }
    return SIFTD_OK;
}

static void add_list(const struct siftd_host *host, const struct siftd_node *list, struct ledger_check *check) {
    for (size_t i = 0; i < host->node_count(list) && check->fields < PARTS_MAX; i++)
        check->field[check->fields++] = host->node_text(host->node_at(list, i));
}

static void read_fields(const struct siftd_host *host, const struct siftd_node *node, struct ledger_check *check) {
    switch (check->kind) {
    case CHECK_SUM:
        add_list(host, host->node_get(node, "parts"), check);
        break;
    case CHECK_ORDER:
        add_list(host, node, check);
        break;
    case CHECK_RATIO:
        check->field[check->fields++] = text_of(host, node, "percent");
        check->field[check->fields++] = text_of(host, node, "part");
        break;
    default:
        check->field[check->fields++] = text_of(host, node, "field");
    }
}

static int read_check(const struct siftd_host *host, const struct siftd_node *columns, const struct siftd_node *node,
                      struct ledger_check *ret) {
    const char *kind = host->node_count(node) ? host->node_key(node, 0) : "";
    const struct siftd_node *body = host->node_at(node, 0);
    int k = 0;
    while (k < CHECK_KINDS && strcmp(kinds[k], kind) != 0)
        k++;
    if (k == CHECK_KINDS)
        return host->error(host,
                           "%s: \"%s\" is no check; there are sum, part, ratio, order, between, given, target, grade, "
                           "low",
                           host->node_where(node), kind);
    *ret = (struct ledger_check){.kind = (enum ledger_check_kind)k};
    read_fields(host, body, ret);
    ret->of = text_of(host, body,
                      k == CHECK_TARGET  ? "target"
                      : k == CHECK_GRADE ? "gives"
                      : k == CHECK_GIVEN ? "when"
                                         : "of");
    ret->least = number_of(host, body, k == CHECK_LOW ? "percent" : k == CHECK_GIVEN ? "above" : "least", -1e300);
    ret->most = number_of(host, body, "most", 1e300);
    ret->times = (int)number_of(host, body, "times", 1);
    ret->each = text_of(host, body, "each");
    ret->by = text_of(host, body, "by");
    ret->ask = text_of(host, body, "ask");
    ret->steps = host->node_get(body, "steps");
    return check_columns(host, columns, node, ret);
}

int ledgers_compile(struct ledgers *l) {
    const struct siftd_host *host = l->host;
    const struct siftd_node *section = host->pack(host, "ledgers");
    l->ledger = host->alloc(host, (host->node_count(section) + 1) * sizeof *l->ledger);
    for (size_t i = 0; i < host->node_count(section); i++) {
        const struct siftd_node *node = host->node_at(section, i), *checks = host->node_get(node, "checks");
        struct ledger *ledger = &l->ledger[l->count++];
        *ledger = (struct ledger){.type = host->node_key(section, i), .title = text_of(host, node, "title")};
        ledger->check = host->alloc(host, (host->node_count(checks) + 1) * sizeof *ledger->check);
        for (size_t k = 0; k < host->node_count(checks); k++)
            if (read_check(host, host->node_get(node, "columns"), host->node_at(checks, k),
                           &ledger->check[ledger->checks++]) < 0)
                return SIFTD_ERROR;
    }
    return SIFTD_OK;
}
