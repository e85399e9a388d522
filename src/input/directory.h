/*
 * The directory: postcodes, constituencies and their MPs, looked up offline in the one file that `postbag import` makes.
 *
 * It answers, or says why it cannot; it never guesses. The 650 constituencies and their members are read when it is
 * opened and only read later; postcodes stay in the file. Every function may be called from any thread.
 */
#ifndef POSTBAG_INPUT_DIRECTORY_H
#define POSTBAG_INPUT_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"

enum { DIRECTORY_CANDIDATES_MAX = 8, DIRECTORY_STALE_DAYS = 90 };

struct directory;

/* A constituency and who sits for it. Strings are "" where they are not known; they live as long as the directory. */
struct seat {
    const char *code; /* of the ONS: "E14001063" */
    const char *name;
    const char *name_welsh;
    bool vacant;        /* no member sits for it, as the list of MPs says */
    const char *member; /* "Jane Smith", as a sentence names them */
    const char *title;  /* "The Rt Hon Jane Smith MP", as an envelope does */
    const char *dear;   /* "Jane Smith", "Ms Smith", "Sir James": what follows "Dear" */
    const char *party;
    const char *email;
    const char *address; /* lines parted by '\n'; "": the House of Commons */
    const char *note;    /* "is the Speaker", "does not take their seat": served like all others */
};

enum directory_answer {
    DIRECTORY_FOUND,
    DIRECTORY_BOUNDARY,   /* of several constituencies: see candidates */
    DIRECTORY_UNKNOWN,    /* no such postcode or constituency; candidates are those with a like name */
    DIRECTORY_TERMINATED, /* Royal Mail has withdrawn the postcode; the candidate is where it was */
    DIRECTORY_NO_MP_HERE, /* a Crown dependency or an overseas territory */
    DIRECTORY_BFPO,       /* forces post: belongs to no place, so the list must name the constituency */
    DIRECTORY_NOT_HELD,   /* no postcodes, or no MPs, have been imported; the candidate is the constituency, if known */
};

struct directory_result {
    const struct directory *directory; /* that was asked */
    enum directory_answer answer;
    const struct seat *candidates[DIRECTORY_CANDIDATES_MAX]; /* the first is the answer where there is one */
    size_t candidates_count;
};

/* What was imported when. `held` false: never. */
struct directory_vintage {
    bool held;
    struct date imported;
    const char *source; /* the files' names */
};

/* Where the file is if the configuration does not say: in the user's data directory (XDG_DATA_HOME). In ARENA. */
const char *directory_default_path(struct arena *arena);

/* Opens PATH. Fails with STATUS_NO_INPUT where there is none yet, and says how to make one. */
int directory_open(struct directory **directory, const char *path, struct error *error);
void directory_close(struct directory *directory); /* NULL does nothing */

struct directory_vintage directory_mps(const struct directory *directory);
struct directory_vintage directory_postcodes(const struct directory *directory);

/* How many days before TODAY it was imported; more than DIRECTORY_STALE_DAYS are worth a warning. */
int directory_age_days(struct directory_vintage vintage, struct date today);

/* No seat has a member: Parliament is dissolved, and nobody may be written to as an MP. */
bool directory_is_dissolved(const struct directory *directory);

/* All seats, in the order of their names. */
size_t directory_seats(const struct directory *directory, const struct seat **seats);

/* POSTCODE as postcode_normalise writes it. -1 only where the file cannot be read. */
int directory_find_postcode(struct directory *directory, const char *postcode, struct directory_result *result,
                            struct error *error);

/*
 * NAME as people write it: case, accents, punctuation, "and" or "&", English or Welsh do not matter; also an ONS code.
 */
void directory_find_constituency(const struct directory *directory, const char *name, size_t length,
                                 struct directory_result *result);

/*
 * Why RESULT is not an answer, in words for the secretary; the candidates are named. Also of an answer whose seat nobody
 * sits for. Appended to OUT.
 */
struct str;
void directory_explain(const struct directory_result *result, const char *asked, struct str *out);

#endif
