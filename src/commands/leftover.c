/*
 * The leftovers: bad rows come in as they stood in the list, a CSV that Excel opens and Postbag takes back goes out
 * (RFC 4180, CRLF).
 */
#include "commands/leftover.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

static bool is_same_file(const char *a, const char *b) {
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

void leftover_init(struct leftover *leftover, const char *directory, const char *list, struct arena *arena) {
    const char *path = arena_printf(arena, "%s/problems.csv", directory);
    for (unsigned n = 2; list != NULL && is_same_file(path, list); n++)
        path = arena_printf(arena, "%s/problems-%u.csv", directory, n);
    *leftover = (struct leftover){.directory = directory, .path = path};
}

/* Every cell is quoted: nothing in it can then be taken for a separator, whatever Excel's settings. */
static void put_cell(FILE *stream, const char *text, bool last) {
    putc('"', stream);
    for (const char *byte = text; *byte != '\0'; byte++) {
        if (*byte == '"')
            putc('"', stream);
        putc(*byte, stream);
    }
    fputs(last ? "\"\r\n" : "\",", stream);
}

static void put_cells(FILE *stream, const struct csv_row *row, size_t count) {
    for (size_t i = 0; i < count; i++)
        put_cell(stream, i < row->cells_count ? row->cells[i].text : "", false);
}

static int leftover_begin(struct leftover *leftover, const struct csv_row *header, struct error *error) {
    if (file_make_directory(leftover->directory, error) != 0 ||
        file_begin(&leftover->output, leftover->path, error) != 0)
        return -1;
    FILE *stream = leftover->output.stream;
    leftover->columns_count = header->cells_count;
    fputs("\xEF\xBB\xBF", stream);
    put_cells(stream, header, header->cells_count);
    for (int i = 0; i < 3; i++)
        put_cell(stream, people_added_columns[i], i == 2);
    return 0;
}

int leftover_add(struct leftover *leftover, const struct csv_row *header, const struct csv_row *cells,
                 const struct person *person, const struct problems *problems, struct error *error) {
    if (leftover->output.stream == NULL && leftover_begin(leftover, header, error) != 0)
        return -1;

    struct str all = STR_EMPTY;
    for (size_t i = 0; i < problems->count; i++) {
        if (problems->items[i].severity != SEVERITY_ERROR)
            continue;
        if (all.length > 0)
            str_adds(&all, "; ");
        str_adds(&all, problems->items[i].message);
    }
    FILE *stream = leftover->output.stream;
    char row[16];
    snprintf(row, sizeof row, "%u", person->row);
    put_cells(stream, cells, leftover->columns_count);
    put_cell(stream, row, false);
    put_cell(stream, person->key, false);
    put_cell(stream, all.bytes, true);
    str_release(&all);
    return 0;
}

int leftover_commit(struct leftover *leftover, struct error *error) {
    if (leftover->output.stream != NULL)
        return file_commit(&leftover->output, error);
    unlink(leftover->path);
    return 0;
}

void leftover_abandon(struct leftover *leftover) {
    file_abandon(&leftover->output);
}
