/*
 * Headings: a letter and its number of pages come in, a line at the top of each further page goes out. It is no part of
 * the text, so its lines have no block.
 */
#include "letter/heading.h"

#include <string.h>

#include "base/date.h"

static const int32_t gap = MILLIPOINTS_OF_MM(6); /* between its parts, at least */

static struct lines set_runs(struct attempt *attempt, const struct run *runs, size_t runs_count, int32_t measure) {
    struct text text;
    setter_text(attempt->setter, runs, runs_count, &text);
    return setter_lines(attempt->setter, &text, attempt->type, measure, MANNER_RAGGED);
}

static struct lines set_string(struct attempt *attempt, const char *string) {
    const struct area *text = &attempt->sheet->text;
    return set_runs(attempt, &(struct run){.text = string, .length = strlen(string)}, 1, text->right - text->left);
}

/* The recipient's name: the first line of the block, as far as it goes into MEASURE in whole words; else none. */
static struct lines set_name(struct attempt *attempt, int32_t measure) {
    const struct letter *letter = attempt->letter;
    const struct letter_block *block = letter->blocks, *end = letter->blocks + letter->blocks_count;
    while (block < end && block->kind != BLOCK_RECIPIENT)
        block++;
    if (block == end)
        return (struct lines){NULL, 0};
    struct run *runs = ARENA_ARRAY(attempt->arena, struct run, block->runs_count);
    size_t count = 0;
    for (bool ended = false; count < block->runs_count && !ended; count++) {
        runs[count] = block->runs[count];
        const char *newline = memchr(runs[count].text, '\n', runs[count].length);
        ended = newline != NULL;
        if (ended)
            runs[count].length = (size_t)(newline - runs[count].text);
    }
    struct lines lines = set_runs(attempt, runs, count, measure);
    if (lines.count > 0 && lines.items[0].overfull != NULL)
        lines.count = 0;
    return lines;
}

static int32_t width_of(struct lines lines) {
    return lines.count == 0 ? 0 : lines.items[0].width_mpt;
}

/* The recipient at the left, the date in the middle, the page, from 1, at the right. */
static void add_heading(struct attempt *attempt, unsigned page, const char *date_text) {
    const struct area *text = &attempt->sheet->text;
    int32_t size = attempt->type.size_mpt;
    const char *format = strcmp(attempt->letter->language, "cy") == 0 ? "Tudalen %u o %u" : "Page %u of %u";
    struct lines date = set_string(attempt, date_text);
    struct lines pages =
        set_string(attempt, arena_printf(attempt->arena, format, page + 1, attempt->sheaf->pages_count));
    int32_t pages_x = text->right - width_of(pages);
    struct lines name = set_name(attempt, pages_x - width_of(date) - 2 * gap - text->left);
    int32_t date_x = (text->left + text->right - width_of(date)) / 2;
    int32_t date_x_least = text->left + width_of(name) + gap;
    if (name.count == 0)
        date_x = text->left;
    else if (date_x < date_x_least)
        date_x = date_x_least;

    struct row row = {.page = page, .baseline_mpt = attempt->sheet->heading_top + attempt_cap_height(attempt, size)};
    if (name.count > 0)
        attempt_place(attempt, &name.items[0], size, text->left, &row, NULL);
    attempt_place(attempt, &date.items[0], size, date_x, &row, NULL);
    attempt_place(attempt, &pages.items[0], size, pages_x, &row, NULL);
}

void heading_set(struct attempt *attempt, struct str *scratch) {
    if (attempt->sheaf->pages_count < 2)
        return;
    str_clear(scratch);
    date_format(scratch, attempt->letter->date, attempt->letter->language);
    for (unsigned page = 1; page < attempt->sheaf->pages_count; page++)
        add_heading(attempt, page, scratch->bytes);
}
