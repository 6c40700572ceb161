/* SPDX-License-Identifier: MIT */
/*
 * Method: first the document is walked along its keywords, which finds every resource (a schema with an `$id`) and
 * every anchor. Then nodes are made from the root on: a schema gets its node when something first leads to it, and
 * waits in `todo` until its rules are made, so that references in circles are no trouble. A reference to a document
 * that is not known yet asks the loader, and what it brings is walked like the first.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "memory.h"
#include "schema_impl.h"
#include "str.h"
#include "uri.h"

enum { MATCH_STEPS_MAX = 1000000 }; /* of one match: beyond, a pattern counts as not matching */

struct compiler {
    struct schema *schema;
    const struct schema_loader *loader;
    struct resource *resources;
    struct node *todo;
    char *why;
    bool failed;
};

static void fail(struct compiler *c, const char *format, ...) SIFTD_PRINTF(2, 3);

static void fail(struct compiler *c, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (!c->failed)
        vsnprintf(c->why, SCHEMA_TEXT_MAX, format, args);
    va_end(args);
    c->failed = true;
}

/* --- finding resources and anchors -------------------------------------------------------------------------------- */

static struct siftd_str string_of(const struct value *schema, const char *keyword) {
    const struct value *value = value_get(schema, str(keyword));
    return value && value->kind == VALUE_STRING ? value->text : (struct siftd_str){NULL, 0};
}

static enum draft draft_of(const struct value *root, enum draft otherwise) {
    struct siftd_str uri = string_of(root, "$schema");
    if (!uri.at)
        return otherwise;
    return str_find(uri, str("draft-07")) || str_find(uri, str("draft-06")) ? DRAFT_7 : DRAFT_2020;
}

static struct resource *add_resource(struct compiler *c, struct value *root, const char *uri, enum draft draft) {
    struct resource *resource = pool_alloc(&c->schema->pool, sizeof *resource);
    *resource = (struct resource){.uri = uri, .root = root, .draft = draft_of(root, draft), .next = c->resources};
    c->resources = resource;
    return resource;
}

static void add_anchor(struct compiler *c, struct resource *resource, struct siftd_str name, struct value *schema,
                       bool dynamic) {
    if (!name.at)
        return;
    struct anchor *anchor = pool_alloc(&c->schema->pool, sizeof *anchor);
    *anchor = (struct anchor){.name = name, .value = schema, .dynamic = dynamic, .next = resource->anchors};
    resource->anchors = anchor;
}

static bool hides_siblings(const struct value *schema, enum draft draft) {
    return draft == DRAFT_7 && value_get(schema, str("$ref"));
}

/* The resource that the schema belongs to: its own when it has an `$id`. */
static struct resource *enter_schema(struct compiler *c, struct value *schema, struct resource *outer) {
    struct siftd_str id = string_of(schema, "$id");
    if (id.at && !hides_siblings(schema, outer->draft) && !(id.len && id.at[0] == '#') && schema != outer->root) {
        char *uri = uri_resolve(&c->schema->pool, outer->uri, id);
        uri_cut_fragment(&c->schema->pool, uri);
        return add_resource(c, schema, uri, outer->draft);
    }
    return outer;
}

static void note_anchors(struct compiler *c, struct value *schema, struct resource *resource) {
    struct siftd_str id = string_of(schema, "$id");
    if (resource->draft == DRAFT_7 && id.len > 1 && id.at[0] == '#' && !hides_siblings(schema, DRAFT_7))
        add_anchor(c, resource, (struct siftd_str){id.at + 1, id.len - 1}, schema, false);
    if (resource->draft == DRAFT_2020) {
        add_anchor(c, resource, string_of(schema, "$anchor"), schema, false);
        add_anchor(c, resource, string_of(schema, "$dynamicAnchor"), schema, true);
    }
}

static void walk_schema(struct compiler *c, struct value *schema, struct resource *outer);

static void walk_keyword(struct compiler *c, enum shape shape, struct value *value, struct resource *resource) {
    bool list = shape == SHAPE_LIST || (shape == SHAPE_ITEMS && value->kind == VALUE_ARRAY);
    bool map = shape == SHAPE_MAP || shape == SHAPE_PATTERNS || shape == SHAPE_DEPENDENT;
    if ((list && value->kind == VALUE_ARRAY) || (map && value->kind == VALUE_OBJECT))
        for (struct value *child = value->first; child; child = child->next)
            walk_schema(c, child, resource);
    else if (shape == SHAPE_SCHEMA || shape == SHAPE_ITEMS)
        walk_schema(c, value, resource);
}

static void walk_schema(struct compiler *c, struct value *schema, struct resource *outer) {
    if (schema->kind != VALUE_OBJECT)
        return;
    struct resource *resource = enter_schema(c, schema, outer);
    note_anchors(c, schema, resource);
    for (const struct keyword *keyword = keywords; keyword->name; keyword++) {
        struct value *value = value_get(schema, str(keyword->name));
        if (value)
            walk_keyword(c, keyword->shape, value, resource);
    }
}

static struct resource *add_document(struct compiler *c, struct siftd_str text, const char *uri, enum draft draft) {
    struct json_fault fault;
    struct value *root = value_parse(&c->schema->pool, text.at, text.len, &fault);
    if (!root) {
        fail(c, "%s is not JSON: at byte %zu: %s", *uri ? uri : "the schema", fault.at, fault.what);
        return NULL;
    }
    struct resource *resource = add_resource(c, root, uri, draft);
    struct siftd_str id = string_of(root, "$id");
    if (id.at && !hides_siblings(root, resource->draft)) {
        char *own = uri_resolve(&c->schema->pool, uri, id);
        uri_cut_fragment(&c->schema->pool, own);
        resource->uri = own;
    }
    walk_schema(c, root, resource);
    return resource;
}

/* --- following references ----------------------------------------------------------------------------------------- */

static struct resource *find_resource(struct compiler *c, const char *uri, enum draft draft) {
    for (struct resource *resource = c->resources; resource; resource = resource->next)
        if (strcmp(resource->uri, uri) == 0)
            return resource;
    struct siftd_str text = {NULL, 0};
    if (c->loader)
        text = c->loader->load(c->loader->user, uri);
    struct resource *loaded = text.at ? add_document(c, text, uri, draft) : NULL;
    if (loaded && strcmp(loaded->uri, uri) != 0) { /* it is known by the name it was asked for, too */
        struct resource *alias = add_resource(c, loaded->root, uri, loaded->draft);
        alias->anchors = loaded->anchors;
    }
    return loaded;
}

/* The resource whose root this schema is, else the one around it. */
static struct resource *resource_of(struct compiler *c, const struct value *schema, struct resource *outer) {
    if (outer->root == schema)
        return outer;
    for (struct resource *resource = c->resources; resource; resource = resource->next)
        if (resource->root == schema)
            return resource;
    return outer;
}

static struct siftd_str pointer_token(struct pool *pool, struct siftd_str *rest) {
    const char *end = rest->at + rest->len, *stop = memchr(rest->at + 1, '/', rest->len - 1);
    char *token = pool_alloc(pool, rest->len), *to = token;
    for (const char *p = rest->at + 1; p < (stop ? stop : end); p++) {
        bool escaped = *p == '~' && p + 1 < end && (p[1] == '0' || p[1] == '1');
        *to++ = !escaped ? *p : p[1] == '0' ? '~' : '/';
        p += escaped;
    }
    *rest = stop ? str_from(stop, end) : (struct siftd_str){end, 0};
    return str_from(token, to);
}

static struct value *follow_pointer(struct compiler *c, struct siftd_str pointer, struct resource **resource) {
    struct value *value = (*resource)->root;
    while (value && pointer.len) {
        struct siftd_str token = pointer_token(&c->schema->pool, &pointer);
        value = value->kind == VALUE_ARRAY ? value_at(value, strtoul(token.at, NULL, 10)) : value_get(value, token);
        if (value)
            *resource = resource_of(c, value, *resource);
    }
    return value;
}

static struct value *follow_anchor(const struct resource *resource, struct siftd_str name, bool *ret_dynamic) {
    struct value *found = NULL;
    for (const struct anchor *anchor = resource->anchors; anchor; anchor = anchor->next)
        if (str_equal(anchor->name, name)) {
            found = anchor->value;
            *ret_dynamic = *ret_dynamic || anchor->dynamic;
        }
    return found;
}

/* The schema that a reference leads to and its resource; NULL after fail(). */
static struct value *follow(struct compiler *c, struct siftd_str reference, struct resource **resource,
                            struct siftd_str *ret_dynamic) {
    struct pool *pool = &c->schema->pool;
    char *uri = uri_resolve(pool, (*resource)->uri, reference);
    struct siftd_str fragment = uri_cut_fragment(pool, uri);
    struct resource *target = find_resource(c, uri, (*resource)->draft);
    struct value *value = NULL;
    bool dynamic = false;
    if (target && (fragment.len == 0 || fragment.at[0] == '/'))
        value = follow_pointer(c, fragment, &target);
    else if (target)
        value = follow_anchor(target, fragment, &dynamic);
    if (!value)
        fail(c, "the reference %.*s leads nowhere", (int)reference.len, reference.at);
    else
        *resource = resource_of(c, value, target);
    *ret_dynamic = dynamic ? fragment : (struct siftd_str){NULL, 0};
    return value;
}

/* --- making nodes and rules --------------------------------------------------------------------------------------- */

static struct node *node_of(struct compiler *c, struct value *schema, struct resource *outer) {
    if (schema->note)
        return schema->note;
    if (schema->kind != VALUE_OBJECT && schema->kind != VALUE_BOOL)
        fail(c, "a schema must be an object, true or false");
    struct node *node = pool_alloc(&c->schema->pool, sizeof *node);
    node->resource = resource_of(c, schema, outer);
    node->value = schema;
    if (schema->kind == VALUE_BOOL)
        node->always = schema->truth ? 1 : -1;
    schema->note = node;
    node->todo = c->todo;
    c->todo = node;
    return node;
}

static pcre2_code *compile_pattern(struct compiler *c, struct siftd_str pattern) {
    const uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_MATCH_UNSET_BACKREF |
                             PCRE2_ALLOW_EMPTY_CLASS | PCRE2_NEVER_BACKSLASH_C;
    struct schema *schema = c->schema;
    int code;
    PCRE2_SIZE at;
    PCRE2_UCHAR words[128];
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)(pattern.len ? pattern.at : ""), pattern.len, options, &code, &at, NULL);
    if (!compiled) {
        pcre2_get_error_message(code, words, sizeof words);
        fail(c, "the pattern %.*s is wrong at byte %zu: %s", (int)pattern.len, pattern.at, (size_t)at, (char *)words);
        return NULL;
    }
    if (schema->patterns == schema->pattern_room) {
        schema->pattern_room = schema->pattern_room ? schema->pattern_room * 2 : 8;
        schema->pattern = realloc(schema->pattern, schema->pattern_room * sizeof *schema->pattern);
        if (!schema->pattern)
            out_of_memory();
    }
    return schema->pattern[schema->patterns++] = compiled;
}

static void compile_branches(struct compiler *c, struct rule *rule, struct value *value) {
    enum shape shape = rule->keyword->shape;
    rule->branch = pool_alloc(&c->schema->pool, value->count * sizeof *rule->branch);
    for (struct value *child = value->first; child; child = child->next) {
        struct branch *branch = &rule->branch[rule->branches++];
        branch->key = child->key;
        if (shape == SHAPE_PATTERNS)
            branch->pattern = compile_pattern(c, child->key);
        if (shape == SHAPE_DEPENDENT && child->kind == VALUE_ARRAY)
            branch->names = child;
        else
            branch->node = node_of(c, child, rule->owner->resource);
    }
}

static void compile_reference(struct compiler *c, struct rule *rule, const struct value *value) {
    struct resource *resource = rule->owner->resource;
    struct siftd_str dynamic = {NULL, 0};
    struct value *target = follow(c, value->text, &resource, &dynamic);
    if (target)
        rule->node = node_of(c, target, resource);
    if (strcmp(rule->keyword->name, "$dynamicRef") == 0)
        rule->dynamic = dynamic;
}

static void compile_count(struct compiler *c, struct rule *rule, const struct value *value) {
    if (value->text.at[0] == '-' || !decimal_is_integer(value->text)) {
        fail(c, "%s must be a whole number", rule->keyword->name);
        return;
    }
    double count = strtod(pool_copy(&c->schema->pool, value->text.at, value->text.len), NULL);
    rule->count = count < 1e15 ? (size_t)count : SIZE_MAX;
}

static int kinds_of_shape(enum shape shape) {
    switch (shape) {
    case SHAPE_MAP:
    case SHAPE_PATTERNS:
    case SHAPE_DEPENDENT:
        return VALUE_OBJECT;
    case SHAPE_LIST:
    case SHAPE_NAMES:
    case SHAPE_ARRAY:
        return VALUE_ARRAY;
    case SHAPE_COUNT:
    case SHAPE_NUMBER:
        return VALUE_NUMBER;
    case SHAPE_PATTERN:
    case SHAPE_REF:
        return VALUE_STRING;
    default:
        return VALUE_ANY;
    }
}

static void compile_rule(struct compiler *c, struct rule *rule, struct value *value) {
    enum shape shape = rule->keyword->shape;
    if (!(kinds_of_shape(shape) & (int)value->kind)) {
        fail(c, "what stands behind the keyword %s has a wrong type", rule->keyword->name);
        return;
    }
    if (shape == SHAPE_ITEMS)
        shape = value->kind == VALUE_ARRAY ? SHAPE_LIST : SHAPE_SCHEMA;
    if (shape == SHAPE_SCHEMA)
        rule->node = node_of(c, value, rule->owner->resource);
    else if (shape == SHAPE_LIST || shape == SHAPE_MAP || shape == SHAPE_PATTERNS || shape == SHAPE_DEPENDENT)
        compile_branches(c, rule, value);
    else if (shape == SHAPE_REF)
        compile_reference(c, rule, value);
    else if (shape == SHAPE_PATTERN)
        rule->pattern = compile_pattern(c, value->text);
    else if (shape == SHAPE_COUNT)
        compile_count(c, rule, value);
}

static bool is_wanted(const struct node *node, const struct keyword *keyword) {
    if (hides_siblings(node->value, node->resource->draft))
        return strcmp(keyword->name, "$ref") == 0;
    return keyword->drafts & (int)node->resource->draft && keyword->kinds;
}

static void compile_node(struct compiler *c, struct node *node) {
    struct pool *pool = &c->schema->pool;
    if (node->always)
        return;
    node->rule = pool_alloc(pool, node->value->count * sizeof *node->rule);
    for (const struct keyword *keyword = keywords; keyword->name && !c->failed; keyword++) {
        struct value *value = value_get(node->value, str(keyword->name));
        if (!value || !is_wanted(node, keyword))
            continue;
        struct rule *rule = &node->rule[node->rules++];
        *rule = (struct rule){.keyword = keyword, .value = value, .owner = node};
        c->schema->tracks |= strncmp(keyword->name, "unevaluated", 11) == 0;
        compile_rule(c, rule, value);
    }
}

/* Dynamic references may end at any dynamic anchor, so each of them gets its node; returns whether there was a new one.
 */
static bool compile_anchors(struct compiler *c) {
    for (struct resource *resource = c->resources; resource; resource = resource->next)
        for (struct anchor *anchor = resource->anchors; anchor; anchor = anchor->next)
            if (anchor->dynamic)
                node_of(c, anchor->value, resource);
    return c->todo != NULL;
}

static void compile_nodes(struct compiler *c) {
    do {
        while (c->todo && !c->failed) {
            struct node *node = c->todo;
            c->todo = node->todo;
            compile_node(c, node);
        }
    } while (!c->failed && compile_anchors(c));
}

/* --- the calls ---------------------------------------------------------------------------------------------------- */

static struct schema *schema_new(void) {
    struct schema *schema = calloc(1, sizeof *schema);
    if (!schema)
        out_of_memory();
    schema->match = pcre2_match_data_create(1, NULL);
    schema->match_context = pcre2_match_context_create(NULL);
    if (!schema->match || !schema->match_context)
        out_of_memory();
    pcre2_set_match_limit(schema->match_context, MATCH_STEPS_MAX);
    return schema;
}

struct schema *schema_compile(const char *json, size_t len, const struct schema_loader *loader,
                              char why[SCHEMA_TEXT_MAX]) {
    struct compiler c = {.schema = schema_new(), .loader = loader, .why = why};
    struct resource *document = add_document(&c, (struct siftd_str){json, len}, "", DRAFT_2020);
    if (document) {
        c.schema->root = node_of(&c, document->root, document);
        compile_nodes(&c);
    }
    return c.failed ? schema_free(c.schema) : c.schema;
}

struct schema *schema_free(struct schema *schema) {
    if (!schema)
        return NULL;
    for (size_t i = 0; i < schema->patterns; i++)
        pcre2_code_free(schema->pattern[i]);
    free(schema->pattern);
    pcre2_match_data_free(schema->match);
    pcre2_match_context_free(schema->match_context);
    pool_free(&schema->pool);
    pool_free(&schema->scratch);
    free(schema);
    return NULL;
}
