/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

enum { COLUMNS_MAX = 32 };

/* A value in one line; the caller frees. */
static char *text_of(const cJSON *value) {
    if (!value || cJSON_IsNull(value))
        return mem_strdup("-");
    if (cJSON_IsString(value))
        return mem_strdup(value->valuestring);
    if (cJSON_IsBool(value))
        return mem_strdup(cJSON_IsTrue(value) ? "yes" : "no");
    if (cJSON_IsNumber(value) && value->valuedouble > -1e15 && value->valuedouble < 1e15 &&
        value->valuedouble == (double)(int64_t)value->valuedouble)
        return mem_format("%" PRId64, (int64_t)value->valuedouble);
    char *json = cJSON_PrintUnformatted(value);
    char *text = mem_strdup(json ? json : "?");
    cJSON_free(json);
    return text;
}

static int width_of(const cJSON *rows, const char *name) {
    int width = (int)strlen(name);
    const cJSON *row;
    cJSON_ArrayForEach(row, rows) {
        _cleanup_(freep) char *text = text_of(cJSON_GetObjectItemCaseSensitive(row, name));
        if ((int)strlen(text) > width)
            width = (int)strlen(text);
    }
    return width;
}

/* A list of objects: a head line with the first one's names, a line each. */
static void print_rows(const cJSON *rows, const char *indent) {
    const cJSON *column[COLUMNS_MAX], *member, *row;
    int width[COLUMNS_MAX], columns = 0;
    cJSON_ArrayForEach(member, rows->child) {
        if (columns == COLUMNS_MAX)
            break;
        column[columns] = member;
        width[columns++] = width_of(rows, member->string);
    }
    for (int i = 0; i < columns; i++)
        printf("%s%-*s", i ? "  " : indent, i + 1 < columns ? width[i] : 0, column[i]->string);
    putchar('\n');
    cJSON_ArrayForEach(row, rows) {
        for (int i = 0; i < columns; i++) {
            _cleanup_(freep) char *text = text_of(cJSON_GetObjectItemCaseSensitive(row, column[i]->string));
            printf("%s%-*s", i ? "  " : indent, i + 1 < columns ? width[i] : 0, text);
        }
        putchar('\n');
    }
}

static void print_members(const cJSON *object, const char *indent) {
    const cJSON *member;
    cJSON_ArrayForEach(member, object) {
        if (cJSON_IsArray(member) && cJSON_IsObject(member->child)) {
            printf("%s%s\n", indent, member->string);
            print_rows(member, "    ");
        } else if (cJSON_IsObject(member)) {
            printf("%s%s\n", indent, member->string);
            print_members(member, "    ");
        } else if (!cJSON_IsArray(member) || member->child) {
            _cleanup_(freep) char *text = text_of(member);
            printf("%s%-12s  %s\n", indent, member->string, text);
        }
    }
}

void table_print(const cJSON *object) {
    print_members(object, "");
}

void table_print_rows(const cJSON *rows) {
    if (rows && rows->child)
        print_rows(rows, "");
}
