/*
 * Roles: what each line of a draft is in the letter. What stands before the salutation is the opening; what stands from
 * the closing on is its end; between them is the body.
 */
#ifndef POSTBAG_LETTER_ROLE_H
#define POSTBAG_LETTER_ROLE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/people.h"
#include "letter/draft.h"
#include "letter/placeholder.h"

enum role {
    ROLE_SENDER,
    ROLE_DATE,
    ROLE_RECIPIENT,
    ROLE_SALUTATION,
    ROLE_SUBJECT,
    ROLE_BODY,
    ROLE_CLOSING,
    ROLE_SIGNATURE,
    ROLES_COUNT,
};

struct roles {
    const enum role *lines; /* one for each line of the draft */
    bool welsh;             /* the salutation is "Annwyl …" */
};

/*
 * The roles of DRAFT's lines, in ARENA. HAS_SUBJECT: it was given in the first lines. No salutation is an error; no
 * closing, one that does not belong to the salutation, and a signature without the name, are warnings.
 */
void roles_read(struct roles *roles, const struct draft *draft, const struct tokens *tokens,
                const struct meaning *meanings, const struct people *people, bool has_subject, struct arena *arena,
                struct problems *problems);

#endif
