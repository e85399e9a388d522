/*
 * Spreadsheets: every habit of Excel and its relations gives the same rows, and every fault is reported at its line
 * and cell while the rows around it are read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "input/csv.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char *write_file(const void *bytes, size_t length) {
    static char path[64];
    strcpy(path, "/tmp/postbag-test-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

static struct csv *open_bytes(const void *bytes, size_t length) {
    char *path = write_file(bytes, length);
    struct csv *csv = NULL;
    struct error error;
    if (csv_open(&csv, path, ENCODING_AUTO, &error) != 0)
        fail_msg("%s", error.message);
    unlink(path);
    return csv;
}

/* "2: Jane|1 High St⏎Leeds" and a line break; "2!:" where the row is faulty, "3>" where a cell begins on line 3. */
static void describe_row(struct str *out, const struct csv_row *row) {
    str_addf(out, "%u%s:", row->line, row->faulty ? "!" : "");
    for (size_t i = 0; i < row->cells_count; i++) {
        const struct csv_cell *cell = &row->cells[i];
        assert_int_equal(strlen(cell->text), cell->length);
        str_adds(out, i == 0 ? " " : "|");
        if (cell->line != row->line)
            str_addf(out, "%u>", cell->line);
        for (size_t at = 0; at < cell->length; at++)
            if (cell->text[at] == '\n')
                str_adds(out, "⏎");
            else
                str_addc(out, cell->text[at]);
    }
    str_addc(out, '\n');
}

/* "2:1 NUL" and a line break: the fault's place, and the words by which its message is known. */
static void describe_problem(struct str *out, const struct problem *problem) {
    static const char *const known[] = {"NUL",   "not UTF-8", "lost",         "too long",
                                        "1,000", "twice",     "never closed", "not closed"};
    const char *word = "?";
    for (size_t i = 0; i < COUNT(known) && *word == '?'; i++)
        if (strstr(problem->message, known[i]) != NULL)
            word = known[i];
    assert_int_equal(problem->severity, SEVERITY_ERROR);
    str_addf(out, "%u:%u %s\n", problem->place.line, problem->place.column, word);
}

static void read_all(struct csv *csv, struct str *rows, struct str *faults) {
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    struct csv_row row;
    struct error error;
    problems_init(&problems, &arena);
    int result;
    while ((result = csv_next(csv, &arena, &row, &problems, &error)) > 0) {
        describe_row(rows, &row);
        for (size_t i = 0; i < problems.count; i++)
            describe_problem(faults, &problems.items[i]);
        assert_int_equal(row.faulty, problems.errors_count > 0);
        problems_clear(&problems);
        arena_clear(&arena);
    }
    assert_int_equal(result, 0);
    problems_release(&problems);
    arena_release(&arena);
}

/* Each row is found again by its position, from the last to the first. */
static void check_out_of_turn(struct csv *csv) {
    enum { ROWS_MAX = 200 };
    struct csv_position positions[ROWS_MAX];
    struct str rows[ROWS_MAX];
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    struct csv_row row;
    struct error error;
    size_t count = 0;
    problems_init(&problems, &arena);
    assert_int_equal(csv_rewind(csv, &error), 0);
    while (count < ROWS_MAX && csv_next(csv, &arena, &row, &problems, &error) > 0) {
        positions[count] = csv_tell(csv);
        str_init(&rows[count]);
        describe_row(&rows[count++], &row);
    }
    for (size_t i = count; i-- > 0;) {
        struct str again = STR_EMPTY;
        assert_int_equal(csv_seek(csv, positions[i], &error), 0);
        assert_int_equal(csv_next(csv, &arena, &row, &problems, &error), 1);
        describe_row(&again, &row);
        assert_string_equal(again.bytes, rows[i].bytes);
        str_release(&again);
        str_release(&rows[i]);
    }
    problems_release(&problems);
    arena_release(&arena);
}

static void check_bytes(const char *name, const void *bytes, size_t length, const char *rows, const char *faults) {
    struct csv *csv = open_bytes(bytes, length);
    struct str got_rows = STR_EMPTY, got_faults = STR_EMPTY;
    read_all(csv, &got_rows, &got_faults);
    if (strcmp(got_rows.bytes, rows) != 0 || strcmp(got_faults.bytes, faults) != 0)
        fail_msg("%s: got\n%s%sinstead of\n%s%s", name, got_rows.bytes, got_faults.bytes, rows, faults);

    /* A second pass gives the same. */
    struct error error;
    struct str again = STR_EMPTY, faults_again = STR_EMPTY;
    assert_int_equal(csv_rewind(csv, &error), 0);
    read_all(csv, &again, &faults_again);
    assert_string_equal(again.bytes, rows);
    assert_string_equal(faults_again.bytes, faults);

    check_out_of_turn(csv);
    str_release(&got_rows);
    str_release(&got_faults);
    str_release(&again);
    str_release(&faults_again);
    csv_close(csv);
}

struct example {
    const char *name;
    const char *input;
    const char *rows;
    const char *faults;
    size_t length; /* 0: strlen(input) */
};

static void check_examples(const struct example *examples, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct example *example = &examples[i];
        size_t length = example->length > 0 ? example->length : strlen(example->input);
        check_bytes(example->name, example->input, length, example->rows,
                    example->faults == NULL ? "" : example->faults);
    }
}

static void good_lists(void **state) {
    static const struct example examples[] = {
        {.name = "nothing", .input = "", .rows = ""},
        {.name = "only blank lines", .input = "\n\r\n  \n,,,\n\"\"\n", .rows = ""},
        {.name = "plain", .input = "Name,Postcode\nJane,LS1 1AA\n", .rows = "1: Name|Postcode\n2: Jane|LS1 1AA\n"},
        {.name = "no line break at the end", .input = "a,b\nc,d", .rows = "1: a|b\n2: c|d\n"},
        {.name = "ends in a separator", .input = "a,b\nc,", .rows = "1: a|b\n2: c\n"},
        {.name = "CRLF", .input = "a,b\r\nc,d\r\n", .rows = "1: a|b\n2: c|d\n"},
        {.name = "CR", .input = "a,b\rc,d\r", .rows = "1: a|b\n2: c|d\n"},
        {.name = "all three", .input = "a\rb\nc\r\nd\n\re", .rows = "1: a\n2: b\n3: c\n4: d\n6: e\n"},
        {.name = "blank lines are counted", .input = "a,b\n\n ,\nc,d\n", .rows = "1: a|b\n4: c|d\n"},
        {.name = "spaces",
         .input = " a ,\" b \",\xC2\xA0"
                  "c\xC2\xA0,\td\n",
         .rows = "1: a|b|c|d\n"},
        {.name = "trailing empty cells", .input = "a,,b,,\n,c,,\n", .rows = "1: a||b\n2: |c\n"},
        {.name = "doubled quotes", .input = "\"a \"\"b\"\" c\",\"\"\"\"\n", .rows = "1: a \"b\" c|\"\n"},
        {.name = "quoted separators", .input = "\"a,b\",c\n", .rows = "1: a,b|c\n"},
        {.name = "quoted line breaks",
         .input = "Name,Address,Town\nJane,\"1 High St\nLeeds\r\nYorks\rUK\",x\nBob,y,z\n",
         .rows = "1: Name|Address|Town\n2: Jane|1 High St⏎Leeds⏎Yorks⏎UK|5>x\n6: Bob|y|z\n"},
        {.name = "space around quotes", .input = "a, \"b,c\" ,d\n", .rows = "1: a|b,c|d\n"},
        {.name = "quotes within a plain cell", .input = "6\" nails,a \"b\" c,\n", .rows = "1: 6\" nails|a \"b\" c\n"},
        {.name = "only quotes within", .input = "a\"\"\",b\"\n", .rows = "1: a\"\"\"|b\"\n"},
        {.name = "a mark",
         .input = "\xEF\xBB\xBF"
                  "Zoë,b\n",
         .rows = "1: Zoë|b\n"},
        {.name = "Windows-1252", .input = "Jos\xE9,\x80\x35\n", .rows = "1: José|€5\n"},
        {.name = "Mac Roman",
         .input = "Jos\x8E,b\rO\xD5"
                  "Brien,c\r",
         .rows = "1: José|b\n2: O’Brien|c\n"},
        {.name = "UTF-16LE",
         .input = "\xFF\xFE"
                  "a\0,\0b\0\r\0\n\0\xE9\0,\0c\0",
         .length = 18,
         .rows = "1: a|b\n2: é|c\n"},
        {.name = "UTF-16BE without a mark",
         .input = "\0a\0,\0b\0\n\0\xE9\0,\0c",
         .length = 14,
         .rows = "1: a|b\n2: é|c\n"},
    };
    (void)state;
    check_examples(examples, COUNT(examples));
}

static void separators(void **state) {
    static const struct example examples[] = {
        {.name = "semicolons, commas in addresses",
         .input = "Name;Address;Postcode\nJane;1 High St, Leeds;LS1\nBob;2 Low Rd, Hull;HU1\n",
         .rows = "1: Name|Address|Postcode\n2: Jane|1 High St, Leeds|LS1\n3: Bob|2 Low Rd, Hull|HU1\n"},
        {.name = "tabs", .input = "a\tb, c\td\n\tx\t\n", .rows = "1: a|b, c|d\n2: |x\n"},
        {.name = "pipes", .input = "a|b\nc|d\n", .rows = "1: a|b\n2: c|d\n"},
        {.name = "a title above",
         .input = "Members of the branch, June 2014\n\nName;Town\nJane;Leeds\nBob;Hull\n",
         .rows = "1: Members of the branch, June 2014\n3: Name|Town\n4: Jane|Leeds\n5: Bob|Hull\n"},
        {.name = "separators in quotes",
         .input = "a,\"x;y;z\"\nb,\"x;y;z\"\nc,\"x;y;z\"\n",
         .rows = "1: a|x;y;z\n2: b|x;y;z\n3: c|x;y;z\n"},
        {.name = "two columns, three commas in each address",
         .input = "Name;Address\nA;1, b, c, d\nB;2, e, f, g\nC;3, h, i, j\n",
         .rows = "1: Name|Address\n2: A|1, b, c, d\n3: B|2, e, f, g\n4: C|3, h, i, j\n"},
        {.name = "a title like an address",
         .input = "Branch 12, Leeds\nName;Address\nA;1 High St, Leeds\nB;2 Low Rd, Hull, Yorks\n",
         .rows = "1: Branch 12, Leeds\n2: Name|Address\n3: A|1 High St, Leeds\n4: B|2 Low Rd, Hull, Yorks\n"},
        {.name = "rows of different lengths",
         .input = "N;A;T;P;Q\nA;1 x, y;t\nB;2 x, y;t;p\nC;3 x, y;t;p;q\n",
         .rows = "1: N|A|T|P|Q\n2: A|1 x, y|t\n3: B|2 x, y|t|p\n4: C|3 x, y|t|p|q\n"},
        {.name = "a single column", .input = "Name\nJane Doe\n", .rows = "1: Name\n2: Jane Doe\n"},
        {.name = "stated", .input = "sep=;\na,b;c\n", .rows = "2: a,b|c\n"},
        {.name = "stated in CRLF", .input = "SEP=,\r\na;b;c\r\na;b,c\r\n", .rows = "2: a;b;c\n3: a;b|c\n"},
        {.name = "stated, saved again", .input = "\"sep=|\",,\na|b\n", .rows = "2: a|b\n"},
        {.name = "stated, a tab", .input = "sep=\t\na\tb\n", .rows = "2: a|b\n"},
        {.name = "stated, an odd one", .input = "sep=^\na^b,c\n", .rows = "2: a|b,c\n"},
        {.name = "only looks like it", .input = "sep=ab,c\nd,e\n", .rows = "1: sep=ab|c\n2: d|e\n"},
    };
    (void)state;
    check_examples(examples, COUNT(examples));
}

static void faults(void **state) {
    static const struct example examples[] = {
        {.name = "NUL",
         .input = "a,b\nc,d\0e\nf,g\n",
         .length = 14,
         .rows = "1: a|b\n2!: c|d\xEF\xBF\xBD"
                 "e\n3: f|g\n",
         .faults = "2:2 NUL\n"},
        {.name = "many NULs",
         .input = "a,b\nc\0\0\0\0\0\0\0\0\0\0d,e\n",
         .length = 19,
         .rows =
             "1: a|b\n2!: c\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF"
             "\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
             "d|e\n",
         .faults = "2:1 NUL\n"},
        {.name = "not UTF-8 in a file that is",
         .input = "Zoë,x\nJos\xE9,x\nb,\xC3\nc,d\n",
         .rows = "1: Zoë|x\n2!: Jos\xEF\xBF\xBD|x\n3!: b|\xEF\xBF\xBD\n4: c|d\n",
         .faults = "2:1 not UTF-8\n3:2 not UTF-8\n"},
        {.name = "not UTF-8 behind a mark",
         .input = "\xEF\xBB\xBF"
                  "a,b\nc,\xFF\xFE\n",
         .rows = "1: a|b\n2!: c|\xEF\xBF\xBD\xEF\xBF\xBD\n",
         .faults = "2:2 not UTF-8\n"},
        {.name = "two faults in a cell, two cells in a row",
         .input = "Zoë,b\n\xE9\0,\0\n",
         .length = 12,
         .rows = "1: Zoë|b\n2!: \xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD\n",
         .faults = "2:1 NUL\n2:1 not UTF-8\n2:2 NUL\n"},
        {.name = "undefined in Windows-1252",
         .input = "Jos\xE9,b\nZo\xEB,c\nX\x81,d\n",
         .rows = "1: José|b\n2: Zoë|c\n3!: X\xEF\xBF\xBD|d\n",
         .faults = "3:1 lost\n"},
        {.name = "lost before it came here",
         .input = "Garc\xEF\xBF\xBD"
                  "a,b\n",
         .rows = "1!: Garc\xEF\xBF\xBD"
                 "a|b\n",
         .faults = "1:1 lost\n"},
        {.name = "never closed",
         .input = "a,b\nc,\"d\ne,f\ng,h\n",
         .rows = "1: a|b\n2!: c\n3: e|f\n4: g|h\n",
         .faults = "2:2 never closed\n"},
        {.name = "never closed, in the last line",
         .input = "a,b\nc,\"d",
         .rows = "1: a|b\n2!: c\n",
         .faults = "2:2 never closed\n"},
        {.name = "never closed, first of all",
         .input = "\"a,b\r\nc,d\r\n",
         .rows = "1!:\n2: c|d\n",
         .faults = "1:1 never closed\n"},
        {.name = "a lone quote", .input = "\"", .rows = "1!:\n", .faults = "1:1 never closed\n"},
        {.name = "closed by the next one's opening",
         .input = "a,b\nJane,\"1 High St,Leeds\nBob,\"2 Low Rd\",Hull\nx,y\n",
         .rows = "1: a|b\n2!: Jane\n3: Bob|2 Low Rd|Hull\n4: x|y\n",
         .faults = "2:2 not closed\n"},
        {.name = "text behind the closing quote",
         .input = "a,\"b\"c,d\ne,f\n",
         .rows = "1!: a\n2: e|f\n",
         .faults = "1:2 twice\n"},
        {.name = "quote not doubled",
         .input = "\"6\" nails\",x\ne,f\n",
         .rows = "1!:\n2: e|f\n",
         .faults = "1:1 twice\n"},
        {.name = "the faulty cell begins below its row",
         .input = "a,\"b\nc\",\"d\ne,f\n",
         .rows = "1!: a|b⏎c\n3: e|f\n",
         .faults = "2:3 never closed\n"},
        {.name = "line breaks within, then broken",
         .input = "a,\"b\rc\rd\"e\rf,g\r",
         .rows = "1!: a\n2: c\n3: d\"e\n4: f|g\n",
         .faults = "1:2 not closed\n"},
    };
    (void)state;
    check_examples(examples, COUNT(examples));
}

static void fill(struct str *out, char byte, size_t count) {
    memset(str_extend(out, count), byte, count);
}

static void cell_of_the_greatest_length(void **state) {
    (void)state;
    struct str input = STR_EMPTY, rows = STR_EMPTY;
    fill(&input, 'x', CSV_CELL_MAX);
    str_adds(&input, ",\"");
    fill(&input, 'y', CSV_CELL_MAX);
    str_adds(&input, "\"\nc,d\n");
    str_adds(&rows, "1: ");
    fill(&rows, 'x', CSV_CELL_MAX);
    str_addc(&rows, '|');
    fill(&rows, 'y', CSV_CELL_MAX);
    str_adds(&rows, "\n2: c|d\n");
    check_bytes("greatest", input.bytes, input.length, rows.bytes, "");
    str_release(&input);
    str_release(&rows);
}

static void longer_cells(void **state) {
    static const struct {
        const char *name, *before;
        size_t length;
        const char *after, *rows, *faults;
    } cases[] = {
        {"by one", "a,", CSV_CELL_MAX + 1, ",z\nc,d\n", "1!: a||z\n2: c|d\n", "1:2 too long\n"},
        {"by two", "a,", CSV_CELL_MAX + 2, ",z\nc,d\n", "1!: a\n2: c|d\n", "1:2 too long\n"},
        {"quoted, by one", "a,\"", CSV_CELL_MAX + 1, "\",z\nc,d\n", "1!: a\n2: c|d\n", "1:2 never closed\n"},
        {"by far", "a\nb,", 500000, ",z\nc,d\n", "1: a\n2!: b\n3: c|d\n", "2:2 too long\n"},
        {"by far, to the end of the file", "a,", 500000, "", "1!: a\n", "1:2 too long\n"},
        {"quoted over lines", "a,\"b\nc,", 100000, "\nd,e\n", "1!: a\n2!: c\n3: d|e\n",
         "1:2 never closed\n2:2 too long\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str input = STR_EMPTY;
        str_adds(&input, cases[i].before);
        fill(&input, 'x', cases[i].length);
        str_adds(&input, cases[i].after);
        check_bytes(cases[i].name, input.bytes, input.length, cases[i].rows, cases[i].faults);
        str_release(&input);
    }
}

static void many_cells(void **state) {
    (void)state;
    struct str input = STR_EMPTY;
    for (int i = 0; i < CSV_CELLS_MAX + 5; i++)
        str_adds(&input, i % 2 == 0 ? "x," : ",");
    str_adds(&input, "\n");
    fill(&input, ',', 20000);
    str_adds(&input, "\na");
    fill(&input, ',', 20000);
    str_adds(&input, "\nb,c\n");
    struct csv *csv = open_bytes(input.bytes, input.length);
    struct str rows = STR_EMPTY, got = STR_EMPTY;
    read_all(csv, &rows, &got);
    assert_string_equal(got.bytes, "1:1001 1,000\n"); /* empty cells beyond do no harm */
    assert_non_null(strstr(rows.bytes, "|x\n3: a\n4: b|c\n"));
    csv_close(csv);
    str_release(&rows);
    str_release(&got);
    str_release(&input);
}

/* Each line opens in quotes what the next one closes: what follows 1,000 such cells is read again as rows. */
static void rows_joined_by_quotes(void **state) {
    (void)state;
    struct str input = STR_EMPTY, rows = STR_EMPTY, got = STR_EMPTY;
    for (int i = 0; i <= CSV_CELLS_MAX; i++)
        str_adds(&input, "x\",\"\n");
    str_adds(&input, "a,b\nc,d\n");
    struct csv *csv = open_bytes(input.bytes, input.length);
    read_all(csv, &rows, &got);
    assert_string_equal(got.bytes, "1000:1001 1,000\n");
    assert_non_null(strstr(rows.bytes, "\n1002: a|b\n1003: c|d\n"));
    csv_close(csv);
    str_release(&rows);
    str_release(&got);
    str_release(&input);
}

/* Line ends, quotes and characters at every place around the edge of a buffer. */
static void edges_of_buffers(void **state) {
    (void)state;
    for (size_t shift = 0; shift < 48; shift++) {
        struct str input = STR_EMPTY;
        unsigned line = 1;
        while (input.length < 65536 - 50) {
            str_adds(&input, "abcdefg\r\n");
            line++;
        }
        fill(&input, 'z', 65536 - 40 + shift - input.length);
        str_adds(&input, "\r\nZoë\r\n\"x\r\ny\"\r\n\"\r\n\xC3\x89t\xC3\xA9\r\n");
        struct csv *csv = open_bytes(input.bytes, input.length);
        struct str rows = STR_EMPTY, got = STR_EMPTY, wanted = STR_EMPTY, fault = STR_EMPTY;
        read_all(csv, &rows, &got);
        str_addf(&wanted, "\n%u: Zoë\n%u: x⏎y\n%u!:\n%u: Été\n", line + 1, line + 2, line + 4, line + 5);
        str_addf(&fault, "%u:1 never closed\n", line + 4);
        assert_true(rows.length > wanted.length);
        assert_string_equal(rows.bytes + rows.length - wanted.length, wanted.bytes);
        assert_string_equal(got.bytes, fault.bytes);
        csv_close(csv);
        str_release(&rows);
        str_release(&got);
        str_release(&wanted);
        str_release(&fault);
        str_release(&input);
    }
}

/* A last line without an end that fills the buffer to its last byte. */
static void line_as_long_as_the_buffer(void **state) {
    (void)state;
    for (size_t length = 65534; length <= 65538; length++) {
        struct str input = STR_EMPTY, rows = STR_EMPTY;
        while (input.length < length)
            str_addc(&input, input.length % 128 == 127 ? ',' : 'x');
        str_addf(&rows, "1: %s\n", input.bytes);
        for (size_t i = 0; i < rows.length; i++)
            if (rows.bytes[i] == ',')
                rows.bytes[i] = '|';
        if (rows.bytes[rows.length - 2] == '|') { /* the last cell is empty */
            str_cut(&rows, rows.length - 2);
            str_addc(&rows, '\n');
        }
        check_bytes("as long as the buffer", input.bytes, input.length, rows.bytes, "");
        str_release(&input);
        str_release(&rows);
    }
}

/* 100,000 quotes that are never closed: each is one fault, and reading them takes no longer than reading a list. */
static void every_row_unclosed(void **state) {
    enum { ROWS = 100000 };
    (void)state;
    struct str input = STR_EMPTY;
    for (int i = 0; i < ROWS; i++)
        str_adds(&input, "a,\"b\"c\n");
    struct csv *csv = open_bytes(input.bytes, input.length);
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    struct csv_row row;
    struct error error;
    problems_init(&problems, &arena);
    unsigned count = 0;
    while (csv_next(csv, &arena, &row, &problems, &error) > 0) {
        assert_int_equal(row.line, ++count);
        assert_int_equal(problems.errors_count, 1);
        problems_clear(&problems);
        arena_clear(&arena);
    }
    assert_int_equal(count, ROWS);
    problems_release(&problems);
    arena_release(&arena);
    csv_close(csv);
    str_release(&input);
}

static void says_how_it_was_read(void **state) {
    (void)state;
    struct csv *csv = open_bytes("Jos\xE9;b\n", 7);
    assert_int_equal(csv_format(csv)->encoding, ENCODING_WINDOWS_1252);
    assert_int_equal(csv_format(csv)->separator, ';');
    csv_close(csv);
    csv_close(NULL);
}

static void cannot_be_opened(void **state) {
    static const struct {
        const char *bytes;
        size_t length;
        const char *message;
    } cases[] = {
        {"PK\003\004....", 8, "workbook"},
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, ".xls"},
        {"%PDF-1.7", 8, "PDF"},
    };
    (void)state;
    struct csv *csv = NULL;
    struct error error;
    assert_int_equal(csv_open(&csv, "/nowhere/list.csv", ENCODING_AUTO, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_non_null(strstr(error.message, "/nowhere/list.csv"));
    assert_int_equal(csv_open(&csv, "/", ENCODING_AUTO, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *path = write_file(cases[i].bytes, cases[i].length);
        assert_int_equal(csv_open(&csv, path, ENCODING_AUTO, &error), -1);
        assert_int_equal(error.status, STATUS_DATA);
        assert_string_equal(error.place.file, path);
        assert_non_null(strstr(error.message, cases[i].message));
        unlink(path);
    }
    assert_null(csv);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lists),
        cmocka_unit_test(separators),
        cmocka_unit_test(faults),
        cmocka_unit_test(cell_of_the_greatest_length),
        cmocka_unit_test(longer_cells),
        cmocka_unit_test(many_cells),
        cmocka_unit_test(line_as_long_as_the_buffer),
        cmocka_unit_test(rows_joined_by_quotes),
        cmocka_unit_test(edges_of_buffers),
        cmocka_unit_test(every_row_unclosed),
        cmocka_unit_test(says_how_it_was_read),
        cmocka_unit_test(cannot_be_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
