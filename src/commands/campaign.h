/*
 * A campaign, opened and checked: what check, preview and write begin with.
 *
 * campaign_configure reads the configuration; campaign_open the list's header and the model letter, and opens the fonts.
 * campaign_check is
 * the first of the two passes over the list: it checks every row, gathers the characters of all letters, and remembers
 * which rows can be written, in one bit a row. The second pass is the press's (commands/press).
 */
#ifndef POSTBAG_COMMANDS_CAMPAIGN_H
#define POSTBAG_COMMANDS_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "commands/autograph.h"
#include "commands/leftover.h"
#include "commands/patterns.h"
#include "commands/recipients.h"
#include "commands/report.h"
#include "commands/settings.h"
#include "input/config.h"
#include "input/csv.h"
#include "input/directory.h"
#include "input/people.h"
#include "letter/font.h"
#include "letter/merge.h"
#include "letter/model.h"

enum { CAMPAIGN_INSPECTIONS_MAX = 4 };

/*
 * A further look at every row that is right so far: what is to be sent needs more than what is to be printed. It may add
 * to PROBLEMS. WANTED: the row may be worked on (settings->row). ARENA: the row's. -1 ends the run.
 */
struct campaign_inspection {
    int (*inspect)(void *context, const struct letter *letter, bool wanted, struct arena *arena,
                   struct problems *problems, struct error *error);
    void *context;
};

struct campaign {
    struct arena arena; /* lives as long as the campaign */
    struct config config;
    const char *name;      /* campaign.name, or the model's file name without its suffix */
    const char *directory; /* out/NAME */
    const char *model_path;
    const char *list_path; /* NULL: one letter, from what was given */
    struct date date;
    struct csv *csv;            /* NULL without a list */
    struct directory *lookup;   /* MPs and postcodes; NULL: none were imported */
    enum preference preference; /* where list and directory disagree */
    struct people *people;
    struct model model;
    struct model translation;     /* the same letter in the other language, where there is a file of it */
    const char *translation_path; /* NULL: there is none, or the list asks for none */
    struct font *font;
    struct patterns patterns;       /* of the languages of the letters, where they are hyphenated */
    struct autograph autograph;     /* logo and signatures */
    struct autograph_cache checked; /* of the first pass */
    struct problems problems;       /* of the list's header and of the model letter */
    bool fillable;                  /* the model can be filled, if only to find what else is wrong */
    bool readable;                  /* the header and the model serve for letters */
    struct campaign_inspection inspections[CAMPAIGN_INSPECTIONS_MAX];
    size_t inspections_count;

    unsigned char *good; /* bit i: the i-th row that was read can be written */
    size_t rows_room;    /* bits */
    size_t rows_count;   /* rows read */
    size_t good_count;
    size_t bad_count;
    struct recipients recipients; /* of the good rows */
};

/* What a campaign is called that has no name of its own: PATH's file name without its suffix. */
const char *campaign_name_of(struct arena *arena, const char *path);

/*
 * Begins CAMPAIGN with what SETTINGS and the configuration say. campaign_close it also where this fails.
 */
int campaign_configure(struct campaign *campaign, const struct settings *settings, struct error *error);

/*
 * Opens what the configured CAMPAIGN names and reports how it read them, with everything that is
 * wrong with the header and the model. Fails where there is nothing to go on with (a missing file, no rows, usage).
 */
int campaign_open(struct campaign *campaign, const struct settings *settings, const struct report *report,
                  struct error *error);
void campaign_close(struct campaign *campaign);

/* Has INSPECTION look at the rows, too; before campaign_check. */
void campaign_inspect(struct campaign *campaign, struct campaign_inspection inspection);

/*
 * Checks every row, reports its problems, and hands the bad ones to LEFTOVER, if not NULL. With settings->row only
 * that row is reported and kept, but every row is still read, for the fonts. Interrupted: STATUS_INTERRUPTED.
 * Afterwards, if the campaign is readable, the fonts are finished.
 */
int campaign_check(struct campaign *campaign, const struct settings *settings, const struct report *report,
                   struct leftover *leftover, struct error *error);

/*
 * The model of PERSON's letter, by the language that the row asks for. A row that asks for one in which there is no
 * letter has an error, and gets the campaign's own here.
 */
const struct model *campaign_model(const struct campaign *campaign, const struct person *person);

/* Whether row INDEX (from 0, in the order of reading) can be written. */
bool campaign_row_is_good(const struct campaign *campaign, size_t index);

#endif
