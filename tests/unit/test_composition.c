/*
 * Composing 10,000 generated paragraphs of English and Welsh words, long words, addresses of web pages and names in other
 * scripts, in an installed font, at measures from 40 to 180 mm: no line is too long, no text is lost, each word that is
 * wider than its line is named, and no paragraph costs more than one whose lines are simply filled. COMPOSITIONS in the
 * environment is another number of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/text.h"
#include "letter/boxes.h"
#include "letter/compose.h"
#include "letter/font.h"
#include "letter/fragment.h"

enum { PARAGRAPHS = 10000, TEXT_MAX = 8000, FRAGMENTS_MAX = 6000, WIDE_MAX = 400 };

#define POINTS(pt) ((int32_t)((pt)*1000))

/* ---- Text ---- */

static const char *const words[] = {
    "the",
    "of",
    "and",
    "to",
    "a",
    "in",
    "is",
    "that",
    "our",
    "we",
    "it",
    "for",
    "as",
    "with",
    "be",
    "by",
    "on",
    "not",
    "are",
    "this",
    "have",
    "from",
    "they",
    "or",
    "an",
    "which",
    "you",
    "were",
    "her",
    "all",
    "their",
    "has",
    "would",
    "members",
    "payroll",
    "personal",
    "data",
    "security",
    "government",
    "employment",
    "information",
    "organisation",
    "responsibility",
    "accountability",
    "outsourcing",
    "constituency",
    "parliamentary",
    "administration",
    "riverbank",
    "office",
    "difficult",
    "affluent",
    "waffle",
    "efficient",
    "Ministry",
    "Defence",
    "Wales",
    "Cardiff",
    "union’s",
    "“quoted”",
    "(brackets)",
    "well-being",
    "follow-up,",
    "services,",
    "abroad.",
    "however;",
    "namely:",
    "question?",
    "AVA",
    "To",
    "We",
    "Yours",
    "£100,000",
    "2026",
    "20–30",
    "and/or",
    "e.g.",
    "10 per cent",
    "yr",
    "y",
    "yn",
    "a’r",
    "i",
    "o",
    "mae",
    "bod",
    "gan",
    "ein",
    "eich",
    "hynny",
    "gwasanaethau",
    "cyfrifoldeb",
    "llywodraeth",
    "cynrychiolydd",
    "amgylchedd",
    "cyflogaeth",
    "Caerdydd",
    "undeb",
    "etholaeth",
    "gwybodaeth",
    "ŵyn",
    "Siân",
    "pŵer",
    "tŷ",
    "diogelwch",
    "ddiwydiannol",
    "rhyngwladol",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
};

static const char *const rare[] = {
    "https://www.example.org/campaigns/shared-services/2026/11/"
    "what-the-minister-said-in-the-house.html?from=letter#top",
    "secretary.of.the.branch@a-very-long-name-of-a-union-that-has-merged-often.example",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "pneumono\u00ADultra\u00ADmicroscopic\u00ADsilico\u00ADvolcano\u00ADconiosis",
    "antidisestablishmentarianism",
    "floccinaucinihilipilification",
    "in\u00ADcom\u00ADpre\u00ADhen\u00ADsi\u00ADble",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "Ms\u00A0Łukasz\u00A0O’Brien",
    "Ольга\u00A0Иванова",
    "Αθηνά",
    "Việt\u00A0Nguyễn",
    "محمد عبد الله",
    "שלום כהן",
    "श्रीमती क्षत्रिय",
    "—",
    "end—and",
    "non\u2011breaking",
    "...",
    "’tis",
    "\n",
    "a\tb",
    "\u200B",
    "f\u00ADf\u00ADi",
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static uint32_t random_state;

static unsigned random_below(unsigned limit) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

static size_t generate(char *text) {
    size_t length = 0, count = 1 + random_below(random_below(4) == 0 ? 300 : 90);
    unsigned rarely = random_below(3) == 0 ? 5 : 60;
    for (size_t i = 0; i < count; i++) {
        const char *word =
            random_below(rarely) == 0 ? rare[random_below(COUNT(rare))] : words[random_below(COUNT(words))];
        if (length + strlen(word) + 2 > TEXT_MAX)
            break;
        if (i > 0)
            text[length++] = ' ';
        memcpy(text + length, word, strlen(word));
        length += strlen(word);
    }
    return length;
}

/* ---- Fragments ---- */

static bool is_vowel(char letter) {
    return strchr("aeiouwy", letter) != NULL;
}

static bool is_hyphenated(const struct fragment *fragment) {
    for (size_t i = 0; i < fragment->length; i++)
        if (fragment->text[i] < 'a' || fragment->text[i] > 'z')
            return false;
    return fragment->kind == FRAGMENT_WORD && fragment->length > 5;
}

/* Parts words in lower-case letters between a vowel and a consonant that a vowel follows, which is near enough. */
static void hyphenate(struct text *text, struct fragment *out) {
    size_t count = 0;
    for (size_t i = 0; i < text->fragments_count; i++) {
        const struct fragment *whole = &text->fragments[i];
        size_t start = 0;
        for (size_t at = 2; is_hyphenated(whole) && at + 3 <= whole->length; at++) {
            if (at - start < 2 || !is_vowel(whole->text[at - 1]) || is_vowel(whole->text[at]) ||
                !is_vowel(whole->text[at + 1]))
                continue;
            out[count] = *whole;
            out[count].text = whole->text + start;
            out[count].length = (uint16_t)(at - start);
            out[count].may_end = false;
            out[count].may_hyphenate = true;
            out[count].word = shaper_word(text->shaper, whole->style, out[count].text, out[count].length, false);
            count++;
            start = at;
        }
        out[count] = *whole;
        out[count].text = whole->text + start;
        out[count].length = (uint16_t)(whole->length - start);
        if (start > 0)
            out[count].word = shaper_word(text->shaper, whole->style, out[count].text, out[count].length, false);
        count++;
        assert_true(count < FRAGMENTS_MAX);
    }
    text->fragments = out;
    text->fragments_count = count;
}

/* ---- What a line should be ---- */

/* What may hang out of a character, in thousandths of its width. */
static int64_t hanging(uint32_t character) {
    static const struct {
        uint32_t character;
        int thousandths;
    } parts[] = {{'-', 600},    {'.', 600},    {',', 600},    {';', 300},    {':', 300},
                 {0x2018, 500}, {0x2019, 500}, {0x201C, 500}, {0x201D, 500}, {0x2011, 600}};
    for (size_t i = 0; i < COUNT(parts); i++)
        if (parts[i].character == character)
            return parts[i].thousandths;
    return 0;
}

struct trial {
    struct shaper *shaper;
    const char *text;
    size_t length;
    struct text fragments;
    int32_t size, measure;
    struct manner manner;
};

/* What the word's first or last character may hang out by. */
static int64_t hanging_of(const struct trial *trial, const struct word *word, bool at_end) {
    if (!trial->manner.protrude || word->pieces_count == 0)
        return 0;
    const struct piece *piece = &word->pieces[at_end ? word->pieces_count - 1 : 0];
    size_t at = at_end ? piece->length - 1 : 0;
    while (at > 0 && ((unsigned char)piece->text[at] & 0xC0) == 0x80)
        at--;
    size_t start = at, end = at;
    int64_t part = hanging(text_next(piece->text, piece->length, &end));
    int64_t width = shaper_word(trial->shaper, 0, piece->text + start, end - start, false)->width;
    return width * part / 1000 * trial->size / FACE_EM;
}

static bool is_space(const struct placed *placed) {
    const struct piece *piece = placed->word->pieces;
    return piece->text[0] == ' ' || strncmp(piece->text, "\u00A0", 2) == 0;
}

static void check_line(const struct trial *trial, const struct composed_line *line) {
    size_t seen = line->words_count;
    if (seen == 0)
        return;
    if (is_space(&line->words[seen - 1]))
        seen--;
    int64_t left = hanging_of(trial, line->words[0].word, false);
    int64_t right = seen == 0 ? 0 : hanging_of(trial, line->words[seen - 1].word, true);
    /* Its ends. */
    assert_true(line->x_mpt <= 0 && line->x_mpt >= -left - POINTS(.1));
    int64_t over = line->x_mpt + (int64_t)line->width_mpt - trial->measure - right;
    if (over > POINTS(.1))
        fail_msg("%lld mpt too long in %d: %.*s", (long long)over, (int)trial->measure, (int)trial->length,
                 trial->text);
    if (!trial->manner.protrude)
        assert_int_equal(line->x_mpt, 0);
    /* Its glyphs. */
    assert_true(line->expansion_ppm <= COMPOSE_EXPANSION_MAX_PPM && line->expansion_ppm >= -COMPOSE_EXPANSION_MAX_PPM);
    if (!trial->manner.expand || trial->manner.alignment == ALIGN_LEFT)
        assert_int_equal(line->expansion_ppm, 0);
    /* Its words stand one behind the other, and the last ends where the line does. */
    for (size_t i = 0; i < seen; i++) {
        const struct placed *placed = &line->words[i];
        int64_t width = (int64_t)placed->word->width * trial->size / FACE_EM;
        if (!is_space(placed))
            width += width * line->expansion_ppm / 1000000;
        int64_t next = i + 1 < seen ? placed[1].x_mpt : line->width_mpt;
        if (!is_space(placed) && (next < placed->x_mpt + width - 3 || next > placed->x_mpt + width + 3))
            fail_msg("a word of %d at %d, the next at %d: %.*s", (int)width, (int)placed->x_mpt, (int)next,
                     (int)trial->length, trial->text);
        assert_true(next >= placed->x_mpt + width / 2 - 3);
    }
}

/* All lines but the last before a forced end reach the margin, where they have anything to stretch. */
static bool is_full(const struct trial *trial, const struct composed_line *line) {
    int64_t left = hanging_of(trial, line->words[0].word, false), right = 0;
    size_t seen = line->words_count - is_space(&line->words[line->words_count - 1]);
    if (seen > 0)
        right = hanging_of(trial, line->words[seen - 1].word, true);
    int64_t off = line->x_mpt + (int64_t)line->width_mpt - trial->measure;
    return off >= -POINTS(.1) - left && off <= right + POINTS(.1);
}

/* ---- Overfull words ---- */

/* The parts of the text that no line may part and that are wider than the measure by MORE, in millipoints. */
static size_t wide_parts(const struct trial *trial, int64_t more, char (*names)[TEXT_MAX]) {
    const struct text *text = &trial->fragments;
    size_t count = 0;
    for (size_t i = 0, end; i < text->fragments_count; i = end) {
        int64_t section = 0;
        bool wide = false;
        size_t length = 0;
        for (end = i; end < text->fragments_count && text->fragments[end].kind == FRAGMENT_WORD; end++) {
            const struct fragment *part = &text->fragments[end];
            section += part->word->width;
            wide = wide || section * trial->size / FACE_EM > trial->measure + more;
            if (part->may_hyphenate && trial->manner.hyphenate)
                section = 0;
            memcpy(names[count] + length, part->text, part->length);
            length += part->length;
            if (part->may_end) {
                end++;
                break;
            }
        }
        if (end == i)
            end++;
        names[count][length] = '\0';
        if (wide)
            count++;
        assert_true(count < WIDE_MAX);
    }
    return count;
}

static void check_overfull(const struct trial *trial, const struct composed_line *lines, size_t count) {
    static char surely[WIDE_MAX][TEXT_MAX], perhaps[WIDE_MAX][TEXT_MAX];
    size_t surely_count = wide_parts(trial, trial->measure / 50 + POINTS(6), surely);
    size_t perhaps_count = wide_parts(trial, -POINTS(6), perhaps);
    size_t named = 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].overfull == NULL)
            continue;
        while (at < perhaps_count && strcmp(perhaps[at], lines[i].overfull) != 0)
            at++;
        if (at++ == perhaps_count)
            fail_msg("\"%s\" is not overfull in %d", lines[i].overfull, (int)trial->measure);
        if (named < surely_count && strcmp(surely[named], lines[i].overfull) == 0)
            named++;
    }
    if (named < surely_count)
        fail_msg("\"%s\" is overfull in %d, and nobody said so", surely[named], (int)trial->measure);
}

/* ---- The text ---- */

static void check_text(const struct trial *trial, const struct composed_line *lines, size_t count) {
    struct str found = STR_EMPTY, given = STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < lines[i].words_count; j++) {
            size_t cut = lines[i].words[j].added_length;
            const struct word *word = lines[i].words[j].word;
            for (size_t k = 0; k < word->pieces_count; k++)
                str_add(&found, word->pieces[k].text, word->pieces[k].length - (k + 1 == word->pieces_count ? cut : 0));
            if (cut > 0) {
                const struct piece *last = &word->pieces[word->pieces_count - 1];
                assert_true(cut == 1 && last->text[last->length - 1] == '-');
                assert_true(j + 1 == lines[i].words_count);
            }
        }
    }
    /* Soft hyphens give way to hyphens, and lines end without a sign. */
    for (const char *at = trial->text, *end = at + trial->length; at < end; at++) {
        if (strncmp(at, "\u00AD", 2) == 0)
            at++;
        else if (*at == '\t')
            str_adds(&given, " ");
        else if (*at != '\n')
            str_add(&given, at, 1);
    }
    struct str plain = STR_EMPTY;
    for (const char *at = found.bytes; at != NULL && *at != '\0'; at++) {
        if (strncmp(at, "\u00AD", 2) == 0)
            at++;
        else
            str_add(&plain, at, 1);
    }
    /* Spaces that vanish beside a forced end are no loss. */
    const char *a = given.bytes, *b = plain.bytes == NULL ? "" : plain.bytes;
    for (; a != NULL; a++, b++) {
        while (*a == ' ')
            a++;
        while (*b == ' ')
            b++;
        if (*a != *b)
            fail_msg("lost text at \"%s\": \"%s\"", a, b);
        if (*a == '\0')
            break;
    }
    str_release(&found);
    str_release(&given);
    str_release(&plain);
}

/* ---- Demerits ---- */

struct tally {
    const struct trial *trial;
    const struct boxes *boxes;
    int64_t demerits;
    size_t from;
    int fitness;
    bool flagged, first;
};

/* How the line from FROM to the break at TO is set. -1: too long. */
static int64_t badness(const struct tally *tally, size_t from, size_t to, bool last, int *fitness, int64_t *width) {
    const struct item *items = tally->boxes->items;
    bool justify = tally->trial->manner.alignment == ALIGN_JUSTIFY;
    int64_t stretch = 0, shrink = 0;
    *width = 0;
    while (from < to && items[from].kind != ITEM_BOX)
        from++;
    size_t end = to;
    while (end > from && items[end - 1].kind != ITEM_BOX)
        end--;
    *fitness = 1;
    if (end == from)
        return 0;
    for (size_t i = from; i < end; i++) {
        *width += items[i].kind == ITEM_PENALTY ? 0 : items[i].width_mpt;
        stretch += justify ? items[i].stretch_mpt : 0;
        shrink += justify ? items[i].shrink_mpt : 0;
    }
    *width -= items[from].left_mpt;
    int64_t gap = tally->trial->measure - *width;
    if (items[to].kind == ITEM_PENALTY && items[to].width_mpt > 0)
        gap -= items[to].width_mpt - items[to].right_mpt;
    else
        gap += items[end - 1].right_mpt;
    if (!justify)
        stretch = tally->trial->measure / 16;
    if (gap < -shrink)
        return -1;
    if (gap == 0 || (last && gap > 0))
        return 0;
    int64_t size = gap < 0 ? -gap : gap, room = gap < 0 ? shrink : stretch;
    *fitness = gap < 0 ? (2 * size > room ? 0 : 1) : 2 * size <= room ? 1 : size <= room ? 2 : 3;
    if (size >= room * 21)
        return 1000000 + (size >= tally->trial->measure ? 100000 : 100000 * size / tally->trial->measure);
    int64_t ratio = size * 1000 / room;
    return ratio * ratio * ratio / 10000000;
}

static bool is_forced(const struct item *item) {
    return item->kind == ITEM_PENALTY && item->penalty <= ITEM_PENALTY_ALWAYS;
}

/* Adds the line that ends at TO. */
static void add_line(struct tally *tally, size_t to) {
    const struct item *item = &tally->boxes->items[to];
    bool last = is_forced(item), hyphen = item->kind == ITEM_PENALTY && item->flagged;
    int fitness;
    int64_t width, bad = badness(tally, tally->from, to, last, &fitness, &width);
    if (bad < 0) {
        tally->demerits += 4000000000000;
    } else if (width > 0) {
        tally->demerits += (10 + bad) * (10 + bad);
        tally->demerits += item->kind == ITEM_PENALTY && !last ? (int64_t)item->penalty * item->penalty : 0;
        tally->demerits += tally->flagged && last ? 5000 : tally->flagged && hyphen ? 10000 : 0;
        tally->demerits += fitness - tally->fitness > 1 || tally->fitness - fitness > 1 ? 10000 : 0;
        int64_t enough = tally->trial->measure * 15LL / 100;
        tally->demerits += last && !tally->first && width < enough ? 30000 * (enough - width) / enough : 0;
    }
    tally->first = last;
    tally->flagged = !last && hyphen;
    tally->fitness = last || bad < 0 ? 1 : fitness;
    tally->from = to + 1;
}

static bool is_break(const struct boxes *boxes, size_t i) {
    const struct item *item = &boxes->items[i];
    if (item->kind == ITEM_GLUE)
        return i > 0 && boxes->items[i - 1].kind == ITEM_BOX;
    return item->kind == ITEM_PENALTY && item->penalty < ITEM_PENALTY_NEVER;
}

/* Lines filled one by one: each ends at the last place where it still fits, pressed together if TIGHT. */
static int64_t first_fit(const struct trial *trial, const struct boxes *boxes, bool tight) {
    struct tally tally = {.trial = trial, .boxes = boxes, .fitness = 1, .first = true};
    size_t fits = SIZE_MAX;
    for (size_t i = 0; i < boxes->count; i++) {
        if (!is_break(boxes, i) || (i < tally.from))
            continue;
        int fitness;
        int64_t width, bad = badness(&tally, tally.from, i, is_forced(&boxes->items[i]), &fitness, &width);
        bool good = bad >= 0 && (tight || width <= trial->measure);
        if (!good && fits != SIZE_MAX) {
            add_line(&tally, fits);
            i = fits;
            fits = SIZE_MAX;
            continue;
        }
        /* A place with nothing before it on the line is none. */
        if (width > 0 || is_forced(&boxes->items[i]))
            fits = i;
        if (is_forced(&boxes->items[i]) || !good) {
            add_line(&tally, i);
            fits = SIZE_MAX;
        }
    }
    return tally.demerits;
}

static int64_t total_fit(const struct trial *trial, const struct boxes *boxes, struct arena *arena) {
    struct tally tally = {.trial = trial, .boxes = boxes, .fitness = 1, .first = true};
    const size_t *breaks;
    size_t count = paragraph_break(boxes->items, boxes->count, trial->measure, trial->manner.alignment, arena, &breaks);
    for (size_t i = 0; i < count; i++)
        add_line(&tally, breaks[i]);
    return tally.demerits;
}

/* ---- The trials ---- */

static struct font *font_of_all(void) {
    struct font *font;
    struct error error;
    if (font_open(&font, "Gentium Book Plus", &error) != 0)
        return NULL;
    for (size_t i = 0; i < COUNT(words); i++)
        font_use(font, 0, words[i], strlen(words[i]));
    for (size_t i = 0; i < COUNT(rare); i++)
        font_use(font, 0, rare[i], strlen(rare[i]));
    assert_int_equal(font_finish(font, &error), 0);
    return font;
}

static void paragraphs(void **state) {
    (void)state;
    const char *more = getenv("COMPOSITIONS");
    unsigned count = more == NULL ? PARAGRAPHS : (unsigned)strtoul(more, NULL, 10);
    struct font *font = font_of_all();
    if (font == NULL)
        fail_msg("Gentium Book Plus is not installed");
    static char text[TEXT_MAX];
    static struct fragment fragments[FRAGMENTS_MAX];
    struct shaper *shaper = shaper_new(font);
    struct composer *composer = composer_new();
    struct fragment_list list = {0};
    struct boxes boxes = {0};
    struct arena arena = ARENA_EMPTY;
    size_t lines_count = 0, full = 0, overfull = 0, hyphens = 0, better = 0;
    for (unsigned i = 0; i < count; i++) {
        random_state = i + 1;
        struct trial trial = {.shaper = shaper, .text = text, .length = generate(text)};
        trial.size = random_below(2) ? POINTS(11) : POINTS(10.5);
        trial.measure = (int32_t)((40 + random_below(141)) * 72000 / 25.4);
        trial.manner = (struct manner){random_below(4) == 0 ? ALIGN_LEFT : ALIGN_JUSTIFY, random_below(4) > 0,
                                       random_below(4) > 0, random_below(4) > 0};
        struct run run = {.text = text, .length = trial.length};
        fragment_runs(&list, shaper, &run, 1, NULL, &arena, &trial.fragments);
        hyphenate(&trial.fragments, fragments);

        const struct composed_line *lines = NULL;
        size_t found =
            compose_lines(composer, &trial.fragments, trial.size, trial.measure, trial.manner, &arena, &arena, &lines);
        for (size_t j = 0; j < found; j++) {
            const struct composed_line *line = &lines[j];
            check_line(&trial, line);
            if (line->words_count == 0)
                continue;
            full += trial.manner.alignment == ALIGN_JUSTIFY && is_full(&trial, line);
            overfull += line->overfull != NULL;
            hyphens += line->words[line->words_count - 1].added_length;
        }
        lines_count += found;
        check_overfull(&trial, lines, found);
        if (!trial.fragments.mixed)
            check_text(&trial, lines, found);

        boxes_fill(&boxes, &trial.fragments, trial.size, trial.measure, trial.manner, &arena);
        int64_t total = total_fit(&trial, &boxes, &arena);
        for (int tight = 0; tight <= 1; tight++) {
            int64_t first = first_fit(&trial, &boxes, tight);
            if (total > first)
                fail_msg("paragraph %u costs %lld, and %lld where lines are filled", i, (long long)total,
                         (long long)first);
            better += total < first;
        }
        arena_clear(&arena);
    }
    print_message("%zu lines, %zu full, %zu words overfull, %zu hyphens; %zu of %u first fits cost more\n", lines_count,
                  full, overfull, hyphens, better, 2 * count);
    assert_true(count < 1000 ||
                (overfull > count / 10 && hyphens > count / 2 && better > count && full > lines_count / 3));
    free(list.items);
    boxes_release(&boxes);
    composer_free(composer);
    shaper_free(shaper);
    arena_release(&arena);
    font_free(font);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(paragraphs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
