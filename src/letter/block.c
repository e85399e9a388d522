/*
 * Blocks: a kind or a block comes in, what is true of it goes out. Here so that model and merge ask it once.
 */
#include "letter/block.h"

const char *block_name(enum block_kind kind) {
    static const char *const names[] = {
        [BLOCK_SENDER] = "sender",
        [BLOCK_DATE] = "date",
        [BLOCK_RECIPIENT] = "recipient",
        [BLOCK_SALUTATION] = "salutation",
        [BLOCK_SUBJECT] = "subject",
        [BLOCK_HEADING] = "heading",
        [BLOCK_PARAGRAPH] = "paragraph",
        [BLOCK_ITEM] = "item",
        [BLOCK_CLOSING] = "closing",
        [BLOCK_SIGNATURE] = "signature",
        [BLOCK_IF] = "if",
        [BLOCK_ELSE] = "else",
        [BLOCK_END] = "end",
    };
    return names[kind];
}

bool block_keeps_lines(enum block_kind kind) {
    return kind == BLOCK_SENDER || kind == BLOCK_DATE || kind == BLOCK_RECIPIENT || kind == BLOCK_SIGNATURE;
}

bool block_is_fixed(const struct block *block) {
    for (size_t i = 0; i < block->spans_count; i++)
        if (block->spans[i].kind != SPAN_TEXT && block->spans[i].kind != SPAN_BREAK)
            return false;
    return true;
}
