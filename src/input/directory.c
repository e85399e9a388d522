/*
 * The directory: a postcode or a name comes in, a constituency and its MP go out. The one idea: what is small is read
 * when it is opened, into structs that never change afterwards; what is large stays in the file, behind the one
 * statement that looks a postcode up.
 */
#include "input/directory.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/database.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/table.h"
#include "base/text.h"
#include "input/almanac.h"
#include "input/placename.h"
#include "input/postcode.h"
#include "input/recipient.h"
#include "input/volume.h"

enum { CONSTITUENCIES_MAX = 1 << 16, CODE_MAX = 32 };

struct directory {
    struct arena arena;
    const char *path;
    struct seat *seats; /* in the order of their names */
    size_t seats_count;
    const struct seat **by_number; /* NULL where there is none; [0] is not used */
    size_t numbers;
    struct table codes; /* to seats */
    struct placenames names;
    struct directory_vintage mps;
    struct directory_vintage postcodes;
    size_t members;

    pthread_mutex_t mutex; /* around what follows */
    struct database *database;
    struct statement *postcode;
    struct statement *boundary;
};

const char *directory_default_path(struct arena *arena) {
    const char *data = getenv("XDG_DATA_HOME");
    if (data != NULL && *data == '/') /* "All paths must be absolute": XDG Base Directory Specification */
        return file_join(arena, data, "postbag/directory.sqlite");
    const char *home = getenv("HOME");
    if (home == NULL || *home == '\0')
        home = ".";
    return file_join(arena, home, ".local/share/postbag/directory.sqlite");
}

/* Opening */

enum { COLUMN_CODE = 1, COLUMN_NAME, COLUMN_WELSH, COLUMN_SITS, COLUMN_MEMBER, COLUMN_TITLE };

/* A constituency that only a file of postcodes has named so far is called by its code. */
static const char seats_sql[] =
    "SELECT number, code, CASE WHEN constituency.name <> '' THEN constituency.name WHEN code <> '' THEN code"
    " ELSE short_code END, name_welsh, constituency, member.name, title, dear, party, email, address, note"
    " FROM constituency LEFT JOIN member ON constituency = number ORDER BY number";

/* The forms of the member's name that no importer gave. */
static void complete_member(struct arena *arena, struct seat *seat) {
    struct recipient forms = recipient_read(arena, OFFICE_MP, seat->member, strlen(seat->member));
    if (*seat->member == '\0')
        forms = recipient_read(arena, OFFICE_MP, seat->title, strlen(seat->title));
    seat->member = forms.plain;
    if (*seat->title == '\0')
        seat->title = forms.title;
    if (*seat->dear == '\0')
        seat->dear = forms.dear;
}

/* The row that STATEMENT stands at. */
static int read_seat(struct directory *directory, struct statement *row, struct seat *seat, struct error *error) {
    const char **texts[] = {&seat->code, &seat->name,  &seat->name_welsh, NULL,           &seat->member, &seat->title,
                            &seat->dear, &seat->party, &seat->email,      &seat->address, &seat->note};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] != NULL &&
            volume_text(&directory->arena, row, (int)i + COLUMN_CODE, texts[i], directory->path, error) != 0)
            return -1;
    bool sits = statement_number(row, COLUMN_SITS) != 0 && (*seat->member != '\0' || *seat->title != '\0');
    if (sits) {
        complete_member(&directory->arena, seat);
        directory->members++;
    }
    seat->vacant = !sits && directory->mps.held;
    return 0;
}

struct numbered {
    struct seat seat;
    int64_t number;
    const char *sorted; /* the name, folded */
};

static int compare_names(const void *a, const void *b) {
    const struct numbered *one = a, *other = b;
    int order = strcmp(one->sorted, other->sorted);
    return order != 0 ? order : strcmp(one->seat.code, other->seat.code);
}

/* Where two have one name, whoever sits for it has it first. */
static void index_seats(struct directory *directory, bool sitting) {
    for (size_t number = 1; number < directory->numbers; number++) {
        const struct seat *seat = directory->by_number[number];
        if (seat == NULL || (*seat->member != '\0') != sitting)
            continue;
        placenames_add(&directory->names, seat->name, strlen(seat->name), (int64_t)number);
        placenames_add(&directory->names, seat->name_welsh, strlen(seat->name_welsh), (int64_t)number);
        if (*seat->code != '\0') {
            void **slot = table_slot(&directory->codes, seat->code, strlen(seat->code));
            if (*slot == NULL)
                *slot = (void *)(intptr_t)number; /* NOLINT(performance-no-int-to-ptr): a number, not a pointer */
        }
    }
}

static void keep_seats(struct directory *directory, struct numbered *read, size_t count) {
    int64_t last = 0;
    for (size_t i = 0; i < count; i++)
        last = read[i].number > last ? read[i].number : last;
    if (count > 0)
        qsort(read, count, sizeof *read, compare_names);
    directory->seats = ARENA_ARRAY(&directory->arena, struct seat, count);
    directory->seats_count = count;
    directory->numbers = (size_t)last + 1;
    directory->by_number = ARENA_ARRAY(&directory->arena, const struct seat *, directory->numbers);
    for (size_t i = 0; i < count; i++) {
        directory->seats[i] = read[i].seat;
        directory->by_number[read[i].number] = &directory->seats[i];
    }
    index_seats(directory, true);
    index_seats(directory, false);
}

static int load_seats(struct directory *directory, struct error *error) {
    struct statement *rows;
    struct numbered *read = NULL;
    size_t count = 0, room = 0;
    struct str folded = STR_EMPTY;
    int row = database_prepare(directory->database, &rows, seats_sql, error) == 0 ? 1 : -1;
    while (row == 1 && (row = statement_step(rows, error)) == 1) {
        struct numbered *one = MEMORY_PUSH(read, count, room);
        *one = (struct numbered){.number = statement_number(rows, 0)};
        if (one->number < 1 || one->number >= CONSTITUENCIES_MAX) {
            volume_foreign(directory->path, error);
            row = -1;
        } else if (read_seat(directory, rows, &one->seat, error) != 0) {
            row = -1;
        } else {
            str_clear(&folded);
            text_fold_plain(&folded, one->seat.name, strlen(one->seat.name));
            one->sorted = arena_copy(&directory->arena, folded.bytes, folded.length);
        }
    }
    if (row == 0)
        keep_seats(directory, read, count);
    str_release(&folded);
    free(read);
    return row;
}

static int load_vintages(struct directory *directory, struct error *error) {
    struct statement *rows;
    if (database_prepare(directory->database, &rows, "SELECT part, files, date FROM source", error) != 0)
        return -1;
    int row;
    while ((row = statement_step(rows, error)) == 1) {
        struct directory_vintage vintage = {.held = true};
        const char *date;
        if (volume_text(&directory->arena, rows, 1, &vintage.source, directory->path, error) != 0 ||
            volume_text(&directory->arena, rows, 2, &date, directory->path, error) != 0)
            return -1;
        if (date_parse(date, &vintage.imported) != 0)
            return volume_foreign(directory->path, error);
        if (strcmp(statement_text(rows, 0), "mps") == 0)
            directory->mps = vintage;
        else
            directory->postcodes = vintage;
    }
    return row;
}

/*
 * The transaction is never ended: within one SQLite looks neither for locks nor for changes, and an import puts another
 * file in this one's place.
 */
static int load(struct directory *directory, struct error *error) {
    if (load_vintages(directory, error) != 0 || load_seats(directory, error) != 0 ||
        database_run(directory->database, "PRAGMA cache_size = -40000; BEGIN", error) != 0 ||
        database_prepare(directory->database, &directory->postcode, "SELECT place FROM postcode WHERE number = ?1",
                         error) != 0)
        return -1;
    return database_prepare(directory->database, &directory->boundary,
                            "SELECT constituency FROM boundary WHERE number = ?1 ORDER BY rank", error);
}

int directory_open(struct directory **directory, const char *path, struct error *error) {
    struct directory *opened = memory_alloc(1, sizeof *opened);
    opened->path = arena_copy(&opened->arena, path, strlen(path));
    opened->mps.source = opened->postcodes.source = "";
    pthread_mutex_init(&opened->mutex, NULL);
    if (volume_read(&opened->database, path, error) == 0 && load(opened, error) == 0) {
        *directory = opened;
        return 0;
    }
    if (error->status == STATUS_NO_INPUT && access(path, F_OK) != 0)
        error_set(error, STATUS_NO_INPUT,
                  "there is no directory of MPs and postcodes yet (%s); make one with: postbag import mps FILE, and "
                  "postbag import postcodes FILE",
                  path);
    directory_close(opened);
    return -1;
}

void directory_close(struct directory *directory) {
    if (directory == NULL)
        return;
    database_close(directory->database);
    pthread_mutex_destroy(&directory->mutex);
    table_release(&directory->codes);
    placenames_release(&directory->names);
    arena_release(&directory->arena);
    free(directory);
}

struct directory_vintage directory_mps(const struct directory *directory) {
    return directory->mps;
}

struct directory_vintage directory_postcodes(const struct directory *directory) {
    return directory->postcodes;
}

/* Days since a fixed day; March begins the year, so that a leap day ends it. */
static int days_of(struct date date) {
    int month = (date.month + 9) % 12;
    int year = date.year - month / 10;
    return year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + date.day - 1;
}

int directory_age_days(struct directory_vintage vintage, struct date today) {
    return days_of(today) - days_of(vintage.imported);
}

bool directory_is_dissolved(const struct directory *directory) {
    return directory->mps.held && directory->members == 0;
}

size_t directory_seats(const struct directory *directory, const struct seat **seats) {
    *seats = directory->seats;
    return directory->seats_count;
}

/* Looking up */

static const struct seat *seat_of(const struct directory *directory, int64_t number) {
    return number < 1 || number >= (int64_t)directory->numbers ? NULL : directory->by_number[number];
}

static void add_candidate(struct directory_result *result, int64_t number) {
    const struct seat *seat = seat_of(result->directory, number);
    if (seat != NULL && result->candidates_count < DIRECTORY_CANDIDATES_MAX)
        result->candidates[result->candidates_count++] = seat;
}

/* What the file says of a postcode: its place, and the constituencies if it has several. -1: it cannot be read. */
static int look_up(struct directory *directory, int64_t number, int64_t *place, struct directory_result *result,
                   struct error *error) {
    statement_bind_number(directory->postcode, 1, number);
    int row = statement_step(directory->postcode, error);
    if (row != 1)
        return row;
    *place = statement_number(directory->postcode, 0);
    statement_reset(directory->postcode);
    if (*place >= 0)
        return 1;
    statement_bind_number(directory->boundary, 1, -(*place / 2));
    while ((row = statement_step(directory->boundary, error)) == 1)
        add_candidate(result, statement_number(directory->boundary, 0));
    return row < 0 ? -1 : 1;
}

/* The MP is not known before a list of MPs is. */
static enum directory_answer found(const struct directory *directory) {
    return directory->mps.held ? DIRECTORY_FOUND : DIRECTORY_NOT_HELD;
}

static enum directory_answer answer_of(const struct directory_result *result, int64_t place) {
    if (place % 2 != 0)
        return DIRECTORY_TERMINATED;
    if (result->candidates_count > 1)
        return DIRECTORY_BOUNDARY;
    if (result->candidates_count == 1)
        return found(result->directory);
    return place == ALMANAC_NOWHERE ? DIRECTORY_NO_MP_HERE : DIRECTORY_UNKNOWN;
}

static bool is_forces(const char *postcode) {
    return strncmp(postcode, "BFPO", 4) == 0 || strncmp(postcode, "BF1 ", 4) == 0;
}

int directory_find_postcode(struct directory *directory, const char *postcode, struct directory_result *result,
                            struct error *error) {
    *result = (struct directory_result){.directory = directory, .answer = DIRECTORY_UNKNOWN};
    if (postcode_has_no_mp(postcode))
        result->answer = DIRECTORY_NO_MP_HERE;
    else if (is_forces(postcode))
        result->answer = DIRECTORY_BFPO;
    else if (!directory->postcodes.held)
        result->answer = DIRECTORY_NOT_HELD;
    if (result->answer != DIRECTORY_UNKNOWN)
        return 0;

    int64_t place = 0;
    pthread_mutex_lock(&directory->mutex);
    int row = look_up(directory, almanac_postcode_number(postcode), &place, result, error);
    pthread_mutex_unlock(&directory->mutex);
    if (row != 1)
        return row;
    if (place > 0)
        add_candidate(result, place / 2);
    result->answer = answer_of(result, place);
    return 0;
}

/* "E14001063", in any case; 0 where it is no code that is known. */
static int64_t find_code(const struct directory *directory, const char *name, size_t length) {
    char code[CODE_MAX];
    if (length >= sizeof code)
        return 0;
    for (size_t i = 0; i < length; i++)
        code[i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - ('a' - 'A') : name[i]);
    return (int64_t)(intptr_t)table_find(&directory->codes, code, length);
}

void directory_find_constituency(const struct directory *directory, const char *name, size_t length,
                                 struct directory_result *result) {
    *result = (struct directory_result){.directory = directory, .answer = DIRECTORY_UNKNOWN};
    text_trim(&name, &length);
    int64_t number = find_code(directory, name, length);
    if (number == 0)
        number = placenames_find(&directory->names, name, length);
    if (number != 0) {
        add_candidate(result, number);
        result->answer = found(directory);
        return;
    }
    if (!directory->mps.held) {
        result->answer = DIRECTORY_NOT_HELD;
        return;
    }
    int64_t like[DIRECTORY_CANDIDATES_MAX];
    size_t count = placenames_like(&directory->names, name, length, like, DIRECTORY_CANDIDATES_MAX);
    for (size_t i = 0; i < count; i++)
        add_candidate(result, like[i]);
}

/* Explaining */

/* "Belfast South and Mid Down, Belfast West or Lagan Valley". */
static void add_candidates(struct str *out, const struct directory_result *result) {
    for (size_t i = 0; i < result->candidates_count; i++) {
        if (i > 0)
            str_adds(out, i + 1 < result->candidates_count ? ", " : ", or ");
        str_adds(out, result->candidates[i]->name);
    }
}

static void add_date(struct str *out, struct directory_vintage vintage) {
    date_format(out, vintage.imported, "en");
}

static void explain_unknown_postcode(const struct directory_result *result, const char *postcode, struct str *out) {
    str_addf(out, "%s is not in the postcode directory of ", postcode);
    add_date(out, directory_postcodes(result->directory));
    str_adds(out, ": a slip, or a new postcode? Put the constituency in the list");
}

static void explain_unknown_name(const struct directory_result *result, const char *name, struct str *out) {
    str_addf(out, "there is no constituency \"%s\"", name);
    if (result->candidates_count == 0) {
        str_adds(out, "; constituencies were redrawn in 2024, so it may be one that was abolished");
        return;
    }
    str_adds(out, "; constituencies were redrawn in 2024, so it may be one that was abolished. Did you mean ");
    add_candidates(out, result);
    str_addc(out, '?');
}

static void explain_terminated(const struct directory_result *result, const char *postcode, struct str *out) {
    str_addf(out, "Royal Mail has withdrawn the postcode %s", postcode);
    if (result->candidates_count > 0) {
        str_adds(out, "; it was in ");
        add_candidates(out, result);
    }
    str_adds(out, ". Find the new postcode, or put the constituency in the list");
}

static void explain_not_held(const struct directory_result *result, struct str *out) {
    bool wants_mps = !directory_mps(result->directory).held;
    if (result->candidates_count > 0 || (wants_mps && directory_postcodes(result->directory).held))
        str_adds(out, "no MPs have been imported: postbag import mps FILE");
    else if (wants_mps)
        str_adds(out, "no MPs and no postcodes have been imported: postbag import mps FILE, and postbag import "
                      "postcodes FILE");
    else
        str_adds(out, "no postcodes have been imported: postbag import postcodes FILE");
}

/* No constituency has a digit in its name. */
static bool is_only_a_code(const struct seat *seat) {
    return strpbrk(seat->name, "0123456789") != NULL;
}

/* An answer, but nobody to write to. */
static void explain_found(const struct directory_result *result, struct str *out) {
    const struct seat *seat = result->candidates[0];
    if (directory_is_dissolved(result->directory)) {
        str_adds(out, "Parliament is dissolved: the list of MPs of ");
        add_date(out, directory_mps(result->directory));
        str_adds(out, " names none, and nobody may be written to as an MP until the election is over");
    } else if (seat->vacant && is_only_a_code(seat)) {
        str_addf(out,
                 "the constituency %s is not in the list of MPs: the postcodes may be of before 2024, when "
                 "constituencies were redrawn. Import newer ones: postbag import postcodes FILE",
                 seat->name);
    } else if (seat->vacant) {
        str_addf(out, "%s has no MP at present, says the list of MPs of ", seat->name);
        add_date(out, directory_mps(result->directory));
    }
}

void directory_explain(const struct directory_result *result, const char *asked, struct str *out) {
    char postcode[POSTCODE_MAX];
    bool by_postcode = postcode_normalise(asked, strlen(asked), postcode) == 0;
    const char *shown = by_postcode ? postcode : asked;
    switch (result->answer) {
    case DIRECTORY_FOUND:
        explain_found(result, out);
        return;
    case DIRECTORY_BOUNDARY:
        str_addf(out, "%s lies on a boundary: ", shown);
        add_candidates(out, result);
        str_adds(out, ". Put the constituency in the list");
        return;
    case DIRECTORY_UNKNOWN:
        if (by_postcode)
            explain_unknown_postcode(result, shown, out);
        else
            explain_unknown_name(result, shown, out);
        return;
    case DIRECTORY_TERMINATED:
        explain_terminated(result, shown, out);
        return;
    case DIRECTORY_NO_MP_HERE:
        str_addf(out,
                 "%s is outside the United Kingdom: Jersey, Guernsey, the Isle of Man and the overseas territories "
                 "have no MP",
                 shown);
        return;
    case DIRECTORY_BFPO:
        str_addf(out,
                 "%s is forces post, which belongs to no place: put the constituency in which they are registered "
                 "to vote in the list",
                 shown);
        return;
    case DIRECTORY_NOT_HELD:
        explain_not_held(result, out);
        return;
    }
}
