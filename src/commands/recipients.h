/*
 * Recipients: how many letters go to each MP (or whoever they go to) and how alike they are, for `check` to show. Memory
 * grows with the number of MPs and not with the list.
 */
#ifndef POSTBAG_COMMANDS_RECIPIENTS_H
#define POSTBAG_COMMANDS_RECIPIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/table.h"
#include "commands/report.h"
#include "input/people.h"
#include "letter/likeness.h"
#include "letter/merge.h"
#include "letter/model.h"

enum { RECIPIENTS_ROWS_MAX = 10 }; /* rows without words of their own that are named; the others are counted */

struct recipients {
    enum office office; /* that the letters go to */
    size_t count;       /* MPs */
    bool measured;      /* how alike letters are: set before the first is added */
    struct table mps;
    struct arena arena;
    struct likeness_meter meter;
    struct likeness likeness; /* of the letter at hand */
    struct str text;
    size_t letters;
    unsigned plain_rows[RECIPIENTS_ROWS_MAX]; /* the first that have no personal message */
    size_t plain_rows_count;                  /* all of them */
};

void recipients_init(struct recipients *recipients);
void recipients_release(struct recipients *recipients);

/* Counts LETTER, which was merged from MODEL and can be written. ARENA: the letter's. */
void recipients_add(struct recipients *recipients, const struct model *model, const struct people *people,
                    const struct letter *letter, struct arena *arena);

/* Letters by constituency and MP, most letters first. */
void recipients_report(const struct recipients *recipients, const struct report *report);

/* Warns where MPs get form letters, and says what helps. LIST: the list's path, or NULL. */
void recipients_review(const struct recipients *recipients, const struct model *model, const struct people *people,
                       const char *list, const struct report *report);

#endif
