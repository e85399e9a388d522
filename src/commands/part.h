/*
 * A part of a combined file: its letters in one PDF, with a cover sheet before each bundle, and the sign-off list of the
 * same letters in another. One worker's tool, used for one part after another.
 */
#ifndef POSTBAG_COMMANDS_PART_H
#define POSTBAG_COMMANDS_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "commands/bundle.h"
#include "commands/campaign.h"
#include "commands/printer.h"
#include "commands/relay.h"
#include "commands/sequence.h"

/* What the campaign is called on paper, as far as there are fonts for it. In its arena. */
struct part_names {
    const char *campaign;
    const char *sender; /* a name that somebody gave, and not the model's: who the envelope comes from; or NULL */
};

struct part {
    /* What was made last: until the next call. */
    struct str letters;  /* the bytes of a PDF */
    struct str sign_off; /* likewise */
    size_t pages;        /* of the letters and covers */
    const struct bundle **covers;
    size_t covers_count;
    /* Its own: */
    const struct campaign *campaign;
    struct part_names names;
    const struct pdf_fonts *fonts;
    struct printer *printer;
    struct roster *roster;
    struct arena arena;       /* of the part */
    struct arena cover_arena; /* of the cover at hand */
    size_t covers_room;
};

/* Before the first pass: sees to it that CAMPAIGN's fonts have what covers and lists say, and finds out its NAMES. */
void part_watch(struct campaign *campaign, struct part_names *names);

/* All are borrowed. */
void part_init(struct part *part, const struct campaign *campaign, const struct part_names *names,
               const struct pdf_fonts *fonts, struct printer *printer);
void part_release(struct part *part);

/* Makes the part of SEQUENCE that BATCH is, marked DRAFT or not. Stops early where RELAY has. */
int part_make(struct part *part, const struct sequence *sequence, const struct relay_batch *batch, bool draft,
              struct relay *relay, struct error *error);

#endif
