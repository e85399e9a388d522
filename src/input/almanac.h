/*
 * The directory being made: an import reads what there is, changes its half of it, and puts the new file in the old
 * one's place by renaming. An import that is stopped at any moment leaves the old file.
 *
 * The tables are described in volume.h.
 */
#ifndef POSTBAG_INPUT_ALMANAC_H
#define POSTBAG_INPUT_ALMANAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/error.h"

struct almanac;

/* Begins with the contents of PATH, if there is such a file; its directory is made where it is missing, 0700. */
int almanac_begin(struct almanac **almanac, const char *path, struct error *error);

/* Puts the new file in its place and ends; ends also where that fails, and then the old file is as it was. */
int almanac_commit(struct almanac *almanac, struct error *error);

/* Throws it away and ends; NULL does nothing. */
void almanac_abandon(struct almanac *almanac);

/*
 * The number of a constituency, made if it is new. It is found by whichever of its names is given and known: ONS code,
 * mySociety's short code, name (compared as directory_find_constituency does). Those that are "" are not known, and are
 * filled in where they become known. -1: an error.
 */
struct almanac_constituency {
    const char *code;
    const char *short_code;
    const char *name;
    const char *name_welsh;
};
int64_t almanac_constituency(struct almanac *almanac, const struct almanac_constituency *constituency,
                             struct error *error);

/* Forgets all members, or all postcodes, and notes where and when the new ones come from. */
int almanac_clear_members(struct almanac *almanac, const char *source, struct date date, struct error *error);
int almanac_clear_postcodes(struct almanac *almanac, const char *source, struct date date, struct error *error);

/* The member of a constituency; what is "" leaves what another file said. */
struct almanac_member {
    int64_t constituency;
    const char *name;  /* as the file gives it: recipient_read makes its forms */
    const char *title; /* "The Rt Hon Jane Smith MP"; "" : made of the name */
    const char *dear;  /* "Ms Smith"; "": made of the name */
    const char *party;
    const char *email;
    const char *address; /* lines parted by '\n' */
    const char *note;
};
int almanac_add_member(struct almanac *almanac, const struct almanac_member *member, struct error *error);

/* What is held of the member of CONSTITUENCY; false: nobody. The strings live as long as the almanac. */
bool almanac_member(struct almanac *almanac, int64_t constituency, struct almanac_member *member);

/*
 * A postcode (as postcode_normalise writes it) and where it lies, best candidate first; NOWHERE for one without an MP
 * (Crown dependencies). Of a postcode that is added twice, the later counts.
 */
enum { ALMANAC_NOWHERE = 0 };
int almanac_add_postcode(struct almanac *almanac, const char *postcode, const int64_t *constituencies, size_t count,
                         bool terminated, struct error *error);

/* A postcode as a number whose order is the alphabetical one, less than 2^40; for the table's key. */
int64_t almanac_postcode_number(const char *postcode);

#endif
