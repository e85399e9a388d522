/*
 * The survey: blocks come in, what they ask of a list goes out. The one idea: the letter is filled once for a row in
 * which every column of the list is filled in; what is empty then is empty in every row.
 */
#include "letter/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "letter/gap.h"

/* What is known of a condition before any row is read. */
enum truth { TRUTH_NEVER, TRUTH_ALWAYS, TRUTH_BY_ROW };

struct surveyor {
    struct survey *survey;
    unsigned char *styles;
    const char *path;
    const struct people *people;
    struct problems *problems;
    enum truth stack[2 * CONDITIONS_DEPTH_MAX]; /* of the branches that we stand in */
    size_t depth;
    bool *reported; /* by number of field */
    /* The line that is being looked at. */
    struct gap_piece *pieces;
    const struct placeholder **placeholders; /* of each piece, NULL for text */
    size_t pieces_count, pieces_room, placeholders_room;
};

bool survey_is_address(int field) {
    return field == FIELD_ADDRESS || (field >= FIELD_ADDRESS_1 && field <= FIELD_ADDRESS_LAST);
}

/* Lines of an address are filled from whatever the list has of one. */
static bool has_address(const struct people *people) {
    for (int field = FIELD_ADDRESS; field <= FIELD_COUNTRY; field++)
        if (people_has(people, field))
            return true;
    return false;
}

static bool list_has(const struct people *people, int field) {
    if (field == FIELD_DATE || field == FIELD_MP_ADDRESS)
        return true; /* the letter's own; the House of Commons, or another office's address */
    if (field == FIELD_MP_TITLE || field == FIELD_MP_DEAR)
        return people_has(people, field) || people_has(people, FIELD_MP);
    return survey_is_address(field) ? has_address(people) : people_has(people, field);
}

static bool list_has_any(const struct people *people, const struct placeholder *placeholder) {
    for (size_t i = 0; i < placeholder->fields_count; i++)
        if (list_has(people, placeholder->fields[i]))
            return true;
    return false;
}

static enum truth truth_of(const struct surveyor *surveyor, const struct condition *condition) {
    if (list_has_any(surveyor->people, &condition->subject))
        return TRUTH_BY_ROW;
    return condition->negated ? TRUTH_ALWAYS : TRUTH_NEVER;
}

static void enter_condition(struct surveyor *surveyor, const struct condition *condition) {
    surveyor->stack[surveyor->depth++] = truth_of(surveyor, condition);
}

static void enter_else(struct surveyor *surveyor) {
    enum truth *truth = &surveyor->stack[surveyor->depth - 1];
    if (*truth != TRUTH_BY_ROW)
        *truth = *truth == TRUTH_NEVER ? TRUTH_ALWAYS : TRUTH_NEVER;
}

static bool is_dead(const struct surveyor *surveyor) {
    for (size_t i = 0; i < surveyor->depth; i++)
        if (surveyor->stack[i] == TRUTH_NEVER)
            return true;
    return false;
}

static void report_missing(struct surveyor *surveyor, const struct placeholder *placeholder) {
    int field = placeholder->fields[0];
    if (surveyor->reported[field])
        return;
    surveyor->reported[field] = true;
    int named = field == FIELD_MP_DEAR || field == FIELD_MP_TITLE ? FIELD_MP : field;
    struct place place = placeholder->place.line > 0 ? placeholder->place : (struct place){surveyor->path, 0, 0};
    struct problem *problem =
        problems_add(surveyor->problems, SEVERITY_ERROR, place,
                     "the list has no column for \"%s\", which the letter needs here; for a default, write [%s|…]",
                     people_field_name(surveyor->people, named), placeholder->written);
    if (problem != NULL)
        problem->source = placeholder->source;
}

static void end_line(struct surveyor *surveyor, const struct block *block) {
    if (gap_close(surveyor->pieces, surveyor->pieces_count, block_keeps_lines(block->kind))) {
        for (size_t i = 0; i < surveyor->pieces_count; i++)
            if (surveyor->pieces[i].missing)
                report_missing(surveyor, surveyor->placeholders[i]);
    }
    surveyor->pieces_count = 0;
}

static void add_piece(struct surveyor *surveyor, const struct span *span) {
    size_t count = surveyor->pieces_count;
    memory_grow(&surveyor->placeholders, &surveyor->placeholders_room, count + 1, sizeof *surveyor->placeholders);
    struct gap_piece *piece = MEMORY_PUSH(surveyor->pieces, surveyor->pieces_count, surveyor->pieces_room);
    const struct placeholder *placeholder = span->placeholder;
    surveyor->placeholders[count] = placeholder;
    if (placeholder == NULL) {
        *piece = (struct gap_piece){.text = span->text, .length = span->length};
        return;
    }
    const char *otherwise = placeholder->otherwise;
    bool filled = list_has_any(surveyor->people, placeholder) || (otherwise != NULL && *otherwise != '\0');
    *piece = (struct gap_piece){
        .text = "…", .length = filled ? strlen("…") : 0, .field = true, .allowed = otherwise != NULL};
}

static void note_field(struct surveyor *surveyor, const struct span *span) {
    for (size_t i = 0; i < span->placeholder->fields_count; i++) {
        int field = span->placeholder->fields[i];
        surveyor->styles[field] |= (unsigned char)(1u << span->style);
        if (surveyor->depth == 0 && field < FIELD_COUNT)
            surveyor->survey->places[field] = true;
    }
}

static void survey_block(struct surveyor *surveyor, const struct block *block) {
    size_t depth = surveyor->depth;
    for (size_t i = 0; i < block->spans_count; i++) {
        const struct span *span = &block->spans[i];
        if (span->kind == SPAN_FIELD)
            note_field(surveyor, span);
        if (span->kind == SPAN_IF)
            enter_condition(surveyor, span->condition);
        else if (span->kind == SPAN_ELSE)
            enter_else(surveyor);
        else if (span->kind == SPAN_END)
            surveyor->depth--;
        else if (span->kind == SPAN_BREAK)
            end_line(surveyor, block);
        else if (!is_dead(surveyor))
            add_piece(surveyor, span);
    }
    end_line(surveyor, block);
    surveyor->depth = depth;
}

/* Any line of the address may come to stand in any place for one. */
static void join_address_styles(unsigned char *styles) {
    unsigned char all = 0;
    for (int field = FIELD_ADDRESS; field <= FIELD_ADDRESS_LAST; field++)
        all |= styles[field];
    for (int field = FIELD_ADDRESS; all != 0 && field <= FIELD_COUNTRY; field++)
        styles[field] |= all;
}

/* [Address line N] in the sender's block, or anywhere where there is none. */
static unsigned count_slots(const struct block *blocks, size_t count) {
    bool slots[ADDRESS_LINES_MAX] = {false};
    bool sender = false;
    for (size_t i = 0; i < count; i++)
        sender |= blocks[i].kind == BLOCK_SENDER;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < blocks[i].spans_count; j++) {
            const struct placeholder *placeholder = blocks[i].spans[j].placeholder;
            if (placeholder == NULL || (sender && blocks[i].kind != BLOCK_SENDER))
                continue;
            for (size_t k = 0; k < placeholder->fields_count; k++)
                if (placeholder->fields[k] >= FIELD_ADDRESS_1 && placeholder->fields[k] <= FIELD_ADDRESS_LAST)
                    slots[placeholder->fields[k] - FIELD_ADDRESS_1] = true;
        }
    }
    unsigned n = 0;
    while (n < ADDRESS_LINES_MAX && slots[n])
        n++;
    return n;
}

void survey_blocks(struct survey *survey, const struct block *blocks, size_t count, const char *path,
                   const struct people *people, struct arena *arena, struct problems *problems) {
    *survey = (struct survey){0};
    struct surveyor surveyor = {
        .survey = survey,
        .styles = ARENA_ARRAY(arena, unsigned char, people_fields_count(people)),
        .path = path,
        .people = people,
        .problems = problems,
        .reported = ARENA_ARRAY(arena, bool, people_fields_count(people)),
    };
    for (size_t i = 0; i < count; i++) {
        if (blocks[i].kind == BLOCK_IF)
            enter_condition(&surveyor, blocks[i].condition);
        else if (blocks[i].kind == BLOCK_ELSE)
            enter_else(&surveyor);
        else if (blocks[i].kind == BLOCK_END)
            surveyor.depth--;
        else
            survey_block(&surveyor, &blocks[i]);
    }
    join_address_styles(surveyor.styles);
    survey->styles = surveyor.styles;
    survey->address_slots = count_slots(blocks, count);
    free(surveyor.pieces);
    free(surveyor.placeholders);
}
