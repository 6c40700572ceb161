/* SPDX-License-Identifier: MIT */
/*
 * A format's own end: what the first and the last bytes of a file tell about whether all of it is there. Reads at most
 * ENDS_FIRST bytes at the beginning and ENDS_LAST at the end, and judges nothing in between: a file whose end is there
 * may still be damaged.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { ENDS_FIRST = 16, ENDS_LAST = 512 };

enum end {
    END_UNKNOWN, /* the format has none, or is not known here */
    END_MISSING, /* the format has one, and it is not there */
    END_HINT,    /* what usually comes last is there */
    END_WHOLE,   /* the format's end is there */
};

struct ending {
    enum end end;
    const char *what; /* "the end record of the zip archive"; NULL when unknown */
};

/* Judges the first and the last bytes of a file of `size` bytes. Where the file is shorter they overlap. */
struct ending ends_judge(const uint8_t *first, size_t first_len, const uint8_t *last, size_t last_len, uint64_t size);
/* The same, reading them from `fd`. A file that cannot be read is unknown. */
struct ending ends_read(int fd, uint64_t size);
