/*
 * The body of a letter: everything from the salutation to the name, with the signature.
 *
 * No line of a paragraph stands alone on a page, and no page ends in a hyphen that was added, if it can end a line higher
 * up. A heading stays with two lines below it, the salutation and the subject
 * with each other and with two lines of the text, the close with its signature space, the name and two lines above it.
 */
#ifndef POSTBAG_LETTER_BODY_H
#define POSTBAG_LETTER_BODY_H

#include <stdbool.h>

#include "letter/galley.h"

/*
 * How much a letter is tightened, at most, so that a tail of up to three lines comes back from its last page: 3 % of the
 * leading, 30 % of what is between paragraphs beyond that, and the signature space from 20 mm to 15 (but not below a
 * signature that is printed).
 */
enum {
    BODY_TAIL_LINES = 3,
    BODY_GIVE_LEADING = 30, /* thousandths */
    BODY_GIVE_GAP = 300,    /* thousandths */
};

enum { BODY_SIGNATURE_WIDTH_MM = 50, BODY_SIGNATURE_HEIGHT_MM = 18 }; /* of a signature that is printed, at most */

/* Sets the body from ABOVE on. PULL_BACK: tightened, where that pulls back a tail. */
void body_set(struct attempt *attempt, struct end above, bool pull_back);

#endif
