/*
 * Galleys: lines of blocks come in, rows to be flowed go out, and then the lines where the rows stand.
 */
#include "letter/galley.h"

int32_t attempt_cap_height(const struct attempt *attempt, int32_t size_mpt) {
    return (int32_t)((int64_t)attempt->cap_height * size_mpt / FACE_EM);
}

int32_t attempt_of_line(const struct attempt *attempt, int32_t thousandths) {
    enum { LINE = 1000 };
    return (int32_t)((int64_t)attempt->type.leading_mpt * thousandths / LINE);
}

const struct text *attempt_text(struct attempt *attempt, size_t i) {
    struct text *text = &attempt->texts[i];
    const struct letter_block *block = &attempt->letter->blocks[i];
    if (text->shaper == NULL)
        setter_text(attempt->setter, block->runs, block->runs_count, text);
    return text;
}

struct lines attempt_lines(struct attempt *attempt, size_t i, int32_t size_mpt, int32_t measure_mpt) {
    struct type type = {size_mpt, attempt->type.leading_mpt};
    return setter_lines(attempt->setter, attempt_text(attempt, i), type, measure_mpt, MANNER_RAGGED);
}

void attempt_place(struct attempt *attempt, const struct composed_line *line, int32_t size_mpt, int32_t x_mpt,
                   const struct row *row, const struct letter_block *block) {
    if (attempt->overfull == NULL)
        attempt->overfull = line->overfull;
    sheaf_add_line(attempt->sheaf, row->page,
                   &(struct line){.x_mpt = x_mpt + line->x_mpt,
                                  .baseline_mpt = row->baseline_mpt,
                                  .size_mpt = size_mpt,
                                  .words = line->words,
                                  .words_count = line->words_count,
                                  .expansion_ppm = line->expansion_ppm,
                                  .block = block});
}

struct end end_later(struct end a, struct end b) {
    return a.page > b.page || (a.page == b.page && a.free_mpt > b.free_mpt) ? a : b;
}

struct galley galley_new(struct attempt *attempt, int32_t size_mpt) {
    size_t room = attempt->letter->blocks_count;
    return (struct galley){.size_mpt = size_mpt, .blocks = ARENA_ARRAY(attempt->arena, struct stacked, room)};
}

void galley_add(struct galley *galley, const struct letter_block *block, struct lines lines, int32_t x_mpt) {
    if (lines.count == 0)
        return;
    galley->blocks[galley->count++] = (struct stacked){block, lines, x_mpt};
    galley->rows_count += lines.count;
}

struct row *galley_rows(struct galley *galley, struct attempt *attempt) {
    return galley->rows = ARENA_ARRAY(attempt->arena, struct row, galley->rows_count);
}

void galley_place(const struct galley *galley, struct attempt *attempt) {
    const struct row *row = galley->rows;
    for (size_t i = 0; i < galley->count; i++) {
        const struct stacked *stacked = &galley->blocks[i];
        for (size_t j = 0; j < stacked->lines.count; j++, row++)
            attempt_place(attempt, &stacked->lines.items[j], galley->size_mpt, stacked->x_mpt, row, stacked->block);
    }
}
