/*
 * Look-up files: a spreadsheet comes in, entries of a listing go out. The one idea: all formats are one, a row of named
 * columns; which publisher it was only matters for what is said of it, and for whether it may be empty.
 */
#include "input/lookup.h"

#include <string.h>

#include "base/str.h"
#include "input/csv.h"
#include "input/field.h"

enum { HEADER_ROWS = 10, ADDRESS_PARTS = 10 };

enum role {
    ROLE_CODE,
    ROLE_CONSTITUENCY,
    ROLE_WELSH,
    ROLE_NAME,
    ROLE_FIRST,
    ROLE_LAST,
    ROLE_TITLE,
    ROLE_DEAR,
    ROLE_PARTY,
    ROLE_EMAIL,
    ROLE_NOTE,
    ROLE_PERSON_ID, /* TheyWorkForYou's own */
    ROLE_URI,
    ROLE_COUNT,
};

/* Of a role, the best name first. */
static const struct {
    enum role role;
    const char *key;
} names[] = {
    {ROLE_CODE, "pconcode"},
    {ROLE_CODE, "constituencycode"},
    {ROLE_CODE, "gsscode"},
    {ROLE_CODE, "onscode"},
    {ROLE_CODE, "pcon24cd"},
    {ROLE_CODE, "gss"},
    {ROLE_CODE, "code"},
    {ROLE_CONSTITUENCY, "pconname"},
    {ROLE_CONSTITUENCY, "pcon24nm"},
    {ROLE_CONSTITUENCY, "constituencyname"},
    {ROLE_CONSTITUENCY, "constituency"},
    {ROLE_CONSTITUENCY, "parliamentaryconstituency"},
    {ROLE_CONSTITUENCY, "westminsterconstituency"},
    {ROLE_CONSTITUENCY, "seat"},
    {ROLE_WELSH, "namecy"},
    {ROLE_WELSH, "pcon24nmw"},
    {ROLE_WELSH, "constituencywelsh"},
    {ROLE_WELSH, "welshname"},
    {ROLE_NAME, "displayas"},
    {ROLE_NAME, "mp"},
    {ROLE_NAME, "mpname"},
    {ROLE_NAME, "mpsname"},
    {ROLE_NAME, "nameofmp"},
    {ROLE_NAME, "memberofparliament"},
    {ROLE_NAME, "membername"},
    {ROLE_NAME, "member"},
    {ROLE_NAME, "fullname"},
    {ROLE_NAME, "name"},
    {ROLE_FIRST, "firstname"},
    {ROLE_FIRST, "givenname"},
    {ROLE_FIRST, "forename"},
    {ROLE_FIRST, "forenames"},
    {ROLE_LAST, "lastname"},
    {ROLE_LAST, "familyname"},
    {ROLE_LAST, "surname"},
    {ROLE_TITLE, "fulltitle"},
    {ROLE_TITLE, "mptitle"},
    {ROLE_TITLE, "formaltitle"},
    {ROLE_TITLE, "title"},
    {ROLE_DEAR, "dear"},
    {ROLE_DEAR, "mpdear"},
    {ROLE_DEAR, "salutation"},
    {ROLE_DEAR, "addressas"},
    {ROLE_DEAR, "nameaddressas"},
    {ROLE_DEAR, "formofaddress"},
    {ROLE_PARTY, "partytext"},
    {ROLE_PARTY, "party"},
    {ROLE_PARTY, "mpparty"},
    {ROLE_PARTY, "politicalparty"},
    {ROLE_EMAIL, "memberemail"},
    {ROLE_EMAIL, "mpemail"},
    {ROLE_EMAIL, "email"},
    {ROLE_EMAIL, "emailaddress"},
    {ROLE_EMAIL, "mpemailaddress"},
    {ROLE_NOTE, "note"},
    {ROLE_NOTE, "notes"},
    {ROLE_PERSON_ID, "personid"},
    {ROLE_URI, "uri"},
};

static const char *const address_keys[] = {
    "address",      "mpaddress",    "address1",     "address2",     "address3",     "address4", "address5",
    "addressline1", "addressline2", "addressline3", "addressline4", "addressline5", "town",     "postcode"};

struct columns {
    int of[ROLE_COUNT];            /* index, or -1 */
    size_t address[ADDRESS_PARTS]; /* those that make the address */
    size_t address_count;
};

/* The header */

static bool key_is(const struct str *key, const char *name) {
    return strcmp(key->bytes, name) == 0;
}

static void read_columns(struct columns *columns, const struct csv_row *row) {
    size_t rank[ROLE_COUNT];
    struct str key = STR_EMPTY;
    *columns = (struct columns){.address_count = 0};
    for (size_t role = 0; role < ROLE_COUNT; role++)
        columns->of[role] = -1;
    for (size_t i = 0; i < row->cells_count; i++) {
        str_clear(&key);
        field_key(&key, row->cells[i].text, row->cells[i].length);
        for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
            enum role role = names[n].role;
            if (key_is(&key, names[n].key) && (columns->of[role] < 0 || n < rank[role])) {
                columns->of[role] = (int)i;
                rank[role] = n;
            }
        }
        for (size_t n = 0; n < sizeof address_keys / sizeof *address_keys; n++)
            if (key_is(&key, address_keys[n]) && columns->address_count < ADDRESS_PARTS)
                columns->address[columns->address_count++] = i;
    }
    str_release(&key);
}

static bool has(const struct columns *columns, enum role role) {
    return columns->of[role] >= 0;
}

static bool is_header(const struct columns *columns) {
    return (has(columns, ROLE_CONSTITUENCY) || has(columns, ROLE_CODE)) &&
           (has(columns, ROLE_NAME) || has(columns, ROLE_TITLE) || has(columns, ROLE_LAST));
}

static void set_format(struct listing *listing, const struct columns *columns, const struct csv_row *row) {
    static const char *const published[] = {"Department for Education", "TheyWorkForYou"};
    struct str key = STR_EMPTY;
    bool look_up = false;
    for (size_t i = 0; i < row->cells_count; i++) {
        str_clear(&key);
        field_key(&key, row->cells[i].text, row->cells[i].length);
        look_up = look_up || key_is(&key, "pconcode");
    }
    str_release(&key);
    listing->may_be_empty = has(columns, ROLE_PERSON_ID) && has(columns, ROLE_URI) && has(columns, ROLE_LAST);
    listing->format = listing->may_be_empty                 ? published[1]
                      : look_up && has(columns, ROLE_TITLE) ? published[0]
                                                            : "plain list";
}

/* Rows */

static const char *cell(const struct csv_row *row, int column) {
    return column < 0 || (size_t)column >= row->cells_count ? "" : row->cells[column].text;
}

/* Its lines; a single cell without line breaks is parted at its commas. */
static const char *address_of(const struct columns *columns, const struct csv_row *row, struct arena *arena) {
    struct str out = STR_EMPTY;
    bool alone = columns->address_count == 1;
    for (size_t i = 0; i < columns->address_count; i++) {
        const char *text = cell(row, (int)columns->address[i]);
        bool parted = alone && strchr(text, '\n') == NULL;
        if (*text == '\0')
            continue;
        if (out.length > 0)
            str_addc(&out, '\n');
        for (; *text != '\0'; text++) {
            bool breaks = parted && *text == ',';
            str_addc(&out, breaks ? '\n' : *text);
            if (breaks)
                text += strspn(text + 1, " ");
        }
    }
    const char *address = arena_copy(arena, out.bytes, out.length);
    str_release(&out);
    return address;
}

static int take_row(struct listing *listing, const struct columns *columns, const struct csv_row *row,
                    struct problems *problems, struct arena *arena, struct error *error) {
    struct listing_entry entry = {
        .line = row->line,
        .code = cell(row, columns->of[ROLE_CODE]),
        .constituency = cell(row, columns->of[ROLE_CONSTITUENCY]),
        .constituency_welsh = cell(row, columns->of[ROLE_WELSH]),
        .name = cell(row, columns->of[ROLE_NAME]),
        .title = cell(row, columns->of[ROLE_TITLE]),
        .dear = cell(row, columns->of[ROLE_DEAR]),
        .party = cell(row, columns->of[ROLE_PARTY]),
        .email = cell(row, columns->of[ROLE_EMAIL]),
        .address = address_of(columns, row, arena),
        .note = cell(row, columns->of[ROLE_NOTE]),
    };
    if (*entry.name == '\0')
        entry.name =
            arena_printf(arena, "%s %s", cell(row, columns->of[ROLE_FIRST]), cell(row, columns->of[ROLE_LAST]));
    return listing_add(listing, &entry, problems, error);
}

static int find_header(struct csv *csv, struct arena *arena, struct columns *columns, struct csv_row *row,
                       struct problems *problems, struct error *error) {
    for (int i = 0; i < HEADER_ROWS; i++) {
        int result = csv_next(csv, arena, row, problems, error);
        if (result < 0)
            return -1;
        if (result == 0)
            break;
        read_columns(columns, row);
        if (is_header(columns))
            return 0;
    }
    problems_clear(problems);
    return error_at(error, STATUS_DATA, (struct place){.file = csv_path(csv), .line = 1},
                    "this is no list of MPs that Postbag knows. It reads TheyWorkForYou's mps.csv, the Department for "
                    "Education's MP look-up, answers of the Parliament Members API saved as JSON, and any CSV with the "
                    "columns constituency and name");
}

static int read_rows(struct listing *listing, struct csv *csv, struct problems *problems, struct error *error) {
    struct arena arena = ARENA_EMPTY;
    struct columns columns = {.address_count = 0};
    struct csv_row row;
    int result = find_header(csv, &arena, &columns, &row, problems, error);
    if (result == 0) {
        set_format(listing, &columns, &row);
        while ((result = csv_next(csv, &arena, &row, problems, error)) > 0) {
            if (!row.faulty && take_row(listing, &columns, &row, problems, &arena, error) != 0) {
                result = -1;
                break;
            }
            arena_clear(&arena);
        }
    }
    arena_release(&arena);
    return result;
}

/* The places of problems name the file by the caller's path: the reader's own is gone when they are printed. */
static void name_file(struct problems *problems, const char *from, const char *to) {
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].place.file == from)
            problems->items[i].place.file = to;
}

int lookup_read(struct listing *listing, struct problems *problems, struct error *error) {
    struct csv *csv;
    if (csv_open(&csv, listing->path, ENCODING_AUTO, error) != 0)
        return -1;
    int result = read_rows(listing, csv, problems, error);
    name_file(problems, csv_path(csv), listing->path);
    if (result != 0 && error->place.file == csv_path(csv))
        error->place.file = listing->path;
    csv_close(csv);
    return result;
}
