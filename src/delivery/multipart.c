/*
 * Forms: a notice comes in, its parts go out. The one idea: a part's text is written as it is, byte by byte, because the
 * boundary was looked for in all of them before, and is another where one holds it.
 *
 *     part = "--" boundary CRLF 'Content-Disposition: form-data; name="' name '"' CRLF CRLF text CRLF
 *
 * Names are ours (delivery/notice.h); what a list says stands only in texts. They have no Content-Type: a browser's have
 * none, and some receivers take a part that has one for a file.
 */
#include "delivery/multipart.h"

#include <stdbool.h>
#include <string.h>

/* Whoever goes through the parts is shown them one after another. */
typedef void (*part_seen)(void *context, const char *group, const char *name, const char *text, size_t length);

static void go_through(const struct notice *notice, part_seen see, void *context) {
    const struct value *mp = &notice->person->values[FIELD_MP], *seat = notice_seat(notice);
    see(context, "", "type", NOTICE_TYPE, strlen(NOTICE_TYPE));
    see(context, "", "id", notice->id, strlen(notice->id));
    see(context, "", "timestamp", notice->time, strlen(notice->time));
    see(context, "", "campaign", notice->campaign, strlen(notice->campaign));
    for (size_t i = 0; i < notice->details_count; i++)
        see(context, "constituent.", notice->details[i].name, notice->details[i].text, notice->details[i].length);
    see(context, "mp.", "name", mp->text, mp->length);
    see(context, "mp.", "constituency", seat->text, seat->length);
    if (notice->subject == NULL)
        return;
    see(context, "", "subject", notice->subject, strlen(notice->subject));
    see(context, "", "text", notice->text, notice->text_length);
}

/* Boundary */

struct search {
    const char *boundary;
    size_t length;
    bool found;
};

static void look(void *context, const char *group, const char *name, const char *text, size_t length) {
    struct search *search = context;
    (void)group;
    (void)name;
    search->found = search->found || memmem(text, length, search->boundary, search->length) != NULL;
}

/* Whether any part has the BOUNDARY in it. */
static bool is_held(const struct notice *notice, const char *boundary, size_t length) {
    struct search search = {boundary, length, false};
    go_through(notice, look, &search);
    return search.found ||
           (notice->subject != NULL && memmem(notice->pdf, notice->pdf_length, boundary, length) != NULL);
}

void multipart_boundary(const struct notice *notice, struct str *out) {
    size_t start = out->length;
    str_addf(out, "postbag-%s", notice->id);
    size_t plain = out->length;
    /* Each number that is passed over stands somewhere in the parts, which are limited. */
    for (unsigned number = 1; is_held(notice, out->bytes + start, out->length - start); number++) {
        str_cut(out, plain);
        str_addf(out, "-%u", number);
    }
}

/* Parts */

struct writing {
    struct str *out;
    const char *boundary;
};

static void write_part(void *context, const char *group, const char *name, const char *text, size_t length) {
    const struct writing *writing = context;
    str_addf(writing->out, "--%s\r\nContent-Disposition: form-data; name=\"%s%s\"\r\n\r\n", writing->boundary, group,
             name);
    str_add(writing->out, text, length);
    str_add(writing->out, "\r\n", 2);
}

void multipart_write(const struct notice *notice, const char *boundary, struct str *out) {
    struct writing writing = {out, boundary};
    go_through(notice, write_part, &writing);
    if (notice->subject != NULL) {
        str_addf(out,
                 "--%s\r\nContent-Disposition: form-data; name=\"letter\"; filename=\"letter.pdf\"\r\n"
                 "Content-Type: application/pdf\r\n\r\n",
                 boundary);
        str_add(out, notice->pdf, notice->pdf_length);
        str_add(out, "\r\n", 2);
    }
    str_addf(out, "--%s--\r\n", boundary);
}
