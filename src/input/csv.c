/*
 * Spreadsheets: a file comes in, rows of clean cells go out. libcsv is fed one physical line at a time, so that the
 * line on which a cell begins is known: it is the one on which the cell before it ended.
 *
 * libcsv runs in its strict mode, where it stops at a quotation mark that makes no sense. In a cell without quotes
 * (6" nails) the mark is then given to it once more in the lax mode, and stands for itself as it does in Excel. In a
 * quoted cell it is the fault of the row: reading goes on below the line where that cell begins. The same is done with
 * a cell that does not end within CSV_CELL_MAX bytes, because its closing quote is most likely missing. No line is
 * read more than a few times over: one that leaves a quote open would have closed it when it was read as part of a
 * cell that began above it.
 */
#include "input/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/text.h"
#include "input/lines.h"
#include "input/separator.h"

enum { OPTIONS = CSV_STRICT | CSV_REPALL_NL, OPTIONS_LAX = CSV_REPALL_NL, SAMPLE_SIZE = 64 * 1024 };

struct csv {
    char *path;
    struct csv_format format;
    FILE *spool;
    struct lines lines;
    struct csv_parser parser;
    off_t first_offset; /* of the first row: below a "sep=" line */
    unsigned first_line;

    /* The row being read */
    struct arena *arena;       /* borrowed from the caller of csv_next */
    struct problems *problems; /* likewise */
    struct csv_cell *cells;    /* those read so far */
    size_t cells_count;
    size_t cells_room;
    size_t column;      /* how many cells were read, also beyond CSV_CELLS_MAX */
    unsigned row_line;  /* on which the row begins */
    off_t row_offset;   /* where it begins in the spool */
    unsigned cell_line; /* on which the cell being read begins */
    unsigned line;      /* that is being read */
    off_t below;        /* where the line below cell_line begins; 0: not reached yet */
    bool faulty;
    bool crowded; /* it has text beyond CSV_CELLS_MAX cells */
    bool ended;
};

/* Faults */

static struct place cell_place(const struct csv *csv) {
    return (struct place){csv->path, csv->cell_line, (unsigned)csv->column + 1};
}

/* What is wrong with the cell being read. FAULT holds no format. */
static void add_fault(struct csv *csv, const char *fault) {
    problems_add(csv->problems, SEVERITY_ERROR, cell_place(csv), "%s", fault);
    csv->faulty = true;
}

/* Valid UTF-8 without NULs, whatever BYTES are: what cannot stand in a letter becomes U+FFFD. */
static void repair(struct str *out, const char *bytes, size_t length) {
    while (length > 0) {
        size_t good = text_valid(bytes, length);
        const char *nul = memchr(bytes, '\0', good);
        if (nul != NULL)
            good = (size_t)(nul - bytes);
        str_add(out, bytes, good);
        if (good == length)
            break;
        str_add_codepoint(out, 0xFFFD);
        bytes += good + 1;
        length -= good + 1;
    }
}

/* Reports what is wrong with the characters of a cell. Returns whether anything is. */
static bool find_faults(struct csv *csv, const char *bytes, size_t length) {
    bool has_nul = memchr(bytes, '\0', length) != NULL;
    bool is_invalid = text_valid(bytes, length) != length;
    bool is_lost = !is_invalid && memmem(bytes, length, "\xEF\xBF\xBD", 3) != NULL;
    if (has_nul)
        add_fault(csv, "this cell holds a NUL character; save the list again from the spreadsheet");
    if (is_invalid)
        add_fault(csv, "this cell holds bytes that are not UTF-8, which the rest of the list is; type its accented "
                       "letters again and save the list as “CSV UTF-8”");
    if (is_lost)
        add_fault(csv, "a character of this cell was lost when the list was saved and stands as “�”; type it again");
    return has_nul || is_invalid || is_lost;
}

/* Cells */

static bool is_plain(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((signed char)bytes[i] <= 0)
            return false;
    return true;
}

/* What the cell says, in the arena: clean and without spaces around it. Empty cells take no memory. */
static struct csv_cell clean_cell(struct csv *csv, const char *bytes, size_t length) {
    struct str repaired = STR_EMPTY;
    if (!is_plain(bytes, length) && find_faults(csv, bytes, length)) {
        repair(&repaired, bytes, length);
        bytes = repaired.bytes;
        length = repaired.length;
    }
    text_trim(&bytes, &length);
    struct csv_cell cell = {"", length, csv->cell_line};
    if (length > 0)
        cell.text = arena_copy(csv->arena, bytes, length);
    str_release(&repaired);
    return cell;
}

static void take_cell(void *bytes, size_t length, void *data) {
    struct csv *csv = data;
    if (length > CSV_CELL_MAX) { /* by the two bytes that libcsv needs beyond the cell's own */
        add_fault(csv, "this cell is too long: more than 32 KB");
        length = 0;
    }
    if (csv->cells_count < CSV_CELLS_MAX) {
        struct csv_cell cell = clean_cell(csv, bytes, length);
        *MEMORY_PUSH(csv->cells, csv->cells_count, csv->cells_room) = cell;
    } else if (length > 0 && !csv->crowded) {
        add_fault(csv, "this row has more than 1,000 cells; is a line break missing?");
        csv->crowded = true;
    }
    csv->column++;
    csv->cell_line = csv->line;
    csv->below = 0;
}

static void take_row(int terminator, void *data) {
    (void)terminator;
    struct csv *csv = data;
    csv->ended = true;
}

/* The parser */

/*
 * The memory of libcsv's one cell, given out once, at its limit. Being refused more is how libcsv finds a cell too
 * long. It needs two bytes more than the longest cell: the closing quote, and room for the byte that comes next.
 */
static void *cell_memory(void *memory, size_t size) {
    return memory == NULL ? memory_alloc(1, size) : NULL;
}

static void parser_start(struct csv *csv) {
    csv_init(&csv->parser, OPTIONS);
    csv_set_delim(&csv->parser, (unsigned char)csv->format.separator);
    csv_set_realloc_func(&csv->parser, cell_memory);
    csv_set_blk_size(&csv->parser, CSV_CELL_MAX + 2);
}

/* Forgets the row that the parser is in. */
static void parser_forget(struct csv *csv) {
    csv_set_opts(&csv->parser, OPTIONS_LAX);
    csv_fini(&csv->parser, NULL, NULL, NULL);
    csv_set_opts(&csv->parser, OPTIONS);
}

/* Gives BYTES of one line to the parser. Returns -1 where the cell that it is in cannot be read. */
static int parse(struct csv *csv, const char *bytes, size_t length) {
    for (size_t at = 0;;) {
        at += csv_parse(&csv->parser, bytes + at, length - at, take_cell, take_row, csv);
        if (at == length)
            return 0;
        if (csv_error(&csv->parser) != CSV_EPARSE || csv->parser.quoted)
            return -1;
        csv_set_opts(&csv->parser, OPTIONS_LAX);
        at += csv_parse(&csv->parser, bytes + at, 1, take_cell, take_row, csv);
        csv_set_opts(&csv->parser, OPTIONS);
    }
}

/* Rows */

static void row_begin(struct csv *csv) {
    csv->cells_count = 0;
    csv->column = 0;
    csv->below = 0;
    csv->faulty = csv->crowded = csv->ended = false;
}

static int read_error(const struct csv *csv, struct error *error) {
    return error_at(error, STATUS_INPUT_OUTPUT, (struct place){.file = csv->path},
                    "the temporary copy of the list cannot be read: %s", strerror(errno));
}

/* What is wrong with the cell that the parser gave up. */
static void report_abandoned(struct csv *csv) {
    if (!csv->parser.quoted)
        add_fault(csv, "this cell is too long: more than 32 KB");
    else if (csv_error(&csv->parser) != CSV_EPARSE)
        add_fault(csv, "a quotation mark opens this cell and is never closed, or the cell is longer than 32 KB");
    else if (csv->line == csv->cell_line)
        add_fault(csv, "a quotation mark stands inside this quoted cell; write it twice (\"\") there");
    else
        problems_add(csv->problems, SEVERITY_ERROR, cell_place(csv),
                     "a quotation mark opens this cell and is not closed: the next one, in line %u, is followed by "
                     "more text",
                     csv->line);
    csv->faulty = true;
}

/* Leaves the cell that cannot be read, and the rest of its row, for the line below the one where the cell begins. */
static int abandon_row(struct csv *csv, bool line_ended) {
    parser_forget(csv);
    csv->ended = true;
    if (csv->below != 0)
        return lines_seek(&csv->lines, csv->below, csv->cell_line + 1);
    struct piece piece;
    int result = 1;
    while (!line_ended && (result = lines_next(&csv->lines, &piece)) > 0)
        line_ended = piece.ends;
    return result < 0 ? -1 : 0;
}

/* Reads as many lines as one row, blank or not, takes. Returns 1; 0 where the file has no more; -1. */
static int read_row(struct csv *csv) {
    struct piece piece;
    int result = 0;
    row_begin(csv);
    csv->row_offset = lines_offset(&csv->lines);
    for (bool first = true; !csv->ended && (result = lines_next(&csv->lines, &piece)) > 0; first = false) {
        csv->line = piece.line;
        if (first)
            csv->row_line = csv->cell_line = piece.line;
        if (parse(csv, piece.bytes, piece.length) != 0 || (piece.ends && parse(csv, "\n", 1) != 0)) {
            report_abandoned(csv);
            return abandon_row(csv, piece.ends) == 0 ? 1 : -1;
        }
        if (piece.ends && csv->crowded && !csv->ended) {
            /* Quotes in the wrong places: they would make one row of the rest of the list. */
            parser_forget(csv);
            return 1;
        }
        if (piece.ends && csv->below == 0)
            csv->below = lines_offset(&csv->lines);
    }
    if (csv->ended)
        return 1;
    if (result < 0)
        return -1;
    if (csv->below == 0) /* not even a blank line was left */
        return 0;
    add_fault(csv, "a quotation mark opens this cell and is never closed");
    return abandon_row(csv, true) == 0 ? 1 : -1;
}

/* Whether the row is to be given out; trailing empty cells are dropped. */
static bool row_counts(struct csv *csv) {
    while (csv->cells_count > 0 && csv->cells[csv->cells_count - 1].length == 0)
        csv->cells_count--;
    return csv->cells_count > 0 || csv->faulty;
}

int csv_next(struct csv *csv, struct arena *arena, struct csv_row *row, struct problems *problems,
             struct error *error) {
    csv->arena = arena;
    csv->problems = problems;
    int result;
    do
        result = read_row(csv);
    while (result > 0 && !row_counts(csv));
    if (result < 0)
        return read_error(csv, error);
    if (result == 0)
        return 0;

    *row = (struct csv_row){
        .line = csv->row_line,
        .cells = ARENA_ARRAY(arena, struct csv_cell, csv->cells_count),
        .cells_count = csv->cells_count,
        .faulty = csv->faulty,
    };
    if (csv->cells_count > 0)
        memcpy(row->cells, csv->cells, csv->cells_count * sizeof *row->cells);
    return 1;
}

/* The list as a whole */

/* Finds the separator, and the first row. */
static int find_separator(struct csv *csv, struct error *error) {
    char *sample = memory_alloc(SAMPLE_SIZE, 1);
    size_t length = fread(sample, 1, SAMPLE_SIZE, csv->spool);
    bool failed = ferror(csv->spool) != 0;
    csv->format.separator = separator_find(sample, length);
    free(sample);
    if (failed || fseeko(csv->spool, 0, SEEK_SET) != 0)
        return read_error(csv, error);

    struct piece piece;
    lines_init(&csv->lines, csv->spool);
    csv->first_line = 1;
    int result = lines_next(&csv->lines, &piece);
    if (result > 0 && piece.ends && separator_stated(piece.bytes, piece.length, &csv->format.separator)) {
        csv->first_line = 2;
        csv->first_offset = lines_offset(&csv->lines);
    }
    return result < 0 ? read_error(csv, error) : 0;
}

int csv_open(struct csv **csv, const char *path, enum encoding encoding, struct error *error) {
    struct csv *opened = memory_alloc(1, sizeof *opened);
    opened->path = memory_copy(path, strlen(path));
    opened->format.encoding = encoding;

    int result = file_temporary(&opened->spool, error);
    if (result == 0)
        result = encoding_spool(path, &opened->format.encoding, opened->spool, error);
    if (result == 0)
        result = find_separator(opened, error);
    if (result == 0) {
        parser_start(opened);
        result = csv_rewind(opened, error);
    }
    if (result != 0) {
        if (error->place.file == opened->path)
            error->place.file = path;
        csv_close(opened);
        return -1;
    }
    *csv = opened;
    return 0;
}

void csv_close(struct csv *csv) {
    if (csv == NULL)
        return;
    if (csv->parser.realloc_func != NULL)
        csv_free(&csv->parser);
    lines_release(&csv->lines);
    if (csv->spool != NULL)
        fclose(csv->spool);
    free(csv->cells);
    free(csv->path);
    free(csv);
}

const char *csv_path(const struct csv *csv) {
    return csv == NULL ? NULL : csv->path;
}

const struct csv_format *csv_format(const struct csv *csv) {
    return &csv->format;
}

int csv_rewind(struct csv *csv, struct error *error) {
    parser_forget(csv);
    return lines_seek(&csv->lines, csv->first_offset, csv->first_line) == 0 ? 0 : read_error(csv, error);
}

struct csv_position csv_tell(const struct csv *csv) {
    return (struct csv_position){csv->row_offset, csv->row_line};
}

int csv_seek(struct csv *csv, struct csv_position position, struct error *error) {
    parser_forget(csv);
    return lines_seek(&csv->lines, position.offset, position.line) == 0 ? 0 : read_error(csv, error);
}
