/* SPDX-License-Identifier: MIT */
/*
 * A walk through an XML document in memory: a call for each start of an element, each end, each stretch of text, in
 * their order. Names are local names, without prefix. No entity is expanded but the five of XML itself, nothing is
 * fetched. Read by libxml2: a plugin that uses this links PkgConfig::xml.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "siftd/plugin.h"

enum { XML_WHY = 256, XML_VALUE = 512 };

struct xml_element {
    const char *name;
    const unsigned char *const *attribute; /* libxml2's: five pointers each */
    int attributes;
};

struct xml_calls {
    void *user;
    void (*start)(void *user, const struct xml_element *element);
    void (*end)(void *user, const char *name);
    void (*text)(void *user, const char *at, size_t len); /* UTF-8; one stretch may come in several pieces */
};

/* Before the process gives up its rights: what the library loads at its first use. */
void xml_begin(void);
/* An attribute's value by its local name, cut to XML_VALUE - 1 bytes; NULL when the element has none. */
const char *xml_attribute(const struct xml_element *element, const char *name, char to[XML_VALUE]);
/* Whether an element's attribute has one of the words of `values`, parted by '|'. */
bool xml_attribute_is(const struct xml_element *element, const char *name, const char *values);
/* False when the document is no well-formed XML: `why` says what and where; the calls for what stood before were made.
 */
bool xml_walk(struct siftd_str xml, const struct xml_calls *calls, char why[XML_WHY]);
