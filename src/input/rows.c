/*
 * Rows: bytes come in by large blocks, cells go out that point into the block. The one idea: a line's end is found
 * first, by memchr, and then only as many of its cells as are wanted: two thirds of a published list of postcodes are
 * never looked at.
 */
#include "input/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { BLOCK_SIZE = 1 << 20 };

void rows_init(struct rows *rows, struct archive *archive, const char *path) {
    *rows = (struct rows){.archive = archive, .path = path, .cells_wanted = ROWS_CELLS_MAX};
    memory_grow(&rows->buffer, &rows->room, BLOCK_SIZE, 1);
}

void rows_release(struct rows *rows) {
    free(rows->buffer);
    rows->buffer = NULL;
}

static int row_error(const struct rows *rows, struct error *error, const char *what) {
    return error_at(error, STATUS_DATA, (struct place){.file = rows->path, .line = rows->line}, "%s", what);
}

/* Reads another block behind what is left. */
static int fill(struct rows *rows, struct error *error) {
    if (rows->start > 0) {
        memmove(rows->buffer, rows->buffer + rows->start, rows->end - rows->start);
        rows->end -= rows->start;
        rows->start = 0;
    }
    memory_grow(&rows->buffer, &rows->room, rows->end + BLOCK_SIZE, 1);
    ssize_t got = archive_read(rows->archive, rows->buffer + rows->end, BLOCK_SIZE, error);
    if (got < 0)
        return -1;
    rows->end += (size_t)got;
    rows->ended = got == 0;
    return 0;
}

/* Finds the next line, without its end. Returns 1, 0 or -1. */
static int next_line(struct rows *rows, char **line, size_t *length, struct error *error) {
    rows->line++;
    for (size_t seen = 0;;) {
        char *from = rows->buffer + rows->start;
        size_t held = rows->end - rows->start;
        char *end = memchr(from + seen, '\n', held - seen);
        if (end == NULL && !rows->ended && held <= ROWS_LINE_MAX) {
            seen = held;
            if (fill(rows, error) != 0)
                return -1;
            continue;
        }
        if (end == NULL && held == 0)
            return 0;
        *length = end == NULL ? held : (size_t)(end - from);
        if (*length > ROWS_LINE_MAX)
            return row_error(rows, error, "this line is longer than 4 MB; this is no list of postcodes as published");
        *line = from;
        size_t whole = *length + (end != NULL);
        rows->start += whole;
        rows->taken += whole;
        if (*length > 0 && from[*length - 1] == '\r')
            --*length;
        return 1;
    }
}

/* The first row settles what parts the cells. */
static char find_separator(const char *line, size_t length) {
    static const char separators[] = ",;\t|";
    char best = ',';
    size_t most = 0;
    for (const char *separator = separators; *separator != '\0'; separator++) {
        size_t count = 0;
        for (size_t i = 0; i < length; i++)
            count += line[i] == *separator;
        if (count > most) {
            most = count;
            best = *separator;
        }
    }
    return best;
}

/*
 * Reads a cell in quotation marks, which begins behind the mark AT, and takes doubled ones together in its place.
 * Returns what stands behind the closing mark, or NULL where there is none.
 */
static char *quoted_cell(char *at, const char *end, struct rows_cell *cell) {
    char *out = at;
    cell->text = at;
    for (;;) {
        char *mark = memchr(at, '"', (size_t)(end - at));
        if (mark == NULL)
            return NULL;
        size_t length = (size_t)(mark - at);
        if (out != at)
            memmove(out, at, length);
        out += length;
        at = mark + 1;
        if (at == end || *at != '"')
            break;
        *out++ = '"';
        at++;
    }
    cell->length = (size_t)(out - cell->text);
    return at;
}

static int split(struct rows *rows, char *at, size_t length, struct error *error) {
    const char *end = at + length;
    const char separator = rows->separator;
    for (rows->cells_count = 0; rows->cells_count < rows->cells_wanted;) {
        struct rows_cell *cell = &rows->cells[rows->cells_count++];
        if (at < end && *at == '"') {
            at = quoted_cell(at + 1, end, cell);
            if (at == NULL)
                return row_error(rows, error, "a quotation mark in this line is not closed");
            if (at < end && *at != separator)
                return row_error(rows, error, "a quotation mark in this line is followed by more text");
        } else {
            cell->text = at;
            while (at < end && *at != separator)
                at++;
            cell->length = (size_t)(at - cell->text);
        }
        if (at == end)
            break;
        at++;
    }
    return 1;
}

int rows_next(struct rows *rows, struct error *error) {
    char *line = rows->buffer;
    size_t length = 0;
    do {
        int result = next_line(rows, &line, &length, error);
        if (result <= 0)
            return result;
        if (rows->line == 1 && length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
            line += 3;
            length -= 3;
        }
    } while (length == 0);
    if (rows->separator == '\0') {
        if (memchr(line, '\0', length) != NULL)
            return row_error(rows, error, "this is not a text file: it holds NUL characters");
        rows->separator = find_separator(line, length);
    }
    return split(rows, line, length, error);
}
