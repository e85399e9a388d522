/*
 * The almanac: what importers found comes in, one SQLite file goes out. The one idea: constituencies and members are
 * few and are kept in memory until the end; postcodes are many and go straight into the new file, which has no journal,
 * because it is nothing until it gets its name.
 */
#include "input/almanac.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/database.h"
#include "base/memory.h"
#include "base/table.h"
#include "input/roll.h"
#include "input/volume.h"

enum {
    BOUNDARIES_MAX = 100000,
    CANDIDATES_MAX = 8,
};

enum part { PART_MPS, PART_POSTCODES, PARTS };
static const char *const part_names[PARTS] = {"mps", "postcodes"};

static const char add_postcode[] = "INSERT OR REPLACE INTO postcode (number, place) VALUES (?1, ?2)";

struct almanac {
    struct volume volume;
    struct database *old;      /* what there was, or NULL */
    struct database *database; /* NULL until the first postcode, or the end */
    struct statement *add_postcode;
    bool copied; /* holds the old postcodes */

    struct roll roll;
    const char *sources[PARTS]; /* NULL: never imported */
    const char *dates[PARTS];

    struct table boundaries;  /* lists of candidates, to their number */
    int64_t boundaries_first; /* the number before the first of ours */
};

/* Constituencies and members */

int64_t almanac_constituency(struct almanac *almanac, const struct almanac_constituency *constituency,
                             struct error *error) {
    const char *names[ROLL_NAMES] = {constituency->code, constituency->short_code, constituency->name,
                                     constituency->name_welsh};
    for (size_t i = 0; i < ROLL_NAMES; i++)
        if (names[i] == NULL)
            names[i] = "";
    return roll_find(&almanac->roll, names, error);
}

/* Notes where a part comes from, and when. */
static void note_source(struct almanac *almanac, enum part part, const char *source, struct date date) {
    almanac->sources[part] = arena_copy(&almanac->roll.arena, source, strlen(source));
    almanac->dates[part] = arena_printf(&almanac->roll.arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

int almanac_clear_members(struct almanac *almanac, const char *source, struct date date, struct error *error) {
    (void)error;
    roll_clear_members(&almanac->roll);
    note_source(almanac, PART_MPS, source, date);
    return 0;
}

int almanac_add_member(struct almanac *almanac, const struct almanac_member *member, struct error *error) {
    (void)error;
    assert(member->constituency > 0 && (size_t)member->constituency < almanac->roll.count);
    roll_add_member(&almanac->roll, member->constituency,
                    (const char *const[ROLL_TEXTS]){member->name, member->title, member->dear, member->party,
                                                    member->email, member->address, member->note});
    return 0;
}

bool almanac_member(struct almanac *almanac, int64_t constituency, struct almanac_member *member) {
    const struct constituency *held = roll_at(&almanac->roll, constituency);
    *member = (struct almanac_member){.constituency = roll_number(&almanac->roll, held),
                                      .name = held->texts[ROLL_MEMBER],
                                      .title = held->texts[ROLL_TITLE],
                                      .dear = held->texts[ROLL_DEAR],
                                      .party = held->texts[ROLL_PARTY],
                                      .email = held->texts[ROLL_EMAIL],
                                      .address = held->texts[ROLL_ADDRESS],
                                      .note = held->texts[ROLL_NOTE]};
    return held->sits;
}

/* Postcodes */

/*
 * The outward half in base 37 (padded behind, so that L2 stands before L20), the inward half as its digit and two
 * letters, or a BFPO's number.
 */
int64_t almanac_postcode_number(const char *postcode) {
    enum { OUTWARD_MAX = 4, BASE = 37, INWARD_BASE = 10000 };
    int64_t outward = 0, inward = 0;
    size_t at = 0;
    for (size_t i = 0; i < OUTWARD_MAX; i++) {
        char byte = postcode[at] == ' ' ? '\0' : postcode[at];
        int digit = byte == '\0' ? 0 : byte <= '9' ? byte - '0' + 1 : byte - 'A' + 11;
        outward = outward * BASE + digit;
        at += byte != '\0';
    }
    at += postcode[at] == ' ';
    for (size_t i = 0; i < OUTWARD_MAX && postcode[at] != '\0'; i++, at++)
        inward = postcode[at] <= '9' ? inward * 10 + (postcode[at] - '0') : inward * 26 + (postcode[at] - 'A');
    return outward * INWARD_BASE + inward;
}

/* Begins the new file, without postcodes. */
static int build_new(struct almanac *almanac, struct error *error) {
    almanac->copied = false;
    table_clear(&almanac->boundaries);
    almanac->boundaries_first = 0;
    if (volume_open(&almanac->volume, &almanac->database, error) != 0 ||
        database_run(almanac->database, "BEGIN", error) != 0 || volume_make_tables(almanac->database, error) != 0)
        return -1;
    return database_prepare(almanac->database, &almanac->add_postcode, add_postcode, error);
}

/* Begins the new file with the old postcodes; the small tables are written anew at the end. */
static int build_copy(struct almanac *almanac, struct error *error) {
    if (almanac->old == NULL)
        return build_new(almanac, error);
    if (volume_open(&almanac->volume, &almanac->database, error) != 0 ||
        database_copy(almanac->database, almanac->old, error) != 0 ||
        database_run(almanac->database, "BEGIN; DELETE FROM source; DELETE FROM constituency; DELETE FROM member",
                     error) != 0)
        return -1;
    struct statement *last;
    if (database_prepare(almanac->database, &last, "SELECT max(number) FROM boundary", error) != 0 ||
        statement_step(last, error) != 1)
        return -1;
    almanac->boundaries_first = statement_number(last, 0);
    statement_reset(last);
    almanac->copied = true;
    return database_prepare(almanac->database, &almanac->add_postcode, add_postcode, error);
}

int almanac_clear_postcodes(struct almanac *almanac, const char *source, struct date date, struct error *error) {
    note_source(almanac, PART_POSTCODES, source, date);
    for (size_t number = 1; number < almanac->roll.count; number++)
        almanac->roll.constituencies[number].used = false;
    return build_new(almanac, error);
}

/* The number of the boundary between CANDIDATES; -1: an error. Most are between the same few, so each is kept once. */
static int64_t boundary(struct almanac *almanac, const int64_t *candidates, size_t count, struct error *error) {
    void **slot = table_slot(&almanac->boundaries, candidates, count * sizeof *candidates);
    if (*slot != NULL)
        return (int64_t)(intptr_t)*slot;
    int64_t number = almanac->boundaries_first + (int64_t)almanac->boundaries.count;
    if (number > BOUNDARIES_MAX)
        return error_set(error, STATUS_DATA, "there are more than %d boundaries between constituencies",
                         BOUNDARIES_MAX);
    *slot = (void *)(intptr_t)number; /* NOLINT(performance-no-int-to-ptr) */
    return number;
}

int almanac_add_postcode(struct almanac *almanac, const char *postcode, const int64_t *constituencies, size_t count,
                         bool terminated, struct error *error) {
    int64_t candidates[CANDIDATES_MAX];
    size_t different = 0;
    if (almanac->database == NULL && build_copy(almanac, error) != 0)
        return -1;
    for (size_t i = 0; i < count && different < CANDIDATES_MAX; i++) {
        if (constituencies[i] == ALMANAC_NOWHERE)
            continue;
        assert(constituencies[i] > 0 && (size_t)constituencies[i] < almanac->roll.count);
        struct constituency *constituency = roll_at(&almanac->roll, constituencies[i]);
        constituency->used = true;
        candidates[different++] = roll_number(&almanac->roll, constituency);
        for (size_t j = 0; j + 1 < different; j++)
            if (candidates[j] == candidates[different - 1]) {
                different--;
                break;
            }
    }
    int64_t place = (different == 0 ? ALMANAC_NOWHERE : candidates[0]) * 2 + terminated;
    if (different > 1) {
        int64_t number = boundary(almanac, candidates, different, error);
        if (number < 0)
            return -1;
        place = -(number * 2 + terminated);
    }
    statement_bind_number(almanac->add_postcode, 1, almanac_postcode_number(postcode));
    statement_bind_number(almanac->add_postcode, 2, place);
    return statement_step(almanac->add_postcode, error);
}

/* Beginning */

static int load_sources(struct almanac *almanac, const char *path, struct error *error) {
    struct statement *rows;
    if (database_prepare(almanac->old, &rows, "SELECT part, files, date FROM source", error) != 0)
        return -1;
    int row;
    while ((row = statement_step(rows, error)) == 1)
        for (int part = 0; part < PARTS; part++)
            if (strcmp(statement_text(rows, 0), part_names[part]) == 0 &&
                (volume_text(&almanac->roll.arena, rows, 1, &almanac->sources[part], path, error) != 0 ||
                 volume_text(&almanac->roll.arena, rows, 2, &almanac->dates[part], path, error) != 0))
                return -1;
    return row;
}

/* Reads what there is; that there is nothing yet is well. */
static int load(struct almanac *almanac, const char *path, struct error *error) {
    if (volume_exists(&almanac->volume) && volume_read(&almanac->old, path, error) != 0)
        return -1;
    if (roll_load(&almanac->roll, almanac->old, path, error) != 0)
        return -1;
    return almanac->old == NULL ? 0 : load_sources(almanac, path, error);
}

int almanac_begin(struct almanac **almanac, const char *path, struct error *error) {
    struct almanac *begun = memory_alloc(1, sizeof *begun);
    begun->volume.descriptor = -1;
    if (volume_begin(&begun->volume, path, error) != 0 || load(begun, path, error) != 0) {
        almanac_abandon(begun);
        return -1;
    }
    *almanac = begun;
    return 0;
}

/* Ending */

/* Postcodes of constituencies that turned out to be others lie in those. */
static int move_merged(struct almanac *almanac, struct error *error) {
    struct statement *insert;
    if (!almanac->roll.merged)
        return 0;
    if (database_run(almanac->database, "CREATE TEMP TABLE merged (gone INTEGER PRIMARY KEY, kept INTEGER)", error) !=
            0 ||
        database_prepare(almanac->database, &insert, "INSERT INTO merged VALUES (?1, ?2)", error) != 0)
        return -1;
    for (size_t number = 1; number < almanac->roll.count; number++) {
        if (almanac->roll.constituencies[number].same_as == 0)
            continue;
        statement_bind_number(insert, 1, (int64_t)number);
        statement_bind_number(insert, 2, roll_number(&almanac->roll, roll_at(&almanac->roll, (int64_t)number)));
        if (statement_step(insert, error) != 0)
            return -1;
    }
    return database_run(almanac->database,
                        "UPDATE postcode SET place = (SELECT kept FROM merged WHERE gone = place / 2) * 2 + place % 2"
                        " WHERE place > 0 AND place / 2 IN (SELECT gone FROM merged);"
                        "UPDATE boundary SET constituency = (SELECT kept FROM merged WHERE gone = constituency)"
                        " WHERE constituency IN (SELECT gone FROM merged);"
                        "DROP TABLE merged",
                        error);
}

static int write_boundaries(struct almanac *almanac, struct error *error) {
    struct statement *insert;
    if (database_prepare(almanac->database, &insert, "INSERT INTO boundary VALUES (?1, ?2, ?3)", error) != 0)
        return -1;
    for (size_t i = 0; i < almanac->boundaries.count; i++) {
        const struct table_entry *entry = &almanac->boundaries.entries[i];
        int64_t candidates[CANDIDATES_MAX];
        memcpy(candidates, entry->key, entry->key_length);
        for (size_t rank = 0; rank < entry->key_length / sizeof *candidates; rank++) {
            statement_bind_number(insert, 1, (int64_t)(intptr_t)entry->value);
            statement_bind_number(insert, 2, (int64_t)rank);
            statement_bind_number(insert, 3, candidates[rank]);
            if (statement_step(insert, error) != 0)
                return -1;
        }
    }
    return 0;
}

/* Old postcodes keep the constituencies that they lie in. */
static int mark_used(struct almanac *almanac, struct error *error) {
    struct statement *rows;
    if (!almanac->copied)
        return 0;
    if (database_prepare(almanac->database, &rows,
                         "SELECT DISTINCT place / 2 FROM postcode WHERE place > 1"
                         " UNION SELECT constituency FROM boundary",
                         error) != 0)
        return -1;
    int row;
    while ((row = statement_step(rows, error)) == 1) {
        int64_t number = statement_number(rows, 0);
        if (number > 0 && (size_t)number < almanac->roll.count)
            almanac->roll.constituencies[number].used = true;
    }
    return row;
}

static int write_sources(struct almanac *almanac, struct error *error) {
    struct statement *insert;
    if (database_prepare(almanac->database, &insert, "INSERT INTO source VALUES (?1, ?2, ?3)", error) != 0)
        return -1;
    for (int part = 0; part < PARTS; part++) {
        if (almanac->sources[part] == NULL)
            continue;
        statement_bind_text(insert, 1, part_names[part], strlen(part_names[part]));
        statement_bind_text(insert, 2, almanac->sources[part], strlen(almanac->sources[part]));
        statement_bind_text(insert, 3, almanac->dates[part], strlen(almanac->dates[part]));
        if (statement_step(insert, error) != 0)
            return -1;
    }
    return 0;
}

static int write_everything(struct almanac *almanac, struct error *error) {
    if (almanac->database == NULL && build_copy(almanac, error) != 0)
        return -1;
    if (write_boundaries(almanac, error) != 0 || move_merged(almanac, error) != 0 || mark_used(almanac, error) != 0)
        return -1;
    if (roll_write(&almanac->roll, almanac->database, error) != 0 || write_sources(almanac, error) != 0)
        return -1;
    return database_run(almanac->database, "COMMIT", error);
}

int almanac_commit(struct almanac *almanac, struct error *error) {
    int result = write_everything(almanac, error);
    if (result == 0) {
        result = volume_commit(&almanac->volume, almanac->database, error);
        almanac->database = NULL;
    }
    almanac_abandon(almanac);
    return result;
}

void almanac_abandon(struct almanac *almanac) {
    if (almanac == NULL)
        return;
    database_close(almanac->database);
    database_close(almanac->old);
    volume_abandon(&almanac->volume);
    table_release(&almanac->boundaries);
    roll_release(&almanac->roll);
    free(almanac);
}
