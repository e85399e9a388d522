/*
 * Offices: what those are that a campaign's letters go to, what they are called, and where they have their post.
 *
 * A member of Parliament unless the configuration says otherwise (recipient.kind). With OFFICE_FIXED all letters go to
 * one recipient, whom the configuration names.
 */
#ifndef POSTBAG_INPUT_OFFICE_H
#define POSTBAG_INPUT_OFFICE_H

#include <stdbool.h>

enum office { OFFICE_MP, OFFICE_PEER, OFFICE_MSP, OFFICE_MS, OFFICE_MLA, OFFICE_FIXED, OFFICES_COUNT };

struct office_words {
    const char *kind;          /* in the configuration: "msp" */
    const char *one, *many;    /* in a message: "MSP", "MSPs" */
    const char *an;            /* "an MSP" */
    const char *letters;       /* behind the name; "": none */
    const char *letters_welsh; /* in a Welsh letter */
    const char *column;        /* the header of a column that names them */
    const char *named;         /* what headers and placeholders call them, parted by '|' (input/field) */
    const char *body;          /* what they sit in; "" for OFFICE_FIXED */
    const char *address;       /* its lines, parted by '\n'; "" for OFFICE_FIXED, whose are configured */
    const char *address_welsh;
};

const struct office_words *office_words(enum office office);

/* Whether constituents choose them, and they answer nobody else. */
bool office_is_elected(enum office office);

/* Its lines, parted by '\n', in a letter in LANGUAGE ("en-GB", "cy"). */
const char *office_address(enum office office, const char *language);

/* Whom the letters go to, as the configuration says. */
struct addressing {
    enum office office;
    /* With OFFICE_FIXED the first two are there; else all are NULL. */
    const char *name;       /* as on an envelope */
    const char *address;    /* lines, parted by '\n' */
    const char *salutation; /* what follows "Dear", or the whole; NULL: made of the name */
    const char *email;      /* NULL: not known */
};

#endif
