/* SPDX-License-Identifier: MIT */
#include "xml_walk.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

void xml_begin(void) {
    xmlInitParser();
}

const char *xml_attribute(const struct xml_element *element, const char *name, char to[XML_VALUE]) {
    for (int i = 0; i < element->attributes; i++) {
        const unsigned char *const *attribute = element->attribute + (ptrdiff_t)i * 5;
        if (strcmp((const char *)attribute[0], name) != 0)
            continue;
        size_t len = (size_t)(attribute[4] - attribute[3]);
        if (len >= XML_VALUE)
            len = XML_VALUE - 1;
        memcpy(to, attribute[3], len);
        to[len] = 0;
        return to;
    }
    return NULL;
}

bool xml_attribute_is(const struct xml_element *element, const char *name, const char *values) {
    char value[XML_VALUE];
    if (!xml_attribute(element, name, value))
        return false;
    size_t len = strlen(value);
    for (const char *at = values; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strncmp(at, value, len) == 0 && (at[len] == 0 || at[len] == '|'))
            return true;
    return false;
}

static void start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
                  const xmlChar **namespace, int attributes, int defaulted, const xmlChar **attribute) {
    (void)prefix, (void)uri, (void)namespaces, (void)namespace, (void)defaulted;
    const struct xml_calls *calls = ((xmlParserCtxt *)context)->_private;
    struct xml_element element = {(const char *)name, attribute, attributes};
    calls->start(calls->user, &element);
}

static void end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)prefix, (void)uri;
    const struct xml_calls *calls = ((xmlParserCtxt *)context)->_private;
    calls->end(calls->user, (const char *)name);
}

static void text(void *context, const xmlChar *at, int len) {
    const struct xml_calls *calls = ((xmlParserCtxt *)context)->_private;
    calls->text(calls->user, (const char *)at, (size_t)len);
}

static void silent(void *context, const xmlError *error) {
    (void)context, (void)error;
}

/* In pieces: the library refuses to look back further than 10 MB in its input. */
static void feed(xmlParserCtxt *context, struct siftd_str xml) {
    enum { PIECE = 1 << 20 };
    size_t at = 0, piece;
    do {
        piece = xml.len - at < PIECE ? xml.len - at : PIECE;
        xmlParseChunk(context, xml.at + at, (int)piece, at + piece == xml.len);
        at += piece;
    } while (at < xml.len && !context->disableSAX);
}

bool xml_walk(struct siftd_str xml, const struct xml_calls *calls, char why[XML_WHY]) {
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = start,
                         .endElementNs = end,
                         .characters = text,
                         .cdataBlock = text,
                         .ignorableWhitespace = text,
                         .serror = (xmlStructuredErrorFunc)silent};
    xmlParserCtxt *context = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
    if (!context) {
        snprintf(why, XML_WHY, "there is no memory for its XML");
        return false;
    }
    context->_private = (void *)(uintptr_t)calls;
    xmlCtxtUseOptions(context, XML_PARSE_NONET);
    feed(context, xml);
    bool whole = context->errNo == XML_ERR_OK && context->wellFormed;
    if (!whole) {
        const xmlError *error = xmlCtxtGetLastError(context);
        int len = error && error->message ? (int)strcspn(error->message, "\n") : 0;
        snprintf(why, XML_WHY, "its XML breaks off in line %d: %.*s", error ? error->line : 0, len,
                 len ? error->message : "");
    }
    xmlFreeDoc(context->myDoc);
    xmlFreeParserCtxt(context);
    return whole;
}
