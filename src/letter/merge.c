/*
 * The merge: blocks of spans and a person come in, blocks of runs go out. The one idea: a line is gathered span by
 * span, with what conditions leave out left out, and when it ends its gaps are closed; only then it becomes runs.
 */
#include "letter/merge.h"

#include <string.h>

#include "letter/filling.h"
#include "letter/gap.h"
#include "letter/survey.h"

/* Which branches of the conditions that we stand in are taken. */
struct branches {
    bool taken[2 * CONDITIONS_DEPTH_MAX];
    size_t depth;
};

/* A list that is being numbered, at one depth. Its numbers change only where an item of it was left out. */
struct numbering {
    unsigned first; /* the number of its first item in the model; 0: there is no list */
    unsigned last;  /* the last that was given; 0: none yet */
    bool left_out;
};

struct merge {
    struct filling filling;
    struct arena *arena;
    struct branches branches;
    struct numbering numbering[DRAFT_DEPTH_MAX + 1];
    struct letter_block *blocks;
    size_t blocks_count, blocks_room;
    /* The block that is being filled. */
    const struct block *block;
    struct run *runs;
    size_t runs_count;
    /* The line that is being gathered. */
    struct gap_piece *pieces;
    const struct span **spans; /* of each piece */
    size_t pieces_count;
    size_t line_runs; /* where its runs begin */
};

/* Conditions. */

static bool is_active(const struct branches *branches) {
    for (size_t i = 0; i < branches->depth; i++)
        if (!branches->taken[i])
            return false;
    return true;
}

static void enter(struct merge *merge, const struct condition *condition, bool in_address) {
    merge->branches.taken[merge->branches.depth++] = filling_holds(&merge->filling, condition, in_address);
}

static void change_branch(struct branches *branches) {
    bool *taken = &branches->taken[branches->depth - 1];
    *taken = !*taken;
}

/* Lines. */

static void add_piece(struct merge *merge, const struct span *span) {
    struct gap_piece *piece = &merge->pieces[merge->pieces_count];
    merge->spans[merge->pieces_count++] = span;
    if (span->kind == SPAN_TEXT) {
        *piece = (struct gap_piece){.text = span->text, .length = span->length};
        return;
    }
    const struct placeholder *placeholder = span->placeholder;
    const struct value *value = filling_value(&merge->filling, placeholder, block_keeps_lines(merge->block->kind));
    *piece = (struct gap_piece){.text = "", .field = true, .allowed = placeholder->otherwise != NULL};
    if (value != NULL) {
        piece->text = value->text;
        piece->length = value->length;
    } else if (placeholder->otherwise != NULL) {
        piece->text = placeholder->otherwise;
        piece->length = strlen(placeholder->otherwise);
    }
}

static struct run *add_run(struct merge *merge, const char *text, size_t length, unsigned style, bool value) {
    struct run *run = &merge->runs[merge->runs_count++];
    *run = (struct run){text, length, style, value};
    return run;
}

/* The last run of this line, if it is the model's own text and ends in a space. */
static struct run *run_ending_in_space(struct merge *merge) {
    struct run *run = merge->runs_count == merge->line_runs ? NULL : &merge->runs[merge->runs_count - 1];
    return run != NULL && !run->value && run->length > 0 && run->text[run->length - 1] == ' ' ? run : NULL;
}

static void take_space_off(struct merge *merge) {
    struct run *run = run_ending_in_space(merge);
    if (run != NULL && --run->length == 0)
        merge->runs_count--;
}

/* The spaces on both sides of something that was left out are one, and none stands before punctuation. */
static void add_text(struct merge *merge, const struct gap_piece *piece, unsigned style) {
    const char *text = piece->text;
    size_t length = piece->length;
    bool at_start = merge->runs_count == merge->line_runs;
    if (*text == ' ' && (at_start || run_ending_in_space(merge) != NULL)) {
        text++;
        length--;
    }
    if (length == 0)
        return;
    if (strchr(",.;:!?)", *text) != NULL)
        take_space_off(merge);
    add_run(merge, text, length, style, false);
}

/* TEXT on one line: its lines follow each other behind SEPARATOR. */
static const char *on_one_line(struct arena *arena, const char *text, size_t *length, const char *separator) {
    size_t separator_length = strlen(separator), breaks = 0;
    for (size_t i = 0; i < *length; i++)
        breaks += text[i] == '\n';
    char *line = arena_alloc(arena, *length + breaks * separator_length + 1);
    size_t end = 0;
    bool broken = false;
    for (size_t i = 0; i < *length; i++) {
        if (text[i] == '\n') {
            broken = end > 0;
            continue;
        }
        if (broken) {
            memcpy(line + end, separator, separator_length);
            end += separator_length;
            broken = false;
        }
        line[end++] = text[i];
    }
    *length = end;
    return line;
}

/* Whether piece I is all that its line has. */
static bool is_alone(const struct merge *merge, size_t i) {
    for (size_t j = 0; j < merge->pieces_count; j++)
        for (size_t k = 0; j != i && k < merge->pieces[j].length; k++)
            if (merge->pieces[j].text[k] != ' ')
                return false;
    return true;
}

static void add_value(struct merge *merge, size_t i) {
    const struct gap_piece *piece = &merge->pieces[i];
    const struct span *span = merge->spans[i];
    enum block_kind kind = merge->block->kind;
    const char *text = piece->text;
    size_t length = piece->length;
    if (memchr(text, '\n', length) != NULL) {
        bool many = block_keeps_lines(kind) || kind == BLOCK_PARAGRAPH || kind == BLOCK_ITEM;
        int field = span->placeholder->fields[0];
        bool address = survey_is_address(field) || field == FIELD_MP_ADDRESS || block_keeps_lines(kind);
        if (!many || !is_alone(merge, i))
            text = on_one_line(merge->arena, text, &length, address ? ", " : " ");
    }
    bool otherwise = text == span->placeholder->otherwise;
    add_run(merge, text, length, span->style, !otherwise);
}

/* The line becomes runs, behind a line break if another stands before it. */
static void end_line(struct merge *merge) {
    bool printed =
        merge->pieces_count > 0 && gap_close(merge->pieces, merge->pieces_count, block_keeps_lines(merge->block->kind));
    if (printed && merge->runs_count > 0)
        add_run(merge, "\n", 1, 0, false);
    merge->line_runs = merge->runs_count;
    for (size_t i = 0; printed && i < merge->pieces_count; i++) {
        const struct gap_piece *piece = &merge->pieces[i];
        if (piece->missing)
            filling_report(&merge->filling, merge->spans[i]->placeholder);
        else if (piece->length > 0 && piece->field)
            add_value(merge, i);
        else if (piece->length > 0)
            add_text(merge, piece, merge->spans[i]->style);
    }
    take_space_off(merge);
    merge->pieces_count = 0;
}

static void fill_runs(struct merge *merge) {
    const struct block *block = merge->block;
    bool in_address = block_keeps_lines(block->kind);
    size_t depth = merge->branches.depth;
    merge->pieces = ARENA_ARRAY(merge->arena, struct gap_piece, block->spans_count);
    merge->spans = ARENA_ARRAY(merge->arena, const struct span *, block->spans_count);
    for (size_t i = 0; i < block->spans_count; i++) {
        const struct span *span = &block->spans[i];
        if (span->kind == SPAN_IF)
            enter(merge, span->condition, in_address);
        else if (span->kind == SPAN_ELSE)
            change_branch(&merge->branches);
        else if (span->kind == SPAN_END)
            merge->branches.depth--;
        else if (!is_active(&merge->branches))
            continue;
        else if (span->kind == SPAN_BREAK)
            end_line(merge);
        else
            add_piece(merge, span);
    }
    end_line(merge);
    merge->branches.depth = depth;
}

static void fix_runs(struct merge *merge) {
    for (size_t i = 0; i < merge->block->spans_count; i++) {
        const struct span *span = &merge->block->spans[i];
        if (span->kind == SPAN_BREAK)
            add_run(merge, "\n", 1, 0, false);
        else
            add_run(merge, span->text, span->length, span->style, false);
    }
}

/* Blocks. */

static struct letter_block *add_block(struct merge *merge, const struct run *runs, size_t runs_count) {
    if (merge->blocks_count == merge->blocks_room) {
        struct letter_block *more = ARENA_ARRAY(merge->arena, struct letter_block, merge->blocks_room * 2);
        memcpy(more, merge->blocks, merge->blocks_count * sizeof *more);
        merge->blocks = more;
        merge->blocks_room *= 2;
    }
    const struct block *block = merge->block;
    struct letter_block *added = &merge->blocks[merge->blocks_count++];
    *added = (struct letter_block){
        .kind = block->kind,
        .quote_depth = block->quote_depth,
        .list_depth = block->list_depth,
        .number = block->number,
        .continues = block->continues,
        .runs = runs,
        .runs_count = runs_count,
    };
    return added;
}

/* Where the paragraph of a value ends that begins at START: at a blank line, or at its end. *NEXT is behind it. */
static size_t paragraph_end(const char *text, size_t length, size_t start, size_t *next) {
    for (size_t i = start; i < length; i++) {
        size_t after = i + 1;
        while (text[i] == '\n' && after < length && (text[after] == ' ' || text[after] == '\t'))
            after++;
        if (text[i] != '\n' || after == length || text[after] != '\n')
            continue;
        while (after < length && (text[after] == '\n' || text[after] == ' ' || text[after] == '\t'))
            after++;
        *next = after;
        return i;
    }
    *next = length;
    return length;
}

/* A value with blank lines, in a paragraph of its own, becomes several paragraphs. */
static void add_paragraphs(struct merge *merge, const struct run *value) {
    bool first = true;
    for (size_t start = 0, next; start < value->length; start = next) {
        size_t end = paragraph_end(value->text, value->length, start, &next);
        if (end == start)
            continue;
        struct run *run = ARENA_ARRAY(merge->arena, struct run, 1);
        *run = *value;
        run->text = value->text + start;
        run->length = end - start;
        struct letter_block *block = add_block(merge, run, 1);
        if (!first && block->kind == BLOCK_ITEM) {
            block->kind = BLOCK_PARAGRAPH;
            block->number = 0;
            block->continues = true;
        }
        first = false;
    }
}

/* A list ends where something stands that belongs to no item of it. */
static void end_lists(struct merge *merge, const struct block *block) {
    size_t depth = block->kind == BLOCK_ITEM || block->continues ? block->list_depth : 0;
    for (size_t i = depth + 1; i <= DRAFT_DEPTH_MAX; i++)
        merge->numbering[i].first = 0;
    if (block->kind == BLOCK_ITEM && block->number == 0)
        merge->numbering[depth].first = 0;
}

static struct numbering *numbering_of(struct merge *merge, const struct block *block) {
    if (block->kind != BLOCK_ITEM || block->number == 0 || block->list_depth > DRAFT_DEPTH_MAX)
        return NULL;
    struct numbering *numbering = &merge->numbering[block->list_depth];
    if (numbering->first == 0 || block->number == 1)
        *numbering = (struct numbering){.first = block->number};
    return numbering;
}

static unsigned next_number(struct numbering *numbering, unsigned written) {
    numbering->last = !numbering->left_out ? written : numbering->last > 0 ? numbering->last + 1 : numbering->first;
    return numbering->last;
}

static void fill_block(struct merge *merge, const struct block *block) {
    bool active = is_active(&merge->branches);
    struct numbering *numbering;
    end_lists(merge, block);
    numbering = numbering_of(merge, block);
    if (!active) {
        if (numbering != NULL)
            numbering->left_out = true;
        return;
    }
    bool fixed = block_is_fixed(block);
    merge->block = block;
    merge->runs = ARENA_ARRAY(merge->arena, struct run, block->spans_count);
    merge->runs_count = merge->line_runs = merge->pieces_count = 0;
    if (fixed)
        fix_runs(merge);
    else
        fill_runs(merge);
    if (merge->runs_count == 0) {
        if (numbering != NULL)
            numbering->left_out = true;
        return;
    }

    size_t begin = merge->blocks_count;
    bool paragraphs = block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_ITEM;
    if (paragraphs && merge->runs_count == 1 && merge->runs[0].value)
        add_paragraphs(merge, &merge->runs[0]);
    else
        add_block(merge, merge->runs, merge->runs_count);
    if (merge->blocks_count == begin)
        return;
    struct letter_block *added = &merge->blocks[begin];
    if (numbering != NULL)
        added->number = next_number(numbering, block->number);
    if (fixed && added->number == block->number)
        added->fixed = block;
}

static void fill_blocks(struct merge *merge, const struct model *model) {
    for (size_t i = 0; i < model->blocks_count; i++) {
        const struct block *block = &model->blocks[i];
        if (block->kind == BLOCK_IF)
            enter(merge, block->condition, false);
        else if (block->kind == BLOCK_ELSE)
            change_branch(&merge->branches);
        else if (block->kind == BLOCK_END)
            merge->branches.depth--;
        else
            fill_block(merge, block);
    }
}

/* The text of the block's first line, or of all of it, as one line. */
static const char *text_of(struct arena *arena, const struct letter_block *block, bool first_line, const char *before) {
    size_t length = strlen(before);
    for (size_t i = 0; i < block->runs_count; i++)
        length += block->runs[i].length;
    char *text = arena_alloc(arena, length + 1);
    size_t end = strlen(before);
    memcpy(text, before, end);
    for (size_t i = 0; i < block->runs_count; i++) {
        const struct run *run = &block->runs[i];
        for (size_t j = 0; j < run->length; j++) {
            if (run->text[j] == '\n' && first_line)
                return text;
            text[end++] = run->text[j] == '\n' ? ' ' : run->text[j];
        }
    }
    return text;
}

static const char *title_of(struct arena *arena, const struct merge *merge) {
    bool welsh = strncmp(merge->filling.model->language, "cy", 2) == 0;
    for (size_t i = 0; i < merge->blocks_count; i++)
        if (merge->blocks[i].kind == BLOCK_SUBJECT)
            return text_of(arena, &merge->blocks[i], false, "");
    for (size_t i = 0; i < merge->blocks_count; i++)
        if (merge->blocks[i].kind == BLOCK_RECIPIENT)
            return text_of(arena, &merge->blocks[i], true, welsh ? "Llythyr at " : "Letter to ");
    return welsh ? "Llythyr" : "Letter";
}

size_t merge_letter(const struct model *model, const struct people *people, const struct person *person,
                    struct date date, struct arena *arena, struct letter *letter, struct problems *problems) {
    struct merge merge = {.arena = arena, .blocks_room = model->blocks_count + 4};
    merge.blocks = ARENA_ARRAY(arena, struct letter_block, merge.blocks_room);
    filling_begin(&merge.filling, model, people, person, date, arena, problems);
    fill_blocks(&merge, model);
    *letter = (struct letter){
        .person = person,
        .blocks = merge.blocks,
        .blocks_count = merge.blocks_count,
        .title = title_of(arena, &merge),
        .author = person->values[FIELD_NAME].text,
        .language = model->language,
        .date = date,
    };
    filling_end(&merge.filling);
    return merge.filling.errors_count;
}
