/*
 * The courtesy of a letter: whether its close belongs to its salutation.
 */
#ifndef POSTBAG_LETTER_COURTESY_H
#define POSTBAG_LETTER_COURTESY_H

#include <stddef.h>

#include "base/error.h"
#include "input/people.h"
#include "letter/draft.h"
#include "letter/placeholder.h"
#include "letter/token.h"

/*
 * Adds a warning to PROBLEMS, at the close's place and with what belongs there, where lines SALUTATION and CLOSING of
 * DRAFT do not go together: "Dear Sir or Madam" and "Yours sincerely", "Dear Ms Smith" and "Yours faithfully", Welsh and
 * English. Says nothing where that depends on the row.
 */
void courtesy_check(const struct draft *draft, const struct tokens *tokens, const struct meaning *meanings,
                    const struct people *people, size_t salutation, size_t closing, struct problems *problems);

#endif
