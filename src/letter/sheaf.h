/*
 * A sheaf: the lines, pictures and rules of a letter, gathered in any order with the page that each stands on, and then
 * sorted into pages.
 */
#ifndef POSTBAG_LETTER_SHEAF_H
#define POSTBAG_LETTER_SHEAF_H

#include <stddef.h>

#include "base/arena.h"
#include "letter/merge.h"
#include "letter/page.h"

struct sheaf_line {
    struct line line;
    unsigned page;
};

struct sheaf_figure {
    struct figure figure;
    unsigned page;
};

struct sheaf_rule {
    struct rule rule;
    unsigned page;
};

/* Zeroed: empty. Its memory is used again for the next letter, until sheaf_release. */
struct sheaf {
    struct sheaf_line *lines;
    size_t lines_count, lines_room;
    struct sheaf_figure *figures;
    size_t figures_count, figures_room;
    struct sheaf_rule *rules;
    size_t rules_count, rules_room;
    unsigned pages_count; /* at least 1 */
};

void sheaf_begin(struct sheaf *sheaf);
void sheaf_release(struct sheaf *sheaf);

/* PAGE is there, even if nothing is on it. */
void sheaf_reach(struct sheaf *sheaf, unsigned page);

void sheaf_add_line(struct sheaf *sheaf, unsigned page, const struct line *line);
void sheaf_add_figure(struct sheaf *sheaf, unsigned page, const struct figure *figure);
void sheaf_add_rule(struct sheaf *sheaf, unsigned page, const struct rule *rule);

/*
 * The pages, in ARENA: on each, lines in the order of LETTER's blocks, and those of one block in the order in which they
 * were added; lines without a block first.
 */
void sheaf_collect(const struct sheaf *sheaf, const struct letter *letter, struct arena *arena, struct pages *pages);

#endif
