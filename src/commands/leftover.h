/*
 * problems.csv: the rows that were not done, in their own columns, then row, key and problem. To be mended and given
 * back as the list. UTF-8 with a byte-order mark, because Excel reads UTF-8 only so.
 */
#ifndef POSTBAG_COMMANDS_LEFTOVER_H
#define POSTBAG_COMMANDS_LEFTOVER_H

#include "base/error.h"
#include "base/file.h"
#include "input/people.h"

struct leftover {
    const char *directory;
    const char *path;
    struct file_output output;
    size_t columns_count;
};

/*
 * The file in DIRECTORY; both are made at the first row. Never the list that is being read: where that is DIRECTORY's
 * own problems.csv, the new one is problems-2.csv, and so on, and what was mended in the old one is kept. DIRECTORY is
 * borrowed; the path lives in ARENA.
 */
void leftover_init(struct leftover *leftover, const char *directory, const char *list, struct arena *arena);

/* Adds a row that has PROBLEMS; their messages are joined. HEADER: of the list. */
int leftover_add(struct leftover *leftover, const struct csv_row *header, const struct csv_row *cells,
                 const struct person *person, const struct problems *problems, struct error *error);

/*
 * Puts the file in its place. Where no row was added, one of an earlier run is removed, because nothing is left over
 * any more.
 */
int leftover_commit(struct leftover *leftover, struct error *error);

/* Forgets it; nothing was written. Also after a commit. */
void leftover_abandon(struct leftover *leftover);

#endif
