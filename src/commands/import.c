/*
 * import: a published list of MPs or postcodes comes in, the directory goes out, whole or not at all.
 */
#include "commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/str.h"
#include "input/almanac.h"
#include "input/config.h"
#include "input/directory.h"
#include "input/gazetteer.h"
#include "input/members.h"

enum { VACANT_SHOWN = 20, FIGURES_MAX = 12 };

struct import {
    const struct settings *settings;
    struct report report; /* with the progress line */
    struct progress progress;
    struct arena arena;
    struct problems problems;
    const char *file;
    const char *path; /* of the directory */
    struct date today;
    struct members_result members;
    struct gazetteer_result postcodes;
    const char **vacant; /* constituencies without an MP, where MPs are held */
    size_t vacant_count;
    struct directory_vintage mps_held, postcodes_held;
    bool dissolved;
};

/* Taking in */

static bool is_interrupted(const struct import *import) {
    return import->settings->interrupted != NULL && *import->settings->interrupted;
}

static int take_members(struct import *import, struct almanac *almanac, struct error *error) {
    struct directory *held = NULL;
    if (directory_open(&held, import->path, error) != 0 && error->status != STATUS_NO_INPUT)
        return -1;
    int result = members_import(almanac, held, import->file, import->today, &import->members, &import->problems, error);
    directory_close(held);
    return result;
}

static int take_postcodes(struct import *import, struct almanac *almanac, struct error *error) {
    progress_begin(&import->progress, "MB", 0, import->settings->quiet || import->settings->json);
    int result = gazetteer_import(almanac, import->file, import->today, &import->progress,
                                  import->settings->interrupted, &import->postcodes, &import->problems, error);
    progress_end(&import->progress);
    return result;
}

static int take(struct import *import, bool is_members, struct error *error) {
    struct almanac *almanac;
    if (almanac_begin(&almanac, import->path, error) != 0)
        return -1;
    int result = is_members ? take_members(import, almanac, error) : take_postcodes(import, almanac, error);
    if (result == 0 && is_interrupted(import))
        result = error_set(error, STATUS_INTERRUPTED, "stopped; nothing was changed");
    if (result == 0)
        return almanac_commit(almanac, error);
    almanac_abandon(almanac);
    return -1;
}

/* What the directory holds now. */
static int look(struct import *import, struct error *error) {
    struct directory *directory;
    if (directory_open(&directory, import->path, error) != 0)
        return -1;
    const struct seat *seats;
    size_t count = directory_seats(directory, &seats);
    import->mps_held = directory_mps(directory);
    import->postcodes_held = directory_postcodes(directory);
    import->mps_held.source = import->postcodes_held.source = NULL; /* they go with the directory */
    import->dissolved = import->mps_held.held && directory_is_dissolved(directory);
    import->vacant = ARENA_ARRAY(&import->arena, const char *, count);
    for (size_t i = 0; i < count && import->mps_held.held; i++) {
        const char *name = *seats[i].name != '\0' ? seats[i].name : seats[i].code;
        if (seats[i].vacant)
            import->vacant[import->vacant_count++] = arena_copy(&import->arena, name, strlen(name));
    }
    directory_close(directory);
    return 0;
}

/* Saying so */

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* The directory's path as a person would write it. */
static const char *short_path(struct import *import) {
    const char *home = getenv("HOME");
    size_t length = home == NULL ? 0 : strlen(home);
    if (length < 2 || strncmp(import->path, home, length) != 0 || import->path[length] != '/')
        return import->path;
    return arena_printf(&import->arena, "~%s", import->path + length);
}

static void say_members(struct import *import) {
    const struct members_result *result = &import->members;
    char listed[REPORT_COUNT_MAX], emails[REPORT_COUNT_MAX], titles[REPORT_COUNT_MAX], taken[REPORT_COUNT_MAX];
    report_count(listed, result->listed, "MP", "MPs");
    report_count(taken, result->taken, "MP", "MPs");
    report_count(emails, result->emails, "with an e-mail address", "with an e-mail address");
    report_count(titles, result->titles, "with a full title", "with a full title");
    const char *file = base_name(import->file);
    if (result->joined > 0)
        report_result(&import->report, "%s from %s (%s), joined to those held; now %s, %s, %s, in %s", listed, file,
                      result->format, taken, emails, titles, short_path(import));
    else
        report_result(&import->report, "%s, %s, %s, from %s (%s), into %s", taken, emails, titles, file, result->format,
                      short_path(import));
}

static void say_postcodes(struct import *import) {
    const struct gazetteer_result *result = &import->postcodes;
    char taken[REPORT_COUNT_MAX], terminated[REPORT_COUNT_MAX], boundary[REPORT_COUNT_MAX], out[REPORT_COUNT_MAX];
    report_result(&import->report, "%s, %s, %s, from %s (%s), into %s",
                  report_count(taken, result->taken, "postcode", "postcodes"),
                  report_count(terminated, result->terminated, "of them terminated", "of them terminated"),
                  report_count(boundary, result->boundary, "on a boundary", "on a boundary"), base_name(import->file),
                  result->format, short_path(import));
    if (result->left_out > 0)
        report_remark(&import->report, "%s left out: not a postcode, or without a constituency.",
                      report_count(out, result->left_out, "row was", "rows were"));
}

static void say_vacant(struct import *import) {
    char number[REPORT_COUNT_MAX];
    if (!import->mps_held.held)
        report_remark(&import->report, "No MPs have been imported yet: postbag import mps FILE");
    else if (import->dissolved)
        report_remark(&import->report, "Nobody sits for any constituency: Parliament is dissolved, and nobody can be "
                                       "written to as an MP.");
    if (!import->postcodes_held.held)
        report_remark(&import->report, "No postcodes have been imported yet: postbag import postcodes FILE");
    if (import->vacant_count == 0 || import->dissolved)
        return;
    struct str names = STR_EMPTY;
    for (size_t i = 0; i < import->vacant_count && i < VACANT_SHOWN; i++)
        str_addf(&names, "%s%s", i == 0 ? "" : "; ", import->vacant[i]);
    if (import->vacant_count > VACANT_SHOWN)
        str_addf(&names, "; and %zu more", import->vacant_count - VACANT_SHOWN);
    report_remark(&import->report, "%s without an MP: %s",
                  report_count(number, import->vacant_count, "constituency", "constituencies"), names.bytes);
    str_release(&names);
}

static struct report_value figure(const char *key, size_t number) {
    return (struct report_value){.key = key, .kind = REPORT_NUMBER, .number = (long long)number};
}

static struct report_value words(const char *key, const char *text) {
    return (struct report_value){.key = key, .kind = REPORT_TEXT, .text = text};
}

static void summarise(struct import *import, bool is_members, bool interrupted) {
    struct report_value values[FIGURES_MAX];
    size_t count = 0;
    values[count++] = words("command", "import");
    values[count++] = words("file", import->file);
    values[count++] = words("directory", import->path);
    values[count++] = words("format", is_members ? import->members.format : import->postcodes.format);
    values[count++] =
        figure(is_members ? "mps" : "postcodes", is_members ? import->members.taken : import->postcodes.taken);
    if (is_members) {
        values[count++] = figure("listed", import->members.listed);
        values[count++] = figure("joined", import->members.joined);
        values[count++] = figure("emails", import->members.emails);
        values[count++] = figure("titles", import->members.titles);
    } else {
        values[count++] = figure("terminated", import->postcodes.terminated);
        values[count++] = figure("boundary", import->postcodes.boundary);
        values[count++] = figure("left_out", import->postcodes.left_out);
    }
    values[count++] = (struct report_value){
        .key = "vacant", .kind = REPORT_LIST, .number = (long long)import->vacant_count, .list = import->vacant};
    values[count++] = (struct report_value){.key = "interrupted", .kind = REPORT_FLAG, .number = interrupted};
    report_object(&import->report, "summary", values, count);
}

/* The command */

static int run(struct import *import, bool is_members, struct error *error) {
    struct config config;
    const struct settings *settings = import->settings;
    if (config_read(&config, settings->config, settings->overrides, settings->overrides_count, &import->arena, error) !=
        0)
        return -1;
    import->path = config.directory.path != NULL ? config.directory.path : directory_default_path(&import->arena);
    import->today = date_today();
    import->progress = (struct progress){.noun = "MB"};
    int result = take(import, is_members, error);
    report_problems(&import->report, &import->problems);
    if (result != 0 || look(import, error) != 0)
        return -1;
    if (is_members)
        say_members(import);
    else
        say_postcodes(import);
    say_vacant(import);
    return 0;
}

enum status import_command(const struct settings *settings, const struct report *report) {
    struct import import = {.settings = settings, .report = *report, .arena = ARENA_EMPTY};
    struct error error;
    import.report.progress = &import.progress;
    import.file = settings->operand[1];
    problems_init(&import.problems, &import.arena);

    bool is_members = strcmp(settings->operand[0], "mps") == 0;
    enum status status = STATUS_DONE;
    int result = -1;
    if (is_members || strcmp(settings->operand[0], "postcodes") == 0)
        result = run(&import, is_members, &error);
    else
        error_set(&error, STATUS_USAGE, "\"%s\" cannot be imported; it is import mps FILE or import postcodes FILE",
                  settings->operand[0]);
    if (result != 0) {
        status = error.status;
        report_error(&import.report, &error);
    } else if (import.problems.errors_count > 0) {
        status = STATUS_PARTLY;
    }
    if (result == 0 || error.status == STATUS_INTERRUPTED)
        summarise(&import, is_members, result != 0);
    problems_release(&import.problems);
    arena_release(&import.arena);
    return status;
}
