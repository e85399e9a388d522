/*
 * The directory's file: a path comes in, a database to read or to fill goes out. The one idea: the unfinished file is
 * also the lock. It dies with its process, however that ends, and the next import takes over what is left.
 */
#include "input/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/text.h"

enum { APPLICATION = 0x50426472 }; /* "PBdr", in the file's header: whose it is */

static const char schema[] =
    "CREATE TABLE source (part TEXT PRIMARY KEY, files TEXT NOT NULL, date TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE constituency (number INTEGER PRIMARY KEY, code TEXT NOT NULL, short_code TEXT NOT NULL,"
    " name TEXT NOT NULL, name_welsh TEXT NOT NULL);"
    "CREATE TABLE member (constituency INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL,"
    " dear TEXT NOT NULL, party TEXT NOT NULL, email TEXT NOT NULL, address TEXT NOT NULL, note TEXT NOT NULL);"
    "CREATE TABLE postcode (number INTEGER PRIMARY KEY, place INTEGER NOT NULL);"
    "CREATE TABLE boundary (number INTEGER, rank INTEGER, constituency INTEGER NOT NULL,"
    " PRIMARY KEY (number, rank)) WITHOUT ROWID";

static int write_error(const char *path, struct error *error) {
    if (errno == ENOSPC || errno == EDQUOT)
        return error_set(error, STATUS_INPUT_OUTPUT, "%s cannot be written: the disk is full", path);
    return error_set(error, errno == EIO ? STATUS_INPUT_OUTPUT : STATUS_CANNOT_CREATE, "%s cannot be written: %s", path,
                     strerror(errno));
}

static int read_number(struct database *database, const char *sql, int64_t *number, struct error *error) {
    struct statement *statement;
    if (database_prepare(database, &statement, sql, error) != 0)
        return -1;
    int row = statement_step(statement, error);
    *number = row == 1 ? statement_number(statement, 0) : 0;
    statement_reset(statement);
    return row < 0 ? -1 : 0;
}

int volume_foreign(const char *path, struct error *error) {
    return error_set(error, STATUS_DATA,
                     "%s is damaged, or is not a directory that Postbag made; move it away and import again", path);
}

int volume_read(struct database **database, const char *path, struct error *error) {
    struct database *opened = NULL;
    struct stat status;
    int64_t application, version;
    int result = -1;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) /* a pipe would be waited for */
        return volume_foreign(path, error);
    if (database_open(&opened, path, DATABASE_READ, error) == 0 &&
        read_number(opened, "PRAGMA application_id", &application, error) == 0 &&
        read_number(opened, "PRAGMA user_version", &version, error) == 0) {
        if (application != APPLICATION)
            volume_foreign(path, error);
        else if (version > VOLUME_VERSION)
            error_set(error, STATUS_DATA,
                      "%s was made by a newer Postbag; use that one, or move it away and import again", path);
        else if (version < VOLUME_VERSION)
            error_set(error, STATUS_DATA, "%s was made by an older Postbag; move it away and import again", path);
        else
            result = 0;
    } else if (error->status == STATUS_DATA) {
        volume_foreign(path, error);
    }
    if (result == 0)
        *database = opened;
    else
        database_close(opened);
    return result;
}

int volume_text(struct arena *arena, struct statement *statement, int column, const char **out, const char *path,
                struct error *error) {
    const char *text = statement_text(statement, column);
    size_t length = statement_length(statement, column);
    if (text_valid(text, length) < length || memchr(text, '\0', length) != NULL)
        return volume_foreign(path, error);
    *out = length == 0 ? "" : arena_copy(arena, text, length);
    return 0;
}

static char *unfinished_name(const char *path) {
    const char *slash = strrchr(path, '/');
    size_t directory_length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    struct str name = STR_EMPTY;
    str_add(&name, path, directory_length);
    str_adds(&name, FILE_UNFINISHED);
    str_adds(&name, path + directory_length);
    return name.bytes;
}

/* The directory that PATH is in; yours to free(). */
static char *directory_of(const char *path) {
    char *copy = memory_copy(path, strlen(path));
    char *name = dirname(copy);
    char *directory = memory_copy(name, strlen(name));
    free(copy);
    return directory;
}

/* Whether the open file still has its name: an import that ended between our opening and our locking took it away. */
static bool still_named(int descriptor, const char *name) {
    struct stat held, named;
    return fstat(descriptor, &held) == 0 && lstat(name, &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

static int lock(const struct volume *volume, struct error *error) {
    enum { TRIES = 100 };
    for (int tries = 0; tries < TRIES; tries++) {
        int descriptor = open(volume->unfinished, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor < 0)
            return write_error(volume->path, error);
        if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            bool busy = errno == EWOULDBLOCK;
            if (!busy)
                write_error(volume->path, error);
            close(descriptor);
            return busy ? error_set(error, STATUS_LATER,
                                    "another import into %s is running; wait until it has ended and try again",
                                    volume->path)
                        : -1;
        }
        if (still_named(descriptor, volume->unfinished))
            return descriptor;
        close(descriptor);
    }
    return error_set(error, STATUS_LATER, "another import into %s is running; try again", volume->path);
}

int volume_begin(struct volume *volume, const char *path, struct error *error) {
    struct volume begun = {memory_copy(path, strlen(path)), unfinished_name(path), -1};
    char *directory = directory_of(path);
    if (file_make_directory(directory, error) == 0)
        begun.descriptor = lock(&begun, error);
    free(directory);
    if (begun.descriptor < 0) {
        free(begun.path);
        free(begun.unfinished);
        return -1;
    }
    *volume = begun;
    return 0;
}

bool volume_exists(const struct volume *volume) {
    return access(volume->path, F_OK) == 0;
}

int volume_open(const struct volume *volume, struct database **database, struct error *error) {
    database_close(*database);
    *database = NULL;
    if (ftruncate(volume->descriptor, 0) != 0)
        return write_error(volume->path, error);
    return database_open(database, volume->unfinished, DATABASE_BUILD, error);
}

int volume_make_tables(struct database *database, struct error *error) {
    return database_run(database, schema, error);
}

/* The rename is on the disk when the directory is. A file system that cannot sync directories does it in its own time. */
static void sync_directory(const char *path) {
    char *directory = directory_of(path);
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    free(directory);
}

int volume_commit(struct volume *volume, struct database *database, struct error *error) {
    char marks[96];
    snprintf(marks, sizeof marks, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION, VOLUME_VERSION);
    int result = database_run(database, marks, error);
    database_close(database);
    if (result == 0 && (fsync(volume->descriptor) != 0 || rename(volume->unfinished, volume->path) != 0))
        result = write_error(volume->path, error);
    if (result == 0) {
        sync_directory(volume->path);
        free(volume->unfinished);
        volume->unfinished = NULL;
    }
    volume_abandon(volume);
    return result;
}

void volume_abandon(struct volume *volume) {
    if (volume->unfinished != NULL)
        unlink(volume->unfinished);
    if (volume->path != NULL)
        close(volume->descriptor); /* after the unlink: nobody locks a file that is about to go */
    free(volume->path);
    free(volume->unfinished);
    *volume = (struct volume){.descriptor = -1};
}
