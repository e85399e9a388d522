/*
 * The directory's file itself: opening one that was made, and making one beside its name, to be renamed when it is
 * whole. Its tables are described here, because input/almanac writes them and input/directory reads them.
 *
 *     source        part ('mps', 'postcodes'), the files' names, the date
 *     constituency  number, ONS code, mySociety's short code, name, Welsh name
 *     member        constituency, and what an importer said; "" where it said nothing
 *     postcode      number (almanac_postcode_number), place
 *     boundary      number, rank, constituency: the candidates of postcodes that lie in several, best first
 *
 * A place is constituency * 2 (0: without an MP), and 1 more where the postcode is terminated; the negative of the same
 * made of a boundary's number where it lies in several. So nearly all of 2.7 million rows take 12 bytes.
 */
#ifndef POSTBAG_INPUT_VOLUME_H
#define POSTBAG_INPUT_VOLUME_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/database.h"
#include "base/error.h"

enum { VOLUME_VERSION = 1 }; /* of the tables; kept in the file's user_version */

/*
 * Opens PATH, a directory that Postbag made with the tables of this version. Fails with STATUS_NO_INPUT where there is
 * none, and with STATUS_DATA where it is another file, damaged, or made by a newer Postbag.
 */
int volume_read(struct database **database, const char *path, struct error *error);

/* Says that PATH is damaged or foreign. Always returns -1, as error_set does. */
int volume_foreign(const char *path, struct error *error);

/* A column's text, copied into ARENA. STATUS_DATA where it is not UTF-8: the file PATH is damaged. */
int volume_text(struct arena *arena, struct statement *statement, int column, const char **out, const char *path,
                struct error *error);

/* A file being made. Locked from its beginning to its end: two imports at a time would each lose the other's half. */
struct volume {
    char *path;
    char *unfinished;
    int descriptor; /* of the unfinished file; holds the lock */
};

/* Begins beside PATH, whose directory is made (0700) where it is missing. What a killed import left is taken over. */
int volume_begin(struct volume *volume, const char *path, struct error *error);

/* Whether there is a file to begin with. */
bool volume_exists(const struct volume *volume);

/* Opens the unfinished file as an empty database; *DATABASE, if not NULL, is closed and forgotten. */
int volume_open(const struct volume *volume, struct database **database, struct error *error);

/* Makes the tables in an empty database. */
int volume_make_tables(struct database *database, struct error *error);

/* DATABASE is whole: closed, and put in PATH's place, on the disk itself. On failure nothing has changed. */
int volume_commit(struct volume *volume, struct database *database, struct error *error);

/* Throws the unfinished file away; also after a commit, where it does nothing. */
void volume_abandon(struct volume *volume);

#endif
