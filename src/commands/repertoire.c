/*
 * The repertoire: texts come in, the fonts' characters and what is missing go out. The one idea: a character is looked
 * for in the row's cells only once it is missing, so that nobody pays for knowing where all the others stand.
 */
#include "commands/repertoire.h"

#include "base/str.h"
#include "base/text.h"
#include "letter/supply.h"

enum { MISSING_MAX = 16 }; /* of one letter that are named */

void repertoire_add_missing(struct str *out, uint32_t codepoint) {
    const char *package = supply_package(codepoint);
    str_adds(out, "no font has ");
    if (text_is_mark(codepoint))
        str_adds(out, "◌"); /* for it to stand on */
    str_add_codepoint(out, codepoint);
    str_addf(out, " (U+%04X)", (unsigned)codepoint);
    if (package != NULL)
        str_addf(out, "; the Debian package %s brings one: sudo apt install %s", package, package);
}

/* TEXT, as often as it holds a character that no font has: font_use tells of the first only. */
static void use_text(struct font *font, unsigned style, const char *text, size_t length,
                     void (*report)(void *context, uint32_t codepoint), void *context) {
    for (size_t at = 0; at < length;) {
        uint32_t missing = font_use(font, style, text + at, length - at);
        if (missing == 0)
            return;
        report(context, missing);
        while (at < length && text_next(text, length, &at) != missing)
            ;
    }
}

/* Where missing characters are reported, each once. */
struct reporting {
    const struct people *people;
    const struct person *person;
    const struct block *block;
    struct problems *problems;
    uint32_t reported[MISSING_MAX];
    size_t reported_count;
};

static bool is_new(struct reporting *reporting, uint32_t codepoint) {
    for (size_t i = 0; i < reporting->reported_count; i++)
        if (reporting->reported[i] == codepoint)
            return false;
    if (reporting->reported_count == MISSING_MAX)
        return false;
    reporting->reported[reporting->reported_count++] = codepoint;
    return true;
}

static void report_in_model(void *context, uint32_t codepoint) {
    struct reporting *reporting = context;
    struct str message = STR_EMPTY;
    if (!is_new(reporting, codepoint))
        return;
    repertoire_add_missing(&message, codepoint);
    problems_add(reporting->problems, SEVERITY_ERROR, reporting->block->place, "%s", message.bytes);
    str_release(&message);
}

void repertoire_use_model(struct font *font, const struct model *model, struct problems *problems) {
    struct reporting reporting = {.problems = problems};
    for (size_t i = 0; i < model->blocks_count; i++) {
        reporting.block = &model->blocks[i];
        for (size_t j = 0; j < reporting.block->spans_count; j++) {
            const struct span *span = &reporting.block->spans[j];
            if (span->kind == SPAN_TEXT)
                use_text(font, span->style, span->text, span->length, report_in_model, &reporting);
        }
    }
}

/* The number of the field with a cell that holds CODEPOINT; -1: what is printed was made of others. */
static int field_with(const struct reporting *reporting, uint32_t codepoint) {
    for (size_t i = 0; i < people_fields_count(reporting->people); i++) {
        const struct value *value = &reporting->person->values[i];
        for (size_t at = 0; at < value->length;)
            if (text_next(value->text, value->length, &at) == codepoint)
                return (int)i;
    }
    return -1;
}

static void report_in_letter(void *context, uint32_t codepoint) {
    struct reporting *reporting = context;
    struct place place = {NULL, reporting->person->line, 0};
    struct str message = STR_EMPTY;
    if (!is_new(reporting, codepoint))
        return;
    int field = field_with(reporting, codepoint);
    if (field >= 0 && reporting->person->values[field].column > 0)
        place = (struct place){NULL, reporting->person->values[field].line, reporting->person->values[field].column};
    if (field >= FIELD_COUNT)
        str_addf(&message, "the column \"%s\": ", people_field_name(reporting->people, field));
    else if (field >= 0)
        str_addf(&message, "the %s: ", field_name(people_office(reporting->people), (enum field)field));
    repertoire_add_missing(&message, codepoint);
    problems_add(reporting->problems, SEVERITY_ERROR, place, "%s", message.bytes);
    str_release(&message);
}

void repertoire_use_letter(struct font *font, const struct people *people, const struct letter *letter,
                           struct problems *problems) {
    struct reporting reporting = {.people = people, .person = letter->person, .problems = problems};
    for (size_t i = 0; i < letter->blocks_count; i++) {
        const struct letter_block *block = &letter->blocks[i];
        for (size_t j = 0; block->fixed == NULL && j < block->runs_count; j++) {
            const struct run *run = &block->runs[j];
            use_text(font, run->style, run->text, run->length, report_in_letter, &reporting);
        }
    }
}
