/*
 * Files: read whole within a limit, or written beside their name and renamed, so that nobody ever finds half a file.
 *
 * What this program writes names members of a trade union: directories are made 0700 and files 0600.
 * Errors name the path and what the system said, and have status NO_INPUT (cannot be opened), CANNOT_CREATE or
 * INPUT_OUTPUT (a full disk says so in those words).
 */
#ifndef POSTBAG_BASE_FILE_H
#define POSTBAG_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/str.h"

/* Adds the whole of PATH ("-": standard input) to OUT. A file of more than MAX bytes is an error (STATUS_DATA). */
int file_read(const char *path, size_t max, struct str *out, struct error *error);

/* Makes PATH and the directories above it, 0700, where they are missing. */
int file_make_directory(const char *path, struct error *error);

/* A new, empty, unnamed file in $TMPDIR or /tmp, gone when it is closed. *FILE is yours to fclose(). */
int file_temporary(FILE **file, struct error *error);

/*
 * A directory into which whole files are written. From several threads at a time, as long as they write different
 * names.
 */
struct file_directory {
    int descriptor; /* -1: not open */
    char *path;
};

/*
 * Opens DIRECTORY, made if it is missing, and removes what an interrupted run left there (names that begin with
 * FILE_UNFINISHED). One directory is used by one process at a time.
 */
#define FILE_UNFINISHED ".unfinished-"
int file_directory_open(struct file_directory *directory, const char *path, struct error *error);
void file_directory_close(struct file_directory *directory);

/* Writes LENGTH bytes as NAME (no slash in it): beside, then renamed over what was there. On failure nothing is left. */
int file_directory_write(const struct file_directory *directory, const char *name, const void *bytes, size_t length,
                         struct error *error);

/*
 * One file written bit by bit, in the same way: it appears under its name at file_commit, or never.
 *     if (file_begin(&out, path, error) == 0 && fprintf(out.stream, …) … && file_commit(&out, error) == 0)
 */
struct file_output {
    FILE *stream; /* NULL: not open */
    char *path;
    char *unfinished;
};
int file_begin(struct file_output *output, const char *path, struct error *error);
int file_commit(struct file_output *output, struct error *error);
void file_abandon(struct file_output *output); /* also after a commit, where it does nothing */

/* DIRECTORY/NAME in the arena; NAME alone if it is absolute or DIRECTORY is NULL or "". */
char *file_join(struct arena *arena, const char *directory, const char *name);

#endif
