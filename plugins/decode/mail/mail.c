/* SPDX-License-Identifier: MIT */
/*
 * Mail (RFC 5322, MIME RFC 2045 to 2049), read by GMime. The message is a container: its texts and attachments are
 * documents inside it, its headers facts of the outer document.
 */
#include <gmime/gmime.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <siftd/plugin.h>

#include "str.h"

/* Charsets of headers and bodies. Their tables are files: each is opened once, before the process gives up its rights,
 * and stays loaded. UTF-8, ASCII and UTF-16 need none. */
static const char *const charsets[] = {"GB18030",      "GBK",          "GB2312",       "BIG5",        "BIG5-HKSCS",
                                       "EUC-TW",       "ISO-8859-1",   "ISO-8859-2",   "ISO-8859-5",  "ISO-8859-15",
                                       "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "KOI8-R",      "ISO-2022-JP",
                                       "SHIFT_JIS",    "EUC-JP",       "EUC-KR",       "ISO-2022-KR", "UTF-7"};

enum { CHARSETS = sizeof charsets / sizeof *charsets };

struct mail {
    const struct siftd_host *host;
    iconv_t table[2 * CHARSETS]; /* held, never used: as long as they are open, GMime finds theirs loaded */
};

static int open_mail(void *self, const struct siftd_host *host) {
    struct mail *mail = self;
    mail->host = host;
    g_mime_init();
    for (size_t i = 0; i < CHARSETS; i++) {
        mail->table[2 * i] = iconv_open("UTF-8", charsets[i]);
        mail->table[2 * i + 1] = iconv_open(charsets[i], "UTF-8");
    }
    return SIFTD_OK;
}

static void close_mail(void *self) {
    struct mail *mail = self;
    for (size_t i = 0; i < sizeof mail->table / sizeof *mail->table; i++)
        if (mail->table[i] != (iconv_t)-1)
            iconv_close(mail->table[i]);
}

/* --- what is mail ------------------------------------------------------------------------------------------------- */

/* A header's name: printable, no colon (RFC 5322, 3.6.8). 0 when the line begins with none. */
static size_t header_name(struct siftd_str line) {
    size_t i = 0;
    while (i < line.len && line.at[i] > ' ' && line.at[i] < 127 && line.at[i] != ':')
        i++;
    return i && i < line.len && line.at[i] == ':' ? i : 0;
}

static bool is_mail_header(const char *name, size_t len) {
    static const char *const names[] = {"From",         "To",           "Cc",
                                        "Date",         "Subject",      "Message-ID",
                                        "Received",     "Return-Path",  "MIME-Version",
                                        "Content-Type", "Delivered-To", "X-Mailer",
                                        "Reply-To",     "Sender",       "DKIM-Signature",
                                        "In-Reply-To",  "References",   "Content-Transfer-Encoding"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
            return true;
    return false;
}

/* Lines of headers from the first on, three of them of mail. */
static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self;
    (void)size;
    (void)name;
    unsigned known = 0;
    if (str_starts(head, str("From "))) { /* an mbox's first line */
        const char *end = memchr(head.at, '\n', head.len);
        head = end ? str_from(end + 1, head.at + head.len) : (struct siftd_str){head.at, 0};
    }
    while (head.len) {
        const char *end = memchr(head.at, '\n', head.len);
        struct siftd_str line = str_from(head.at, end ? end : head.at + head.len);
        if (line.len == 0 || line.at[0] == '\r')
            break;
        size_t len = header_name(line);
        if (len)
            known += is_mail_header(line.at, len);
        else if (line.at[0] != ' ' && line.at[0] != '\t')
            return 0;
        head = end ? str_from(end + 1, head.at + head.len) : (struct siftd_str){head.at, 0};
    }
    return known >= 3 ? 80 : 0;
}

/* --- the parts ---------------------------------------------------------------------------------------------------- */

struct passage {
    const struct siftd_host *host;
    struct siftd_doc *doc;
    unsigned texts, parts;
};

static const char *ending(GMimeObject *part) {
    GMimeContentType *type = g_mime_object_get_content_type(part);
    if (g_mime_content_type_is_type(type, "text", "html"))
        return "html";
    if (g_mime_content_type_is_type(type, "text", "csv"))
        return "csv";
    return g_mime_content_type_is_type(type, "text", "*") ? "txt" : "bin";
}

static void name_part(struct passage *p, GMimeObject *part, char to[256]) {
    const char *given = GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : NULL;
    const char *slash = given ? strrchr(given, '/') : NULL;
    if (given && *given && g_utf8_validate(given, -1, NULL))
        snprintf(to, 256, "%.250s", slash ? slash + 1 : given);
    else if (GMIME_IS_TEXT_PART(part) && !given)
        p->texts++ ? snprintf(to, 256, "body-%u.%s", p->texts, ending(part))
                   : snprintf(to, 256, "body.%s", ending(part));
    else
        snprintf(to, 256, "part-%u.%s", p->parts, ending(part));
    if (!g_utf8_validate(to, -1, NULL)) /* cut inside a character */
        snprintf(to, 256, "part-%u.%s", p->parts, ending(part));
}

/* A text without a name is the message's own: turned into UTF-8 by the charset that it declares. Attachments stay as
 * they are. */
static void take_text(struct passage *p, GMimeObject *part, const char *name) {
    char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
    if (text)
        p->host->member(p->doc, name, text, strlen(text));
    else
        p->host->member_lost(p->doc, name, "its text cannot be decoded");
    g_free(text);
}

static void take_bytes(struct passage *p, GMimeObject *part, const char *name) {
    GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part));
    GMimeStream *to = g_mime_stream_mem_new();
    if (content && g_mime_data_wrapper_write_to_stream(content, to) >= 0) {
        GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(to));
        p->host->member(p->doc, name, (const char *)bytes->data, bytes->len);
    } else {
        p->host->member_lost(p->doc, name, "its content cannot be decoded");
    }
    g_object_unref(to);
}

static void take_message(struct passage *p, GMimeObject *part) {
    GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
    char name[64];
    char *text = inner ? g_mime_object_to_string(GMIME_OBJECT(inner), NULL) : NULL;
    snprintf(name, sizeof name, "message-%u.eml", p->parts);
    if (text)
        p->host->member(p->doc, name, text, strlen(text));
    g_free(text);
}

/* Of two forms of the same text the plain one is read. */
static bool is_second_form(GMimeObject *parent, GMimeObject *part) {
    if (!GMIME_IS_MULTIPART(parent) ||
        !g_mime_content_type_is_type(g_mime_object_get_content_type(parent), "multipart", "alternative") ||
        !g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "html"))
        return false;
    for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(parent)); i++) {
        GMimeObject *other = g_mime_multipart_get_part(GMIME_MULTIPART(parent), i);
        if (g_mime_content_type_is_type(g_mime_object_get_content_type(other), "text", "plain"))
            return true;
    }
    return false;
}

static void take_part(GMimeObject *parent, GMimeObject *part, gpointer user) {
    struct passage *p = user;
    char name[256];
    p->parts++;
    if (GMIME_IS_MESSAGE_PART(part)) {
        take_message(p, part);
        return;
    }
    if (!GMIME_IS_PART(part) || is_second_form(parent, part))
        return;
    name_part(p, part, name);
    if (GMIME_IS_TEXT_PART(part) && !g_mime_part_get_filename(GMIME_PART(part)))
        take_text(p, part, name);
    else
        take_bytes(p, part, name);
}

/* --- the headers -------------------------------------------------------------------------------------------------- */

static void set_valid(const struct siftd_host *host, struct siftd_doc *doc, const char *key, const char *value) {
    if (value && *value && g_utf8_validate(value, -1, NULL))
        host->set(doc, key, value);
}

static void set_headers(const struct siftd_host *host, struct siftd_doc *doc, GMimeMessage *message) {
    set_valid(host, doc, "subject", g_mime_message_get_subject(message));
    set_valid(host, doc, "message_id", g_mime_message_get_message_id(message));
    char *from = internet_address_list_to_string(g_mime_message_get_from(message), NULL, FALSE);
    set_valid(host, doc, "from", from);
    g_free(from);
    GDateTime *date = g_mime_message_get_date(message);
    char *text = date ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%S%:z") : NULL;
    set_valid(host, doc, "date", text);
    g_free(text);
}

static int run(void *self, struct siftd_doc *doc) {
    const struct siftd_host *host = ((struct mail *)self)->host;
    struct siftd_str bytes = host->bytes(doc);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.at, bytes.len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, str_starts(bytes, str("From ")) ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
    struct passage p = {.host = host, .doc = doc};
    unsigned messages = 0;
    while (messages == 0 || !g_mime_parser_eos(parser)) {
        GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
        if (!message)
            break;
        if (messages++ == 0)
            set_headers(host, doc, message);
        g_mime_message_foreach(message, take_part, &p);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    host->set_content(doc, 0);
    return messages ? SIFTD_OK : host->error(host, "its headers are those of mail, but no message follows");
}

static const struct siftd_plugin plugin = {
    .name = "mail",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "texts and attachments of mail (EML, mbox), each a document",
    .instance_size = sizeof(struct mail),
    .open = open_mail,
    .close = close_mail,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
