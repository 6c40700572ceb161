/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "rtf.h"

static int hex(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* A word's number: at most nine digits count, which no word's meaning needs. */
static void scan_number(struct rtf_scan *scan, struct rtf_token *token) {
    bool minus = scan->at < scan->end && *scan->at == '-';
    const char *at = scan->at + minus;
    int digits = 0;
    for (; at < scan->end && isdigit((unsigned char)*at); at++, digits++)
        token->value = digits < 9 ? token->value * 10 + (*at - '0') : token->value;
    if (digits == 0)
        return;
    token->valued = true;
    token->value = minus ? -token->value : token->value;
    scan->at = at;
}

static void leave_out_binary(struct rtf_scan *scan, const struct rtf_token *token) {
    size_t left = (size_t)(scan->end - scan->at), bytes = token->value > 0 ? (size_t)token->value : 0;
    if (strcmp(token->name, "bin") == 0)
        scan->at += bytes < left ? bytes : left;
}

static void scan_word(struct rtf_scan *scan, struct rtf_token *token) {
    size_t len = 0;
    token->kind = RTF_WORD;
    for (; scan->at < scan->end && isalpha((unsigned char)*scan->at); scan->at++)
        if (len + 1 < RTF_NAME)
            token->name[len++] = *scan->at;
    token->name[len] = 0;
    scan_number(scan, token);
    if (scan->at < scan->end && *scan->at == ' ')
        scan->at++;
    leave_out_binary(scan, token);
}

/* Behind a backslash. */
static void scan_control(struct rtf_scan *scan, struct rtf_token *token) {
    if (scan->at == scan->end) {
        token->kind = RTF_END;
    } else if (isalpha((unsigned char)*scan->at)) {
        scan_word(scan, token);
    } else if (*scan->at == '\'' && scan->end - scan->at >= 3 && hex(scan->at[1]) >= 0 && hex(scan->at[2]) >= 0) {
        token->kind = RTF_BYTE;
        token->sign = (unsigned char)(hex(scan->at[1]) * 16 + hex(scan->at[2]));
        scan->at += 3;
    } else {
        token->kind = RTF_SYMBOL;
        token->sign = (unsigned char)*scan->at++;
    }
}

static bool is_plain(char c) {
    return c != '\\' && c != '{' && c != '}' && c != '\r' && c != '\n' && c != 0;
}

void rtf_next(struct rtf_scan *scan, struct rtf_token *ret) {
    while (scan->at < scan->end && (*scan->at == '\r' || *scan->at == '\n' || *scan->at == 0))
        scan->at++;
    *ret = (struct rtf_token){.kind = RTF_END};
    if (scan->at == scan->end)
        return;
    const char *start = scan->at++;
    if (*start == '{' || *start == '}') {
        ret->kind = *start == '{' ? RTF_OPEN : RTF_CLOSE;
    } else if (*start == '\\') {
        scan_control(scan, ret);
    } else {
        while (scan->at < scan->end && is_plain(*scan->at))
            scan->at++;
        ret->kind = RTF_TEXT;
        ret->text = (struct siftd_str){start, (size_t)(scan->at - start)};
    }
}
