/*
 * A published file as a stream of bytes: a plain one, or one member of the .zip in which it is published. Alone includes
 * zip.h.
 *
 * Nothing of a .zip is ever unpacked to the disk, so its paths can do no harm. What is locked with a password, packed in
 * a way that is not usual, larger than ARCHIVE_BYTES_MAX or packed so tightly that it can only be a trap is refused.
 */
#ifndef POSTBAG_INPUT_ARCHIVE_H
#define POSTBAG_INPUT_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

#define ARCHIVE_BYTES_MAX (4LL << 30) /* unpacked */
enum {
    ARCHIVE_FILE_MAX_MB = 1024, /* a .zip itself; ONSPD's is 240 MB */
    ARCHIVE_MEMBERS_MAX = 10000,
    ARCHIVE_RATIO_MAX = 200, /* unpacked to packed; lists of postcodes have 5 to 30 */
};

struct archive;

/* How well the member NAME (with its path in the .zip) is what is looked for; 0: not at all. */
typedef unsigned archive_suits(const char *name);

/*
 * Opens PATH: the file itself, or of a .zip the member that suits best, and of equals the largest. Returns 1; 0 where no
 * member suits; -1. *ARCHIVE is yours to archive_close(). PATH is borrowed for errors.
 */
int archive_open(struct archive **archive, const char *path, archive_suits *suits, struct error *error);
void archive_close(struct archive *archive); /* NULL does nothing */

/* Whether PATH was a .zip, and the name of its member; else PATH. Lives as long as the archive. */
bool archive_is_zip(const struct archive *archive);
const char *archive_name(const struct archive *archive);

/* Bytes, unpacked; 0 where that is not known (a pipe). */
uint64_t archive_size(const struct archive *archive);

/* Up to ROOM bytes into BUFFER. Returns how many; 0 at the end; -1. Interrupted: STATUS_INTERRUPTED. */
ssize_t archive_read(struct archive *archive, char *buffer, size_t room, struct error *error);

#endif
