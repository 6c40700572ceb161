/* SPDX-License-Identifier: MIT */
/* Who was named: before the naming word, behind a dash, or in an enumeration with the same count. */
#include <string.h>

#include "codepoint.h"
#include "recognitions.h"
#include "str.h"

enum { MEMBER_MAX = 30, COUNT_REACH = 3000 };

/* Adds a name unless it is none; false then. */
static bool add_member(const struct recognitions *r, struct act *act, struct siftd_str name) {
    size_t at, len;
    name = trim_name(r, name);
    if (str_starts(name, str("“")) && str_ends(name, str("”")))
        name = (struct siftd_str){name.at + 3, name.len - 6};
    size_t characters = cp_count(name.at, name.len);
    if (characters > MEMBER_MAX || characters < 2 || act->members == MEMBERS_MAX ||
        find_word(r, name, 0, NO_MEMBER, &at, &len))
        return false;
    act->member[act->members++] = name;
    return true;
}

static size_t joint_at(struct siftd_str rest) {
    static const char *const joints[] = {"、", "”“"};
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
        if (str_starts(rest, str(joints[i])))
            return strlen(joints[i]);
    return 0;
}

/* Splits an enumeration at 、, between “…”“…”, and at the last 和. */
static void split(const struct recognitions *r, struct act *act, struct siftd_str names) {
    size_t from = 0, depth = 0;
    for (size_t i = 0; i <= names.len;) {
        struct siftd_str rest = {names.at + i, names.len - i};
        size_t joint = i < names.len && !depth ? joint_at(rest) : 0;
        bool quoted = joint && str_starts(rest, str("”"));
        bool last = i > from && str_starts(rest, str("和")) && act->members && !joint;
        if (i == names.len || joint || last) {
            size_t end = quoted ? i + strlen("”") : i;
            if (!add_member(r, act, (struct siftd_str){names.at + from, end - from}))
                return;
            if (i == names.len)
                return;
            from = end + (quoted ? 0 : joint ? joint : strlen("和"));
            i = quoted ? end + strlen("“") : from;
            continue;
        }
        depth += str_starts(rest, str("（"));
        depth -= depth && str_starts(rest, str("）"));
        i += cp_length((unsigned char)names.at[i]);
    }
}

void members_before(const struct recognitions *r, struct act *act, struct siftd_str before) {
    size_t at, len;
    if (find_word(r, before, 0, MEMBERS_END, &at, &len))
        before.len = at;
    for (size_t from = 0; find_word(r, before, from, FRONT, &at, &len); from = at + len)
        if (len > strlen("的")) { /* 园区协助“甲”“乙” */
            before = (struct siftd_str){before.at + at + len, before.len - at - len};
            at = len = 0;
        }
    split(r, act, before);
}

/* The 和 behind a name that ends as names do: it may stand inside one, too. */
static const char *last_joint(const struct recognitions *r, struct siftd_str names) {
    size_t at = 0, len = 0;
    while (find_word(r, names, at + len, TITLE, &at, &len))
        if (str_starts((struct siftd_str){names.at + at + len, names.len - at - len}, str("和")))
            return names.at + at + len;
    return NULL;
}

void members_behind(const struct recognitions *r, struct act *act, struct siftd_str behind) {
    const char *dash = str_find(behind, str("——"));
    if (!dash)
        return;
    struct siftd_str names = str_from(dash + strlen("——"), behind.at + behind.len);
    const char *last = last_joint(r, names);
    if (last && !str_find(names, str("、"))) { /* 甲和乙 */
        if (add_member(r, act, str_from(names.at, last)))
            add_member(r, act, str_from(last + strlen("和"), names.at + names.len));
        return;
    }
    split(r, act, names);
}

/* Where the clause begins that ends at `at`. */
static const char *clause_begin(const char *begin, const char *at) {
    static const char *const ends[] = {"，", "。", "；", "：", "！", "？"};
    while (at > begin) {
        const char *before = cp_before(begin, at);
        if (*before == '\n')
            return at;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            if (str_starts(str_from(before, at), str(ends[i])))
                return at;
        at = before;
    }
    return begin;
}

void members_counted(const struct recognitions *r, struct act *act, struct siftd_str text) {
    size_t start = (size_t)(act->clause.at - text.at), end = start + act->clause.len + COUNT_REACH;
    for (size_t i = r->next; act->count && i < r->numbers && !act->members; i++) {
        struct siftd_span place = r->host->record_place(r->number[i]);
        if (place.start > end)
            return;
        const char *value = r->host->field_text(r->number[i], "value");
        if (!value || strcmp(value, act->count) != 0)
            continue;
        const char *begin = clause_begin(text.at, text.at + place.start);
        struct siftd_str names = str_from(begin, text.at + place.start);
        if (str_ends(names, str("等")))
            names.len -= strlen("等");
        if (str_find(names, str("、")))
            split(r, act, names);
        if (act->members < 2)
            act->members = 0;
    }
}
