/*
 * Assembling: the lines of a draft and their roles become the blocks of a model letter.
 */
#ifndef POSTBAG_LETTER_ASSEMBLE_H
#define POSTBAG_LETTER_ASSEMBLE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "letter/block.h"
#include "letter/draft.h"
#include "letter/placeholder.h"
#include "letter/role.h"
#include "letter/token.h"

struct assembly {
    const struct draft *draft;
    const struct tokens *tokens;
    const struct meaning *meanings;
    const struct roles *roles;
    const struct draft *subject; /* of one line, from the first lines of the file; NULL: none was given there */
};

/*
 * The blocks in ARENA, in the order SENDER, DATE, RECIPIENT, SALUTATION, SUBJECT and then as they stand, each of the
 * first five at most once. Whatever was wrong with conditions is added to PROBLEMS; the blocks are properly nested all
 * the same. Returns how many they are.
 */
size_t assemble_blocks(const struct assembly *assembly, struct arena *arena, struct problems *problems,
                       struct block **blocks);

#endif
