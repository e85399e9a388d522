/*
 * The gazetteer: a published list of postcodes comes in, postcodes in the almanac go out. The one idea: a constituency
 * is looked up once for each way in which it is written (650 times, not 2.7 million), and a postcode is handed on when
 * the next row has another one, so that a list with a row for each candidate gives one postcode with several.
 */
#include "input/gazetteer.h"

#include <strings.h>
#include <string.h>

#include "base/arena.h"
#include "base/table.h"
#include "base/text.h"
#include "input/charset.h"
#include "input/edition.h"
#include "input/postcode.h"
#include "input/rows.h"

enum {
    WRITTEN_MAX = 4000,   /* ways of writing constituencies; a column with more holds something else */
    WRITTEN_LENGTH = 200, /* bytes of one */
    WARNINGS_MAX = 10,    /* rows left out that are named; all are counted */
    ROWS_BETWEEN = 2048,  /* looks at the clock and at Ctrl-C */
    DOUBTFUL_MIN = 100,   /* rows left out, from which on they may not be more than those taken */
    NO_SUCH_PLACE = -1,   /* the row has no constituency */
    CODE_LENGTH = 9,      /* "E14001063" */
};
#define COMPANION "parl_constituencies_2025.csv"

/* A postcode that may go on in the next row. */
struct pending {
    char postcode[POSTCODE_MAX];
    int64_t constituencies[DIRECTORY_CANDIDATES_MAX];
    size_t count;
    bool terminated;
};

struct import {
    struct almanac *almanac;
    const char *path;
    struct rows rows;
    struct edition edition;
    struct arena arena;
    struct table written;        /* a constituency as the file writes it, to its number (struct place_number) */
    char last_text[CODE_LENGTH]; /* the code of the row before, and its number: neighbours share it */
    int64_t last_number;
    bool named; /* the companion was read */
    struct pending pending;
    struct gazetteer_result *result;
    struct problems *problems;
};

struct place_number {
    int64_t number;
};

static int data_error(const struct import *import, struct error *error, const char *what) {
    return error_at(error, STATUS_DATA, (struct place){.file = import->path, .line = import->rows.line}, "%s", what);
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Which member of a .zip */

static bool starts(const char *name, const char *start) {
    return strncasecmp(name, start, strlen(start)) == 0;
}

static bool is_csv(const char *name) {
    size_t length = strlen(name);
    return length > 4 && strcasecmp(name + length - 4, ".csv") == 0 && strcasestr(name, "__MACOSX") == NULL;
}

static unsigned suits_companion(const char *name) {
    return strcasecmp(base_name(name), COMPANION) == 0;
}

/* "Documents/Westminster Parliamentary Constituency names and codes UK as at 12_24.csv" */
static unsigned suits_names(const char *name) {
    const char *base = base_name(name);
    if (!is_csv(name) || strcasestr(base, "names") == NULL || strcasestr(base, "codes") == NULL)
        return 0;
    return strcasestr(base, "westminster") != NULL ? 2 : strcasestr(base, "pcon") != NULL;
}

static unsigned suits_postcodes(const char *name) {
    const char *base = base_name(name);
    if (!is_csv(name) || strcasestr(name, "multi_csv") != NULL || strcasestr(name, "documents/") != NULL ||
        suits_companion(name) > 0)
        return 0;
    if (starts(base, "ONSPD") || starts(base, "NSPL") || starts(base, "postcodes_with_con"))
        return 3;
    return strcasestr(name, "data/") != NULL ? 2 : 1;
}

/* Names for codes */

/* The text of a cell in the arena: UTF-8 without spaces at its ends. Old editions are Windows-1252. */
static int cell_text(struct import *import, const struct rows_cell *cell, const char **text, struct error *error) {
    const char *bytes = cell->text;
    size_t length = cell->length < WRITTEN_LENGTH ? cell->length : WRITTEN_LENGTH;
    struct str decoded = STR_EMPTY;
    if (text_valid(bytes, length) < length) {
        struct decoder *decoder;
        if (decoder_open(&decoder, ENCODING_WINDOWS_1252, error) != 0)
            return -1;
        decoder_convert(decoder, bytes, length, true, &decoded);
        decoder_close(decoder);
        bytes = decoded.bytes;
        length = decoded.length;
    }
    text_trim(&bytes, &length);
    *text = memchr(bytes, '\0', length) != NULL ? "" : arena_copy(&import->arena, bytes, length);
    str_release(&decoded);
    return 0;
}

static int column_text(struct import *import, const struct rows *rows, int column, const char **text,
                       struct error *error) {
    *text = "";
    if (column < 0 || (size_t)column >= rows->cells_count)
        return 0;
    return cell_text(import, &rows->cells[column], text, error);
}

static bool is_code(const char *text, size_t length) {
    if (length != CODE_LENGTH || text[0] < 'A' || text[0] > 'Z')
        return false;
    for (size_t i = 1; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

/* Codes such as E99999999, "England, nowhere in particular". */
static bool is_pseudo(const char *code) {
    return strcmp(code + 1, "99999999") == 0;
}

/* From now on TEXT in the file means NUMBER. */
static void know(struct import *import, const char *text, size_t length, int64_t number) {
    struct place_number *known = ARENA_ARRAY(&import->arena, struct place_number, 1);
    known->number = number;
    *table_slot(&import->written, text, length) = known;
}

static int take_name(struct import *import, const struct rows *rows, const struct edition_names *names,
                     struct error *error) {
    struct almanac_constituency constituency;
    if (column_text(import, rows, names->code, &constituency.code, error) != 0 ||
        column_text(import, rows, names->short_code, &constituency.short_code, error) != 0 ||
        column_text(import, rows, names->name, &constituency.name, error) != 0 ||
        column_text(import, rows, names->name_welsh, &constituency.name_welsh, error) != 0)
        return -1;
    bool coded = is_code(constituency.code, strlen(constituency.code));
    if (*constituency.code != '\0' && (!coded || is_pseudo(constituency.code)))
        return 0;
    if (*constituency.name == '\0' || (*constituency.code == '\0' && *constituency.short_code == '\0'))
        return 0;
    int64_t number = almanac_constituency(import->almanac, &constituency, error);
    if (number < 0)
        return -1;
    if (*constituency.short_code != '\0')
        know(import, constituency.short_code, strlen(constituency.short_code), number);
    return 0;
}

/* Reads the names in ARCHIVE, of the file PATH. */
static int take_names(struct import *import, struct archive *archive, const char *path, struct error *error) {
    struct rows rows;
    struct edition_names names;
    rows_init(&rows, archive, path);
    int result = rows_next(&rows, error);
    if (result > 0 && edition_read_names(&names, rows.cells, rows.cells_count) != 0)
        result = error_at(error, STATUS_DATA, (struct place){.file = path, .line = rows.line},
                          "this header does not name the columns short_code, name and gss_code");
    if (result > 0)
        rows.cells_wanted = names.columns;
    while (result > 0 && (result = rows_next(&rows, error)) > 0)
        if (take_name(import, &rows, &names, error) != 0)
            result = -1;
    rows_release(&rows);
    return result;
}

/* The names file in the .zip itself, if there is one that can be read: without it, the codes are enough. */
static int take_names_of_zip(struct import *import, struct error *error) {
    struct archive *archive = NULL;
    struct error ignored;
    int result = archive_open(&archive, import->path, suits_names, &ignored);
    if (result > 0)
        result = take_names(import, archive, import->path, &ignored);
    archive_close(archive);
    if (result < 0 && ignored.status != STATUS_DATA) {
        *error = ignored;
        return -1;
    }
    return 0;
}

/* mySociety's names: in the same .zip, or beside the file. */
static int take_companion(struct import *import, struct error *error) {
    struct archive *archive = NULL;
    import->named = true;
    int result = 0;
    const char *path = import->path;
    if (archive_is_zip(import->rows.archive))
        result = archive_open(&archive, path, suits_companion, error);
    if (result == 0) {
        size_t directory = (size_t)(base_name(path) - path);
        path = arena_printf(&import->arena, "%.*s%s", (int)directory, import->path, COMPANION);
        result = archive_open(&archive, path, suits_companion, error);
        if (result < 0 && error->status == STATUS_NO_INPUT)
            error_set(error, STATUS_NO_INPUT,
                      "%s has mySociety's own codes for constituencies; put %s, which says what they are, beside it",
                      import->path, COMPANION);
        else if (result == 0)
            result = error_at(error, STATUS_DATA, (struct place){.file = path}, "this is a .zip and no list of names");
    }
    if (result > 0)
        result = take_names(import, archive, path, error);
    archive_close(archive);
    return result;
}

/* Constituencies */

/* Codes were given anew for the boundaries of July 2024; Scotland's do not tell. */
static bool is_of_before_2024(const char *code) {
    return (strncmp(code, "E14", 3) == 0 && strcmp(code, "E14001063") < 0) ||
           (strncmp(code, "W07", 3) == 0 && strcmp(code, "W07000081") < 0) || strncmp(code, "N06", 3) == 0;
}

/* The number of a constituency that the file writes as TEXT and was not met before. */
static int place_of(struct import *import, const char *text, int64_t *number, struct error *error) {
    struct almanac_constituency constituency = {"", "", "", ""};
    size_t length = strlen(text);
    *number = NO_SUCH_PLACE;
    if (length == 0)
        return 0;
    if (is_code(text, length)) {
        if (*text == 'L' || *text == 'M') { /* the Channel Islands and the Isle of Man */
            *number = ALMANAC_NOWHERE;
            return 0;
        }
        if (is_pseudo(text))
            return 0;
        if (is_of_before_2024(text))
            return data_error(import, error,
                              "this list has the constituencies of before July 2024; download an edition of 2025 or "
                              "later");
        constituency.code = text;
    } else if (starts(text, "UKPARL.")) {
        if (!import->named && take_companion(import, error) != 0)
            return -1;
        const struct place_number *known = table_find(&import->written, text, length);
        if (known != NULL)
            *number = known->number;
        return 0;
    } else {
        constituency.name = text;
    }
    *number = almanac_constituency(import->almanac, &constituency, error);
    return *number < 0 ? -1 : 0;
}

/* The number of the constituency in CELL, ALMANAC_NOWHERE or NO_SUCH_PLACE. */
static int find_place(struct import *import, const struct rows_cell *cell, int64_t *number, struct error *error) {
    if (cell->length == CODE_LENGTH && memcmp(cell->text, import->last_text, CODE_LENGTH) == 0) {
        *number = import->last_number;
        return 0;
    }
    struct place_number *known = table_find(&import->written, cell->text, cell->length);
    *number = known != NULL ? known->number : NO_SUCH_PLACE;
    if (known == NULL) {
        const char *text;
        if (import->written.count == WRITTEN_MAX || cell->length > WRITTEN_LENGTH)
            return data_error(import, error,
                              "the column of constituencies holds something else (more than 4,000 different "
                              "texts, or a very long one)");
        if (cell_text(import, cell, &text, error) != 0)
            return -1;
        if (place_of(import, text, number, error) != 0)
            return -1;
        know(import, cell->text, cell->length, *number);
    }
    if (cell->length == CODE_LENGTH) {
        memcpy(import->last_text, cell->text, CODE_LENGTH);
        import->last_number = *number;
    }
    return 0;
}

/* Rows */

static int hand_on(struct import *import, struct error *error) {
    struct pending *pending = &import->pending;
    if (pending->count == 0)
        return 0;
    import->result->taken++;
    import->result->terminated += pending->terminated;
    import->result->boundary += pending->count > 1;
    int result = almanac_add_postcode(import->almanac, pending->postcode, pending->constituencies, pending->count,
                                      pending->terminated, error);
    pending->count = 0;
    return result;
}

static void add_candidate(struct pending *pending, int64_t number) {
    for (size_t i = 0; i < pending->count; i++)
        if (pending->constituencies[i] == number)
            return;
    if (pending->count < DIRECTORY_CANDIDATES_MAX)
        pending->constituencies[pending->count++] = number;
}

static const struct rows_cell *cell_of(const struct import *import, int column) {
    static const struct rows_cell nothing = {"", 0};
    return column < 0 || (size_t)column >= import->rows.cells_count ? &nothing : &import->rows.cells[column];
}

static bool says_no(const struct rows_cell *cell) {
    static const char *const words[] = {"no", "n", "0", "false"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (cell->length == strlen(words[i]) && strncasecmp(cell->text, words[i], cell->length) == 0)
            return true;
    return false;
}

static bool row_is_terminated(const struct import *import) {
    const struct rows_cell *date = cell_of(import, import->edition.terminated);
    return (date->length > 0 && !says_no(date)) || says_no(cell_of(import, import->edition.in_use));
}

/* Counts the row that cannot be taken, and names the first few. WHAT holds no format. */
static void leave_out(struct import *import, const char *what, bool remark) {
    if (remark && import->result->left_out < WARNINGS_MAX)
        problems_add(import->problems, SEVERITY_WARNING,
                     (struct place){.file = import->path, .line = import->rows.line}, "left out: %s", what);
    import->result->left_out++;
}

static int take_row(struct import *import, struct error *error) {
    const struct edition *edition = &import->edition;
    struct pending *pending = &import->pending;
    const struct rows_cell *written = cell_of(import, (int)edition->postcode);
    char postcode[POSTCODE_MAX];
    if (text_valid(written->text, written->length) < written->length ||
        postcode_normalise(written->text, written->length, postcode) != 0) {
        leave_out(import, "this row's postcode is not a whole postcode", true);
        return 0;
    }
    if (pending->count > 0 && strcmp(pending->postcode, postcode) != 0 && hand_on(import, error) != 0)
        return -1;

    bool terminated = row_is_terminated(import);
    size_t before = pending->count;
    pending->terminated = terminated && (before == 0 || pending->terminated);
    for (size_t i = 0; i < edition->constituencies_count; i++) {
        int64_t number = NO_SUCH_PLACE;
        if (find_place(import, cell_of(import, (int)edition->constituencies[i]), &number, error) != 0)
            return -1;
        if (number != NO_SUCH_PLACE)
            add_candidate(pending, number);
    }
    if (pending->count == 0 && postcode_has_no_mp(postcode))
        add_candidate(pending, ALMANAC_NOWHERE);
    if (pending->count == 0)
        leave_out(import, "this row has no constituency", !edition->official);
    else
        memcpy(pending->postcode, postcode, sizeof postcode);
    return 0;
}

static int take_rows(struct import *import, struct progress *progress, const volatile sig_atomic_t *interrupted,
                     struct error *error) {
    struct gazetteer_result *result = import->result;
    int more = 1;
    for (unsigned row = 0; (more = rows_next(&import->rows, error)) > 0; row++) {
        if (take_row(import, error) != 0)
            return -1;
        if (row % ROWS_BETWEEN != 0)
            continue;
        if (interrupted != NULL && *interrupted)
            return error_set(error, STATUS_INTERRUPTED, "stopped; nothing was changed");
        if (result->left_out > DOUBTFUL_MIN && result->left_out > result->taken && !import->edition.official)
            return data_error(import, error,
                              "most rows so far have no postcode or no constituency; are the columns right?");
        if (progress != NULL)
            progress_show(progress, (size_t)(import->rows.taken >> 20), NULL);
    }
    return more < 0 ? -1 : hand_on(import, error);
}

/* The file */

static int read_header(struct import *import, struct error *error) {
    int result = rows_next(&import->rows, error);
    if (result == 0)
        return error_at(error, STATUS_DATA, (struct place){.file = import->path}, "this file is empty");
    if (result > 0 && edition_read(&import->edition, import->rows.cells, import->rows.cells_count) != 0)
        return data_error(
            import, error,
            "this is no list of postcodes that Postbag knows. It reads the ONS Postcode Directory (ONSPD) "
            "and the National Statistics Postcode Lookup (NSPL), mySociety's postcodes_with_con.csv, "
            "lists of split postcodes (postcode, pcon_1, pcon_2) and any CSV with the columns postcode "
            "and constituency");
    import->rows.cells_wanted = import->edition.columns;
    import->result->format = import->edition.format;
    return result;
}

/* What became of the whole. */
static int review(const struct import *import, struct error *error) {
    const struct gazetteer_result *result = import->result;
    struct place place = {.file = import->path};
    if (result->taken == 0)
        return error_at(error, STATUS_DATA, place, "no row of this list has a postcode and a constituency");
    if (result->left_out > DOUBTFUL_MIN && result->left_out > result->taken)
        return error_at(error, STATUS_DATA, place,
                        "most rows of this list have no postcode or no constituency; are the columns right?");
    return 0;
}

static int import_open(struct import *import, struct archive *archive, struct date date, struct progress *progress,
                       const volatile sig_atomic_t *interrupted, struct error *error) {
    rows_init(&import->rows, archive, import->path);
    int result = read_header(import, error) < 0 ? -1 : 0;
    if (progress != NULL)
        progress->total = (size_t)(archive_size(archive) >> 20);
    if (result == 0)
        result = almanac_clear_postcodes(import->almanac, base_name(import->path), date, error);
    if (result == 0 && archive_is_zip(archive) && import->edition.official)
        result = take_names_of_zip(import, error);
    if (result == 0)
        result = take_rows(import, progress, interrupted, error);
    if (result == 0)
        result = review(import, error);
    rows_release(&import->rows);
    return result;
}

int gazetteer_import(struct almanac *almanac, const char *path, struct date date, struct progress *progress,
                     const volatile sig_atomic_t *interrupted, struct gazetteer_result *result,
                     struct problems *problems, struct error *error) {
    struct archive *archive = NULL;
    struct import import = {.almanac = almanac,
                            .path = path,
                            .arena = ARENA_EMPTY,
                            .written = TABLE_EMPTY,
                            .last_number = NO_SUCH_PLACE,
                            .result = result,
                            .problems = problems};
    *result = (struct gazetteer_result){.format = ""};
    int opened = archive_open(&archive, path, suits_postcodes, error);
    if (opened == 0)
        error_at(error, STATUS_DATA, (struct place){.file = path},
                 "this .zip holds no list of postcodes (such as Data/ONSPD_….csv)");
    int done = opened <= 0 ? -1 : import_open(&import, archive, date, progress, interrupted, error);
    archive_close(archive);
    table_release(&import.written);
    arena_release(&import.arena);
    return done;
}
