/* SPDX-License-Identifier: MIT */
/*
 * Method: json_check() has passed the text before a tree is built, so building never looks for faults.
 */
#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "memory.h"
#include "str.h"

enum { BLOCK_SIZE = 16384 };

struct pool_block {
    struct pool_block *older;
    size_t used, room;
    max_align_t memory[];
};

static struct pool_block *block_new(struct pool_block *older, size_t room) {
    struct pool_block *block = malloc(sizeof *block + room);
    if (!block)
        out_of_memory();
    *block = (struct pool_block){.older = older, .room = room};
    return block;
}

void *pool_alloc(struct pool *pool, size_t size) {
    size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (!pool->block || pool->block->room - pool->block->used < size)
        pool->block = block_new(pool->block, size > BLOCK_SIZE ? size : BLOCK_SIZE);
    char *at = (char *)pool->block->memory + pool->block->used;
    pool->block->used += size;
    return memset(at, 0, size);
}

char *pool_copy(struct pool *pool, const char *at, size_t len) {
    char *copy = pool_alloc(pool, len + 1);
    if (len)
        memcpy(copy, at, len);
    return copy;
}

void pool_reset(struct pool *pool) {
    while (pool->block && pool->block->older) {
        struct pool_block *block = pool->block;
        pool->block = block->older;
        free(block);
    }
    if (pool->block)
        pool->block->used = 0;
}

void pool_free(struct pool *pool) {
    pool_reset(pool);
    free(pool->block);
    pool->block = NULL;
}

/* --- building ----------------------------------------------------------------------------------------------------- */

struct builder {
    struct pool *pool;
    const char *p, *end;
};

static struct value *build(struct builder *b);

static void skip_space(struct builder *b) {
    while (b->p < b->end && strchr(" \t\r\n", *b->p))
        b->p++;
}

static unsigned hex4(const char *at) {
    unsigned value = 0;
    for (size_t i = 0; i < 4; i++)
        value = value << 4 | (unsigned)(at[i] <= '9' ? at[i] - '0' : (at[i] | 0x20) - 'a' + 10);
    return value;
}

static char *put_code_point(char *to, uint32_t c) {
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *to++ = (char)(0xe0 | c >> 12);
        } else {
            *to++ = (char)(0xf0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (c & 0x3f));
    return to;
}

/* The code point of an escape \uXXXX at p (behind the u); half a surrogate pair becomes U+FFFD. */
static uint32_t escaped_code_point(const char **p) {
    uint32_t c = hex4(*p), low;
    *p += 4;
    if (c < 0xd800 || c > 0xdfff)
        return c;
    if (c > 0xdbff || (*p)[0] != '\\' || (*p)[1] != 'u' || (low = hex4(*p + 2)) < 0xdc00 || low > 0xdfff)
        return 0xfffd;
    *p += 6;
    return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

/* [at, end) with its escapes read; the text before `end` is followed by a quote. */
static struct siftd_str unescape(struct pool *pool, const char *at, const char *end) {
    static const char letters[] = "b\bf\fn\nr\rt\t";
    char *begin = pool_alloc(pool, (size_t)(end - at) + 1), *to = begin;
    while (at < end) {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        char c = at[1];
        at += 2;
        if (c == 'u') {
            to = put_code_point(to, escaped_code_point(&at));
        } else {
            const char *letter = strchr(letters, c);
            *to++ = letter ? letter[1] : c;
        }
    }
    return str_from(begin, to);
}

static struct siftd_str build_text(struct builder *b) {
    const char *start = ++b->p;
    bool escaped = false;
    for (;;) {
        b->p += json_plain_run(b->p, (size_t)(b->end - b->p));
        if (*b->p == '"')
            break;
        escaped = true;
        b->p += 2;
    }
    const char *stop = b->p++;
    return escaped ? unescape(b->pool, start, stop) : str_from(start, stop);
}

static void build_children(struct builder *b, struct value *parent, char close) {
    struct value **tail = &parent->first;
    b->p++;
    for (skip_space(b); *b->p != close; skip_space(b)) {
        struct siftd_str key = {0};
        if (*b->p == ',') {
            b->p++;
            skip_space(b);
        }
        if (close == '}') {
            key = build_text(b);
            skip_space(b);
            b->p++;
        }
        struct value *child = build(b);
        child->key = key;
        child->index = parent->count++;
        *tail = child;
        tail = &child->next;
    }
    b->p++;
}

static void build_number(struct builder *b, struct value *value) {
    const char *start = b->p;
    while (b->p < b->end && strchr("+-.0123456789eE", *b->p))
        b->p++;
    value->text = str_from(start, b->p);
}

static struct value *build(struct builder *b) {
    struct value *value = pool_alloc(b->pool, sizeof *value);
    skip_space(b);
    switch (*b->p) {
    case '{':
        value->kind = VALUE_OBJECT;
        build_children(b, value, '}');
        break;
    case '[':
        value->kind = VALUE_ARRAY;
        build_children(b, value, ']');
        break;
    case '"':
        value->kind = VALUE_STRING;
        value->text = build_text(b);
        break;
    case 't':
    case 'f':
        value->kind = VALUE_BOOL;
        value->truth = *b->p == 't';
        b->p += value->truth ? 4 : 5;
        break;
    case 'n':
        value->kind = VALUE_NULL;
        b->p += 4;
        break;
    default:
        value->kind = VALUE_NUMBER;
        build_number(b, value);
    }
    return value;
}

struct value *value_parse(struct pool *pool, const char *at, size_t len, struct json_fault *ret_fault) {
    struct json_shape shape;
    struct builder b = {.pool = pool, .p = at, .end = at + len};
    return json_check(at, len, NULL, &shape, ret_fault) ? build(&b) : NULL;
}

/* --- looking ------------------------------------------------------------------------------------------------------ */

struct value *value_get(const struct value *object, struct siftd_str key) {
    struct value *found = NULL;
    if (object && object->kind == VALUE_OBJECT)
        for (struct value *member = object->first; member; member = member->next)
            if (str_equal(member->key, key))
                found = member;
    return found;
}

struct value *value_at(const struct value *array, size_t index) {
    struct value *item = array->first;
    while (item && item->index < index)
        item = item->next;
    return item;
}

static bool children_equal(const struct value *a, const struct value *b) {
    if (a->count != b->count)
        return false;
    const struct value *other = b->first;
    for (const struct value *child = a->first; child; child = child->next) {
        if (a->kind == VALUE_OBJECT)
            other = value_get(b, child->key);
        if (!other || !value_equal(child, other))
            return false;
        other = other->next;
    }
    return true;
}

bool value_equal(const struct value *a, const struct value *b) {
    if (a == b) /* also an object that holds one key twice */
        return true;
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_BOOL:
        return a->truth == b->truth;
    case VALUE_NUMBER:
        return decimal_compare(a->text, b->text) == 0;
    case VALUE_STRING:
        return str_equal(a->text, b->text);
    case VALUE_ARRAY:
    case VALUE_OBJECT:
        return children_equal(a, b);
    default:
        return true;
    }
}
