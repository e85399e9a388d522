/*
 * A listing: MPs as one file names them, before they are joined to what is held.
 *
 * An entry is a constituency and its member, or nobody where the seat is vacant. Whatever the format, names and titles
 * are brought into the same forms here, and what is no e-mail address ("No email found") is left out.
 */
#ifndef POSTBAG_INPUT_LISTING_H
#define POSTBAG_INPUT_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

enum {
    LISTING_MAX = 5000,      /* entries; there are 650 seats */
    LISTING_TEXT_MAX = 1000, /* bytes of a text; what is longer is left out */
};

/* Strings are never NULL, are NFC without control characters, and live in the listing's arena. */
struct listing_entry {
    unsigned line;    /* of the file, from 1; of JSON, the number of the record */
    const char *code; /* of the ONS */
    const char *constituency;
    const char *constituency_welsh;
    const char *name;  /* "Jane Smith"; "": the seat is vacant */
    const char *title; /* "The Rt Hon Jane Smith MP", where the file gives one */
    const char *dear;  /* "Ms Smith", likewise */
    const char *party;
    const char *email;
    const char *address; /* lines parted by '\n' */
    const char *note;    /* "is the Speaker", made of the party where the file has none */
};

struct listing {
    const char *path; /* borrowed */
    const char *format;
    bool may_be_empty; /* the format's lists are empty while Parliament is dissolved */
    struct arena *arena;
    struct listing_entry *entries;
    size_t count;
    size_t room;
};

/* PATH and ARENA are borrowed. */
void listing_init(struct listing *listing, const char *path, struct arena *arena);
void listing_release(struct listing *listing);

/*
 * Adds an entry made of ENTRY, whose strings may be NULL, are valid UTF-8 and may be written in any way: `name` and
 * `title` with or without titles and letters. A title alone ("Ms") is put before the name. What is wrong is added to
 * PROBLEMS. Fails where there are more than LISTING_MAX.
 */
int listing_add(struct listing *listing, const struct listing_entry *entry, struct problems *problems,
                struct error *error);

/* Whether two names are of one person: "Ed Davey" and "Sir Edward Davey", but not "Edna Davis". */
bool listing_same_person(const char *a, const char *b);

#endif
