/* SPDX-License-Identifier: MIT */
#include "known.h"

#include "codepoint.h"
#include "str.h"

enum { SHORT_CHARACTERS = 4, NAME_LEAST = 6, NAME_MOST = 12 }; /* of a person's name: bytes */

void known_add_company(struct known *known, struct siftd_str name) {
    size_t last = (known->companies + KNOWN_COMPANIES - 1) % KNOWN_COMPANIES;
    if (!known->companies || !str_equal(known->company[last], name))
        known->company[known->companies++ % KNOWN_COMPANIES] = name;
}

struct siftd_str known_company(const struct known *known, struct siftd_str text) {
    size_t len = 0;
    for (int i = 0; i < SHORT_CHARACTERS; i++) {
        if (len >= text.len || (unsigned char)text.at[len] < 0x80)
            return (struct siftd_str){0};
        len += cp_length((unsigned char)text.at[len]);
    }
    if (len > text.len)
        return (struct siftd_str){0};
    for (size_t i = known->companies; i-- > 0 && known->companies - i <= KNOWN_COMPANIES;)
        if (str_find(known->company[i % KNOWN_COMPANIES], (struct siftd_str){text.at, len}))
            return known->company[i % KNOWN_COMPANIES];
    return (struct siftd_str){0};
}

void known_add_person(struct known *known, struct siftd_str words, struct siftd_str institution) {
    size_t i = known->people++ % KNOWN_PEOPLE;
    known->person[i].words = words;
    known->person[i].institution = institution;
}

struct siftd_str known_institution(const struct known *known, struct siftd_str name) {
    if (name.len < NAME_LEAST || name.len > NAME_MOST)
        return (struct siftd_str){0};
    for (size_t i = known->people; i-- > 0 && known->people - i <= KNOWN_PEOPLE;)
        if (str_ends(known->person[i % KNOWN_PEOPLE].words, name))
            return known->person[i % KNOWN_PEOPLE].institution;
    return (struct siftd_str){0};
}
