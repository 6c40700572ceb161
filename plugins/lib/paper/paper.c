/* SPDX-License-Identifier: MIT */
#include "paper/paper.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

void paper_grow(struct paper *paper) {
    paper->room = paper->room * 2 + 4096;
    paper->text = realloc(paper->text, paper->room);
    if (!paper->text)
        out_of_memory();
}

void paper_text(struct paper *paper, const char *at, size_t len) {
    while (paper->room - paper->len < len)
        paper_grow(paper);
    memcpy(paper->text + paper->len, at, len);
    paper->len += len;
}

void paper_line(struct paper *paper, const struct print_line *line) {
    if (paper->lines == paper->line_room) {
        paper->line_room = paper->line_room * 2 + 256;
        paper->line = realloc(paper->line, paper->line_room * sizeof *paper->line);
        if (!paper->line)
            out_of_memory();
    }
    paper->line[paper->lines++] = *line;
}

void paper_begin(struct paper *paper, unsigned pages) {
    *paper = (struct paper){.pages = pages, .height = calloc(pages, sizeof *paper->height)};
    if (!paper->height)
        out_of_memory();
    for (unsigned i = 0; i < pages; i++)
        paper->height[i] = 1;
}

void paper_free(struct paper *paper) {
    free(paper->text);
    free(paper->line);
    free(paper->height);
}
