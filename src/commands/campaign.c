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
#include "commands/repertoire.h"
#include "commands/translation.h"
#include "commands/vintage.h"
#include "input/language.h"

const char *campaign_name_of(struct arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    return arena_copy(arena, name, dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name));
}

/*
 * Nobody needs a directory: only one that the configuration names must be there. It knows MPs and their constituencies,
 * and those only.
 */
static int open_directory(struct campaign *campaign, struct error *error) {
    const char *path = campaign->config.directory.path, *prefer = campaign->config.directory.prefer;
    enum office office = campaign->config.recipient.office;
    if (office != OFFICE_MP && office != OFFICE_FIXED)
        return 0;
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
    campaign->recipients.office = config->recipient.office;
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
    if (people_open(&campaign->people, campaign->csv, settings->given, settings->given_count, campaign->lookup,
                    campaign->preference, &campaign->config.recipient, &campaign->problems, error) != 0)
        return -1;
    const char *const named[] = {campaign->config.campaign.consent, campaign->config.letter.signature_column};
    people_note_columns(campaign->people, named, sizeof named / sizeof *named, &campaign->problems);
    return 0;
}

static int read_model(struct campaign *campaign, struct model *model, const char *path, const char *language,
                      const struct report *report, struct error *error) {
    if (model_read(model, path, language, campaign->people, &campaign->arena, &campaign->problems, error) != 0)
        return -1;
    struct str described = STR_EMPTY;
    model_describe(model, &described);
    report_remark(report, model == &campaign->model ? "Reading %s: %s." : "Reading %s, for who asks for it: %s.", path,
                  described.bytes);
    str_release(&described);
    return 0;
}

/* The letter in the other language, where rows may ask for it. */
static int open_translation(struct campaign *campaign, const struct report *report, struct error *error) {
    const char *language = translation_language(campaign->model.language);
    const char *path = translation_find(&campaign->arena, campaign->model_path, language);
    if (path == NULL)
        return 0;
    if (!people_has(campaign->people, FIELD_LANGUAGE)) {
        if (campaign->csv != NULL && !translation_is_one(campaign->model_path))
            problems_add(&campaign->problems, SEVERITY_NOTE, (struct place){path, 0, 0},
                         "this is not used: the list has no column \"language\" that says who gets it");
        return 0;
    }
    campaign->translation_path = path;
    return read_model(campaign, &campaign->translation, path, language, report, error);
}

static int open_model(struct campaign *campaign, const struct report *report, struct error *error) {
    size_t errors_before = campaign->problems.errors_count;
    if (read_model(campaign, &campaign->model, campaign->model_path, campaign->config.letter.language, report, error) !=
            0 ||
        open_translation(campaign, report, error) != 0)
        return -1;
    campaign->fillable = campaign->problems.errors_count == errors_before;
    return 0;
}

const struct model *campaign_model(const struct campaign *campaign, const struct person *person) {
    bool own = person->language == NULL || strcmp(person->language, campaign->model.language) == 0;
    return own || campaign->translation_path == NULL ? &campaign->model : &campaign->translation;
}

/* The row asks for a letter in a language in which there is none. */
static void check_language(struct campaign *campaign, const struct person *person, struct arena *arena,
                           struct problems *problems) {
    const struct value *value = &person->values[FIELD_LANGUAGE];
    struct place place = {NULL, value->column > 0 ? value->line : person->line, value->column};
    if (person->language != NULL && strcmp(person->language, campaign_model(campaign, person)->language) != 0)
        problems_add(problems, SEVERITY_ERROR, place,
                     "this letter is to be in %s, and there is no %s beside %s: write that, or take the word out here",
                     language_shown(person->language), translation_name(arena, campaign->model_path, person->language),
                     campaign->model_path);
    /* Where all letters are in one language, a column may well say which other languages members speak. */
    if (person->language == NULL && value->length > 0 && campaign->translation_path != NULL)
        problems_add(problems, SEVERITY_WARNING, place,
                     "\"%s\" is neither English nor Welsh: this letter is in %s, as %s is",
                     value_shown(arena, value->text, value->length), language_shown(campaign->model.language),
                     campaign->model_path);
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

static void add_model_needs(struct representative_needs *needs, const struct model *model) {
    for (size_t i = 0; i < model->blocks_count; i++) {
        const struct block *block = &model->blocks[i];
        if (block->condition != NULL)
            add_needs(needs, &block->condition->subject, false);
        for (size_t j = 0; j < block->spans_count; j++) {
            if (block->spans[j].placeholder != NULL)
                add_needs(needs, block->spans[j].placeholder, model->places[FIELD_CONSTITUENCY]);
            if (block->spans[j].condition != NULL)
                add_needs(needs, &block->spans[j].condition->subject, false);
        }
    }
}

/* Tells the list what the letters need to know of constituencies and MPs. */
static void expect(struct campaign *campaign, const struct report *report) {
    struct representative_needs needs = {false, false, false};
    add_model_needs(&needs, &campaign->model);
    add_model_needs(&needs, &campaign->translation);
    people_expect(campaign->people, &needs, &campaign->problems);
    if (campaign->lookup != NULL && (needs.constituency || needs.mp))
        vintage_report(campaign->lookup, date_today(), report);
}

/* A letter that says the name of a file was not meant so. */
static void refuse_signature(struct campaign *campaign, const struct placeholder *placeholder) {
    int column = campaign->autograph.column;
    for (size_t i = 0; i < placeholder->fields_count; i++) {
        if (placeholder->fields[i] != column)
            continue;
        struct problem *problem = problems_add(
            &campaign->problems, SEVERITY_ERROR, placeholder->place,
            "[%s] would print the name of a file: the signature itself stands above the name; take this out",
            placeholder->written);
        if (problem != NULL)
            problem->source = placeholder->source;
    }
}

static void refuse_signatures(struct campaign *campaign, const struct model *model) {
    for (size_t i = 0; campaign->autograph.column >= 0 && i < model->blocks_count; i++)
        for (size_t j = 0; j < model->blocks[i].spans_count; j++)
            if (model->blocks[i].spans[j].placeholder != NULL)
                refuse_signature(campaign, model->blocks[i].spans[j].placeholder);
}

/* The logo and the signatures. */
static void open_pictures(struct campaign *campaign) {
    autograph_open(&campaign->autograph, &campaign->config, campaign->list_path, campaign->people, &campaign->arena,
                   &campaign->problems);
    refuse_signatures(campaign, &campaign->model);
    refuse_signatures(campaign, &campaign->translation);
}

int campaign_open(struct campaign *campaign, const struct settings *settings, const struct report *report,
                  struct error *error) {
    bool opened = open_list(campaign, settings, report, error) == 0 && open_model(campaign, report, error) == 0 &&
                  font_open(&campaign->font, campaign->config.letter.font, error) == 0;
    if (opened) {
        expect(campaign, report);
        open_pictures(campaign);
        if (campaign->config.letter.hyphenate) {
            patterns_need(&campaign->patterns, campaign->model.language, &campaign->problems);
            if (campaign->translation_path != NULL)
                patterns_need(&campaign->patterns, campaign->translation.language, &campaign->problems);
        }
        repertoire_use_model(campaign->font, &campaign->model, &campaign->problems);
        repertoire_use_model(campaign->font, &campaign->translation, &campaign->problems);
    }
    report_problems(report, &campaign->problems);
    campaign->readable = campaign->problems.errors_count == 0;
    return opened ? 0 : -1;
}

void campaign_close(struct campaign *campaign) {
    font_free(campaign->font);
    patterns_release(&campaign->patterns);
    autograph_cache_release(&campaign->checked);
    autograph_close(&campaign->autograph);
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

void campaign_inspect(struct campaign *campaign, struct campaign_inspection inspection) {
    assert(campaign->inspections_count < CAMPAIGN_INSPECTIONS_MAX);
    campaign->inspections[campaign->inspections_count++] = inspection;
}

static int check_person(struct campaign *campaign, const struct person *person, bool wanted, struct arena *arena,
                        struct problems *problems, struct error *error) {
    struct letter letter;
    if (!campaign->fillable)
        return 0;
    const struct model *model = campaign_model(campaign, person);
    check_language(campaign, person, arena, problems);
    merge_letter(model, campaign->people, person, campaign->date, arena, &letter, problems);
    repertoire_use_letter(campaign->font, campaign->people, &letter, problems);
    if (wanted)
        autograph_check(&campaign->autograph, &campaign->checked, person, problems);
    for (size_t i = 0; i < campaign->inspections_count && problems->errors_count == 0; i++) {
        const struct campaign_inspection *inspection = &campaign->inspections[i];
        if (inspection->inspect(inspection->context, &letter, wanted, arena, problems, error) != 0)
            return -1;
    }
    if (wanted && problems->errors_count == 0)
        recipients_add(&campaign->recipients, model, campaign->people, &letter, arena);
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
