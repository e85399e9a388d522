/* Breaking paragraphs: by example, and against a slow search of all ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "letter/paragraph.h"

enum { CHARACTER = 1000, ITEMS_MAX = 400 };

/*
 * TEXT as items, each character 1000 wide: ' ' glue, '~' a no-break space, '/' a place to break, '-' a place for a
 * hyphen as wide as a character, '|' the end of a line; it ends at the end of the text.
 */
struct paragraph {
    struct item items[ITEMS_MAX];
    char shown[ITEMS_MAX]; /* the character of each item */
    size_t count;
};

static void add(struct paragraph *paragraph, char shown, struct item item) {
    assert_true(paragraph->count < ITEMS_MAX);
    paragraph->shown[paragraph->count] = shown;
    paragraph->items[paragraph->count++] = item;
}

static void read_paragraph(struct paragraph *paragraph, const char *text) {
    const struct item space = {
        .kind = ITEM_GLUE, .width_mpt = CHARACTER, .stretch_mpt = CHARACTER / 2, .shrink_mpt = CHARACTER * 3 / 10};
    paragraph->count = 0;
    for (; *text != '\0'; text++) {
        if (*text == '|')
            add(paragraph, '|', (struct item){.kind = ITEM_PENALTY, .penalty = ITEM_PENALTY_ALWAYS});
        else if (*text == '-')
            add(paragraph, '-',
                (struct item){.kind = ITEM_PENALTY, .penalty = 50, .width_mpt = CHARACTER, .flagged = true});
        else if (*text == '/')
            add(paragraph, '/', (struct item){.kind = ITEM_PENALTY});
        else if (*text == '~')
            add(paragraph, '!', (struct item){.kind = ITEM_PENALTY, .penalty = ITEM_PENALTY_NEVER});
        else if (*text != ' ')
            add(paragraph, *text, (struct item){.kind = ITEM_BOX, .width_mpt = CHARACTER});
        if (*text == ' ' || *text == '~')
            add(paragraph, ' ', space);
    }
    add(paragraph, '|', (struct item){.kind = ITEM_PENALTY, .penalty = ITEM_PENALTY_ALWAYS});
}

/* Capitals hang out at the left by half their width, hyphens and what is no letter at the right by six tenths. */
static void protrude(struct paragraph *paragraph) {
    for (size_t i = 0; i < paragraph->count; i++) {
        struct item *item = &paragraph->items[i];
        char shown = paragraph->shown[i];
        if (item->kind == ITEM_BOX && shown >= 'A' && shown <= 'Z')
            item->left_mpt = CHARACTER / 2;
        else if (shown == '-' || (item->kind == ITEM_BOX && (shown < 'a' || shown > 'z')))
            item->right_mpt = CHARACTER * 6 / 10;
    }
}

/* Characters may be wider or narrower by a part of their width. */
static void expand(struct paragraph *paragraph) {
    for (size_t i = 0; i < paragraph->count; i++)
        if (paragraph->items[i].kind == ITEM_BOX)
            paragraph->items[i].stretch_mpt = paragraph->items[i].shrink_mpt = CHARACTER * 15 / 1000;
}

/* The lines as text, parted by '|'; a hyphen is shown only where a line ends at it. */
static void show(const struct paragraph *paragraph, const size_t *breaks, size_t lines, char *out) {
    size_t i = 0;
    for (size_t line = 0; line < lines; line++) {
        while (i < breaks[line] && paragraph->items[i].kind != ITEM_BOX)
            i++;
        size_t end = breaks[line];
        while (end > i && paragraph->items[end - 1].kind != ITEM_BOX)
            end--;
        for (; i < end; i++)
            if (paragraph->items[i].kind != ITEM_PENALTY)
                *out++ = paragraph->shown[i];
        i = breaks[line];
        if (paragraph->shown[i] == '-')
            *out++ = '-';
        *out++ = '|';
        i++;
    }
    *out = '\0';
}

static void examples(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        int measure; /* in characters */
        enum alignment alignment;
        const char *expected;
    } cases[] = {
        {"nothing", "", 10, ALIGN_LEFT, "|"},
        {"one word", "abc", 10, ALIGN_LEFT, "abc|"},
        {"exactly as wide as the line", "abcd efg", 8, ALIGN_LEFT, "abcd efg|"},
        {"wider by one", "abcd efgh", 8, ALIGN_LEFT, "abcd|efgh|"},
        {"the last of its spaces vanishes", "abcd efgh ", 9, ALIGN_LEFT, "abcd efgh|"},
        {"even lines rather than full ones", "aaa bb cc ddddd", 6, ALIGN_LEFT, "aaa|bb cc|ddddd|"},
        {"a no-break space holds", "aaaa bb~cc dd", 8, ALIGN_LEFT, "aaaa|bb cc dd|"},
        {"no break where none is needed", "aaaa/bbbb", 8, ALIGN_LEFT, "aaaabbbb|"},
        {"a break within a word", "aaaa/bbbb", 7, ALIGN_LEFT, "aaaa|bbbb|"},
        {"a hyphen is seen where the line ends", "aaaa-bbbb cc-cc", 7, ALIGN_LEFT, "aaaa-|bbbb|cccc|"},
        {"a hyphen needs room", "aaa aaa-bb", 7, ALIGN_LEFT, "aaa|aaabb|"},
        {"forced ends", "ab|cd e|f", 10, ALIGN_LEFT, "ab|cd e|f|"},
        {"empty lines", "|ab||cd|", 10, ALIGN_LEFT, "|ab||cd||"},
        {"a word too wide stands alone", "aa bbbbbbbbbbbb cc", 6, ALIGN_LEFT, "aa|bbbbbbbbbbbb|cc|"},
        {"every word too wide", "aaaa bbbb cccc", 2, ALIGN_LEFT, "aaaa|bbbb|cccc|"},
        {"the same, justified", "aaaa bbbb cccc", 2, ALIGN_JUSTIFY, "aaaa|bbbb|cccc|"},
        {"spaces shrink", "aaa bbb ccc d eeeeeeeee", 11, ALIGN_JUSTIFY, "aaa bbb ccc|d eeeeeeeee|"},
        {"spaces stretch no more than they must", "aa bb cc dd ee ff", 9, ALIGN_JUSTIFY, "aa bb cc|dd ee ff|"},
        {"spaces and breaks before the first word", "  /ab", 10, ALIGN_LEFT, "ab|"},
        {"no measure at all", "ab cd", 0, ALIGN_LEFT, "ab|cd|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct paragraph paragraph;
        struct arena arena = ARENA_EMPTY;
        const size_t *breaks;
        char found[ITEMS_MAX * 2];
        read_paragraph(&paragraph, cases[i].text);
        size_t lines = paragraph_break(paragraph.items, paragraph.count, cases[i].measure * CHARACTER,
                                       cases[i].alignment, &arena, &breaks);
        show(&paragraph, breaks, lines, found);
        arena_release(&arena);
        if (strcmp(found, cases[i].expected) != 0)
            fail_msg("%s: %s instead of %s", cases[i].name, found, cases[i].expected);
    }
}

/* What hangs in the margin leaves room on the line, at either end and for a hyphen. */
static void margins(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        int measure; /* in tenths of a character */
        const char *plain, *hanging;
    } cases[] = {
        {"a full stop", "aaa bb. cc", 65, "aaa|bb. cc|", "aaa bb.|cc|"},
        {"but not within the line", "aaa b.b cc", 65, "aaa|b.b cc|", "aaa|b.b cc|"},
        {"a hyphen", "aaa bb-bb cc", 65, "aaa|bbbb|cc|", "aaa bb-|bb cc|"},
        {"a quote at the left", "aaaa Qbb cc", 55, "aaaa|Qbb|cc|", "aaaa|Qbb cc|"},
        {"at both ends", "aaaa Qbb c.", 49, "aaaa|Qbb|c.|", "aaaa|Qbb c.|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int hanging = 0; hanging <= 1; hanging++) {
            struct paragraph paragraph;
            struct arena arena = ARENA_EMPTY;
            const size_t *breaks;
            char found[ITEMS_MAX * 2];
            read_paragraph(&paragraph, cases[i].text);
            if (hanging)
                protrude(&paragraph);
            size_t lines = paragraph_break(paragraph.items, paragraph.count, cases[i].measure * CHARACTER / 10,
                                           ALIGN_LEFT, &arena, &breaks);
            show(&paragraph, breaks, lines, found);
            arena_release(&arena);
            const char *expected = hanging ? cases[i].hanging : cases[i].plain;
            if (strcmp(found, expected) != 0)
                fail_msg("%s: %s instead of %s", cases[i].name, found, expected);
        }
    }
}

/* A last line of less than 15 % of the measure is avoided where another way is not much worse. */
static void runts(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum alignment alignment;
        const char *expected;
    } cases[] = {
#define SEVENTY "aaa bbb ccc ddd eee fff ggg hhh iii jjj kkk lll mmm nnn ooo ppp qqq rr"
        {SEVENTY " sssss ttt uuuu vvvv", ALIGN_LEFT, SEVENTY " sssss|ttt uuuu vvvv|"},
        {SEVENTY " sssss ttt uuuu vvvv", ALIGN_JUSTIFY, SEVENTY " sssss|ttt uuuu vvvv|"},
        {SEVENTY " sssss ttt uuuu vvvvvvv", ALIGN_LEFT, SEVENTY " sssss ttt|uuuu vvvvvvv|"},
        {SEVENTY " sssss ttt uuuu vvvvvvv", ALIGN_JUSTIFY, SEVENTY " sssss ttt|uuuu vvvvvvv|"},
        {SEVENTY " sss tttttt u", ALIGN_JUSTIFY, SEVENTY " sss tttttt u|"}, /* drawn together */
        {"aa", ALIGN_JUSTIFY, "aa|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct paragraph paragraph;
        struct arena arena = ARENA_EMPTY;
        const size_t *breaks;
        char found[ITEMS_MAX * 2];
        read_paragraph(&paragraph, cases[i].text);
        size_t lines =
            paragraph_break(paragraph.items, paragraph.count, 80 * CHARACTER, cases[i].alignment, &arena, &breaks);
        show(&paragraph, breaks, lines, found);
        arena_release(&arena);
        if (strcmp(found, cases[i].expected) != 0)
            fail_msg("%s: %s instead of %s", cases[i].text, found, cases[i].expected);
    }
}

/* ---- The slow search: the same costs, written without regard to speed ---- */

struct cost {
    long long demerits; /* -1: the line does not fit */
    int fitness;
};

static struct cost line_cost(const struct paragraph *p, size_t from, size_t to, long long measure,
                             enum alignment alignment, int fitness_before, bool flagged_before) {
    bool whole = from == 0;
    long long width = 0, stretch = 0, shrink = 0;
    while (from < to && p->items[from].kind != ITEM_BOX)
        from++;
    size_t end = to;
    while (end > from && p->items[end - 1].kind != ITEM_BOX)
        end--;
    if (end == from)
        return (struct cost){-1, 0};
    for (size_t i = from; i < end; i++) {
        width += p->items[i].kind == ITEM_PENALTY ? 0 : p->items[i].width_mpt;
        stretch += p->items[i].stretch_mpt;
        shrink += p->items[i].shrink_mpt;
    }
    const struct item *item = &p->items[to];
    bool last = to == p->count - 1;
    width -= p->items[from].left_mpt;
    long long enough = (long long)measure * 15 / 100, missing = last && !whole ? enough - width : 0;
    if (item->kind == ITEM_PENALTY && item->width_mpt > 0)
        width += item->width_mpt - item->right_mpt;
    else
        width -= p->items[end - 1].right_mpt;
    long long gap = measure - width, badness = 0;
    int fitness = 1;
    if (alignment == ALIGN_LEFT) {
        stretch = measure / 16;
        shrink = 0;
    }
    long long room = gap < 0 ? shrink : stretch;
    if (gap < -shrink)
        return (struct cost){-1, 0};
    if (gap != 0 && !(last && gap > 0)) {
        long long size = gap < 0 ? -gap : gap;
        long long ratio = size >= room * 21 ? 0 : size * 1000 / room;
        long long hopeless = 1000000 + (size >= measure ? 100000 : 100000 * size / measure);
        badness = size >= room * 21 ? hopeless : ratio * ratio * ratio / 10000000;
        fitness = gap < 0 ? (2 * size > room ? 0 : 1) : 2 * size <= room ? 1 : size <= room ? 2 : 3;
    }
    long long demerits = (10 + badness) * (10 + badness);
    if (item->kind == ITEM_PENALTY && !last)
        demerits += (long long)item->penalty * item->penalty;
    if (flagged_before && last)
        demerits += 5000;
    else if (flagged_before && item->flagged)
        demerits += 10000;
    if (fitness - fitness_before > 1 || fitness_before - fitness > 1)
        demerits += 10000;
    if (missing > 0)
        demerits += 30000 * missing / enough;
    return (struct cost){demerits, fitness};
}

static bool is_break(const struct paragraph *p, size_t i) {
    if (p->items[i].kind == ITEM_GLUE)
        return i > 0 && p->items[i - 1].kind == ITEM_BOX;
    return p->items[i].kind == ITEM_PENALTY && p->items[i].penalty < ITEM_PENALTY_NEVER;
}

/* The least demerits of any way to break, or -1 where some line must be too long. */
static long long least_demerits(const struct paragraph *p, long long measure, enum alignment alignment) {
    static long long best[ITEMS_MAX][4];
    for (size_t to = 0; to < p->count; to++) {
        for (int f = 0; f < 4; f++)
            best[to][f] = -1;
        if (!is_break(p, to))
            continue;
        for (size_t from = 0; from <= to; from++) {
            for (int f = 0; f < 4; f++) {
                bool start = from == 0;
                if (start ? f != 1 : best[from - 1][f] < 0)
                    continue;
                struct cost cost = line_cost(p, from, to, measure, alignment, f, !start && p->items[from - 1].flagged);
                if (cost.demerits < 0)
                    continue;
                long long sum = cost.demerits + (start ? 0 : best[from - 1][f]);
                if (best[to][cost.fitness] < 0 || sum < best[to][cost.fitness])
                    best[to][cost.fitness] = sum;
            }
        }
    }
    long long least = -1;
    for (int f = 0; f < 4; f++)
        if (best[p->count - 1][f] >= 0 && (least < 0 || best[p->count - 1][f] < least))
            least = best[p->count - 1][f];
    return least;
}

static long long demerits_of_breaks(const struct paragraph *p, const size_t *breaks, size_t lines, long long measure,
                                    enum alignment alignment) {
    long long sum = 0;
    int fitness = 1;
    bool flagged = false;
    for (size_t i = 0, from = 0; i < lines; i++) {
        struct cost cost = line_cost(p, from, breaks[i], measure, alignment, fitness, flagged);
        if (cost.demerits < 0)
            return -1;
        sum += cost.demerits;
        fitness = cost.fitness;
        flagged = p->items[breaks[i]].flagged;
        from = breaks[i] + 1;
    }
    return sum;
}

static uint32_t random_state = 1;

static unsigned random_below(unsigned limit) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

/* No way to break that the slow search finds is better: paragraphs of all kinds, in narrow and wide measures. */
static void best_of_all(void **state) {
    (void)state;
    size_t compared = 0;
    for (int round = 0; round < 1500; round++) {
        char text[200];
        size_t length = 0, words = 1 + random_below(22);
        for (size_t i = 0; i < words; i++) {
            size_t letters = 1 + random_below(9);
            for (size_t j = 0; j < letters && length < 180; j++) {
                text[length++] = (char)((j == 0 && random_below(3) == 0 ? 'A' : 'a') + random_below(26));
                if (j > 1 && j + 2 < letters && random_below(4) == 0)
                    text[length++] = '-';
            }
            if (random_below(4) == 0 && length < 190)
                text[length++] = '.';
            text[length++] = " ~/  "[random_below(5)];
        }
        text[length - 1] = '\0';
        struct paragraph paragraph;
        read_paragraph(&paragraph, text);
        if (round % 3 > 0)
            protrude(&paragraph);
        if (round % 3 > 1)
            expand(&paragraph);
        int32_t measure = (int32_t)(70 + random_below(400)) * CHARACTER / 10;
        enum alignment alignment = random_below(2) ? ALIGN_LEFT : ALIGN_JUSTIFY;
        struct arena arena = ARENA_EMPTY;
        const size_t *breaks;
        size_t lines = paragraph_break(paragraph.items, paragraph.count, measure, alignment, &arena, &breaks);
        assert_int_equal(breaks[lines - 1], paragraph.count - 1);
        long long least = least_demerits(&paragraph, measure, alignment);
        long long found = demerits_of_breaks(&paragraph, breaks, lines, measure, alignment);
        arena_release(&arena);
        if (least >= 0 && found != least)
            fail_msg("\"%s\" in %d: %lld instead of %lld", text, (int)measure, found, least);
        compared += least >= 0;
    }
    assert_true(compared > 1000);
}

/* A paragraph of COUNT boxes of WIDTH with SPACE between them is broken in no time, and no line is too long. */
static void check_quick(size_t count, int32_t width, int32_t space, int32_t measure, enum alignment alignment) {
    struct arena arena = ARENA_EMPTY;
    struct item *items = ARENA_ARRAY(&arena, struct item, 2 * count + 1);
    for (size_t i = 0; i < count; i++) {
        items[2 * i] =
            (struct item){.kind = ITEM_BOX, .width_mpt = width == 0 ? 0 : width + (int32_t)(i * 7919 % 9999)};
        items[2 * i + 1] =
            (struct item){.kind = ITEM_GLUE, .width_mpt = space, .stretch_mpt = space / 2, .shrink_mpt = space / 3};
    }
    items[2 * count] = (struct item){.kind = ITEM_PENALTY, .penalty = ITEM_PENALTY_ALWAYS};
    const size_t *breaks;
    clock_t start = clock();
    size_t lines = paragraph_break(items, 2 * count + 1, measure, alignment, &arena, &breaks);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (seconds > 5)
        fail_msg("%zu words took %.1f s", count, seconds);

    for (size_t line = 0, from = 0; line < lines; from = breaks[line++] + 1) {
        int64_t natural = 0, shrink = 0;
        for (size_t i = from; i < breaks[line]; i++) {
            natural += items[i].width_mpt;
            shrink += alignment == ALIGN_JUSTIFY ? items[i].shrink_mpt : 0;
        }
        if (items[breaks[line]].kind == ITEM_PENALTY) /* the last: its space has vanished */
            natural -= space;
        assert_true(natural - shrink <= measure);
    }
    arena_release(&arena);
}

static void long_paragraphs(void **state) {
    (void)state;
    check_quick(10000, 20000, 2600, 445000, ALIGN_LEFT);
    check_quick(10000, 20000, 2600, 445000, ALIGN_JUSTIFY);
    check_quick(10000, 20000, 2600, 90000, ALIGN_JUSTIFY);
    check_quick(40000, 0, 0, 445000, ALIGN_LEFT);
    check_quick(40000, 0, 0, 445000, ALIGN_JUSTIFY);
}

/* Boxes without width and without spaces, before a word that is too wide: every pass looks at all of them. */
static void crowded(void **state) {
    (void)state;
    enum { COUNT = 40000 };
    struct arena arena = ARENA_EMPTY;
    struct item *items = ARENA_ARRAY(&arena, struct item, 2 * COUNT + 2);
    for (size_t i = 0; i < COUNT; i++) {
        items[2 * i] = (struct item){.kind = ITEM_BOX};
        items[2 * i + 1] = (struct item){.kind = ITEM_PENALTY};
    }
    items[2 * COUNT] = (struct item){.kind = ITEM_BOX, .width_mpt = 2000};
    items[2 * COUNT + 1] = (struct item){.kind = ITEM_PENALTY, .penalty = ITEM_PENALTY_ALWAYS};
    const size_t *breaks;
    clock_t start = clock();
    assert_int_equal(paragraph_break(items, 2 * COUNT + 2, 1000, ALIGN_JUSTIFY, &arena, &breaks), 2);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples),    cmocka_unit_test(margins),         cmocka_unit_test(runts),
        cmocka_unit_test(best_of_all), cmocka_unit_test(long_paragraphs), cmocka_unit_test(crowded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
