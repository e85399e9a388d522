/*
 * Breaking a paragraph: items come in, the best set of lines goes out (Knuth & Plass 1981, as TeX does it).
 *
 * The one idea: keep for every place where a line may end the best way to get there ("node"), and drop the node as soon
 * as no line that begins there can reach further ("active" ones remain). What is between two forced breaks is a
 * paragraph of its own. Items have no negative widths, and none hangs into the margin further than it is wide, so of the
 * active nodes, which stand in the order of the text, the first ones are the first to be out of reach, and behind one
 * whose line would be too loose there are only worse: each place looks at the few nodes that matter, and the time is
 * linear.
 *
 * A pass considers only lines up to a badness (the tolerance), and fails where there is no such way. The result of a
 * pass is the best of all ways if no line that it left out could have been cheaper than the whole; if that is not
 * proven, one more pass with the tolerance that proves it finds the best. Everything is counted in integers, so the
 * lines are the same on every machine.
 */
#include "letter/paragraph.h"

#include <assert.h>

enum {
    LINE_PENALTY = 10,          /* for each line; TeX's \linepenalty */
    BADNESS_HOPELESS = 1000000, /* nothing to stretch, or far too little; and more, the more of the line is white */
    BADNESS_MAX = BADNESS_HOPELESS + BADNESS_HOPELESS / 10,
    /*
     * Without stretch in the spaces, a ragged line is stretched at its end, and each line alike: the badness is 100
     * where this part of the measure stays white.
     */
    RAGGED_PART = 16,
    ACTIVE_MAX = 1000, /* no line has so many places where it may begin, and the time must be bounded */
    RUNT_PERCENT = 15, /* of the measure: a last line that is shorter looks left behind */
};

#define DEMERITS_INCOMPATIBLE 10000 /* a tight line beside a loose one; TeX's \adjdemerits */
#define DEMERITS_FLAGGED 10000      /* two hyphens running; \doublehyphendemerits */
#define DEMERITS_FLAGGED_LAST 5000  /* a hyphen in the last line but one; \finalhyphendemerits */
#define DEMERITS_RUNT 30000 /* a last line of nothing, where others are above it; less as it grows to RUNT_PERCENT */
#define DEMERITS_OVERFULL 4000000000000L /* more than the worst line that fits */

enum fitness { FITNESS_TIGHT, FITNESS_DECENT, FITNESS_LOOSE, FITNESS_VERY_LOOSE, FITNESS_COUNT };

/* Sums over the items from the beginning of the paragraph. */
struct totals {
    int64_t width, stretch, shrink;
};

/* A line ends here, in the best way there is for its fitness. */
struct node {
    const struct node *previous;
    struct node *next; /* active */
    size_t position;
    size_t start;               /* of the next line: its first box */
    struct totals before_start; /* and what of that box hangs in the margin */
    int64_t demerits;
    size_t lines;
    enum fitness fitness;
    bool flagged;
};

struct candidate {
    const struct node *from;
    int64_t demerits;
};

struct search {
    const struct item *items;
    int64_t measure;
    enum alignment alignment;
    struct arena *arena;
    size_t last; /* the forced break where this part ends */
    int64_t tolerance;
    bool rescue;             /* the pass that cannot fail: an overfull line is better than none */
    const struct node *root; /* where this part begins */
    struct node *active, *active_last;
    size_t active_count;
    const struct node *latest[FITNESS_COUNT]; /* that was made, of each fitness */
    struct totals sums;                       /* before the item that is looked at */
    struct totals boxed;                      /* the same, without the glue behind the last box: where a line ends */
    int64_t boxed_right;                      /* what of that box hangs in the margin */
    size_t ahead;                             /* the first box at or behind the item that is looked at, or `last` */
    struct totals before_ahead;
};

static int64_t badness_of(int64_t gap, int64_t room, int64_t measure) {
    if (gap == 0)
        return 0;
    if (room == 0 || gap >= room * 21) /* 100 · 21³ is nearly BADNESS_HOPELESS */
        return gap >= measure ? BADNESS_MAX : BADNESS_HOPELESS + BADNESS_HOPELESS / 10 * gap / measure;
    int64_t ratio = gap * 1000 / room;
    return ratio * ratio * ratio / 10000000;
}

enum fit { FIT_LONG, FIT_GOOD, FIT_LOOSE };

/* How the line from NODE to here would be set; EXTRA is what its end adds to its width: a hyphen, less what hangs out. */
static enum fit fit_line(const struct search *search, const struct node *node, int64_t extra, bool last,
                         int64_t *badness, enum fitness *fitness) {
    int64_t gap = search->measure - extra - (search->boxed.width - node->before_start.width);
    bool justify = search->alignment == ALIGN_JUSTIFY;
    if (gap < 0) {
        int64_t shrink = justify ? search->boxed.shrink - node->before_start.shrink : 0;
        if (-gap > shrink)
            return FIT_LONG;
        *badness = badness_of(-gap, shrink, search->measure);
        *fitness = -gap * 2 > shrink ? FITNESS_TIGHT : FITNESS_DECENT;
    } else if (last) {
        *badness = 0;
        *fitness = FITNESS_DECENT;
    } else {
        int64_t stretch = justify ? search->boxed.stretch - node->before_start.stretch : search->measure / RAGGED_PART;
        *badness = badness_of(gap, stretch, search->measure);
        *fitness = gap * 2 <= stretch ? FITNESS_DECENT : gap <= stretch ? FITNESS_LOOSE : FITNESS_VERY_LOOSE;
    }
    return *badness <= search->tolerance ? FIT_GOOD : FIT_LOOSE;
}

/* What the last line, from NODE on, costs for being short. */
static int64_t runt_demerits(const struct search *search, const struct node *node) {
    int64_t enough = search->measure * RUNT_PERCENT / 100;
    int64_t missing = enough - (search->boxed.width - node->before_start.width);
    return node == search->root || missing <= 0 ? 0 : DEMERITS_RUNT * missing / enough;
}

static int64_t demerits_of(const struct search *search, const struct node *node, const struct item *item,
                           int64_t badness, enum fitness fitness, bool last) {
    int64_t demerits = (LINE_PENALTY + badness) * (LINE_PENALTY + badness);
    if (item->kind == ITEM_PENALTY && item->penalty > ITEM_PENALTY_ALWAYS)
        demerits += (int64_t)item->penalty * (item->penalty > 0 ? item->penalty : -item->penalty);
    if (node->flagged && last)
        demerits += DEMERITS_FLAGGED_LAST;
    else if (node->flagged && item->kind == ITEM_PENALTY && item->flagged)
        demerits += DEMERITS_FLAGGED;
    if (fitness > node->fitness + 1 || node->fitness > fitness + 1)
        demerits += DEMERITS_INCOMPATIBLE;
    if (last)
        demerits += runt_demerits(search, node);
    return demerits;
}

static void active_drop_first(struct search *search) {
    search->active = search->active->next;
    search->active_count--;
}

static void active_add(struct search *search, struct node *node) {
    if (search->active == NULL)
        search->active = node;
    else
        search->active_last->next = node;
    search->active_last = node;
    if (++search->active_count > ACTIVE_MAX)
        active_drop_first(search);
}

static void propose(struct candidate *candidates, enum fitness fitness, const struct node *from, int64_t demerits) {
    if (candidates[fitness].from == NULL || demerits < candidates[fitness].demerits)
        candidates[fitness] = (struct candidate){from, demerits};
}

/* Looks at all lines that may end at POSITION, and drops the nodes that are out of reach from here on. */
static void try_break(struct search *search, size_t position, struct candidate *candidates) {
    const struct item *item = &search->items[position];
    bool last = position == search->last;
    bool added = item->kind == ITEM_PENALTY && item->width_mpt > 0;
    int64_t least = -search->boxed_right, extra = added ? item->width_mpt - item->right_mpt : least;
    int64_t badness = 0;
    enum fitness fitness = FITNESS_DECENT;

    while (search->active != NULL && fit_line(search, search->active, least, last, &badness, &fitness) == FIT_LONG) {
        const struct node *node = search->active;
        if (search->rescue && node->next == NULL)
            propose(candidates, FITNESS_DECENT, node, node->demerits + DEMERITS_OVERFULL);
        active_drop_first(search);
    }
    for (const struct node *node = search->active; node != NULL && node->start < position; node = node->next) {
        enum fit fit = fit_line(search, node, extra, last, &badness, &fitness);
        if (fit == FIT_LOOSE)
            break;
        if (fit == FIT_GOOD)
            propose(candidates, fitness, node,
                    node->demerits + demerits_of(search, node, item, badness, fitness, last));
        else if (last && search->rescue) /* too long only by what is added at the forced break */
            propose(candidates, FITNESS_DECENT, node, node->demerits + DEMERITS_OVERFULL);
    }
}

/* Moves `ahead` to the first box at or behind POSITION, with the sums before it. */
static void look_ahead(struct search *search, size_t position) {
    if (search->ahead < position) {
        search->ahead = position;
        search->before_ahead = search->sums;
    }
    for (; search->ahead < search->last && search->items[search->ahead].kind != ITEM_BOX; search->ahead++) {
        const struct item *item = &search->items[search->ahead];
        if (item->kind == ITEM_GLUE) {
            search->before_ahead.width += item->width_mpt;
            search->before_ahead.stretch += item->stretch_mpt;
            search->before_ahead.shrink += item->shrink_mpt;
        }
    }
}

/* What stands before a line that begins at `ahead`. */
static struct totals before_start(const struct search *search) {
    struct totals before = search->before_ahead;
    before.width += search->items[search->ahead].left_mpt;
    return before;
}

static struct node *node_new(struct search *search, size_t position, const struct candidate *candidate,
                             enum fitness fitness) {
    struct node *node = ARENA_ARRAY(search->arena, struct node, 1);
    *node = (struct node){
        .previous = candidate->from,
        .position = position,
        .start = search->ahead,
        .before_start = before_start(search),
        .demerits = candidate->demerits,
        .lines = candidate->from->lines + 1,
        .fitness = fitness,
        .flagged = search->items[position].kind == ITEM_PENALTY && search->items[position].flagged,
    };
    return node;
}

/*
 * Whether the latest node of its fitness is as good a place to begin a line: nothing of any width stands between. So
 * text without width, such as a thousand zero-width spaces, makes one node and not a thousand.
 */
static bool is_repeated(const struct search *search, const struct candidate *candidate, enum fitness fitness) {
    const struct node *latest = search->latest[fitness];
    struct totals before = before_start(search);
    return latest != NULL && latest->demerits <= candidate->demerits && !latest->flagged &&
           latest->before_start.width == before.width && latest->before_start.stretch == before.stretch &&
           latest->before_start.shrink == before.shrink;
}

/* The cheapest candidate, or FITNESS_COUNT where there is none. */
static enum fitness cheapest(const struct candidate *candidates) {
    enum fitness best = FITNESS_COUNT;
    for (enum fitness i = FITNESS_TIGHT; i < FITNESS_COUNT; i++)
        if (candidates[i].from != NULL && (best == FITNESS_COUNT || candidates[i].demerits < candidates[best].demerits))
            best = i;
    return best;
}

static void add_nodes(struct search *search, size_t position, const struct candidate *candidates) {
    enum fitness best = cheapest(candidates);
    if (best == FITNESS_COUNT)
        return;
    /* A way that is dearer than the best by more than a jump in fitness costs will never be taken. */
    for (enum fitness i = FITNESS_TIGHT; i < FITNESS_COUNT; i++) {
        if (candidates[i].from == NULL || is_repeated(search, &candidates[i], i) ||
            candidates[i].demerits > candidates[best].demerits + DEMERITS_INCOMPATIBLE)
            continue;
        struct node *node = node_new(search, position, &candidates[i], i);
        search->latest[i] = node;
        active_add(search, node);
    }
}

static bool may_break(const struct search *search, size_t position, size_t first) {
    const struct item *item = &search->items[position];
    if (item->kind == ITEM_GLUE)
        return position > first && search->items[position - 1].kind == ITEM_BOX;
    return item->kind == ITEM_PENALTY && item->penalty < ITEM_PENALTY_NEVER;
}

/* One pass over the items from FIRST to search->last. NULL where no way is within the tolerance. */
static struct node *pass(struct search *search, size_t first, const struct node *before) {
    search->sums = search->before_ahead = (struct totals){0, 0, 0};
    search->ahead = first;
    look_ahead(search, first);
    search->boxed = search->before_ahead;
    search->boxed_right = 0;

    struct node *root = ARENA_ARRAY(search->arena, struct node, 1);
    *root = (struct node){.previous = before,
                          .start = search->ahead,
                          .before_start = before_start(search),
                          .lines = before == NULL ? 0 : before->lines,
                          .fitness = FITNESS_DECENT};
    if (root->start == search->last) /* an empty line */
        return node_new(search, search->last, &(struct candidate){root, 0}, FITNESS_DECENT);
    search->root = root;
    search->active = NULL;
    search->active_count = 0;
    for (enum fitness i = FITNESS_TIGHT; i < FITNESS_COUNT; i++)
        search->latest[i] = i == root->fitness ? root : NULL;
    active_add(search, root);

    for (size_t i = first; i <= search->last; i++) {
        const struct item *item = &search->items[i];
        if (may_break(search, i, first)) {
            struct candidate candidates[FITNESS_COUNT] = {{NULL, 0}};
            look_ahead(search, i);
            /* Where no box follows, a break would leave an empty line. */
            if (i == search->last || search->ahead < search->last)
                try_break(search, i, candidates);
            if (i == search->last) {
                enum fitness best = cheapest(candidates);
                return best == FITNESS_COUNT ? NULL : node_new(search, i, &candidates[best], best);
            }
            add_nodes(search, i, candidates);
            if (search->active == NULL)
                return NULL;
        }
        if (item->kind == ITEM_PENALTY)
            continue;
        search->sums.width += item->width_mpt;
        search->sums.stretch += item->stretch_mpt;
        search->sums.shrink += item->shrink_mpt;
        if (item->kind == ITEM_BOX) {
            search->boxed = search->sums;
            search->boxed_right = item->right_mpt;
        }
    }
    return NULL;
}

/* The least badness whose line alone would cost DEMERITS, so that a tolerance of it leaves out nothing cheaper. */
static int64_t badness_costing(int64_t demerits) {
    int64_t low = 0, high = BADNESS_MAX;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if ((LINE_PENALTY + middle) * (LINE_PENALTY + middle) >= demerits)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static struct node *break_part(struct search *search, size_t first, const struct node *before) {
    static const int64_t tolerances[] = {100, 3000, BADNESS_MAX};
    struct node *found = NULL;
    search->rescue = false;
    for (size_t i = 0; i < sizeof tolerances / sizeof *tolerances && found == NULL; i++) {
        search->tolerance = tolerances[i];
        found = pass(search, first, before);
    }
    if (found == NULL) {
        search->rescue = true;
        return pass(search, first, before);
    }
    int64_t proof = badness_costing(found->demerits);
    if (proof > search->tolerance) {
        search->tolerance = proof;
        found = pass(search, first, before);
    }
    return found;
}

size_t paragraph_break(const struct item *items, size_t count, int32_t measure_mpt, enum alignment alignment,
                       struct arena *arena, const size_t **breaks) {
    assert(count > 0 && items[count - 1].kind == ITEM_PENALTY && items[count - 1].penalty <= ITEM_PENALTY_ALWAYS);
    struct search search = {
        .items = items, .measure = measure_mpt > 1 ? measure_mpt : 1, .alignment = alignment, .arena = arena};
    const struct node *end = NULL;
    for (size_t first = 0, i = 0; i < count; i++) {
        if (items[i].kind != ITEM_PENALTY || items[i].penalty > ITEM_PENALTY_ALWAYS)
            continue;
        search.last = i;
        end = break_part(&search, first, end);
        first = i + 1;
    }

    assert(end != NULL);
    size_t *positions = ARENA_ARRAY(arena, size_t, end->lines);
    size_t lines = end->lines;
    /* Each part begins at a root, which ends no line: it stands at the same number of lines as the node before it. */
    for (const struct node *node = end; node != NULL; node = node->previous)
        if (node->previous != NULL && node->previous->lines < node->lines)
            positions[node->lines - 1] = node->position;
    *breaks = positions;
    return lines;
}
