/* SPDX-License-Identifier: MIT */
/* Who an article has named so far: companies, which come back under short names, and people with their institution. */
#pragma once
#include <stddef.h>

#include "siftd/plugin.h"

enum { KNOWN_COMPANIES = 32, KNOWN_PEOPLE = 16 };

/* Begins as zeros; the texts are pieces of the article's. The latest are kept. */
struct known {
    struct siftd_str company[KNOWN_COMPANIES];
    struct {
        struct siftd_str words, institution; /* the words that end with the name, as 总经理某某 */
    } person[KNOWN_PEOPLE];
    size_t companies, people; /* so far, also of those that were forgotten */
};

void known_add_company(struct known *known, struct siftd_str name);
/* The company of whose name `text` begins with four characters (桦岭科技 of 某市桦岭科技有限公司); empty for none. */
struct siftd_str known_company(const struct known *known, struct siftd_str text);
/* `words` end with the name of somebody who belongs to the institution. */
void known_add_person(struct known *known, struct siftd_str words, struct siftd_str institution);
/* The institution of the one whose name `name` is; empty when nobody of that name was seen. */
struct siftd_str known_institution(const struct known *known, struct siftd_str name);
