/*
 * A notice: what a petition is told of one letter, and nothing else. It is made by delivery/petition, and written in one
 * format or another: as JSON of our own here (doc/webhook.schema.json describes it), by delivery/multipart and
 * delivery/osdi in theirs.
 */
#ifndef POSTBAG_DELIVERY_NOTICE_H
#define POSTBAG_DELIVERY_NOTICE_H

#include <stddef.h>

#include "base/str.h"
#include "input/person.h"
#include "input/postcode.h"

enum { NOTICE_DETAILS_MAX = 64 };

#define NOTICE_TYPE "letter.created"

/* One thing about the constituent. */
struct notice_detail {
    const char *name; /* as the petition is told: "postcode_district". ASCII letters, digits and underscores */
    int field;        /* as struct person numbers them; -1: the postcode's district */
    const char *text; /* valid UTF-8; "": not known */
    size_t length;
};

/* All is borrowed; all text is valid UTF-8. */
struct notice {
    const char *id;       /* "msg_…" */
    const char *time;     /* when the letter was made, RFC 3339 */
    const char *campaign; /* its name */
    const struct person *person;
    struct notice_detail details[NOTICE_DETAILS_MAX];
    size_t details_count;
    const char *subject; /* NULL: the letter's own words do not go, and neither does the PDF */
    const char *text;
    size_t text_length;
    const char *pdf;
    size_t pdf_length;
    char district[POSTCODE_MAX]; /* the text of the detail -1 */
};

/* The constituency of whom the letter is to; empty for a peer or a fixed recipient, who have none. */
const struct value *notice_seat(const struct notice *notice);

/* The detail of FIELD, or NULL: it is not told. */
const struct notice_detail *notice_find(const struct notice *notice, int field);

/* {"type":"letter.created", …}, appended to OUT. */
void notice_json(const struct notice *notice, struct str *out);

#endif
