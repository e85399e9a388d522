/*
 * Databases: SQL and values come in, rows go out. SQLite's many results become 0, -1 and a sentence that names the
 * file. A database is used by one thread at a time: SQLite's own mutexes are off, and whoever shares one holds a
 * mutex.
 */
#include "base/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/memory.h"

struct statement {
    sqlite3_stmt *handle;
    struct database *database;
    struct statement *next;
};

struct database {
    sqlite3 *handle;
    char *path;
    enum database_mode mode;
    struct statement *statements;
};

/* What the system said when RESULT, which says little of itself, came. */
static int system_error(const struct database *database, struct error *error) {
    int reason = sqlite3_system_errno(database->handle);
    bool writes = database->mode == DATABASE_KEEP;
    if (reason == ENOSPC || reason == EDQUOT)
        return error_set(error, STATUS_INPUT_OUTPUT, "%s cannot be written: the disk is full", database->path);
    return error_set(error, STATUS_INPUT_OUTPUT, "%s cannot be %s: %s", database->path, writes ? "written" : "read",
                     strerror(reason == 0 ? EIO : reason));
}

static int open_error(const struct database *database, struct error *error) {
    const char *reason = strerror(sqlite3_system_errno(database->handle));
    if (database->mode == DATABASE_KEEP)
        return error_set(error, STATUS_CANNOT_CREATE, "%s cannot be written: %s", database->path, reason);
    return error_set(error, STATUS_NO_INPUT, "%s cannot be opened: %s", database->path, reason);
}

static int database_error(const struct database *database, int result, struct error *error) {
    switch (result & 0xFF) {
    case SQLITE_FULL:
        return error_set(error, STATUS_INPUT_OUTPUT, "%s cannot be written: the disk is full", database->path);
    case SQLITE_NOTADB:
        return error_set(error, STATUS_DATA, "%s is not a database", database->path);
    case SQLITE_CORRUPT:
        return error_set(error, STATUS_DATA, "%s is damaged", database->path);
    case SQLITE_CANTOPEN:
        return open_error(database, error);
    case SQLITE_READONLY:
        return error_set(error, database->mode == DATABASE_KEEP ? STATUS_CANNOT_CREATE : STATUS_INPUT_OUTPUT,
                         "%s cannot be written: it may only be read", database->path);
    case SQLITE_IOERR:
        return system_error(database, error);
    case SQLITE_BUSY:
        return error_set(error, STATUS_LATER, "%s is in use by another program; close it there, and try again",
                         database->path);
    default:
        return error_set(error, STATUS_INPUT_OUTPUT, "%s: %s", database->path, sqlite3_errstr(result));
    }
}

/*
 * SQLite would make the file for everybody to read. One that is there is not opened: closing any descriptor of a file
 * drops the locks that SQLite holds on it in this process.
 */
static void make_private(const char *path) {
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0)
        close(descriptor);
}

/*
 * SQLite's "unix-none" takes no locks: what is being built belongs to whoever builds it, under a lock of its own. What
 * is shared is opened for writing, though not a row of it is: to read beside a writer means to take part in its locks,
 * and whoever leaves last tidies up. A file or folder that may not be written is opened all the same.
 */
static int open_handle(struct database *database) {
    int flags = SQLITE_OPEN_NOMUTEX;
    switch (database->mode) {
    case DATABASE_READ:
        return sqlite3_open_v2(database->path, &database->handle, flags | SQLITE_OPEN_READONLY, NULL);
    case DATABASE_SHARED:
        return sqlite3_open_v2(database->path, &database->handle, flags | SQLITE_OPEN_READWRITE, NULL);
    case DATABASE_KEEP:
        if (strcmp(database->path, DATABASE_MEMORY) != 0 && strcmp(database->path, DATABASE_ASIDE) != 0)
            make_private(database->path);
        return sqlite3_open_v2(database->path, &database->handle, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                               NULL);
    case DATABASE_BUILD:
        break;
    }
    return sqlite3_open_v2(database->path, &database->handle, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                           "unix-none");
}

/*
 * The file may come from anywhere: triggers and views in it must call nothing, and no page is trusted. Reading the
 * version of the schema is what first reads the file, and finds that it is none.
 */
static const char reading[] = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA schema_version";

/* Whoever builds it syncs the whole file once, before it gets its name. */
static const char building[] = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;"
                               "PRAGMA temp_store = MEMORY; PRAGMA schema_version";

/* A log that a large transaction made long is cut afterwards. */
static const char keeping[] =
    "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;"
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000;"
    "PRAGMA journal_size_limit = 4194304; PRAGMA schema_version";

static const char sharing[] = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON;"
                              "PRAGMA schema_version";

static const char *const settings[] = {
    [DATABASE_READ] = reading, [DATABASE_BUILD] = building, [DATABASE_KEEP] = keeping, [DATABASE_SHARED] = sharing};

int database_open(struct database **database, const char *path, enum database_mode mode, struct error *error) {
    struct database *opened = memory_alloc(1, sizeof *opened);
    opened->path = memory_copy(path, strlen(path));
    opened->mode = mode;
    int result = open_handle(opened);
    if (result != SQLITE_OK) {
        database_error(opened, result, error);
    } else {
        sqlite3_extended_result_codes(opened->handle, 1);
        if (mode == DATABASE_KEEP || mode == DATABASE_SHARED)
            sqlite3_busy_timeout(opened->handle, DATABASE_PATIENCE_MS);
        if (database_run(opened, settings[mode], error) == 0) {
            *database = opened;
            return 0;
        }
    }
    database_close(opened);
    return -1;
}

void database_close(struct database *database) {
    if (database == NULL)
        return;
    for (struct statement *statement = database->statements; statement != NULL;) {
        struct statement *next = statement->next;
        sqlite3_finalize(statement->handle);
        free(statement);
        statement = next;
    }
    sqlite3_close(database->handle);
    free(database->path);
    free(database);
}

int database_run(struct database *database, const char *sql, struct error *error) {
    int result = sqlite3_exec(database->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? 0 : database_error(database, result, error);
}

int database_copy(struct database *database, struct database *from, struct error *error) {
    sqlite3_backup *backup = sqlite3_backup_init(database->handle, "main", from->handle, "main");
    if (backup == NULL)
        return database_error(database, sqlite3_errcode(database->handle), error);
    int step = sqlite3_backup_step(backup, -1);
    int result = sqlite3_backup_finish(backup);
    if (result == SQLITE_OK && step != SQLITE_DONE)
        result = step;
    if (result == SQLITE_OK)
        return 0;
    /* A full disk is the copy's; a page that cannot be read is the original's. */
    bool original = (result & 0xFF) == SQLITE_CORRUPT || result == SQLITE_IOERR_READ;
    return database_error(original ? from : database, result, error);
}

int database_prepare(struct database *database, struct statement **statement, const char *sql, struct error *error) {
    sqlite3_stmt *handle = NULL;
    int result = sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);
    if ((result & 0xFF) == SQLITE_ERROR)
        return error_set(error, STATUS_DATA, "%s does not hold what it should (%s)", database->path,
                         sqlite3_errmsg(database->handle));
    if (result != SQLITE_OK)
        return database_error(database, result, error);
    struct statement *prepared = memory_alloc(1, sizeof *prepared);
    *prepared = (struct statement){handle, database, database->statements};
    database->statements = prepared;
    *statement = prepared;
    return 0;
}

size_t database_changes(const struct database *database) {
    return (size_t)sqlite3_changes64(database->handle);
}

int64_t database_last_row(const struct database *database) {
    return sqlite3_last_insert_rowid(database->handle);
}

void statement_bind_text(struct statement *statement, int parameter, const char *text, size_t length) {
    if (text == NULL)
        sqlite3_bind_null(statement->handle, parameter);
    else
        sqlite3_bind_text64(statement->handle, parameter, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void statement_bind_bytes(struct statement *statement, int parameter, const void *bytes, size_t length) {
    if (bytes == NULL)
        sqlite3_bind_null(statement->handle, parameter);
    else
        sqlite3_bind_blob64(statement->handle, parameter, bytes, length, SQLITE_TRANSIENT);
}

void statement_bind_number(struct statement *statement, int parameter, int64_t number) {
    sqlite3_bind_int64(statement->handle, parameter, number);
}

int statement_step(struct statement *statement, struct error *error) {
    int result = sqlite3_step(statement->handle);
    if (result == SQLITE_ROW)
        return 1;
    sqlite3_reset(statement->handle);
    return result == SQLITE_DONE ? 0 : database_error(statement->database, result, error);
}

void statement_reset(struct statement *statement) {
    sqlite3_reset(statement->handle);
}

const char *statement_text(struct statement *statement, int column) {
    const unsigned char *text = sqlite3_column_text(statement->handle, column);
    return text == NULL ? "" : (const char *)text;
}

const void *statement_bytes(struct statement *statement, int column) {
    return sqlite3_column_blob(statement->handle, column);
}

size_t statement_length(struct statement *statement, int column) {
    return (size_t)sqlite3_column_bytes(statement->handle, column);
}

int64_t statement_number(struct statement *statement, int column) {
    return sqlite3_column_int64(statement->handle, column);
}
