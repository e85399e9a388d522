/*
 * The roll: names and members come in from whichever files there are, one row a constituency goes out. The one idea:
 * files know constituencies by different names (a code, a name, both), so each is found by any of them, and two that a
 * third file shows to be the same become one.
 */
#include "input/roll.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "input/volume.h"

enum { CONSTITUENCIES_MAX = 4096, SEATS = 650 /* of the House of Commons */ };

struct constituency *roll_at(const struct roll *roll, int64_t number) {
    while (roll->constituencies[number].same_as != 0)
        number = roll->constituencies[number].same_as;
    return &roll->constituencies[number];
}

int64_t roll_number(const struct roll *roll, const struct constituency *constituency) {
    return constituency - roll->constituencies;
}

static int64_t find_code(const struct roll *roll, const char *code) {
    return *code == '\0' ? 0 : (int64_t)(intptr_t)table_find(&roll->codes, code, strlen(code));
}

/* From now on the constituency is found by its names. */
static void index_names(struct roll *roll, int64_t number) {
    const struct constituency *constituency = &roll->constituencies[number];
    for (int i = ROLL_CODE; i <= ROLL_SHORT_CODE; i++) {
        const char *code = constituency->names[i];
        if (*code != '\0') /* NOLINTNEXTLINE(performance-no-int-to-ptr): the table's values are numbers */
            *table_slot(&roll->codes, code, strlen(code)) = (void *)(intptr_t)number;
    }
    for (int i = ROLL_NAME; i <= ROLL_NAME_WELSH; i++)
        placenames_add(&roll->names, constituency->names[i], strlen(constituency->names[i]), number);
}

/* Makes all numbers up to NUMBER, for those that are not known yet. */
static void make_room(struct roll *roll, int64_t number) {
    while (roll->count <= (size_t)number) {
        struct constituency *made = MEMORY_PUSH(roll->constituencies, roll->count, roll->room);
        *made = (struct constituency){0};
        for (size_t i = 0; i < ROLL_NAMES; i++)
            made->names[i] = "";
        for (size_t i = 0; i < ROLL_TEXTS; i++)
            made->texts[i] = "";
    }
}

/* What TARGET does not have, it gets from SOURCE. */
static void fill(const char **target, const char *const *source, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (*target[i] == '\0')
            target[i] = source[i];
}

/* Two constituencies, one known by its code and one by its name, are the same, as a file with both has shown. */
static void merge(struct roll *roll, int64_t kept, int64_t gone) {
    struct constituency *to = &roll->constituencies[kept], *from = &roll->constituencies[gone];
    fill(to->names, from->names, ROLL_NAMES);
    fill(to->texts, from->texts, ROLL_TEXTS);
    to->sits = to->sits || from->sits;
    to->met = to->met || from->met;
    to->used = to->used || from->used;
    from->same_as = kept;
    from->known = false;
    roll->merged = true;
}

/* Its codes tell a constituency; a name does where it has no other code. */
static bool contradicts(const struct constituency *constituency, const char *const names[ROLL_NAMES]) {
    for (int i = ROLL_CODE; i <= ROLL_SHORT_CODE; i++)
        if (*names[i] != '\0' && *constituency->names[i] != '\0' && strcmp(names[i], constituency->names[i]) != 0)
            return true;
    return false;
}

int64_t roll_find(struct roll *roll, const char *const names[ROLL_NAMES], struct error *error) {
    int64_t found = 0;
    for (int i = 0; i < ROLL_NAMES; i++) {
        int64_t other = i <= ROLL_SHORT_CODE ? find_code(roll, names[i])
                                             : placenames_find(&roll->names, names[i], strlen(names[i]));
        if (other == 0)
            continue;
        other = roll_number(roll, roll_at(roll, other));
        if (other == found || contradicts(&roll->constituencies[other], names))
            continue;
        if (found == 0)
            found = other;
        else if (!contradicts(&roll->constituencies[found], roll->constituencies[other].names))
            merge(roll, found, other);
    }
    if (found == 0) {
        found = (int64_t)roll->count;
        if (found > CONSTITUENCIES_MAX)
            return error_set(error, STATUS_DATA, "there are more than %d constituencies; the United Kingdom has %d",
                             CONSTITUENCIES_MAX, SEATS);
        make_room(roll, found);
        roll->constituencies[found].known = true;
    }
    struct constituency *kept = &roll->constituencies[found];
    bool completed = false;
    for (int i = 0; i < ROLL_NAMES; i++) {
        if (*kept->names[i] != '\0' || *names[i] == '\0')
            continue;
        kept->names[i] = arena_copy(&roll->arena, names[i], strlen(names[i]));
        completed = true;
    }
    kept->met = true;
    if (completed)
        index_names(roll, found);
    return found;
}

void roll_clear_members(struct roll *roll) {
    for (size_t number = 1; number < roll->count; number++) {
        struct constituency *constituency = &roll->constituencies[number];
        constituency->sits = constituency->met = false;
        for (size_t i = 0; i < ROLL_TEXTS; i++)
            constituency->texts[i] = "";
    }
    roll->cleared = true;
}

void roll_add_member(struct roll *roll, int64_t number, const char *const texts[ROLL_TEXTS]) {
    struct constituency *constituency = roll_at(roll, number);
    for (size_t i = 0; i < ROLL_TEXTS; i++)
        if (texts[i] != NULL && *texts[i] != '\0')
            constituency->texts[i] = arena_copy(&roll->arena, texts[i], strlen(texts[i]));
    constituency->sits = true;
    constituency->met = true;
}

static int load_constituencies(struct roll *roll, struct database *database, const char *path, struct error *error) {
    struct statement *rows;
    if (database_prepare(database, &rows,
                         "SELECT number, code, short_code, name, name_welsh FROM constituency ORDER BY number",
                         error) != 0)
        return -1;
    int row;
    while ((row = statement_step(rows, error)) == 1) {
        int64_t number = statement_number(rows, 0);
        if (number < 1 || number > CONSTITUENCIES_MAX)
            return volume_foreign(path, error);
        make_room(roll, number);
        roll->constituencies[number].known = true;
        for (int i = 0; i < ROLL_NAMES; i++)
            if (volume_text(&roll->arena, rows, i + 1, &roll->constituencies[number].names[i], path, error) != 0)
                return -1;
        index_names(roll, number);
    }
    return row;
}

static int load_members(struct roll *roll, struct database *database, const char *path, struct error *error) {
    struct statement *rows;
    if (database_prepare(database, &rows,
                         "SELECT constituency, name, title, dear, party, email, address, note FROM member", error) != 0)
        return -1;
    int row;
    while ((row = statement_step(rows, error)) == 1) {
        int64_t number = statement_number(rows, 0);
        if (number < 1 || (size_t)number >= roll->count || !roll->constituencies[number].known)
            return volume_foreign(path, error);
        roll->constituencies[number].sits = true;
        for (int i = 0; i < ROLL_TEXTS; i++)
            if (volume_text(&roll->arena, rows, i + 1, &roll->constituencies[number].texts[i], path, error) != 0)
                return -1;
    }
    return row;
}

int roll_load(struct roll *roll, struct database *database, const char *path, struct error *error) {
    make_room(roll, 0);
    if (database == NULL)
        return 0;
    return load_constituencies(roll, database, path, error) != 0 ? -1 : load_members(roll, database, path, error);
}

void roll_release(struct roll *roll) {
    free(roll->constituencies);
    table_release(&roll->codes);
    placenames_release(&roll->names);
    arena_release(&roll->arena);
}

/*
 * Constituencies are redrawn, and a new list of MPs does not say which are no more. There are 650 seats: where the new
 * list and the old names it lacks are more, those it lacks are abolished; where they are not, they are vacant. One that
 * is only a code, from a postcode file that is no longer held, goes too.
 */
static void forget_abolished(struct roll *roll) {
    size_t named = 0;
    for (size_t number = 1; number < roll->count; number++)
        named += roll->constituencies[number].known && *roll->constituencies[number].names[ROLL_NAME] != '\0';
    for (size_t number = 1; number < roll->count; number++) {
        struct constituency *constituency = &roll->constituencies[number];
        if (constituency->sits || constituency->used)
            continue;
        bool abolished = roll->cleared && !constituency->met && named > SEATS;
        if (abolished || *constituency->names[ROLL_NAME] == '\0')
            constituency->known = false;
    }
}

static int write_texts(struct statement *insert, int64_t number, const char *const *texts, int count,
                       struct error *error) {
    statement_bind_number(insert, 1, number);
    for (int i = 0; i < count; i++)
        statement_bind_text(insert, i + 2, texts[i], strlen(texts[i]));
    return statement_step(insert, error);
}

static int write_rows(const struct roll *roll, struct database *database, struct error *error) {
    struct statement *constituencies, *members;
    if (database_prepare(database, &constituencies, "INSERT INTO constituency VALUES (?1, ?2, ?3, ?4, ?5)", error) !=
            0 ||
        database_prepare(database, &members, "INSERT INTO member VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", error) != 0)
        return -1;
    for (size_t number = 1; number < roll->count; number++) {
        const struct constituency *constituency = &roll->constituencies[number];
        if (!constituency->known)
            continue;
        if (write_texts(constituencies, (int64_t)number, constituency->names, ROLL_NAMES, error) != 0 ||
            (constituency->sits && write_texts(members, (int64_t)number, constituency->texts, ROLL_TEXTS, error) != 0))
            return -1;
    }
    return 0;
}

int roll_write(struct roll *roll, struct database *database, struct error *error) {
    forget_abolished(roll);
    return write_rows(roll, database, error);
}
