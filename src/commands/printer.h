/*
 * A printer: one thread's tools for making finished letters of people: merge, layout and PDF, with an arena that is
 * cleared for each letter.
 */
#ifndef POSTBAG_COMMANDS_PRINTER_H
#define POSTBAG_COMMANDS_PRINTER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "commands/autograph.h"
#include "commands/campaign.h"
#include "input/person.h"
#include "letter/layout.h"
#include "letter/merge.h"
#include "pdf/pdf.h"

struct printer {
    const struct campaign *campaign;
    const struct pdf_fonts *fonts;
    struct arena arena; /* of the letter at hand */
    struct problems problems;
    struct layout *layout;
    struct pdf *pdf; /* the last letter's, for its memory; NULL: none yet */
    struct autograph_cache signatures;
};

/* CAMPAIGN, checked, and FONTS are borrowed. */
void printer_init(struct printer *printer, const struct campaign *campaign, const struct pdf_fonts *fonts);
void printer_release(struct printer *printer);

/*
 * The letter of PERSON, which the first pass found good, and its pages: until the next call. It clears the arena, whose
 * room may then be used for what belongs to this letter. Fails where the person's signature can no longer be read.
 */
int printer_set(struct printer *printer, const struct person *person, struct letter *letter, struct pages *pages,
                struct error *error);

/* The same letter and pages as a PDF of their own. BYTES is cleared first. */
int printer_print(struct printer *printer, const struct letter *letter, const struct pages *pages, bool draft,
                  struct str *bytes, struct error *error);

#endif
