/* SPDX-License-Identifier: MIT */
/* From YAML to compiled patterns. Every mistake is told with its place in the file and what would be right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "rules.h"
#include "str.h"

enum { PATTERN_BYTES = 64 * 1024, PIECE_NAME = 64, PIECE_DEPTH = 8 };

static const char *const conversion_names[CONVERSIONS] = {"text", "number", "date", "list", "lower", "upper"};

struct pieces {
    const struct siftd_host *host;
    const struct siftd_node *define;
};

static bool is_mapping(const struct siftd_host *host, const struct siftd_node *node) {
    return host->node_type(node) == SIFTD_NODE_MAPPING;
}

/* Whether the mapping has these keys only; `known` ends with NULL. */
static int check_keys(const struct siftd_host *host, const struct siftd_node *node, const char *what,
                      const char *const known[]) {
    for (size_t i = 0; i < host->node_count(node); i++) {
        const char *key = host->node_key(node, i);
        char all[200] = "";
        size_t k = 0;
        for (; known[k] && strcmp(known[k], key) != 0; k++) {
            size_t len = strlen(all);
            snprintf(all + len, sizeof all - len, "%s%s", k ? ", " : "", known[k]);
        }
        if (!known[k])
            return host->error(host, "%s: \"%s\" is no key of %s; there are %s",
                               host->node_where(host->node_at(node, i)), key, what, all);
    }
    return SIFTD_OK;
}

/* --- patterns ----------------------------------------------------------------------------------------------------- */

/* Copies a pattern with each {name} of `define` put in its place; SIFTD_ERROR when a piece is unknown or too deep. A
 * quantifier ({2}, {1,3}) and a property (\p{Han}) stay. */
static int expand(const struct pieces *pieces, const struct siftd_node *node, const char *from, int depth, char *to,
                  size_t *len) {
    const struct siftd_host *host = pieces->host;
    for (; *from; from++) {
        const char *close = *from == '{' ? strchr(from, '}') : NULL;
        char name[PIECE_NAME];
        if (from[0] == '\\' && from[1]) { /* with what belongs to it: \p{Han}, \x{3002}, \k{name} */
            close = from[2] == '{' ? strchr(from, '}') : NULL;
            for (const char *last = close ? close : from + 1; from < last && *len < PATTERN_BYTES / 2;)
                to[(*len)++] = *from++;
            to[(*len)++] = *from;
        } else if (!close || !strchr("abcdefghijklmnopqrstuvwxyz_", from[1]) || (size_t)(close - from) > sizeof name) {
            to[(*len)++] = *from;
        } else {
            snprintf(name, sizeof name, "%.*s", (int)(close - from - 1), from + 1);
            const struct siftd_node *piece = host->node_get(pieces->define, name);
            if (!piece || depth == PIECE_DEPTH)
                return host->error(host, "%s: {%s} %s", host->node_where(node), name,
                                   piece ? "is defined by itself" : "is not defined: name it under \"define\"");
            *len += (size_t)snprintf(to + *len, PATTERN_BYTES / 2 - *len, "(?:");
            if (expand(pieces, piece, host->node_text(piece), depth + 1, to, len) < 0)
                return SIFTD_ERROR;
            to[(*len)++] = ')';
            from = close;
        }
        if (*len > PATTERN_BYTES / 2 - PIECE_NAME)
            return host->error(host, "%s: the pattern has more than %d bytes with its pieces", host->node_where(node),
                               PATTERN_BYTES / 2);
    }
    return SIFTD_OK;
}

static int compile_pattern(const struct pieces *pieces, const struct siftd_node *node, pcre2_code **ret) {
    const struct siftd_host *host = pieces->host;
    char *text = calloc(1, PATTERN_BYTES);
    size_t len = 0, at;
    int code, r = SIFTD_ERROR;
    if (!text)
        out_of_memory();
    if (host->node_type(node) != SIFTD_NODE_SCALAR || !*host->node_text(node))
        host->error(host, "%s: a pattern is wanted here", host->node_where(node));
    else
        r = expand(pieces, node, host->node_text(node), 0, text, &len);
    if (r == SIFTD_OK) {
        *ret = pcre2_compile((PCRE2_SPTR)text, len, PCRE2_UTF | PCRE2_MULTILINE | PCRE2_NO_UTF_CHECK, &code, &at, NULL);
        if (!*ret) {
            char why[128];
            pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
            size_t shown = at < 24 ? at : 24;
            r = host->error(host, "%s: the pattern is wrong behind \"%.*s\": %s", host->node_where(node), (int)shown,
                            text + at - shown, why);
        } else
            pcre2_jit_compile(*ret, PCRE2_JIT_COMPLETE); /* where it is not to be had, matching is only slower */
    }
    free(text);
    return r;
}

/* The number of a named group; 0 after the error that there is none. */
static uint32_t group_number(const struct siftd_host *host, const pcre2_code *pattern, const struct siftd_node *node) {
    const char *name = host->node_text(node);
    int number = pcre2_substring_number_from_name(pattern, (PCRE2_SPTR)name);
    if (number > 0)
        return (uint32_t)number;
    host->error(host, "%s: the pattern has no group (?<%s>…)", host->node_where(node), name);
    return 0;
}

/* --- fields ------------------------------------------------------------------------------------------------------- */

static int read_conversion(const struct siftd_host *host, const struct siftd_node *node, enum conversion *ret) {
    if (!node)
        return SIFTD_OK;
    for (int i = 0; i < CONVERSIONS; i++)
        if (strcmp(host->node_text(node), conversion_names[i]) == 0) {
            *ret = (enum conversion)i;
            return SIFTD_OK;
        }
    return host->error(host, "%s: \"%s\" is no conversion; there are text, number, date, list, lower, upper",
                       host->node_where(node), host->node_text(node));
}

static const char *text_or_null(const struct siftd_host *host, const struct siftd_node *node) {
    return node ? host->node_text(node) : NULL;
}

/* A field is the name of a group, or a mapping. */
static int read_field(struct rules *rules, const struct rule *rule, const char *name, const struct siftd_node *node,
                      struct field *ret) {
    static const char *const keys[] = {"group", "value", "as", "map", "else", "required", NULL};
    const struct siftd_host *host = rules->host;
    const struct siftd_node *group = is_mapping(host, node) ? host->node_get(node, "group") : node;
    ret->name = name;
    if (is_mapping(host, node)) {
        if (check_keys(host, node, "a field", keys) < 0 ||
            read_conversion(host, host->node_get(node, "as"), &ret->as) < 0)
            return SIFTD_ERROR;
        ret->value = text_or_null(host, host->node_get(node, "value"));
        ret->otherwise = text_or_null(host, host->node_get(node, "else"));
        ret->map = host->node_get(node, "map");
        ret->required = strcmp(host->node_text(host->node_get(node, "required")), "true") == 0;
        if (!group == !ret->value)
            return host->error(host, "%s: the field \"%s\" needs either a group or a value", host->node_where(node),
                               name);
    }
    if (group)
        ret->group = group_number(host, rule->pattern, group);
    return group && !ret->group ? SIFTD_ERROR : SIFTD_OK;
}

static int read_fields(struct rules *rules, struct rule *rule, const struct siftd_node *node) {
    static const char *const common[] = {"type", "id", "doc", "source", "quote", "at"};
    const struct siftd_host *host = rules->host;
    if (!is_mapping(host, node) || !host->node_count(node))
        return host->error(host, "%s: a rule needs \"fields\": names, and the groups that fill them",
                           host->node_where(node ? node : rule->node));
    rule->field = host->alloc(host, host->node_count(node) * sizeof *rule->field);
    for (size_t i = 0; i < host->node_count(node); i++) {
        for (size_t k = 0; k < sizeof common / sizeof *common; k++)
            if (strcmp(host->node_key(node, i), common[k]) == 0)
                return host->error(host, "%s: \"%s\" is a field that every record has; choose another name",
                                   host->node_where(host->node_at(node, i)), common[k]);
        if (read_field(rules, rule, host->node_key(node, i), host->node_at(node, i), &rule->field[rule->fields++]) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

/* --- conditions --------------------------------------------------------------------------------------------------- */

static int read_reach(const struct siftd_host *host, const struct siftd_node *node, enum reach *ret,
                      size_t *ret_characters) {
    const char *text = host->node_text(node);
    if (!node)
        return SIFTD_OK;
    if (strcmp(text, "sentence") == 0)
        *ret = SENTENCE;
    else if (strcmp(text, "paragraph") == 0)
        *ret = PARAGRAPH;
    else if (ret_characters && *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 6) {
        *ret = CHARACTERS;
        *ret_characters = (size_t)atoi(text);
    } else
        return host->error(host, "%s: \"%s\" must be sentence%s paragraph%s", host->node_where(node), text,
                           ret_characters ? "," : " or", ret_characters ? " or a number of characters" : "");
    return SIFTD_OK;
}

static int read_condition(const struct pieces *pieces, const struct siftd_node *node, enum side side,
                          struct condition *ret) {
    static const char *const keys[] = {"has", "not", "within", NULL};
    const struct siftd_host *host = pieces->host;
    const struct siftd_node *has = host->node_get(node, "has"), *has_not = host->node_get(node, "not");
    ret->side = side;
    if (!has && !has_not)
        return host->error(host, "%s: a condition needs \"has\" or \"not\", a pattern", host->node_where(node));
    if (check_keys(host, node, "a condition", keys) < 0 ||
        read_reach(host, host->node_get(node, "within"), &ret->reach, &ret->characters) < 0 ||
        (has && compile_pattern(pieces, has, &ret->has) < 0))
        return SIFTD_ERROR;
    return has_not ? compile_pattern(pieces, has_not, &ret->has_not) : SIFTD_OK;
}

static int read_conditions(const struct pieces *pieces, struct rule *rule) {
    static const char *const names[] = {"before", "behind", "around"};
    const struct siftd_host *host = pieces->host;
    rule->condition = host->alloc(host, 3 * sizeof *rule->condition);
    for (int i = 0; i < 3; i++) {
        const struct siftd_node *node = host->node_get(rule->node, names[i]);
        if (node && read_condition(pieces, node, (enum side)i, &rule->condition[rule->conditions++]) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

/* --- rules -------------------------------------------------------------------------------------------------------- */

static bool is_type_name(const char *text) {
    return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text) &&
           strcmp(text, "document") != 0 && strcmp(text, "finding") != 0;
}

static int read_rule(struct rules *rules, const struct pieces *pieces, const struct siftd_node *node,
                     struct rule *ret) {
    static const char *const keys[] = {"type",   "pattern", "fields", "place", "quote", "once",
                                       "before", "behind",  "around", "needs", NULL};
    const struct siftd_host *host = rules->host;
    const struct siftd_node *type = host->node_get(node, "type"), *place = host->node_get(node, "place");
    const struct siftd_node *pattern = host->node_get(node, "pattern");
    *ret = (struct rule){.node = node, .type = host->node_text(type)};
    if (!is_mapping(host, node))
        return host->error(host, "%s: a rule is a mapping with type, pattern and fields", host->node_where(node));
    if (check_keys(host, node, "a rule", keys) < 0)
        return SIFTD_ERROR;
    if (!is_type_name(ret->type))
        return host->error(host,
                           "%s: a rule needs a \"type\", lower case letters and digits, but not document or finding",
                           host->node_where(type ? type : node));
    if (!pattern)
        return host->error(host, "%s: the rule has no \"pattern\"", host->node_where(node));
    ret->needs = host->node_get(node, "needs");
    if (ret->needs && host->node_type(ret->needs) != SIFTD_NODE_SEQUENCE)
        return host->error(host, "%s: \"needs\" is a list of words", host->node_where(ret->needs));
    ret->once = strcmp(host->node_text(host->node_get(node, "once")), "true") == 0;
    if (compile_pattern(pieces, pattern, &ret->pattern) < 0 ||
        read_fields(rules, ret, host->node_get(node, "fields")) < 0 || read_conditions(pieces, ret) < 0 ||
        read_reach(host, host->node_get(node, "quote"), &ret->quote, NULL) < 0)
        return SIFTD_ERROR;
    if (place)
        ret->place = group_number(host, ret->pattern, place);
    return place && !ret->place ? SIFTD_ERROR : SIFTD_OK;
}

int rules_compile(struct rules *rules, const struct siftd_node *tree) {
    static const char *const keys[] = {"define", "rules", NULL};
    const struct siftd_host *host = rules->host;
    const struct siftd_node *list = host->node_get(tree, "rules");
    const struct pieces pieces = {host, host->node_get(tree, "define")};
    if (check_keys(host, tree, "a file of rules", keys) < 0)
        return SIFTD_ERROR;
    if (host->node_type(list) != SIFTD_NODE_SEQUENCE)
        return host->error(host, "%s: a file of rules has a list \"rules\"", host->node_where(list ? list : tree));
    rules->rule = host->alloc(host, (host->node_count(list) + 1) * sizeof *rules->rule);
    for (size_t i = 0; i < host->node_count(list); i++)
        if (read_rule(rules, &pieces, host->node_at(list, i), &rules->rule[rules->rules++]) < 0)
            return SIFTD_ERROR;
    return SIFTD_OK;
}

void rules_discard(struct rules *rules) {
    for (size_t i = 0; i < rules->rules; i++) {
        struct rule *rule = &rules->rule[i];
        pcre2_code_free(rule->pattern);
        for (size_t k = 0; k < rule->conditions; k++) {
            pcre2_code_free(rule->condition[k].has);
            pcre2_code_free(rule->condition[k].has_not);
        }
    }
    rules->rules = 0;
}
