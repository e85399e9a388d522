/*
 * Editions: a header comes in, which column is what goes out. The one idea: names are reduced to lower-case letters and
 * digits and compared with a few patterns, in which # stands for a digit: "PCON24CD" of one year is "pcon" of another.
 */
#include "input/edition.h"

#include <string.h>

enum { KEY_MAX = 48 };

/* Best first. */
static const char *const postcode_keys[] = {"pcds", "postcode", "pcd8", "pcd2", "pcd7", "pcd", "postcodes", NULL};
static const char *const terminated_keys[] = {"doterm", "terminated", "dateterminated", "dateoftermination", NULL};
static const char *const in_use_keys[] = {"inuse", NULL};
static const char *const official_keys[] = {"pcon##cd", "pcon##", "pcon", NULL};
static const char *const plain_keys[] = {"constituencycode",
                                         "pconcode",
                                         "gsscode",
                                         "onscode",
                                         "gss",
                                         "pcon##cd",
                                         "pcon##",
                                         "pcon",
                                         "pconcd",
                                         "parliamentaryconstituency2024",
                                         "constituency2024",
                                         "westminsterparliamentaryconstituency",
                                         "parliamentaryconstituency",
                                         "ukparliamentaryconstituency",
                                         "westminsterconstituency",
                                         "ukparliamentconstituency",
                                         "constituencyname",
                                         "pconname",
                                         "pcon##nm",
                                         "constituency",
                                         NULL};
static const char *const code_keys[] = {"gsscode", "pcon##cd", "pcon##", "pconcd", "pconcode", "onscode", NULL};
static const char *const name_keys[] = {"pcon##nm", "pconnm", "pconname", "name", NULL};
static const char *const welsh_keys[] = {"pcon##nmw", "namecy", NULL};

static void make_key(char key[KEY_MAX + 1], const struct rows_cell *cell) {
    size_t length = 0;
    for (size_t i = 0; i < cell->length && length < KEY_MAX; i++) {
        char byte = cell->text[i];
        if (byte >= 'A' && byte <= 'Z')
            byte = (char)(byte + ('a' - 'A'));
        if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
            key[length++] = byte;
    }
    key[length] = '\0';
}

static bool matches(const char *key, const char *pattern) {
    for (; *pattern != '\0'; key++, pattern++)
        if (*pattern == '#' ? *key < '0' || *key > '9' : *key != *pattern)
            return false;
    return *key == '\0';
}

/* The first column that has the best of the names PATTERNS, or -1. Of "pcon10" and "pcon24" the later year's. */
static int find_column(const struct rows_cell *cells, size_t count, const char *const *patterns) {
    for (; *patterns != NULL; patterns++) {
        int best = -1;
        char best_key[KEY_MAX + 1] = "";
        for (size_t i = 0; i < count; i++) {
            char key[KEY_MAX + 1];
            make_key(key, &cells[i]);
            if (matches(key, *patterns) && (best < 0 || strcmp(key, best_key) > 0)) {
                best = (int)i;
                memcpy(best_key, key, sizeof key);
            }
        }
        if (best >= 0)
            return best;
    }
    return -1;
}

static int find_one(const struct rows_cell *cells, size_t count, const char *pattern) {
    return find_column(cells, count, (const char *const[]){pattern, NULL});
}

static void add_constituency(struct edition *edition, int column) {
    if (column >= 0 && edition->constituencies_count < DIRECTORY_CANDIDATES_MAX)
        edition->constituencies[edition->constituencies_count++] = (size_t)column;
}

/* "pcon_1", "pcon_2" …, or "constituency 1" …, as far as they go. */
static void add_candidates(struct edition *edition, const struct rows_cell *cells, size_t count) {
    for (int i = 1; i <= DIRECTORY_CANDIDATES_MAX; i++) {
        const char digit = (char)('0' + i);
        const char pcon[] = {'p', 'c', 'o', 'n', digit, '\0'};
        const char word[] = {'c', 'o', 'n', 's', 't', 'i', 't', 'u', 'e', 'n', 'c', 'y', digit, '\0'};
        int column = find_column(cells, count, (const char *const[]){pcon, word, NULL});
        if (column < 0)
            break;
        add_constituency(edition, column);
    }
}

static bool is_official(const struct rows_cell *cells, size_t count) {
    return find_column(cells, count, (const char *const[]){"pcds", "pcd8", "pcd2", "pcd7", "pcd", NULL}) >= 0 &&
           find_one(cells, count, "doterm") >= 0 && find_column(cells, count, official_keys) >= 0;
}

/* ONSPD has the parish, NSPL has not. */
static bool is_directory(const struct rows_cell *cells, size_t count) {
    return find_column(cells, count, (const char *const[]){"parish", "parncp##cd", "parncp##", "parncp", NULL}) >= 0;
}

static void find_constituencies(struct edition *edition, const struct rows_cell *cells, size_t count) {
    int short_code = find_one(cells, count, "shortcode");
    if (is_official(cells, count)) {
        edition->official = true;
        edition->format = is_directory(cells, count) ? "ONS Postcode Directory" : "National Statistics Postcode Lookup";
        add_constituency(edition, find_column(cells, count, official_keys));
    } else if (short_code >= 0) {
        edition->format = "mySociety's list";
        add_constituency(edition, short_code);
    } else {
        edition->format = "list of split postcodes";
        add_candidates(edition, cells, count);
        if (edition->constituencies_count == 0) {
            edition->format = "plain list";
            add_constituency(edition, find_column(cells, count, plain_keys));
        }
    }
}

static size_t columns_up_to(size_t columns, int column) {
    return column >= 0 && (size_t)column + 1 > columns ? (size_t)column + 1 : columns;
}

int edition_read(struct edition *edition, const struct rows_cell *cells, size_t count) {
    int postcode = find_column(cells, count, postcode_keys);
    *edition = (struct edition){
        .postcode = postcode < 0 ? 0 : (size_t)postcode,
        .terminated = find_column(cells, count, terminated_keys),
        .in_use = find_column(cells, count, in_use_keys),
    };
    find_constituencies(edition, cells, count);
    if (postcode < 0 || edition->constituencies_count == 0)
        return -1;
    edition->columns = columns_up_to(columns_up_to(edition->postcode + 1, edition->terminated), edition->in_use);
    for (size_t i = 0; i < edition->constituencies_count; i++)
        edition->columns = columns_up_to(edition->columns, (int)edition->constituencies[i]);
    return 0;
}

int edition_read_names(struct edition_names *names, const struct rows_cell *cells, size_t count) {
    *names = (struct edition_names){
        .code = find_column(cells, count, code_keys),
        .short_code = find_one(cells, count, "shortcode"),
        .name = find_column(cells, count, name_keys),
        .name_welsh = find_column(cells, count, welsh_keys),
    };
    if (names->name < 0 || (names->code < 0 && names->short_code < 0))
        return -1;
    names->columns = columns_up_to(columns_up_to(0, names->code), names->short_code);
    names->columns = columns_up_to(columns_up_to(names->columns, names->name), names->name_welsh);
    return 0;
}
