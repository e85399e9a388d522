/*
 * People: the rows of a list come in, checked persons go out, one at a time. The one idea: cells are cleaned, put
 * together and judged by modules that know nothing of each other; here is only the order in which that happens.
 */
#include "input/people.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/text.h"
#include "input/check.h"
#include "input/identity.h"
#include "input/representative.h"
#include "input/tally.h"

/* A field that was given and that no column and no built-in field is called. */
struct extra {
    const char *name;
    const char *key;
    size_t key_length;
};

struct people {
    enum office office;   /* that the letters go to */
    struct csv *csv;      /* NULL: the one person that was given */
    const char *file;     /* its path, or NULL */
    struct arena arena;   /* what lives as long as the people */
    struct header header; /* no columns where there is no csv */
    struct csv_row given; /* what was given, as a row; its header is header.row */
    struct extra *extras;
    size_t extras_count;
    struct value *fixed; /* by number of field: what stands for every row, where text is not NULL */
    bool has[FIELD_COUNT];

    unsigned rows_count;
    bool again; /* the second pass */
    struct identities identities;
    struct tally tally;
    struct representatives representatives;
    struct arena ignored_arena; /* for what is reported again on the second pass */
    struct problems ignored;
};

static size_t columns_count(const struct people *people) {
    return people->csv == NULL ? 0 : people->header.row.cells_count;
}

size_t people_fields_count(const struct people *people) {
    return FIELD_COUNT + columns_count(people) + people->extras_count;
}

static bool is_key(const char *own, size_t own_length, const char *key, size_t length) {
    return own_length > 0 && own_length == length && memcmp(own, key, length) == 0;
}

/* The number of the column or extra field that is called KEY, or -1. */
static int own_field(const struct people *people, const char *key, size_t length) {
    for (size_t i = 0; i < columns_count(people); i++) {
        const struct column *column = &people->header.columns[i];
        if (is_key(column->key, column->key_length, key, length))
            return column->field >= 0 ? column->field : FIELD_COUNT + (int)i;
    }
    for (size_t i = 0; i < people->extras_count; i++)
        if (is_key(people->extras[i].key, people->extras[i].key_length, key, length))
            return FIELD_COUNT + (int)(columns_count(people) + i);
    return -1;
}

int people_field(const struct people *people, const char *key, size_t length) {
    int field = own_field(people, key, length);
    return field >= 0 ? field : field_of_placeholder(people->office, key, length);
}

bool people_has(const struct people *people, int field) {
    if (field < FIELD_COUNT)
        return people->has[field];
    size_t column = (size_t)field - FIELD_COUNT;
    return column >= columns_count(people) || people->header.columns[column].field < 0;
}

const char *people_field_name(const struct people *people, int field) {
    if (field < FIELD_COUNT) {
        int column = columns_count(people) > 0 ? people->header.column_of[field] : -1;
        return column >= 0 ? people->header.columns[column].name : field_name(people->office, (enum field)field);
    }
    size_t i = (size_t)field - FIELD_COUNT;
    return i < columns_count(people) ? people->header.columns[i].name : people->extras[i - columns_count(people)].name;
}

const char *people_nearest(const struct people *people, const char *key, size_t length) {
    unsigned nearest = (unsigned)(length / 3) + 1;
    const char *name = NULL;
    /* A letter to MPs that is now to go to others. */
    int meant = field_of_placeholder(OFFICE_MP, key, length);
    if (meant >= FIELD_MP && meant <= FIELD_MP_ADDRESS)
        return field_name(people->office, (enum field)meant);
    for (size_t i = 0; i < columns_count(people) + people->extras_count; i++) {
        bool column = i < columns_count(people);
        size_t j = column ? i : i - columns_count(people);
        const char *own = column ? people->header.columns[j].key : people->extras[j].key;
        size_t own_length = column ? people->header.columns[j].key_length : people->extras[j].key_length;
        unsigned distance = own_length == 0 ? nearest : text_distance(own, own_length, key, length);
        if (distance < nearest) {
            nearest = distance;
            name = column ? people->header.columns[j].name : people->extras[j].name;
        }
    }
    unsigned distance;
    const char *known = field_nearest(people->office, key, length, &distance);
    return known != NULL && distance < nearest ? known : name;
}

bool people_is_leftover(const struct people *people) {
    return people->header.returned;
}

const struct csv_row *people_header(const struct people *people) {
    return &people->header.row;
}

enum office people_office(const struct people *people) {
    return people->office;
}

const struct value *people_fixed(const struct people *people, enum field field) {
    return people->fixed[field].text == NULL ? NULL : &people->fixed[field];
}

/* Line breaks mean something in these; elsewhere they come from a cell that was too narrow. */
static bool keeps_lines(int field) {
    return field < 0 || field >= FIELD_COUNT || field == FIELD_PERSONAL_MESSAGE || field == FIELD_MP_ADDRESS ||
           (field >= FIELD_ADDRESS && field <= FIELD_ADDRESS_LAST && field != FIELD_HOUSE);
}

static int add_extra(struct people *people, const char *name, const struct str *key) {
    people->extras[people->extras_count] = (struct extra){
        .name = value_shown(&people->arena, name, strlen(name)),
        .key = arena_copy(&people->arena, key->bytes, key->length),
        .key_length = key->length,
    };
    return FIELD_COUNT + (int)(columns_count(people) + people->extras_count++);
}

/* The number of the field that was given as NAME, made where there is none; -1 where that is no name. */
static int given_field(struct people *people, const char *name) {
    struct str key = STR_EMPTY;
    field_key(&key, name, strlen(name));
    int field = key.length == 0 ? -1 : people_field(people, key.bytes, key.length);
    if (field < 0 && key.length > 0)
        field = field_of_column(people->office, key.bytes, key.length);
    if (field < 0 && key.length > 0)
        field = add_extra(people, name, &key);
    str_release(&key);
    return field;
}

static void take_given(struct people *people, const struct people_given *given, struct problems *problems) {
    struct place nowhere = {NULL, 0, 0};
    size_t length = strlen(given->value);
    if (text_valid(given->name, strlen(given->name)) < strlen(given->name) ||
        text_valid(given->value, length) < length) {
        problems_add(problems, SEVERITY_ERROR, nowhere, "a field was given in bytes that are not UTF-8");
        return;
    }
    const char *shown = value_shown(problems->arena, given->name, strlen(given->name));
    int field = given_field(people, given->name);
    if (field < 0) {
        problems_add(problems, SEVERITY_ERROR, nowhere, "\"%s\" is no name for a field: it needs letters or figures",
                     shown);
        return;
    }
    if (people->fixed[field].text != NULL) {
        problems_add(problems, SEVERITY_ERROR, nowhere, "the field \"%s\" was given twice", shown);
        return;
    }
    struct value *value = &people->fixed[field];
    uint32_t codepoint = 0;
    const char *text = given->value;
    text_trim(&text, &length);
    text = arena_copy(&people->arena, text, length);
    enum value_fault fault = value_clean(&people->arena, text, length, keeps_lines(field), value, &codepoint);
    int known = field < FIELD_COUNT ? field : -1;
    check_fault(fault, codepoint, text, known, shown, people->office, nowhere, problems);
    if (known >= 0 && fault == VALUE_FINE)
        check_form((enum field)known, value, people->office, nowhere, problems);
}

/* A whole that was given stands for its parts too, as far as they were not given themselves. */
static void fix_parts(struct people *people, enum field whole, int first, int last) {
    for (int field = first; people->fixed[whole].text != NULL && field <= last; field++)
        if (people->fixed[field].text == NULL)
            people->fixed[field].text = "";
}

/* A column that looks like the recipient's does not count, and a letter that names it names the recipient. */
static void note_unused(const struct people *people, int field, struct problems *problems) {
    int column = columns_count(people) > 0 ? people->header.column_of[field] : -1;
    if (column >= 0)
        problems_add(problems, SEVERITY_NOTE, header_place(people->csv, &people->header.row, (size_t)column),
                     "the column \"%s\" is not used: all letters go to %s (recipient.kind = fixed)",
                     people->header.columns[column].name, people->fixed[FIELD_MP].text);
}

/* The one recipient of all letters, as configured; what was given with -f stands before it. */
static void take_addressing(struct people *people, const struct addressing *addressing, struct problems *problems) {
    const struct {
        enum field field;
        const char *text;
    } taken[] = {
        {FIELD_MP, addressing->name},
        {FIELD_MP_TITLE, addressing->name},
        {FIELD_MP_DEAR, addressing->salutation},
        {FIELD_MP_EMAIL, addressing->email},
        {FIELD_MP_ADDRESS, addressing->address},
        {FIELD_PARTY, NULL},
    };
    if (people->fixed[FIELD_MP].text != NULL)
        return;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (people->fixed[taken[i].field].text != NULL)
            continue;
        const char *text = taken[i].text == NULL ? "" : taken[i].text;
        size_t length = strlen(text);
        text = text_nfc(&people->arena, text, &length);
        people->fixed[taken[i].field] = (struct value){.text = text, .length = length};
        note_unused(people, (int)taken[i].field, problems);
    }
}

/* What was given, as a header and a row. */
static void make_given_row(struct people *people, const struct people_given *given, size_t count) {
    people->header.row = (struct csv_row){.cells = ARENA_ARRAY(&people->arena, struct csv_cell, count)};
    people->given = (struct csv_row){.cells = ARENA_ARRAY(&people->arena, struct csv_cell, count)};
    people->header.row.cells_count = people->given.cells_count = count;
    for (size_t i = 0; i < count; i++) {
        people->header.row.cells[i] = (struct csv_cell){.text = given[i].name, .length = strlen(given[i].name)};
        people->given.cells[i] = (struct csv_cell){.text = given[i].value, .length = strlen(given[i].value)};
        people->header.row.cells[i].text = arena_copy(&people->arena, given[i].name, strlen(given[i].name));
        people->given.cells[i].text = arena_copy(&people->arena, given[i].value, strlen(given[i].value));
    }
}

/* Which fields any row can have. */
static void find_sources(struct people *people) {
    bool *has = people->has;
    for (int field = 0; field < FIELD_COUNT; field++) {
        bool column = columns_count(people) > 0 && people->header.column_of[field] >= 0;
        bool fixed = people->fixed[field].text != NULL;
        has[field] = fixed ? people->fixed[field].length > 0 : column;
    }
    bool one_cell = has[FIELD_ADDRESS];
    has[FIELD_NAME] = has[FIELD_NAME] || has[FIELD_FIRST_NAME] || has[FIELD_LAST_NAME];
    has[FIELD_ADDRESS] = has[FIELD_ADDRESS] || has[FIELD_HOUSE];
    for (int field = FIELD_ADDRESS_1; field <= FIELD_ADDRESS_LAST; field++) {
        has[FIELD_ADDRESS] = has[FIELD_ADDRESS] || has[field];
        has[field] = has[field] || one_cell;
    }
    has[FIELD_POSTCODE] = has[FIELD_POSTCODE] || (people->csv != NULL && people->header.postcode_in_address);
    has[FIELD_MP_TITLE] = has[FIELD_MP_TITLE] || has[FIELD_MP];
    has[FIELD_MP_DEAR] = has[FIELD_MP_DEAR] || has[FIELD_MP];
}

/* What was given for every row of a list is meant so: a letter to one person, whoever the members' MPs are. */
static bool mp_is_given(const struct people *people) {
    return people->fixed[FIELD_MP].text != NULL && (people->csv != NULL || people->office == OFFICE_FIXED);
}

int people_open(struct people **people, struct csv *csv, const struct people_given *given, size_t given_count,
                struct directory *directory, enum preference preference, const struct addressing *addressing,
                struct problems *problems, struct error *error) {
    struct people *opened = memory_alloc(1, sizeof *opened);
    opened->office = addressing == NULL ? OFFICE_MP : addressing->office;
    opened->csv = csv;
    opened->file = csv_path(csv);
    identities_init(&opened->identities);
    tally_init(&opened->tally);
    problems_init(&opened->ignored, &opened->ignored_arena);

    if (csv == NULL)
        make_given_row(opened, given, given_count);
    else if (header_read(&opened->header, csv, opened->office, &opened->arena, problems, error) != 0) {
        people_close(opened);
        return -1;
    }
    opened->extras = ARENA_ARRAY(&opened->arena, struct extra, given_count);
    opened->fixed = ARENA_ARRAY(&opened->arena, struct value, people_fields_count(opened) + given_count);
    for (size_t i = 0; i < given_count; i++)
        take_given(opened, &given[i], problems);
    if (addressing != NULL && addressing->office == OFFICE_FIXED)
        take_addressing(opened, addressing, problems);
    fix_parts(opened, FIELD_NAME, FIELD_TITLE, FIELD_LAST_NAME);
    fix_parts(opened, FIELD_ADDRESS, FIELD_HOUSE, FIELD_COUNTRY);
    fix_parts(opened, FIELD_MP, FIELD_MP_TITLE, FIELD_MP_DEAR);
    find_sources(opened);
    representative_init(&opened->representatives, opened->office, directory, preference, opened->file,
                        mp_is_given(opened), opened->has);
    check_columns(opened->has, opened->office, csv, &opened->header, problems);
    *people = opened;
    return 0;
}

void people_note_columns(const struct people *people, const char *const *names, size_t count,
                         struct problems *problems) {
    if (people->csv == NULL)
        return;
    bool *used = memory_alloc(columns_count(people), sizeof *used);
    struct str key = STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        if (names[i] == NULL)
            continue;
        str_clear(&key);
        field_key(&key, names[i], strlen(names[i]));
        for (size_t j = 0; j < columns_count(people); j++)
            used[j] = used[j] || is_key(people->header.columns[j].key, people->header.columns[j].key_length, key.bytes,
                                        key.length);
    }
    header_note_others(&people->header, people->csv, used, problems);
    str_release(&key);
    free(used);
}

void people_expect(struct people *people, const struct representative_needs *needs, struct problems *problems) {
    struct place place = {people->file, people->header.row.line, 0};
    representative_expect(&people->representatives, needs, place, problems);
}

void people_close(struct people *people) {
    if (people == NULL)
        return;
    identities_release(&people->identities);
    tally_release(&people->tally);
    representative_release(&people->representatives);
    problems_release(&people->ignored);
    arena_release(&people->ignored_arena);
    arena_release(&people->arena);
    free(people);
}

/* The number that a problems.csv says the row had; 0 where it says none. */
static unsigned returned_number(const struct csv_row *row, size_t column) {
    if (column >= row->cells_count || row->cells[column].length > 7)
        return 0;
    unsigned number = 0;
    for (const char *digit = row->cells[column].text; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9')
            return 0;
        number = number * 10 + (unsigned)(*digit - '0');
    }
    return number;
}

static unsigned row_number(struct people *people, const struct csv_row *row, struct problems *problems) {
    if (people->csv == NULL)
        return 0;
    if (!people->header.returned)
        return people->rows_count;
    size_t column = people->header.row.cells_count;
    unsigned number = returned_number(row, column);
    struct place place = header_place(people->csv, row, column);
    if (number == 0) {
        if (!people->again)
            problems_add(problems, SEVERITY_ERROR, place,
                         "the column \"%s\" must hold the row's number in the first list, and holds none",
                         people_added_columns[0]);
        return people->rows_count;
    }
    if (!people->again && !identities_take_row(&people->identities, number))
        problems_add(problems, SEVERITY_ERROR, place, "row %u is here twice", number);
    return number;
}

/* The reader of cells may have spoken of a cell already, and what it left of it need not be judged. */
static bool is_reported(const struct problems *problems, struct place place) {
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].place.line == place.line && problems->items[i].place.column == place.column)
            return true;
    return false;
}

/* Cleans the cell of column I into its field, and on the first pass says what is wrong with it. */
static void read_cell(struct people *people, const struct csv_row *row, size_t i, struct person *person,
                      struct arena *arena, struct problems *problems) {
    int known = people->header.columns[i].field;
    int field = known >= 0 ? known : FIELD_COUNT + (int)i;
    if (people->fixed[field].text != NULL)
        return;
    struct place place = header_place(people->csv, row, i);
    struct value *value = &person->values[field];
    value->line = place.line;
    value->column = place.column;
    if (i >= row->cells_count || row->cells[i].length == 0)
        return;
    uint32_t codepoint = 0;
    enum value_fault fault =
        value_clean(arena, row->cells[i].text, row->cells[i].length, keeps_lines(field), value, &codepoint);
    if (known >= 0 && fault == VALUE_EXCEL_ERROR)
        person->empty_by_error[known] = true;
    if (fault != VALUE_FINE && !people->again && !is_reported(problems, place))
        check_fault(fault, codepoint, row->cells[i].text, known, people->header.columns[i].name, people->office, place,
                    problems);
}

static void read_values(struct people *people, const struct csv_row *row, struct person *person, struct arena *arena,
                        struct problems *problems) {
    size_t count = people_fields_count(people);
    person->values = ARENA_ARRAY(arena, struct value, count);
    for (size_t i = 0; i < count; i++)
        person->values[i].text = "";
    for (size_t i = 0; i < columns_count(people); i++)
        read_cell(people, row, i, person, arena, problems);
    for (size_t i = 0; i < count; i++)
        if (people->fixed[i].text != NULL)
            person->values[i] = people->fixed[i];
}

/* Everything that is judged on the first pass but single cells. */
static void judge(struct people *people, const struct csv_row *row, struct person *person,
                  const struct person_findings *findings, struct problems *problems) {
    static const enum field formed[] = {FIELD_POSTCODE, FIELD_EMAIL, FIELD_TELEPHONE, FIELD_MEMBER_ID, FIELD_MP_EMAIL};
    for (size_t i = 0; i < sizeof formed / sizeof *formed; i++) {
        const struct value *value = &person->values[formed[i]];
        struct place place = {people->file, value->line, value->column};
        if (people->fixed[formed[i]].text == NULL && !is_reported(problems, place))
            check_form(formed[i], value, people->office, place, problems);
    }
    if (row->faulty) {
        /* What a broken quotation mark swallowed is not missing. */
        for (int field = 0; field < FIELD_COUNT; field++)
            person->empty_by_error[field] = true;
        return;
    }
    if (!people->header.returned && people->csv != NULL)
        check_surplus(row, columns_count(people), people->csv, problems);
    check_person(person, findings, people->has, people->file, problems);
    identities_meet(&people->identities, person, people->file, problems);
}

static int next_row(struct people *people, struct arena *arena, struct csv_row *row, struct problems *problems,
                    struct error *error) {
    if (people->csv == NULL) {
        *row = people->given;
        return people->rows_count == 0;
    }
    if (!people->again)
        return csv_next(people->csv, arena, row, problems, error);
    arena_clear(&people->ignored_arena);
    problems_clear(&people->ignored);
    return csv_next(people->csv, arena, row, &people->ignored, error);
}

int people_next(struct people *people, struct arena *arena, struct person *person, struct csv_row *cells,
                struct problems *problems, struct error *error) {
    size_t first_problem = problems->count;
    struct csv_row row;
    int got = next_row(people, arena, &row, problems, error);
    if (got <= 0)
        return got;

    people->rows_count++;
    *person = (struct person){.office = people->office, .line = row.line};
    person->row = row_number(people, &row, problems);
    read_values(people, &row, person, arena, problems);
    struct person_findings findings = {0};
    person_complete(person, arena, &findings);
    if (!people->again && !row.faulty)
        tally_add(&people->tally, person); /* of what the list itself says */
    if (!row.faulty &&
        representative_find(&people->representatives, person, arena, people->again ? NULL : problems, error))
        return -1;
    if (!people->again)
        judge(people, &row, person, &findings, problems);
    for (size_t i = first_problem; i < problems->count; i++)
        problems->items[i].row = person->row;

    if (cells != NULL) {
        *cells = row;
        if (people->csv != NULL && cells->cells_count > columns_count(people))
            cells->cells_count = columns_count(people);
    }
    return 1;
}

int people_rewind(struct people *people, struct error *error) {
    people->again = true;
    people->rows_count = 0;
    return people->csv == NULL ? 0 : header_skip(&people->header, people->csv, error);
}

struct people_position people_tell(const struct people *people) {
    struct people_position position = {.rows_before = people->rows_count - 1};
    if (people->csv != NULL)
        position.csv = csv_tell(people->csv);
    return position;
}

int people_seek(struct people *people, struct people_position position, struct error *error) {
    people->rows_count = position.rows_before;
    return people->csv == NULL ? 0 : csv_seek(people->csv, position.csv, error);
}

void people_review(const struct people *people, struct problems *problems) {
    tally_review(&people->tally, people->office, people->file, problems);
    representative_review(&people->representatives, problems);
}
