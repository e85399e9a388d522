/*
 * Lists of MPs: a file in any of the formats that they are published in becomes members in the almanac.
 *
 * Recognised by their headers: TheyWorkForYou's mps CSV, the Department for Education's MP look-up CSV, results of
 * the Parliament Members API saved as JSON, and a plain CSV (constituency, name, email, …).
 */
#ifndef POSTBAG_INPUT_MEMBERS_H
#define POSTBAG_INPUT_MEMBERS_H

#include <stddef.h>

#include "base/date.h"
#include "base/error.h"
#include "input/almanac.h"
#include "input/directory.h"

enum { MEMBERS_FILE_MAX_MB = 64 }; /* all 650 are 2 MB of JSON */

struct members_result {
    const char *format; /* "TheyWorkForYou" */
    size_t listed;      /* members that the file names */
    size_t joined;      /* of them, to those that were held; 0: they replaced them */
    size_t taken;       /* members that are held now, in all */
    size_t emails;      /* of those */
    size_t titles;
};

/*
 * Reads PATH into ALMANAC. HELD is the directory as it was, or NULL where there is none yet. A file that names mostly the
 * same people as HELD is joined to it, by ONS code or else by name: what it says of a member counts, what it does not
 * say stays as it was; where it names somebody else for a seat, nothing of the former member stays; and where it names
 * nearly all seats, those that it leaves out are vacant. Any other file replaces the members that were held. What cannot
 * be joined or understood is added to PROBLEMS, at its place, which names PATH.
 */
int members_import(struct almanac *almanac, const struct directory *held, const char *path, struct date date,
                   struct members_result *result, struct problems *problems, struct error *error);

#endif
