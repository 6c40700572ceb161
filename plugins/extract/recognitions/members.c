/* SPDX-License-Identifier: MIT */
/* Who was named: before the naming word, behind a dash, or in an enumeration with the same count. */
#include <string.h>

#include "codepoint.h"
#include "recognitions.h"
#include "str.h"

enum { MEMBER_MAX = 30, COUNT_REACH = 3000, LIST_REACH = 65536 };

/* Adds a name unless it is none; false then. */
static bool add_member(const struct recognitions *r, struct act *act, struct siftd_str name) {
    size_t at, len;
    name = trim_name(r, name);
    const char *open = str_find(name, str("“"));
    if (open && str_ends(name, str("”"))) /* 某市“某某”: the quoted name is the member's */
        name = str_from(open + strlen("“"), name.at + name.len - strlen("”"));
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
        if (str_find(names, str("、")) || str_find(names, str("”“")))
            split(r, act, names);
        if (act->members < 2)
            act->members = 0;
    }
}

/* The text behind a list number that the line begins with; empty when it has none. */
static struct siftd_str behind_number(struct siftd_str line) {
    size_t i = 0;
    while (i < line.len && cp_is_digit((unsigned char)line.at[i]))
        i++;
    struct siftd_str rest = {line.at + i, line.len - i};
    size_t mark = str_starts(rest, str(".")) ? 1 : str_starts(rest, str("、")) ? strlen("、") : 0;
    return i && mark ? (struct siftd_str){rest.at + mark, rest.len - mark} : (struct siftd_str){0};
}

static struct siftd_str line_at(struct siftd_str text, size_t at) {
    const char *stop = at < text.len ? memchr(text.at + at, '\n', text.len - at) : NULL;
    return stop ? str_from(text.at + at, stop) : (struct siftd_str){text.at + at, text.len - at};
}

void members_below(const struct recognitions *r, struct act *act, struct siftd_str text) {
    size_t from = (size_t)(act->clause.at - text.at) + act->clause.len, at, len;
    struct act listed = *act;
    listed.members = 0;
    bool found = false;
    for (size_t i = from; i < text.len && i - from < LIST_REACH;) {
        struct siftd_str line = line_at(text, i), name = behind_number(line);
        if (found && !name.len)
            break;
        if (found)
            add_member(r, &listed, name);
        else
            found = str_find(line, act->title) && find_word(r, line, 0, LIST_END, &at, &len) && at + len == line.len;
        i += line.len + 1;
    }
    if (listed.members > act->members)
        *act = listed;
}

bool members_called(const struct recognitions *r, struct act *act, struct siftd_str text) {
    size_t from = (size_t)(act->clause.at - text.at) + act->clause.len, at, len;
    if (!str_starts((struct siftd_str){text.at + from, text.len - from}, str("，")))
        return false;
    from += strlen("，");
    struct siftd_str rest = line_at(text, from);
    const char *stop = str_find(rest, str("。"));
    if (stop)
        rest = str_from(rest.at, stop);
    if (!find_word(r, rest, 0, CALLED, &at, &len))
        return false;
    const struct siftd_record *number = number_in(r, from, from + at);
    if (!number)
        return false;
    act->count = r->host->field_text(number, "value");
    struct siftd_str names = {rest.at, r->host->record_place(number).start - from};
    split(r, act, names);
    return true;
}
