/*
 * A bundle: the letters that go to one MP in one envelope, and the cover sheet that stands before them.
 */
#ifndef POSTBAG_COMMANDS_BUNDLE_H
#define POSTBAG_COMMANDS_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "letter/font.h"
#include "letter/merge.h"

/* Of more letters the cover does not name the senders: their list would be as thick as a letter. */
enum { BUNDLE_NAMES_MAX = 50 };

struct bundle {
    const char *key;          /* tells it from others, and puts them in order */
    const char *constituency; /* "" where it is not known, or the recipient has none */
    const char *recipient;    /* the first line of the address: "The Rt Hon Jane Smith MP" */
    size_t letters;
    bool welsh; /* all of them */
};

/* Appends the lines of the recipient's block: the address that a window shows. */
void bundle_address(struct str *out, const struct letter *letter);

/*
 * Before font_finish: puts into FONT what covers say in either language, plain Latin that any font has. Names, postcodes
 * and addresses are shown to font_use in regular by the caller.
 */
void bundle_use_font(struct font *font);

/* Who wrote, for the list on the cover. */
struct bundle_sender {
    const char *name;
    const char *postcode;
};

/*
 * The cover sheet of BUNDLE: a letter in ARENA, with the address and the date of FIRST, which is the first letter of it.
 * SENDER: who sends the envelope, or NULL. SENDERS: of all letters, in their order; not looked at where they are more
 * than BUNDLE_NAMES_MAX.
 */
void bundle_cover(const struct bundle *bundle, const struct letter *first, const char *sender,
                  const struct bundle_sender *senders, struct arena *arena, struct letter *cover);

#endif
