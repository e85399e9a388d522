/*
 * The draft: blocks, lines and texts come in one by one, three flat arrays go out. The one idea: a parser says only
 * what begins and what ends; that nothing empty is left is seen to here.
 */
#include "letter/draft.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

void draft_init(struct draft *draft, struct arena *arena) {
    *draft = (struct draft){.arena = arena};
}

void draft_release(struct draft *draft) {
    free(draft->texts);
    free(draft->lines);
    free(draft->blocks);
    *draft = (struct draft){0};
}

static bool is_blank(const struct draft *draft, const struct draft_line *line) {
    for (size_t i = 0; i < line->count; i++) {
        const char *text = draft->texts[line->first + i].text;
        size_t length = draft->texts[line->first + i].length;
        text_trim(&text, &length);
        if (length > 0)
            return false;
    }
    return true;
}

/* Takes back the last line if it is blank. */
static void close_line(struct draft *draft) {
    if (draft->blocks_count == 0)
        return;
    struct draft_block *block = &draft->blocks[draft->blocks_count - 1];
    if (block->count == 0)
        return;
    const struct draft_line *line = &draft->lines[draft->lines_count - 1];
    if (!is_blank(draft, line))
        return;
    draft->texts_count = line->first;
    draft->lines_count--;
    block->count--;
}

void draft_end(struct draft *draft) {
    close_line(draft);
    if (draft->blocks_count > 0 && draft->blocks[draft->blocks_count - 1].count == 0)
        draft->blocks_count--;
}

struct draft_block *draft_block(struct draft *draft, enum draft_kind kind) {
    draft_end(draft);
    struct draft_block *block = MEMORY_PUSH(draft->blocks, draft->blocks_count, draft->blocks_room);
    *block = (struct draft_block){.kind = kind, .first = draft->lines_count};
    return block;
}

void draft_line(struct draft *draft, struct place place) {
    close_line(draft);
    *MEMORY_PUSH(draft->lines, draft->lines_count, draft->lines_room) =
        (struct draft_line){.place = place, .first = draft->texts_count};
    draft->blocks[draft->blocks_count - 1].count++;
}

void draft_break(struct draft *draft, bool kept) {
    draft->lines[draft->lines_count - 1].kept = kept;
}

void draft_text(struct draft *draft, unsigned style, const char *text, size_t length) {
    if (length == 0)
        return;
    *MEMORY_PUSH(draft->texts, draft->texts_count, draft->texts_room) =
        (struct draft_text){style, arena_copy(draft->arena, text, length), length};
    draft->lines[draft->lines_count - 1].count++;
}

void draft_plain(const struct draft *draft, const struct tokens *tokens, const struct draft_line *line,
                 struct str *out) {
    for (size_t i = 0; i < line->count; i++)
        tokens_plain(tokens, draft->texts[line->first + i].text, draft->texts[line->first + i].length, out);
}

bool draft_only_tags(const struct draft *draft, const struct tokens *tokens, const struct draft_line *line) {
    bool tags = false;
    for (size_t i = 0; i < line->count; i++) {
        const struct draft_text *text = &draft->texts[line->first + i];
        const char *bytes = text->text;
        size_t length = text->length;
        text_trim(&bytes, &length);
        if (length == 0)
            continue;
        if (!tokens_only_tags(tokens, bytes, length))
            return false;
        tags = true;
    }
    return tags;
}
