/*
 * The campaign: settings come in, an opened and checked campaign goes out. Its one idea is the first pass: every row
 * is merged as if it were to be written, so that whatever could go wrong with a letter is known before the first one
 * is made.
 */
#include "commands/campaign.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "commands/vintage.h"

const char *campaign_name_of(struct arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    return arena_copy(arena, name, dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name));
}

/* Nobody needs a directory: only one that the configuration names must be there. */
static int open_directory(struct campaign *campaign, struct error *error) {
    const char *path = campaign->config.directory.path, *prefer = campaign->config.directory.prefer;
    if (prefer != NULL)
        campaign->preference = strcmp(prefer, "list") == 0 ? PREFER_LIST : PREFER_DIRECTORY;
    if (path != NULL)
        return directory_open(&campaign->lookup, path, error);
    if (directory_open(&campaign->lookup, directory_default_path(&campaign->arena), error) != 0)
        return error->status == STATUS_NO_INPUT ? 0 : -1;
    return 0;
}

int campaign_configure(struct campaign *campaign, const struct settings *settings, struct error *error) {
    struct config *config = &campaign->config;
    *campaign = (struct campaign){.arena = ARENA_EMPTY};
    problems_init(&campaign->problems, &campaign->arena);
    recipients_init(&campaign->recipients);
    if (config_read(config, settings->config, settings->overrides, settings->overrides_count, &campaign->arena, error))
        return -1;
    campaign->model_path = settings->model != NULL ? settings->model : config->campaign.model;
    if (campaign->model_path == NULL)
        return error_set(error, STATUS_USAGE, "which model letter? Name it: postbag -t LETTER.txt …");
    if (date_parse(config->letter.date, &campaign->date) != 0)
        return error_set(error, STATUS_CONFIGURATION, "letter.date is neither \"today\" nor a date like 2026-11-22");

    /* What is given with -f, and no list with it, is a list of one: a list in the configuration gives way. */
    campaign->list_path = settings->list;
    if (settings->list == NULL && settings->given_count == 0)
        campaign->list_path = config->campaign.constituents;
    campaign->name = config->campaign.name;
    if (campaign->name == NULL)
        campaign->name = campaign_name_of(&campaign->arena, campaign->model_path);
    campaign->directory = file_join(&campaign->arena, config->campaign.out, campaign->name);
    return open_directory(campaign, error);
}

static const char *separator_name(char separator) {
    switch (separator) {
    case ';':
        return "semicolons";
    case '\t':
        return "tabs";
    case '|':
        return "bars";
    default:
        return "commas";
    }
}

static int open_list(struct campaign *campaign, const struct settings *settings, const struct report *report,
                     struct error *error) {
    const char *list = campaign->list_path;
    if (list == NULL && settings->given_count == 0)
        return error_set(error, STATUS_USAGE, "which list of constituents? Name it: postbag -i LIST.csv …");
    if (list != NULL) {
        enum encoding encoding = ENCODING_AUTO;
        encoding_by_name(campaign->config.campaign.encoding, &encoding);
        if (csv_open(&campaign->csv, list, encoding, error) != 0)
            return -1;
        const struct csv_format *format = csv_format(campaign->csv);
        report_remark(report, "Reading %s: %s, %s.", list, encoding_name(format->encoding),
                      separator_name(format->separator));
    }
    return people_open(&campaign->people, campaign->csv, settings->given, settings->given_count, campaign->lookup,
                       campaign->preference, &campaign->problems, error);
}

static int open_model(struct campaign *campaign, const struct report *report, struct error *error) {
    size_t errors_before = campaign->problems.errors_count;
    if (model_read(&campaign->model, campaign->model_path, campaign->config.letter.language, campaign->people,
                   &campaign->arena, &campaign->problems, error) != 0)
        return -1;
    campaign->fillable = campaign->problems.errors_count == errors_before;
    struct str described = STR_EMPTY;
    model_describe(&campaign->model, &described);
    report_remark(report, "Reading %s: %s.", campaign->model_path, described.bytes);
    str_release(&described);
    return 0;
}

/* What PLACEHOLDER wants of the directory. REQUIRED: the letter cannot do without. */
static void add_needs(struct representative_needs *needs, const struct placeholder *placeholder, bool required) {
    for (size_t i = 0; i < placeholder->fields_count; i++) {
        int field = placeholder->fields[i];
        needs->constituency |= field == FIELD_CONSTITUENCY;
        needs->mp |= field >= FIELD_MP && field <= FIELD_PARTY;
        if (field == FIELD_CONSTITUENCY && required && placeholder->fields_count == 1)
            needs->constituency_required |= placeholder->otherwise == NULL;
    }
}

/* Tells the list what the letter needs to know of constituencies and MPs. */
static void expect(struct campaign *campaign, const struct report *report) {
    const struct model *model = &campaign->model;
    struct representative_needs needs = {false, false, false};
    for (size_t i = 0; i < model->blocks_count; i++) {
        const struct block *block = &model->blocks[i];
        if (block->condition != NULL)
            add_needs(&needs, &block->condition->subject, false);
        for (size_t j = 0; j < block->spans_count; j++) {
            if (block->spans[j].placeholder != NULL)
                add_needs(&needs, block->spans[j].placeholder, model->places[FIELD_CONSTITUENCY]);
            if (block->spans[j].condition != NULL)
                add_needs(&needs, &block->spans[j].condition->subject, false);
        }
    }
    people_expect(campaign->people, &needs, &campaign->problems);
    if (campaign->lookup != NULL && (needs.constituency || needs.mp))
        vintage_report(campaign->lookup, date_today(), report);
}

/* Puts the model's own text into the fonts' repertoire, reporting what no font has. */
static void use_model(struct campaign *campaign) {
    const struct model *model = &campaign->model;
    for (size_t i = 0; i < model->blocks_count; i++) {
        const struct block *block = &model->blocks[i];
        for (size_t j = 0; j < block->spans_count; j++) {
            const struct span *span = &block->spans[j];
            uint32_t missing =
                span->kind == SPAN_TEXT ? font_use(campaign->font, span->style, span->text, span->length) : 0;
            if (missing != 0)
                problems_add(&campaign->problems, SEVERITY_ERROR, block->place, "no font has the character U+%04X",
                             (unsigned)missing);
        }
    }
}

int campaign_open(struct campaign *campaign, const struct settings *settings, const struct report *report,
                  struct error *error) {
    bool opened = open_list(campaign, settings, report, error) == 0 && open_model(campaign, report, error) == 0 &&
                  font_open(&campaign->font, campaign->config.letter.font, error) == 0;
    if (opened) {
        expect(campaign, report);
        use_model(campaign);
    }
    report_problems(report, &campaign->problems);
    campaign->readable = campaign->problems.errors_count == 0;
    return opened ? 0 : -1;
}

void campaign_close(struct campaign *campaign) {
    font_free(campaign->font);
    people_close(campaign->people);
    csv_close(campaign->csv);
    problems_release(&campaign->problems);
    directory_close(campaign->lookup);
    recipients_release(&campaign->recipients);
    free(campaign->good);
    arena_release(&campaign->arena);
}

bool campaign_row_is_good(const struct campaign *campaign, size_t index) {
    return index < campaign->rows_count && (campaign->good[index / 8] >> index % 8 & 1) != 0;
}

static void remember_row(struct campaign *campaign, bool good) {
    size_t index = campaign->rows_count++;
    if (index == campaign->rows_room) {
        size_t bytes = campaign->rows_room / 8;
        memory_grow(&campaign->good, &bytes, bytes + 1024, 1);
        memset(campaign->good + campaign->rows_room / 8, 0, bytes - campaign->rows_room / 8);
        campaign->rows_room = bytes * 8;
    }
    if (good)
        campaign->good[index / 8] |= (unsigned char)(1u << index % 8);
}

/* The cell whose value holds CODEPOINT, for the message; the row as a whole where it was derived. */
static struct value value_with(const struct campaign *campaign, const struct person *person, uint32_t codepoint,
                               int *field) {
    for (size_t i = 0; i < people_fields_count(campaign->people); i++) {
        const struct value *value = &person->values[i];
        for (size_t at = 0; value->column > 0 && at < value->length;) {
            if (text_next(value->text, value->length, &at) == codepoint) {
                *field = (int)i;
                return *value;
            }
        }
    }
    *field = FIELD_NAME;
    return (struct value){.line = person->line};
}

static void report_missing(const struct campaign *campaign, const struct person *person, uint32_t codepoint,
                           struct problems *problems) {
    int field = FIELD_NAME;
    struct value value = value_with(campaign, person, codepoint, &field);
    struct str character = STR_EMPTY;
    str_add_codepoint(&character, codepoint);
    problems_add(problems, SEVERITY_ERROR, (struct place){NULL, value.line, value.column},
                 "the %s: no font on this computer has %s (U+%04X)", people_field_name(campaign->people, field),
                 character.bytes, (unsigned)codepoint);
    str_release(&character);
}

/* Puts what is this person's own into the fonts' repertoire. The model's own text is there already. */
static void use_letter(struct campaign *campaign, const struct letter *letter, struct problems *problems) {
    uint32_t reported = 0; /* a name stands in a letter several times, and its problem is said once */
    for (size_t i = 0; i < letter->blocks_count; i++) {
        const struct letter_block *block = &letter->blocks[i];
        for (size_t j = 0; block->fixed == NULL && j < block->runs_count; j++) {
            const struct run *run = &block->runs[j];
            uint32_t missing = font_use(campaign->font, run->style, run->text, run->length);
            if (missing != 0 && missing != reported)
                report_missing(campaign, letter->person, missing, problems);
            if (missing != 0)
                reported = missing;
        }
    }
}

void campaign_inspect(struct campaign *campaign, struct campaign_inspection inspection) {
    assert(campaign->inspections_count < CAMPAIGN_INSPECTIONS_MAX);
    campaign->inspections[campaign->inspections_count++] = inspection;
}

static int check_person(struct campaign *campaign, const struct person *person, bool wanted, struct arena *arena,
                        struct problems *problems, struct error *error) {
    struct letter letter;
    if (!campaign->fillable)
        return 0;
    merge_letter(&campaign->model, campaign->people, person, campaign->date, arena, &letter, problems);
    use_letter(campaign, &letter, problems);
    for (size_t i = 0; i < campaign->inspections_count && problems->errors_count == 0; i++) {
        const struct campaign_inspection *inspection = &campaign->inspections[i];
        if (inspection->inspect(inspection->context, &letter, wanted, arena, problems, error) != 0)
            return -1;
    }
    if (wanted && problems->errors_count == 0)
        recipients_add(&campaign->recipients, &campaign->model, campaign->people, &letter, arena);
    return 0;
}

static bool comes_before(const struct place *a, const struct place *b) {
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

/*
 * Gives the problems of a row their number and file, and puts them in the order of its cells: some were found by its
 * own checks, and some by the merge.
 */
static void order_problems(const struct campaign *campaign, const struct person *person, struct problems *problems) {
    for (size_t i = 0; i < problems->count; i++) {
        struct problem problem = problems->items[i];
        problem.row = person->row;
        if (campaign->csv != NULL)
            problem.place.file = csv_path(campaign->csv);
        size_t at = i;
        for (; at > 0 && comes_before(&problem.place, &problems->items[at - 1].place); at--)
            problems->items[at] = problems->items[at - 1];
        problems->items[at] = problem;
    }
}

/* The outcome of one row: remembered, reported, and left over where it is bad. */
static int settle_row(struct campaign *campaign, const struct person *person, bool wanted, const struct csv_row *cells,
                      struct problems *problems, const struct report *report, struct leftover *leftover,
                      struct error *error) {
    bool good = problems->errors_count == 0;
    remember_row(campaign, good && wanted);
    if (!wanted)
        return 0;
    campaign->good_count += good;
    campaign->bad_count += !good;
    order_problems(campaign, person, problems);
    report_problems(report, problems);
    if (good || leftover == NULL || campaign->csv == NULL)
        return 0;
    return leftover_add(leftover, people_header(campaign->people), cells, person, problems, error);
}

static int check_rows(struct campaign *campaign, const struct settings *settings, const struct report *report,
                      struct leftover *leftover, struct arena *arena, struct problems *problems, struct error *error) {
    for (;;) {
        struct person person;
        struct csv_row cells;
        arena_clear(arena);
        problems_clear(problems);
        if (*settings->interrupted)
            return error_set(error, STATUS_INTERRUPTED, "stopped; nothing was written");
        int got = people_next(campaign->people, arena, &person, &cells, problems, error);
        if (got <= 0)
            return got;
        bool wanted = settings->row == 0 || settings->row == person.row;
        if (check_person(campaign, &person, wanted, arena, problems, error) != 0 ||
            settle_row(campaign, &person, wanted, &cells, problems, report, leftover, error) != 0)
            return -1;
    }
}

int campaign_check(struct campaign *campaign, const struct settings *settings, const struct report *report,
                   struct leftover *leftover, struct error *error) {
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    problems_init(&problems, &arena);
    int result = check_rows(campaign, settings, report, leftover, &arena, &problems, error);
    if (result == 0 && settings->row != 0 && campaign->good_count + campaign->bad_count == 0)
        result = error_set(error, STATUS_USAGE, "the list has no row %u; it has %zu rows", settings->row,
                           campaign->rows_count);
    if (result == 0 && settings->row == 0) {
        arena_clear(&arena);
        problems_clear(&problems);
        people_review(campaign->people, &problems);
        report_problems(report, &problems);
    }
    if (result == 0 && campaign->readable)
        result = font_finish(campaign->font, error);
    problems_release(&problems);
    arena_release(&arena);
    return result;
}
