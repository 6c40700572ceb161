/* SPDX-License-Identifier: MIT */
/* Asking the running daemon over its admin socket. */
#pragma once
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

enum { ASK_PATIENCE = 10000 }; /* ms without a byte of the answer */

struct answer {
    int code;         /* of HTTP */
    const char *body; /* zero-terminated, in text */
    struct buf text;
};

/* One question: `method` GET or POST on a path such as /v1/status. patience: ms, -1 for no limit. 0, whatever the code
 * of the answer, or negative with a message; the answer is to be freed in both cases. */
int ask(const char *socket, const char *method, const char *path, int patience, struct answer *ret, struct error *err);
/* The same with a body of JSON. */
int ask_with(const char *socket, const char *path, const char *json, int patience, struct answer *ret,
             struct error *err);
void answer_free(struct answer *answer);

/* What commands that ask take: [-c FILE | --socket PATH] [--json]. */
struct asked {
    char *socket; /* the caller frees */
    bool json;
};

/* -1 when the command goes on, else its exit code. */
int asked_options(int argc, char **argv, void (*usage)(void), struct asked *ret);
