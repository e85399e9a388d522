/*
 * The layout: a letter becomes pages of placed lines, pictures and rules (letter/page), by settings and measures that
 * letter/sheet holds.
 *
 * Knows nothing of PDF. Each line names the block that it belongs to, and lines come in reading order. The bullet or
 * number of a list's item is a line of its own, before the item's first and at the same baseline. Words are set in the
 * style of their runs: that a subject is bold is for the letter to say.
 */
#ifndef POSTBAG_LETTER_LAYOUT_H
#define POSTBAG_LETTER_LAYOUT_H

#include "base/arena.h"
#include "input/picture.h"
#include "letter/font.h"
#include "letter/merge.h"
#include "letter/page.h"
#include "letter/sheet.h"

/* One for each thread. It keeps the lines of paragraphs that are the same in every letter. */
struct layout;
struct layout *layout_new(const struct font *font, const struct layout_settings *settings);
void layout_free(struct layout *layout); /* NULL does nothing */

/*
 * Sets LETTER, with SIGNATURE above the name (NULL: room for one by hand). The pages live in ARENA and in the layout,
 * and are valid until the next call. A word that is wider than its line is broken between characters. A tail of up to
 * three lines is pulled back from the last page, within the limits that letter/body states. Never fails: text of any
 * length is set on as many pages as it needs.
 */
void layout_letter(struct layout *layout, const struct letter *letter, const struct picture *signature,
                   struct arena *arena, struct pages *pages);

#endif
