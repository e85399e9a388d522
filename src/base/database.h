/*
 * SQLite, as this program uses it. Alone includes sqlite3.h. A database is used by one thread at a time.
 *
 * A statement is prepared once and run many times: bind, step until it returns 0, and it is ready to be bound again.
 * Text and bytes that are read are borrowed until the next step. Errors have status INPUT_OUTPUT (a full disk says
 * so), NO_INPUT or CANNOT_CREATE (cannot be opened, to be read or to be written), DATA (no database, or a damaged
 * one), LATER (another process has it for longer than DATABASE_PATIENCE_MS).
 */
#ifndef POSTBAG_BASE_DATABASE_H
#define POSTBAG_BASE_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct database;
struct statement;

enum database_mode {
    DATABASE_READ,  /* must exist; is never written */
    DATABASE_BUILD, /* made anew, without a journal: whoever makes it renames it when it is whole, or throws it away */
    /*
     * Made (0600) if missing, written in transactions that are on disk when COMMIT returns, and what is deleted in it
     * is overwritten. DATABASE_MEMORY and DATABASE_ASIDE are never on disk under any name.
     */
    DATABASE_KEEP,
    DATABASE_SHARED, /* like READ, of a file that another process may be writing by KEEP */
};

#define DATABASE_MEMORY ":memory:"
#define DATABASE_ASIDE "" /* what does not fit into memory goes to a temporary file without a name */

enum { DATABASE_PATIENCE_MS = 5000 };

/* *DATABASE is yours to database_close(). A file that is no database of SQLite's is an error (STATUS_DATA). */
int database_open(struct database **database, const char *path, enum database_mode mode, struct error *error);

/* Also ends its statements. NULL does nothing. */
void database_close(struct database *database);

/* Runs one or more statements without parameters. */
int database_run(struct database *database, const char *sql, struct error *error);

/* Copies everything of FROM, an open database, into this one, which is empty. */
int database_copy(struct database *database, struct database *from, struct error *error);

/* Owned by the database. SQL is a literal of ours: that it cannot be prepared is our mistake or a damaged file. */
int database_prepare(struct database *database, struct statement **statement, const char *sql, struct error *error);

/* How many rows the last INSERT, UPDATE or DELETE changed. */
size_t database_changes(const struct database *database);

/* The number of the row that was inserted last. */
int64_t database_last_row(const struct database *database);

/* Parameters are numbered from 1, columns from 0. A text, or bytes, that are NULL are SQL's NULL. */
void statement_bind_text(struct statement *statement, int parameter, const char *text, size_t length);
void statement_bind_bytes(struct statement *statement, int parameter, const void *bytes, size_t length);
void statement_bind_number(struct statement *statement, int parameter, int64_t number);

/* 1: there is a row; 0: there is none left, and the statement has been reset; -1: an error, and it has been reset. */
int statement_step(struct statement *statement, struct error *error);

/* Before the last row was read: makes it ready to be bound again. */
void statement_reset(struct statement *statement);

const char *statement_text(struct statement *statement, int column);  /* "" for NULL */
const void *statement_bytes(struct statement *statement, int column); /* NULL where there are none */
size_t statement_length(struct statement *statement, int column);
int64_t statement_number(struct statement *statement, int column);

#endif
