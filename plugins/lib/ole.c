/* SPDX-License-Identifier: MIT */
#include "ole.h"
#include "memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "str.h"

enum { HEADER = 512, ENTRY = 128, IN_HEADER = 109, NAME = 64 };
#define FREE 0xFFFFFFFAU /* numbers from here on are no sectors */
enum { STREAM = 2, ROOT = 5 };

static void *memory(size_t size) {
    void *at = calloc(1, size ? size : 1);
    if (!at)
        out_of_memory();
    return at;
}

/* A sector's bytes; the last of a file may be cut. */
static struct siftd_str sector(const struct ole *ole, uint32_t i) {
    size_t at = ((size_t)i + 1) << ole->shift, size = (size_t)1 << ole->shift;
    if (i >= FREE || at >= ole->bytes.len)
        return (struct siftd_str){"", 0};
    return (struct siftd_str){ole->bytes.at + at, ole->bytes.len - at < size ? ole->bytes.len - at : size};
}

/* The sectors of a chain one after the other, at most `most` bytes; what is cut off the file is 0. */
static struct siftd_str chain(const struct ole *ole, uint32_t first, size_t most) {
    size_t size = (size_t)1 << ole->shift, count = 0, len = 0;
    for (uint32_t i = first; i < ole->sectors && count < ole->sectors; i = ole->next[i])
        count++;
    char *at = memory(count * size);
    for (uint32_t i = first; len < count * size; i = ole->next[i], len += size) {
        struct siftd_str from = sector(ole, i);
        memcpy(at + len, from.at, from.len);
    }
    return (struct siftd_str){at, len < most ? len : most};
}

static struct siftd_str mini_chain(const struct ole *ole, uint32_t first, size_t most) {
    size_t size = (size_t)1 << ole->mini_shift, count = 0, len = 0;
    for (uint32_t i = first; i < ole->minis && count < ole->minis; i = ole->mini_next[i])
        count++;
    char *at = memory(count * size);
    for (uint32_t i = first; len < count * size; i = ole->mini_next[i], len += size)
        memcpy(at + len, ole->mini.at + ((size_t)i << ole->mini_shift), size);
    return (struct siftd_str){at, len < most ? len : most};
}

/* --- the tables --------------------------------------------------------------------------------------------------- */

static void add_table(struct ole *ole, uint32_t table, size_t *filled) {
    struct siftd_str part = sector(ole, table);
    for (size_t i = 0; i + 4 <= part.len && *filled < ole->sectors; i += 4)
        ole->next[(*filled)++] = ole_u32(part.at + i);
}

/* The table of chains stands in sectors that the header names, and in a chain of more names. */
static void read_table(struct ole *ole) {
    size_t filled = 0, names = ((size_t)1 << ole->shift) / 4;
    for (size_t i = 0; i < IN_HEADER; i++) {
        uint32_t table = ole_u32(ole->bytes.at + 76 + i * 4);
        if (table < FREE)
            add_table(ole, table, &filled);
    }
    uint32_t more = ole_u32(ole->bytes.at + 68);
    for (size_t n = 0; more < FREE && n <= ole->sectors && filled < ole->sectors; n++) {
        struct siftd_str part = sector(ole, more);
        if (part.len < names * 4)
            break;
        for (size_t i = 0; i + 1 < names; i++)
            if (ole_u32(part.at + i * 4) < FREE)
                add_table(ole, ole_u32(part.at + i * 4), &filled);
        more = ole_u32(part.at + (names - 1) * 4);
    }
    ole->sectors = filled;
}

static void read_minis(struct ole *ole) {
    struct siftd_str table = chain(ole, ole_u32(ole->bytes.at + 60), SIZE_MAX);
    ole->mini = chain(ole, ole_u32(ole->directory.at + 116), SIZE_MAX);
    size_t held = ole->mini.len >> ole->mini_shift;
    ole->minis = table.len / 4 < held ? table.len / 4 : held;
    ole->mini_next = memory(ole->minis * sizeof *ole->mini_next);
    for (size_t i = 0; i < ole->minis; i++)
        ole->mini_next[i] = ole_u32(table.at + i * 4);
    free((void *)(uintptr_t)table.at);
}

bool ole_sniff(struct siftd_str head) {
    return head.len >= HEADER && memcmp(head.at, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0;
}

bool ole_open(struct siftd_str bytes, struct ole *ret) {
    *ret = (struct ole){.bytes = bytes};
    if (!ole_sniff(bytes))
        return false;
    ret->shift = ole_u16(bytes.at + 30);
    ret->mini_shift = ole_u16(bytes.at + 32);
    ret->cutoff = ole_u32(bytes.at + 56);
    if ((ret->shift != 9 && ret->shift != 12) || ret->mini_shift != 6)
        return false;
    ret->sectors = (bytes.len - 1) >> ret->shift;
    ret->next = memory(ret->sectors * sizeof *ret->next);
    read_table(ret);
    ret->directory = chain(ret, ole_u32(bytes.at + 48), SIZE_MAX);
    if (ret->directory.len < ENTRY || ret->directory.at[66] != ROOT)
        return false;
    read_minis(ret);
    return true;
}

void ole_free(struct ole *ole) {
    free(ole->next);
    free(ole->mini_next);
    free((void *)(uintptr_t)ole->directory.at);
    free((void *)(uintptr_t)ole->mini.at);
    *ole = (struct ole){0};
}

/* --- the root's entries ------------------------------------------------------------------------------------------- */

static bool is_named(const char *entry, const char *name) {
    size_t len = strlen(name);
    if (ole_u16(entry + NAME) != (len + 1) * 2)
        return false;
    for (size_t i = 0; i < len; i++)
        if (ole_u16(entry + i * 2) > 0x7F || toupper((int)ole_u16(entry + i * 2)) != toupper((unsigned char)name[i]))
            return false;
    return true;
}

/* The root's children are a tree, in an order that not every writer keeps: all of it is walked, each entry once. */
static const char *find(const struct ole *ole, const char *name) {
    size_t entries = ole->directory.len / ENTRY, waiting = 0;
    if (!entries)
        return NULL;
    uint32_t *wait = memory((entries + 2) * sizeof *wait);
    bool *seen = memory(entries);
    const char *found = NULL;
    wait[waiting++] = ole_u32(ole->directory.at + 76);
    while (waiting && !found) {
        uint32_t i = wait[--waiting];
        if (i >= entries || seen[i])
            continue;
        seen[i] = true;
        const char *entry = ole->directory.at + (size_t)i * ENTRY;
        found = is_named(entry, name) ? entry : NULL;
        for (unsigned side = 68; side <= 72; side += 4) {
            uint32_t next = ole_u32(entry + side);
            if (next < entries && !seen[next] && waiting < entries)
                wait[waiting++] = next;
        }
    }
    free(wait);
    free(seen);
    return found;
}

bool ole_has(const struct ole *ole, const char *name) {
    return find(ole, name) != NULL;
}

bool ole_stream(const struct ole *ole, const char *name, struct siftd_str *ret) {
    const char *entry = find(ole, name);
    if (!entry || entry[66] != STREAM)
        return false;
    uint32_t first = ole_u32(entry + 116), size = ole_u32(entry + 120);
    *ret = size < ole->cutoff ? mini_chain(ole, first, size) : chain(ole, first, size);
    return true;
}
