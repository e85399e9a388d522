/*
 * The fields that a letter may hold and a list may give, and the many names that people write for them.
 *
 * Names are compared by their key: folded, without marks, and with nothing but letters and digits, so that "Post Code",
 * "post-code" and "POSTCODE" are one, and any kind of apostrophe does not matter ("MP’s name", "MP‟s name": mpsname).
 */
#ifndef POSTBAG_INPUT_FIELD_H
#define POSTBAG_INPUT_FIELD_H

#include <stddef.h>

#include "base/str.h"
#include "input/office.h"

enum { ADDRESS_LINES_MAX = 8 };

enum field {
    FIELD_NAME, /* given, or made of title, first and last name */
    FIELD_TITLE,
    FIELD_FIRST_NAME,
    FIELD_LAST_NAME,
    FIELD_ADDRESS, /* the whole address, a line each, without the postcode */
    FIELD_HOUSE,   /* a house's name or number, where the list has a column for it beside the street's */
    FIELD_ADDRESS_1,
    FIELD_ADDRESS_LAST = FIELD_ADDRESS_1 + ADDRESS_LINES_MAX - 1,
    FIELD_TOWN,
    FIELD_COUNTY,
    FIELD_COUNTRY,
    FIELD_POSTCODE,
    FIELD_EMAIL,
    FIELD_TELEPHONE,
    FIELD_MEMBER_ID,
    FIELD_EMPLOYER,
    FIELD_JOB_TITLE,
    FIELD_BRANCH,
    FIELD_CONSTITUENCY,
    FIELD_WARD,
    /* The recipient's, whatever their office is: an MP's, unless the configuration says otherwise. */
    FIELD_MP,       /* "Jane Smith", as a sentence names them */
    FIELD_MP_TITLE, /* "The Rt Hon Jane Smith MP", as an envelope does */
    FIELD_MP_DEAR,  /* "Jane Smith", "Ms Smith", "Sir James": what follows "Dear" */
    FIELD_MP_EMAIL,
    FIELD_MP_ADDRESS, /* lines, from the list; the House of Commons (or what the office sits in) where there is none */
    FIELD_PARTY,
    FIELD_PERSONAL_MESSAGE,
    FIELD_LANGUAGE,
    FIELD_DATE, /* the letter's date; never from the list unless a column has that name */
    FIELD_COUNT,
};

/* What a message calls it where letters go to an OFFICE: "postcode", "MP's name". */
const char *field_name(enum office office, enum field field);

/* Appends the key of a name to OUT. */
void field_key(struct str *out, const char *name, size_t length);

/*
 * The field that KEY is a name of where letters go to an OFFICE, or -1: with OFFICE_MSP, "msp" is a name of FIELD_MP, and
 * "mp" is of none. Columns know more names than placeholders do ("Addr 1", "E-mail (home)"), and
 * placeholders some that no column has ("insert name of constituency").
 */
int field_of_column(enum office office, const char *key, size_t length);
int field_of_placeholder(enum office office, const char *key, size_t length);

/*
 * The field_name of the field that has the known name nearest to KEY in writing, for "did you mean"; *DISTANCE is set
 * to how far that name is (text_distance). NULL where none is near.
 */
const char *field_nearest(enum office office, const char *key, size_t length, unsigned *distance);

#endif
