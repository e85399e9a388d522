/*
 * Checks: a person comes in, everything that the secretary must mend before a letter can be signed goes out, each
 * thing at its cell and in her words.
 */
#include "input/check.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "input/email.h"
#include "input/postcode.h"

void check_fault(enum value_fault fault, uint32_t codepoint, const char *text, int field, const char *name,
                 enum office office, struct place place, struct problems *problems) {
    const char *what = field >= 0 ? field_name(office, (enum field)field) : name;
    const char *the = field >= 0 ? "the " : "the column \"", *end = field >= 0 ? "" : "\"";
    const char *unless = field >= 0 ? "" : ", or take the column out if no letter needs it";
    switch (fault) {
    case VALUE_FINE:
        break;
    case VALUE_EXCEL_ERROR:
        if (field >= 0) /* elsewhere it is as good as empty */
            problems_add(problems, SEVERITY_ERROR, place,
                         "%s%s%s is %s, an error of Excel's: mend that cell in the spreadsheet and export it again",
                         the, what, end, text);
        break;
    case VALUE_TOO_LONG:
        problems_add(problems, SEVERITY_ERROR, place, "%s%s%s is too long for a letter: more than %d KB%s", the, what,
                     end, PEOPLE_VALUE_MAX / 1024, unless);
        break;
    case VALUE_CONTROL:
        problems_add(problems, SEVERITY_ERROR, place,
                     "%s%s%s holds a control character (U+%04X) that cannot be printed: type the cell again%s", the,
                     what, end, (unsigned)codepoint, unless);
        break;
    case VALUE_PRIVATE:
        problems_add(problems, SEVERITY_ERROR, place,
                     "%s%s%s holds a symbol (U+%04X) that only one font or program knows: take it out%s", the, what,
                     end, (unsigned)codepoint, unless);
        break;
    case VALUE_LOST:
        problems_add(problems, SEVERITY_ERROR, place,
                     "%s%s%s holds the sign \xEF\xBF\xBD where a character was lost: type the cell again%s", the, what,
                     end, unless);
        break;
    }
}

/* A letter O for a nought, or I or l for a one, where the second half of a postcode begins. */
static bool is_misread_postcode(const struct value *value) {
    char mended[POSTCODE_MAX], normal[POSTCODE_MAX];
    if (value->length < 5 || value->length >= sizeof mended)
        return false;
    memcpy(mended, value->text, value->length + 1);
    char *digit = &mended[value->length - 3];
    if (*digit == 'O' || *digit == 'o')
        *digit = '0';
    else if (*digit == 'I' || *digit == 'i' || *digit == 'l' || *digit == 'L')
        *digit = '1';
    else
        return false;
    return postcode_normalise(mended, value->length, normal) == 0;
}

static void check_postcode(const struct value *value, struct place place, struct problems *problems) {
    char normal[POSTCODE_MAX];
    if (postcode_normalise(value->text, value->length, normal) == 0)
        return;
    problems_add(problems, SEVERITY_ERROR, place, "the postcode \"%s\" is not a whole postcode%s",
                 value_shown(problems->arena, value->text, value->length),
                 is_misread_postcode(value) ? ": is that a letter for a figure?" : "");
}

void check_form(enum field field, const struct value *value, enum office office, struct place place,
                struct problems *problems) {
    if (value->length == 0)
        return;
    const char *fault;
    switch (field) {
    case FIELD_POSTCODE:
        check_postcode(value, place, problems);
        break;
    case FIELD_EMAIL:
    case FIELD_MP_EMAIL:
        fault = email_fault(value->text, value->length);
        if (fault != NULL)
            problems_add(problems, SEVERITY_ERROR, place, "the %s \"%s\" %s", field_name(office, field),
                         value_shown(problems->arena, value->text, value->length), fault);
        break;
    case FIELD_MEMBER_ID:
    case FIELD_TELEPHONE:
        if (value_is_scientific(value))
            problems_add(problems, SEVERITY_ERROR, place,
                         "the %s is %s: format that column as text in Excel and export again",
                         field_name(office, field), value->text);
        break;
    default:
        break;
    }
}

/* Appends to OUT what is missing and why that matters. Said of a row and, where no row can have it, of the list. */
static void report_address(enum office office, const char *what, const char *missing, struct place place,
                           struct problems *problems) {
    if (office_is_elected(office))
        problems_add(problems, SEVERITY_ERROR, place, "%s %s: %s answers only constituents who give theirs", what,
                     missing, office_words(office)->an);
    else
        problems_add(problems, SEVERITY_ERROR, place, "%s %s: who is to answer must know where to", what, missing);
}

/* The directory knows MPs; others must be named. */
static bool must_be_named(enum office office) {
    return office != OFFICE_MP && office != OFFICE_FIXED;
}

/* A list that names members of another parliament was not made for MPs. */
static void check_office(const struct csv *csv, const struct header *header, struct problems *problems) {
    for (size_t i = 0; i < header->row.cells_count; i++) {
        const struct column *column = &header->columns[i];
        for (enum office office = OFFICE_PEER; office <= OFFICE_MLA; office++)
            if (column->field < 0 && field_of_column(office, column->key, column->key_length) == FIELD_MP &&
                strcasecmp(column->name, office_words(office)->column) == 0)
                problems_add(problems, SEVERITY_WARNING, header_place(csv, &header->row, i),
                             "the letters go to MPs, and not to the %s of this column; for that, set recipient.kind = "
                             "%s in the configuration",
                             office_words(office)->many, office_words(office)->kind);
    }
}

void check_columns(const bool has[FIELD_COUNT], enum office office, const struct csv *csv, const struct header *header,
                   struct problems *problems) {
    struct place place = {NULL, 0, 0};
    const char *what = "was given";
    if (csv != NULL) {
        place = (struct place){csv_path(csv), header->row.line, 0};
        what = "is among the columns";
    }
    if (!has[FIELD_NAME])
        problems_add(problems, SEVERITY_ERROR, place, "no name %s", what);
    if (!has[FIELD_ADDRESS])
        report_address(office, "no address", what, place, problems);
    if (!has[FIELD_POSTCODE])
        report_address(office, "no postcode", what, place, problems);
    if (office == OFFICE_MP && csv != NULL && header->column_of[FIELD_MP] < 0 && header->column_of[FIELD_MP_TITLE] < 0)
        check_office(csv, header, problems);
    const struct office_words *words = office_words(office);
    if (!must_be_named(office) || has[FIELD_MP] || has[FIELD_MP_TITLE])
        return;
    if (csv == NULL)
        problems_add(
            problems, SEVERITY_ERROR, place,
            "no %s was given: the letters go to %s (recipient.kind = %s), whom Postbag cannot look up; say who "
            "it is with -f \"%s=NAME\"",
            words->one, words->many, words->kind, words->column);
    else
        problems_add(problems, SEVERITY_ERROR, place,
                     "no %s is among the columns: the letters go to %s (recipient.kind = %s), whom Postbag cannot look "
                     "up; add a column \"%s\" with the name of each row's %s",
                     words->one, words->many, words->kind, words->column, words->one);
}

/* Where the first of FIELDS has a cell, else the row's line. */
static struct place place_of(const struct person *person, const char *file, const enum field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct value *value = &person->values[fields[i]];
        if (value->column != 0)
            return (struct place){file, value->line, value->column};
    }
    return (struct place){file, person->line, 0};
}

static bool any_error(const struct person *person, int first, int last) {
    for (int field = first; field <= last; field++)
        if (person->empty_by_error[field])
            return true;
    return false;
}

static void mark(struct person *person, int first, int last) {
    for (int field = first; field <= last; field++)
        person->empty_by_error[field] = true;
}

static void check_name(struct person *person, const char *file, struct problems *problems) {
    static const enum field sources[] = {FIELD_NAME, FIELD_LAST_NAME, FIELD_FIRST_NAME};
    const struct value *name = &person->values[FIELD_NAME];
    if (any_error(person, FIELD_NAME, FIELD_LAST_NAME))
        return;
    if (name->length == 0) {
        problems_add(problems, SEVERITY_ERROR, place_of(person, file, sources, 3), "the name is missing");
        mark(person, FIELD_NAME, FIELD_LAST_NAME);
        return;
    }
    const struct value *last = &person->values[FIELD_LAST_NAME], *first = &person->values[FIELD_FIRST_NAME];
    if (last->column != 0 && last->length == 0 && first->length > 0 && first->column == name->column)
        problems_add(problems, SEVERITY_WARNING, (struct place){file, last->line, last->column},
                     "the last name is missing: the letter would be signed \"%s\"",
                     value_shown(problems->arena, name->text, name->length));
}

static void check_address(struct person *person, const struct person_findings *findings, const char *file,
                          struct problems *problems) {
    static const enum field sources[] = {FIELD_ADDRESS_1, FIELD_HOUSE, FIELD_ADDRESS_LAST, FIELD_ADDRESS};
    struct place place = place_of(person, file, sources, 4);
    if (!findings->address_given && !any_error(person, FIELD_ADDRESS, FIELD_ADDRESS_LAST)) {
        report_address(person->office, "the address", "is missing", place, problems);
        mark(person, FIELD_ADDRESS, FIELD_ADDRESS_LAST);
    }
    if (findings->address_lines_wanted > 0)
        problems_add(problems, SEVERITY_ERROR, place, "the address has %zu lines: at most %d fit",
                     findings->address_lines_wanted, ADDRESS_LINES_MAX);
    if (findings->other_postcode != NULL)
        problems_add(problems, SEVERITY_ERROR, place, "the address ends in %s, but the postcode is %s",
                     findings->other_postcode, person->values[FIELD_POSTCODE].text);
}

static void check_has_postcode(struct person *person, const char *file, struct problems *problems) {
    static const enum field sources[] = {FIELD_POSTCODE, FIELD_ADDRESS, FIELD_ADDRESS_1};
    struct place place = place_of(person, file, sources, 3);
    const struct value *postcode = &person->values[FIELD_POSTCODE];
    if (postcode->length == 0 && !person->empty_by_error[FIELD_POSTCODE])
        report_address(person->office, "the postcode", "is missing", place, problems);
    else if (person->office == OFFICE_MP && postcode_has_no_mp(postcode->text) &&
             person->values[FIELD_MP].length == 0 && !person->empty_by_error[FIELD_MP])
        problems_add(problems, SEVERITY_WARNING, place, "%s is outside the United Kingdom, where nobody has an MP",
                     postcode->text);
    if (postcode->length == 0)
        mark(person, FIELD_POSTCODE, FIELD_POSTCODE);
}

/* Whoever is not looked up has to be named. */
static void check_recipient(struct person *person, const bool has[FIELD_COUNT], const char *file,
                            struct problems *problems) {
    static const enum field sources[] = {FIELD_MP, FIELD_MP_TITLE};
    const struct office_words *words = office_words(person->office);
    if (!must_be_named(person->office) || person->values[FIELD_MP].length > 0 ||
        person->values[FIELD_MP_TITLE].length > 0)
        return;
    if ((has[FIELD_MP] || has[FIELD_MP_TITLE]) && !any_error(person, FIELD_MP, FIELD_MP_TITLE))
        problems_add(problems, SEVERITY_ERROR, place_of(person, file, sources, 2),
                     "the %s is missing: Postbag cannot look up %s, so the list has to name them",
                     field_name(person->office, FIELD_MP), words->many);
    mark(person, FIELD_MP, FIELD_MP_DEAR);
}

void check_person(struct person *person, const struct person_findings *findings, const bool has[FIELD_COUNT],
                  const char *file, struct problems *problems) {
    if (has[FIELD_NAME])
        check_name(person, file, problems);
    else
        mark(person, FIELD_NAME, FIELD_LAST_NAME);
    if (has[FIELD_ADDRESS])
        check_address(person, findings, file, problems);
    else
        mark(person, FIELD_ADDRESS, FIELD_ADDRESS_LAST);
    if (has[FIELD_POSTCODE])
        check_has_postcode(person, file, problems);
    else
        mark(person, FIELD_POSTCODE, FIELD_POSTCODE);
    check_recipient(person, has, file, problems);
}

void check_surplus(const struct csv_row *row, size_t columns_count, const struct csv *csv, struct problems *problems) {
    size_t first = columns_count;
    while (first < row->cells_count && row->cells[first].length == 0)
        first++;
    if (first >= row->cells_count)
        return;
    problems_add(problems, SEVERITY_ERROR, header_place(csv, row, columns_count),
                 "the row has %zu cells, the header only %zu: a comma that is not in quotation marks, or a column "
                 "without a name",
                 row->cells_count, columns_count);
}
