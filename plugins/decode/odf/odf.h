/* SPDX-License-Identifier: MIT */
/* OpenDocument (OASIS OpenDocument 1.3, part 3): content.xml of a text, and of a spreadsheet. */
#pragma once
#include <siftd/plugin.h>

#include "page.h"
#include "xml_walk.h"

/* Elements whose inside no reader sees: tracked deletions, annotations, hidden text, styles. */
bool odf_leaves_out(const struct xml_element *element);
/* An attribute that counts, at least 1; `most` where it is larger. */
unsigned odf_count(const struct xml_element *element, const char *name, unsigned most);
/* The signs that stand as elements among the text: spaces, tabs, line breaks. Empty for all others. */
const char *odf_sign(const struct xml_element *element);

/* Both read content.xml into the document's text. False, and why, when it is no well-formed XML. */
bool odf_read_text(struct siftd_str xml, struct page *page, char why[XML_WHY]);
bool odf_read_sheets(struct siftd_str xml, struct page *page, char why[XML_WHY]);
