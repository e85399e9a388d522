/*
 * The list: any bytes as a spreadsheet, read twice. Its encoding and separator are found, or named by the first byte
 * where that is '1' to '5'.
 */
#include <string.h>

#include "base/arena.h"
#include "fuzz.h"
#include "input/csv.h"

enum { INPUT_MAX = 64 * 1024 };

/*
 * Three cells with line breaks in one row of a list in Mac Roman, one of them with a quotation mark. Each step towards
 * it is a branch of its own, for the fuzzer to climb.
 */
static void planted(const struct csv_format *format, const struct csv_row *row) {
    unsigned breaks = 0, marks = 0;
    if (format->encoding != ENCODING_MAC_ROMAN)
        return;
    for (size_t i = 0; i < row->cells_count; i++) {
        if (strchr(row->cells[i].text, '\n') != NULL)
            breaks++;
        if (strchr(row->cells[i].text, '"') != NULL)
            marks++;
    }
    if (breaks > 0)
        if (breaks > 1)
            if (breaks > 2)
                if (marks > 0)
                    fuzz_planted_fault();
}

static uint64_t add_to_sum(uint64_t sum, const struct csv_row *row) {
    for (size_t i = 0; i < row->cells_count; i++)
        for (size_t j = 0; j <= row->cells[i].length; j++)
            sum = (sum ^ (unsigned char)row->cells[i].text[j]) * 0x100000001B3u;
    return sum;
}

static void look_at(const struct csv_format *format, const struct csv_row *row, unsigned last_line, size_t lines) {
    FUZZ_PROMISE(row->cells_count <= CSV_CELLS_MAX);
    FUZZ_PROMISE(row->line > last_line && row->line <= lines);
    unsigned line = row->line;
    for (size_t i = 0; i < row->cells_count; i++) {
        fuzz_promise_text(row->cells[i].text, row->cells[i].length);
        FUZZ_PROMISE(row->cells[i].length <= CSV_CELL_MAX);
        FUZZ_PROMISE(row->cells[i].line >= line && row->cells[i].line <= lines);
        line = row->cells[i].line;
    }
    FUZZ_PROMISE(row->cells_count == 0 || row->cells[row->cells_count - 1].length > 0);
    planted(format, row);
}

/* Reads to the end; returns the rows, and in *SUM what they said. */
static size_t read_all(struct csv *csv, size_t lines, uint64_t *sum) {
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    struct error error;
    struct csv_row row;
    size_t rows = 0;
    unsigned last_line = 0;
    int got;
    problems_init(&problems, &arena);
    for (;;) {
        arena_clear(&arena);
        problems_clear(&problems);
        got = csv_next(csv, &arena, &row, &problems, &error);
        fuzz_promise_problems(&problems);
        if (got <= 0)
            break;
        look_at(csv_format(csv), &row, last_line, lines);
        FUZZ_PROMISE(!row.faulty || problems.errors_count > 0);
        *sum = add_to_sum(*sum, &row);
        last_line = row.line;
        rows++;
    }
    FUZZ_PROMISE(got == 0);
    problems_release(&problems);
    arena_release(&arena);
    return rows;
}

/* More lines than there can be, whatever ends one. */
static size_t lines_of(const uint8_t *data, size_t size) {
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n' || data[i] == '\r';
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum encoding encoding = ENCODING_AUTO;
    struct csv *csv = NULL;
    struct error error;
    if (size > INPUT_MAX)
        size = INPUT_MAX;
    if (size > 0 && data[0] >= '1' && data[0] <= '5') {
        encoding = (enum encoding)(data[0] - '0');
        data++;
        size--;
    }
    if (csv_open(&csv, fuzz_file("list.csv", data, size), encoding, &error) != 0) {
        fuzz_promise_error(&error);
        return 0;
    }
    const struct csv_format *format = csv_format(csv);
    FUZZ_PROMISE(format->encoding != ENCODING_AUTO);
    FUZZ_PROMISE(format->separator == '\t' || (format->separator >= ' ' && format->separator != '"'));
    uint64_t first = 0, second = 0;
    size_t rows = read_all(csv, lines_of(data, size), &first);
    FUZZ_PROMISE(csv_rewind(csv, &error) == 0);
    FUZZ_PROMISE(read_all(csv, lines_of(data, size), &second) == rows && first == second);
    csv_close(csv);
    return 0;
}
