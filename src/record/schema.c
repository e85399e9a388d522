/*
 * The schema: a file comes in, and a ledger of the newest version goes out. The one idea: a ledger's version is the
 * number of steps that it has taken.
 *
 * Whom a letter is about is told by MACs alone, under the campaign's key: those in `identity` lead to one person,
 * those in `person` itself may be shared by several. A person has one letter for each channel. `roll` is the number of
 * the list's last reading in which a person was met.
 */
#include "record/schema.h"

#include <inttypes.h>

#include "base/str.h"

static const char first_step[] =
    "CREATE TABLE campaign ("
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " key BLOB NOT NULL,"                 /* of every MAC */
    " roll INTEGER NOT NULL DEFAULT 0,"   /* of the last run */
    " model BLOB, list BLOB,"             /* digests of what it was made of */
    " scrub INTEGER NOT NULL DEFAULT 0);" /* something was erased, and the file not rewritten since */
    "CREATE TABLE person ("
    " id INTEGER PRIMARY KEY,"
    " row INTEGER NOT NULL,"  /* in the list, when last met */
    " key TEXT NOT NULL,"     /* 0014-jane-doe; empty: erased */
    " roll INTEGER NOT NULL," /* when last met, and when first */
    " first_roll INTEGER NOT NULL,"
    " met_ms INTEGER NOT NULL,"
    " forgotten INTEGER NOT NULL DEFAULT 0,"                  /* asked to be, and is not written for again */
    " name BLOB, email BLOB, postcode BLOB, household BLOB);" /* MACs: the last is of postcode and e-mail address */
    "CREATE INDEX person_row ON person (row, roll);"
    "CREATE INDEX person_household ON person (household, roll);"
    "CREATE TABLE identity ("
    " mac BLOB PRIMARY KEY,"
    " person INTEGER NOT NULL REFERENCES person) WITHOUT ROWID;"
    "CREATE INDEX identity_person ON identity (person);"
    "CREATE TABLE letter ("
    " id INTEGER PRIMARY KEY,"
    " person INTEGER NOT NULL REFERENCES person,"
    " channel INTEGER NOT NULL," /* 0 e-mail, 1 copy, 2 petition */
    " state INTEGER NOT NULL,"   /* 0 ready, 1 sending, 2 sent, 3 later, 4 refused, 5 unsure */
    " seat BLOB NOT NULL,"       /* MAC */
    " recipient TEXT NOT NULL,"
    " token TEXT NOT NULL,"
    " held INTEGER NOT NULL DEFAULT 0," /* the roll in which its row was held */
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " first_ms INTEGER NOT NULL DEFAULT 0,"
    " changed_ms INTEGER NOT NULL,"
    " due_ms INTEGER NOT NULL DEFAULT 0,"
    " code INTEGER NOT NULL DEFAULT 0,"
    " text TEXT NOT NULL DEFAULT '',"
    " digest BLOB," /* of the bytes that went, and the file that holds them */
    " file TEXT NOT NULL DEFAULT '',"
    " UNIQUE (person, channel));"
    "CREATE INDEX letter_state ON letter (state);"
    "CREATE TABLE released (mac BLOB PRIMARY KEY) WITHOUT ROWID;"; /* keys that are somebody else */

const char *const schema_steps[] = {first_step};
const size_t schema_steps_count = sizeof schema_steps / sizeof *schema_steps;

static int read_number(struct database *database, const char *sql, int64_t *number, struct error *error) {
    struct statement *statement;
    if (database_prepare(database, &statement, sql, error) != 0)
        return -1;
    int row = statement_step(statement, error);
    if (row == 1)
        *number = statement_number(statement, 0);
    statement_reset(statement);
    return row < 0 ? -1 : 0;
}

static int take_steps(struct database *database, const char *const *steps, size_t from, size_t count,
                      struct error *error) {
    struct error ignored;
    struct str last = STR_EMPTY;
    str_addf(&last, "PRAGMA application_id = %d; PRAGMA user_version = %zu; COMMIT", SCHEMA_APPLICATION_ID, count);
    int result = database_run(database, "BEGIN IMMEDIATE", error);
    for (size_t i = from; result == 0 && i < count; i++)
        result = database_run(database, steps[i], error);
    if (result == 0)
        result = database_run(database, last.bytes, error);
    if (result != 0)
        database_run(database, "ROLLBACK", &ignored);
    str_release(&last);
    return result;
}

int schema_bring_up(struct database *database, const char *path, const char *const *steps, size_t count, bool writes,
                    bool *empty, struct error *error) {
    int64_t application = 0, version = 0, tables = 0;
    if (read_number(database, "PRAGMA application_id", &application, error) != 0 ||
        read_number(database, "PRAGMA user_version", &version, error) != 0 ||
        read_number(database, "SELECT count(*) FROM sqlite_schema", &tables, error) != 0)
        return -1;
    bool nothing = application == 0 && version == 0 && tables == 0;
    if (!nothing && (application != SCHEMA_APPLICATION_ID || version < 1))
        return error_set(error, STATUS_DATA, "%s is not a ledger of Postbag's", path);
    if (version > (int64_t)count)
        return error_set(error, STATUS_DATA,
                         "%s was made by a newer Postbag (version %" PRId64 ", this one knows %zu); use that one", path,
                         version, count);
    if (version == (int64_t)count)
        return 0;
    if (writes)
        return take_steps(database, steps, (size_t)version, count, error);
    if (nothing && empty != NULL) {
        *empty = true;
        return 0;
    }
    return error_set(error, STATUS_DATA,
                     "%s was made by an older Postbag; run postbag send once, which brings it up to date", path);
}
