/*
 * The roll: the constituencies and their members, in memory, as an import finds and changes them.
 *
 * A constituency is known by a number, which never changes, and found by its ONS code, mySociety's short code, or its
 * name in English or Welsh.
 */
#ifndef POSTBAG_INPUT_ROLL_H
#define POSTBAG_INPUT_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/database.h"
#include "base/error.h"
#include "base/table.h"
#include "input/placename.h"

/* In the order of the tables' columns. */
enum { ROLL_CODE, ROLL_SHORT_CODE, ROLL_NAME, ROLL_NAME_WELSH, ROLL_NAMES };
enum {
    ROLL_MEMBER,
    ROLL_TITLE,
    ROLL_DEAR,
    ROLL_PARTY,
    ROLL_EMAIL,
    ROLL_ADDRESS,
    ROLL_NOTE,
    ROLL_TEXTS,
};

/* Strings are never NULL. */
struct constituency {
    const char *names[ROLL_NAMES];
    const char *texts[ROLL_TEXTS]; /* its member's */
    int64_t same_as;               /* it turned out to be this one; 0: it is its own */
    bool known;                    /* there is one of this number */
    bool met;                      /* an importer named it since the members were cleared */
    bool sits;                     /* has a member */
    bool used;                     /* a postcode lies in it */
};

struct roll {
    struct arena arena;
    struct constituency *constituencies; /* by number; [0] is not used */
    size_t count;
    size_t room;
    struct table codes; /* of both kinds, to numbers */
    struct placenames names;
    bool cleared; /* the members */
    bool merged;  /* some turned out to be others: roll_at follows them */
};

/* Reads what DATABASE, of the file PATH, holds; NULL: nothing. The roll is zeroed before; released, also on failure. */
int roll_load(struct roll *roll, struct database *database, const char *path, struct error *error);
void roll_release(struct roll *roll);

/* The number of the constituency with these names ("" where not known), made or completed. -1: an error. */
int64_t roll_find(struct roll *roll, const char *const names[ROLL_NAMES], struct error *error);

/* The constituency of NUMBER, which roll_find returned; not of the same number where it turned out to be another. */
struct constituency *roll_at(const struct roll *roll, int64_t number);
int64_t roll_number(const struct roll *roll, const struct constituency *constituency);

void roll_clear_members(struct roll *roll);

/* Texts that are "" or NULL leave what there was. */
void roll_add_member(struct roll *roll, int64_t number, const char *const texts[ROLL_TEXTS]);

/* Writes everything into empty tables, but the constituencies that are no more. */
int roll_write(struct roll *roll, struct database *database, struct error *error);

#endif
