/*
 * The roster: the sign-off list that goes round a branch meeting. A table of row, name, whom the letter is to, and a
 * line to sign on, set on as many pages as it needs, in the order that it is given.
 *
 * As in letter/layout, lines come in reading order and name the block that they belong to: a row of the table is one
 * block, and the row of heads a heading, so that whoever has it read out hears which cell is what. What further pages
 * repeat belongs to none.
 */
#ifndef POSTBAG_LETTER_ROSTER_H
#define POSTBAG_LETTER_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "letter/font.h"
#include "letter/layout.h"

/* Lines of one cell. A name goes on in the next line; what is longer than these ends in an ellipsis. */
enum { ROSTER_LINES_MAX = 6 };

struct roster_row {
    unsigned row;          /* of the list; 0: none */
    const char *name;      /* of who signs */
    const char *recipient; /* whom the letter is to: one line */
};

struct roster_head {
    const char *campaign;
    struct date date;
    const char *language; /* "en-GB", "cy" */
    unsigned part, parts; /* from 1; of a list in one part nothing is said */
};

/*
 * Before font_finish: puts into FONT what every roster in LANGUAGE says, plain Latin that any font has. The campaign's
 * name is shown to font_use in bold by the caller, and the texts of rows in regular.
 */
void roster_use_font(struct font *font, const char *language);

/* What the list is called, in ARENA: "Sign-off list, part 2 of 4: save-the-library". */
const char *roster_title(const struct roster_head *head, struct arena *arena);

/* One for each thread. */
struct roster;
struct roster *roster_new(const struct font *font);
void roster_free(struct roster *roster); /* NULL does nothing */

/* Sets COUNT rows. The pages live in ARENA and in the roster, until the next call. At least one page. */
void roster_set(struct roster *roster, const struct roster_head *head, const struct roster_row *rows, size_t count,
                struct arena *arena, struct pages *pages);

#endif
