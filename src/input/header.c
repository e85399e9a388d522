/*
 * Headers: the first rows of a list come in, a field for each column goes out. The one idea: the row that has the most
 * names of fields is the header, so that title rows need no rule of their own.
 */
#include "input/header.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "input/postcode.h"
#include "input/value.h"

enum { HEADER_NAME_MAX = 128 }; /* bytes: a longer cell names no field */

const char *const people_added_columns[HEADER_ADDED_COLUMNS] = {"row", "key", "problem"};

/* The first rows of a list, and one row more than could be the header: whether there is any data at all. */
struct sample {
    enum office office;
    struct arena arena;
    struct problems ignored; /* the faults of these rows are reported when they are read in earnest */
    struct csv_row rows[HEADER_ROWS_MAX + 1];
    size_t count;
    size_t header; /* index of the header */
};

struct place header_place(const struct csv *csv, const struct csv_row *row, size_t i) {
    unsigned line = row->line;
    if (row->cells_count > 0)
        line = row->cells[i < row->cells_count ? i : row->cells_count - 1].line;
    return (struct place){csv_path(csv), line, (unsigned)i + 1};
}

const char *header_letters(struct arena *arena, size_t i) {
    char letters[8];
    size_t at = sizeof letters;
    letters[--at] = '\0';
    for (i++; i > 0 && at > 0; i = (i - 1) / 26)
        letters[--at] = (char)('A' + (i - 1) % 26);
    return arena_copy(arena, letters + at, sizeof letters - 1 - at);
}

static int field_of_cell(enum office office, const struct csv_cell *cell) {
    if (cell->length == 0 || cell->length > HEADER_NAME_MAX)
        return -1;
    struct str key = STR_EMPTY;
    field_key(&key, cell->text, cell->length);
    int field = field_of_column(office, key.bytes, key.length);
    str_release(&key);
    return field;
}

/* How many different fields the cells of ROW name. */
static size_t fields_named(enum office office, const struct csv_row *row) {
    bool named[FIELD_COUNT] = {false};
    size_t count = 0;
    for (size_t i = 0; i < row->cells_count; i++) {
        int field = field_of_cell(office, &row->cells[i]);
        if (field >= 0 && !named[field]) {
            named[field] = true;
            count++;
        }
    }
    return count;
}

static int sample_read(struct sample *sample, struct csv *csv, struct error *error) {
    size_t most = 0;
    while (sample->count <= HEADER_ROWS_MAX) {
        struct csv_row *row = &sample->rows[sample->count];
        int got = csv_next(csv, &sample->arena, row, &sample->ignored, error);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        size_t named = sample->count < HEADER_ROWS_MAX ? fields_named(sample->office, row) : 0;
        if (named > most) {
            most = named;
            sample->header = sample->count;
        }
        sample->count++;
    }
    struct place place = {csv_path(csv), 0, 0};
    if (sample->count == 0)
        return error_at(error, STATUS_DATA, place, "the list has no rows");
    place.line = sample->rows[0].line;
    if (most == 0)
        return error_at(error, STATUS_DATA, place,
                        "no header was found: one of the first %d rows must name the columns, such as Name, Address "
                        "and Postcode",
                        HEADER_ROWS_MAX);
    place.line = sample->rows[sample->header].line;
    if (sample->header + 1 == sample->count)
        return error_at(error, STATUS_DATA, place, "the list has a header but no rows below it");
    return 0;
}

/* Leaves CSV before row COUNT (from 0). */
static int go_to_row(struct csv *csv, size_t count, struct error *error) {
    if (csv_rewind(csv, error) != 0)
        return -1;
    struct arena arena = ARENA_EMPTY;
    struct problems ignored;
    problems_init(&ignored, &arena);
    int got = 1;
    for (struct csv_row row; count > 0 && got > 0; count--)
        got = csv_next(csv, &arena, &row, &ignored, error);
    problems_release(&ignored);
    arena_release(&arena);
    return got < 0 ? -1 : 0;
}

static void note_titles(const struct sample *sample, const struct csv *csv, struct problems *problems) {
    if (sample->header == 0)
        return;
    struct place place = {csv_path(csv), 0, 0};
    unsigned first = sample->rows[0].line, last = sample->rows[sample->header - 1].line;
    unsigned line = sample->rows[sample->header].line;
    if (sample->header == 1)
        problems_add(problems, SEVERITY_NOTE, place, "the header is on line %u (line %u is a title)", line, first);
    else
        problems_add(problems, SEVERITY_NOTE, place, "the header is on line %u (lines %u to %u are titles)", line,
                     first, last);
}

/* Takes the columns that we added to a problems.csv off ROW. */
static bool take_added_columns(struct csv_row *row) {
    if (row->cells_count <= HEADER_ADDED_COLUMNS)
        return false;
    size_t own = row->cells_count - HEADER_ADDED_COLUMNS;
    for (size_t i = 0; i < HEADER_ADDED_COLUMNS; i++)
        if (strcmp(row->cells[own + i].text, people_added_columns[i]) != 0)
            return false;
    row->cells_count = own;
    return true;
}

static void read_columns(struct header *header, struct arena *arena) {
    header->columns = ARENA_ARRAY(arena, struct column, header->row.cells_count);
    struct str key = STR_EMPTY;
    for (size_t i = 0; i < header->row.cells_count; i++) {
        const struct csv_cell *cell = &header->row.cells[i];
        str_clear(&key);
        if (cell->length <= HEADER_NAME_MAX)
            field_key(&key, cell->text, cell->length);
        header->columns[i] = (struct column){
            .name = value_shown(arena, cell->text, cell->length),
            .key = arena_copy(arena, key.bytes, key.length),
            .key_length = key.length,
            .field = -1,
        };
    }
    str_release(&key);
}

static bool same_key(const struct column *a, const struct column *b) {
    return a->key_length > 0 && a->key_length == b->key_length && memcmp(a->key, b->key, a->key_length) == 0;
}

/* The index of an earlier column with the same key as column I, or I. */
static size_t earlier_column(const struct header *header, size_t i) {
    size_t earlier = 0;
    while (earlier < i && !same_key(&header->columns[earlier], &header->columns[i]))
        earlier++;
    return earlier;
}

static void report_doubles(const struct header *header, const struct csv *csv, struct problems *problems) {
    for (size_t i = 0; i < header->row.cells_count; i++) {
        size_t earlier = earlier_column(header, i);
        if (earlier < i)
            problems_add(problems, SEVERITY_ERROR, header_place(csv, &header->row, i),
                         "columns %s and %s are both called \"%s\": rename or remove one of them",
                         header_letters(problems->arena, earlier), header_letters(problems->arena, i),
                         header->columns[i].name);
    }
}

/* "Street" and "Locality" say no number: they take what "Address 1" and the like have left free. */
static bool is_unnumbered_line(const struct column *column, int field) {
    return field >= FIELD_ADDRESS_1 && field <= FIELD_ADDRESS_LAST &&
           (column->key[column->key_length - 1] < '0' || column->key[column->key_length - 1] > '9');
}

static void give_field(struct header *header, size_t i, int field, const struct csv *csv, struct problems *problems) {
    int wanted = field;
    if (is_unnumbered_line(&header->columns[i], field))
        while (field < FIELD_ADDRESS_LAST && header->column_of[field] >= 0)
            field++;
    int first = header->column_of[field];
    if (first < 0) {
        header->column_of[field] = (int)i;
        header->columns[i].field = field;
    } else if (!same_key(&header->columns[first], &header->columns[i])) {
        problems_add(problems, SEVERITY_NOTE, header_place(csv, &header->row, i),
                     "\"%s\" and \"%s\" both look like the %s: \"%s\" is used", header->columns[first].name,
                     header->columns[i].name, field_name(header->office, (enum field)wanted),
                     header->columns[first].name);
    }
}

static void map_columns(struct header *header, const struct csv *csv, struct problems *problems) {
    for (int field = 0; field < FIELD_COUNT; field++)
        header->column_of[field] = -1;
    for (int unnumbered = 0; unnumbered <= 1; unnumbered++) {
        for (size_t i = 0; i < header->row.cells_count; i++) {
            const struct column *column = &header->columns[i];
            int field = field_of_column(header->office, column->key, column->key_length);
            if (field >= 0 && is_unnumbered_line(column, field) == unnumbered)
                give_field(header, i, field, csv, problems);
        }
    }
}

/* An address of nine lines is nobody's; but if a list has a ninth, it must not vanish unseen. */
static void report_lines_beyond(const struct header *header, const struct csv *csv, struct problems *problems) {
    for (size_t i = 0; i < header->row.cells_count; i++) {
        const struct column *column = &header->columns[i];
        size_t stem = column->key_length;
        while (stem > 0 && column->key[stem - 1] >= '0' && column->key[stem - 1] <= '9')
            stem--;
        if (column->field >= 0 || stem == column->key_length || stem < 4 || strncmp(column->key, "addr", 4) != 0)
            continue;
        struct str first = STR_EMPTY;
        str_add(&first, column->key, stem);
        str_addc(&first, '1');
        if (field_of_column(header->office, first.bytes, first.length) == FIELD_ADDRESS_1)
            problems_add(problems, SEVERITY_WARNING, header_place(csv, &header->row, i),
                         "\"%s\" is left out of the address: it has at most %d lines", column->name, ADDRESS_LINES_MAX);
        str_release(&first);
    }
}

/* In a model letter [if ward], [else] and [end] are no fields. */
static bool is_condition(const char *name) {
    return strncasecmp(name, "if ", 3) == 0 || strcasecmp(name, "else") == 0 || strcasecmp(name, "end") == 0;
}

static void report_conditions(const struct header *header, const struct csv *csv, struct problems *problems) {
    for (size_t i = 0; i < header->row.cells_count; i++)
        if (is_condition(header->columns[i].name))
            problems_add(problems, SEVERITY_ERROR, header_place(csv, &header->row, i),
                         "a column cannot be called \"%s\", which is a condition in a model letter: rename it",
                         header->columns[i].name);
}

void header_note_others(const struct header *header, const struct csv *csv, const bool *used,
                        struct problems *problems) {
    struct str names = STR_EMPTY;
    for (size_t i = 0; i < header->row.cells_count; i++)
        if (!used[i] && header->columns[i].field < 0 && header->columns[i].key_length > 0 &&
            earlier_column(header, i) == i)
            str_addf(&names, "%s\"%s\"", names.length > 0 ? ", " : "", header->columns[i].name);
    if (names.length > 0)
        problems_add(problems, SEVERITY_NOTE, (struct place){csv_path(csv), header->row.line, 0},
                     "columns that are known by their own names only: %s", names.bytes);
    str_release(&names);
}

/*
 * A column without a name is nothing to complain of until there is something in it, and that may be in the last row:
 * the list is gone through once more, but only where there is such a column.
 */
static int report_nameless(const struct header *header, struct csv *csv, struct problems *problems,
                           struct error *error) {
    size_t columns = header->row.cells_count, left = 0;
    bool nameless[CSV_CELLS_MAX] = {false};
    for (size_t i = 0; i < columns && i < CSV_CELLS_MAX; i++) {
        nameless[i] = header->row.cells[i].length == 0;
        left += nameless[i];
    }
    struct arena arena = ARENA_EMPTY;
    struct problems ignored;
    problems_init(&ignored, &arena);
    int got = 1;
    while (left > 0) {
        struct csv_row row;
        arena_clear(&arena);
        problems_clear(&ignored);
        got = csv_next(csv, &arena, &row, &ignored, error);
        if (got <= 0)
            break;
        for (size_t i = 0; i < columns && i < row.cells_count && i < CSV_CELLS_MAX; i++) {
            if (!nameless[i] || row.cells[i].length == 0)
                continue;
            problems_add(problems, SEVERITY_ERROR, header_place(csv, &header->row, i),
                         "column %s has no name in the header, but line %u has \"%s\" in it",
                         header_letters(problems->arena, i), row.cells[i].line,
                         value_shown(problems->arena, row.cells[i].text, row.cells[i].length));
            nameless[i] = false;
            left--;
        }
    }
    problems_release(&ignored);
    arena_release(&arena);
    return got < 0 ? -1 : 0;
}

/* Whether an address in the first rows ends in a postcode. */
static bool addresses_end_in_postcode(const struct header *header, const struct sample *sample) {
    for (size_t r = sample->header + 1; r < sample->count; r++) {
        const struct csv_row *row = &sample->rows[r];
        for (size_t i = 0; i < row->cells_count && i < header->row.cells_count; i++) {
            int field = header->columns[i].field;
            char postcode[POSTCODE_MAX];
            if (field >= FIELD_ADDRESS && field <= FIELD_ADDRESS_LAST && row->cells[i].length > 0 &&
                postcode_at_end(row->cells[i].text, row->cells[i].length, postcode) < row->cells[i].length)
                return true;
        }
    }
    return false;
}

static int header_take(struct header *header, struct sample *sample, struct csv *csv, struct arena *arena,
                       struct problems *problems, struct error *error) {
    if (go_to_row(csv, sample->header, error) != 0 || csv_next(csv, arena, &header->row, problems, error) < 0)
        return -1;
    header->rows_above = sample->header;
    note_titles(sample, csv, problems);
    header->returned = take_added_columns(&header->row);
    read_columns(header, arena);
    report_doubles(header, csv, problems);
    map_columns(header, csv, problems);
    report_lines_beyond(header, csv, problems);
    report_conditions(header, csv, problems);
    header->postcode_in_address = header->column_of[FIELD_POSTCODE] < 0 && addresses_end_in_postcode(header, sample);

    bool nameless = false;
    for (size_t i = 0; i < header->row.cells_count; i++)
        nameless = nameless || header->row.cells[i].length == 0;
    if (!nameless)
        return 0;
    if (report_nameless(header, csv, problems, error) != 0)
        return -1;
    return header_skip(header, csv, error);
}

int header_skip(const struct header *header, struct csv *csv, struct error *error) {
    return go_to_row(csv, header->rows_above + 1, error);
}

int header_read(struct header *header, struct csv *csv, enum office office, struct arena *arena,
                struct problems *problems, struct error *error) {
    struct sample sample = {.office = office, .arena = ARENA_EMPTY};
    header->office = office;
    problems_init(&sample.ignored, &sample.arena);
    int result = sample_read(&sample, csv, error);
    if (result == 0)
        result = header_take(header, &sample, csv, arena, problems, error);
    problems_release(&sample.ignored);
    arena_release(&sample.arena);
    return result;
}
