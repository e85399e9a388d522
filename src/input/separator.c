/*
 * The separator: the first rows of a list come in, a character goes out. The one idea: the right separator gives most
 * rows more than one cell, and most of them the same number; the commas in people's addresses do not.
 */
#include "input/separator.h"

#include <string.h>
#include <strings.h>

enum { ROWS_MAX = 200 }; /* rows that are looked at */

bool separator_stated(const char *line, size_t length, char *separator) {
    while (length > 0 && (line[0] == '"' || line[0] == ' ')) {
        line++;
        length--;
    }
    if (length < 5 || strncasecmp(line, "sep=", 4) != 0)
        return false;
    char stated = line[4];
    if (stated == '\0' || strchr(",;|\t:^~!#$%&*/\\+=_- ", stated) == NULL)
        return false;
    /* Saved again by a program that did not know it, the line may be quoted and have empty cells behind it. */
    for (size_t i = 5; i < length; i++)
        if (strchr("\",; \t|", line[i]) == NULL)
            return false;
    *separator = stated;
    return true;
}

/*
 * How many cells the first rows have, if SEPARATOR parts them. Blank rows do not count; a row with a quotation mark
 * within a cell has one: what cuts a,"x;y" into pieces is not the separator.
 */
struct census {
    unsigned cells[ROWS_MAX];
    size_t rows;
};

struct row {
    unsigned cells;
    bool has_text;
    bool is_cut;
};

static void census_add(struct census *census, struct row *row) {
    if (row->has_text)
        census->cells[census->rows++] = row->is_cut ? 1 : row->cells;
    *row = (struct row){.cells = 1};
}

static void census_take(struct census *census, const char *text, size_t length, char separator) {
    enum { START, PLAIN, QUOTED, CLOSED } state = START;
    struct row row = {.cells = 1};
    *census = (struct census){0};
    for (size_t i = 0; i < length && census->rows < ROWS_MAX; i++) {
        char c = text[i];
        if (state == QUOTED) {
            state = c == '"' ? CLOSED : QUOTED;
        } else if (c == separator) {
            row.cells++;
            state = START;
        } else if (c == '\n' || c == '\r') {
            census_add(census, &row);
            state = START;
        } else if (c == '"') {
            row.has_text = true;
            row.is_cut |= state == PLAIN;
            state = state == PLAIN ? PLAIN : QUOTED; /* a doubled quote closes the cell and opens it again */
        } else if (c != ' ') {
            row.has_text = true;
            row.is_cut |= state == CLOSED;
            state = PLAIN;
        }
    }
    if (census->rows < ROWS_MAX)
        census_add(census, &row);
}

/* Rows with more than one cell, and those with the commonest such number of cells once more. */
static size_t census_points(const struct census *census, unsigned *commonest) {
    size_t parted = 0, most = 0;
    *commonest = 0;
    for (size_t i = 0; i < census->rows; i++) {
        unsigned cells = census->cells[i];
        if (cells < 2)
            continue;
        size_t same = 0;
        for (size_t j = 0; j < census->rows; j++)
            same += census->cells[j] == cells;
        if (same > most || (same == most && cells > *commonest)) {
            most = same;
            *commonest = cells;
        }
        parted++;
    }
    return parted + most;
}

char separator_find(const char *text, size_t length) {
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = ',';
    size_t best_points = 0;
    unsigned best_cells = 0;
    for (size_t i = 0; i < sizeof candidates; i++) {
        struct census census;
        unsigned cells;
        census_take(&census, text, length, candidates[i]);
        size_t points = census_points(&census, &cells);
        if (points > best_points || (points == best_points && cells > best_cells)) {
            best = candidates[i];
            best_points = points;
            best_cells = cells;
        }
    }
    return best;
}
