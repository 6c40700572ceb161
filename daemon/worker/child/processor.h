/* SPDX-License-Identifier: MIT */
/* The loaded pipelines of one configuration: made by load.c, run by pipeline.c. */
#pragma once
#include "worker/child/document.h"

enum { STAGES = SIFTD_VALIDATE + 1 };

struct steps {
    struct instance **instance;
    size_t count, room;
};

struct pipeline {
    struct steps stage[STAGES];
    struct steps checkers;
};

struct processor {
    struct host *host;
    struct pipeline *pipeline;
    size_t pipelines;
    struct siftd_doc doc;
    struct totals total;
};
