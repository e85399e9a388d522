/*
 * Sheaves: placed things come in as each part of a letter is set, pages go out. The one idea: columns are set one after
 * the other, but read block by block, so lines are sorted by block and then by page; both sorts count, and are stable.
 */
#include "letter/sheaf.h"

#include <stdlib.h>

#include "base/memory.h"

void sheaf_begin(struct sheaf *sheaf) {
    sheaf->lines_count = sheaf->figures_count = sheaf->rules_count = 0;
    sheaf->pages_count = 1;
}

void sheaf_release(struct sheaf *sheaf) {
    free(sheaf->lines);
    free(sheaf->figures);
    free(sheaf->rules);
    *sheaf = (struct sheaf){.lines = NULL};
}

void sheaf_reach(struct sheaf *sheaf, unsigned page) {
    if (page >= sheaf->pages_count)
        sheaf->pages_count = page + 1;
}

void sheaf_add_line(struct sheaf *sheaf, unsigned page, const struct line *line) {
    sheaf_reach(sheaf, page);
    if (line->words_count > 0)
        *MEMORY_PUSH(sheaf->lines, sheaf->lines_count, sheaf->lines_room) = (struct sheaf_line){*line, page};
}

void sheaf_add_figure(struct sheaf *sheaf, unsigned page, const struct figure *figure) {
    sheaf_reach(sheaf, page);
    *MEMORY_PUSH(sheaf->figures, sheaf->figures_count, sheaf->figures_room) = (struct sheaf_figure){*figure, page};
}

void sheaf_add_rule(struct sheaf *sheaf, unsigned page, const struct rule *rule) {
    sheaf_reach(sheaf, page);
    *MEMORY_PUSH(sheaf->rules, sheaf->rules_count, sheaf->rules_room) = (struct sheaf_rule){*rule, page};
}

/* 0: no block, i + 1: the i-th. */
static size_t key_of(const struct sheaf_line *entry, const struct letter *letter) {
    return entry->line.block == NULL ? 0 : (size_t)(entry->line.block - letter->blocks) + 1;
}

/* The lines in the order of their blocks. */
static const struct sheaf_line **in_reading_order(const struct sheaf *sheaf, const struct letter *letter,
                                                  struct arena *arena) {
    size_t *next = ARENA_ARRAY(arena, size_t, letter->blocks_count + 2); /* of each key; one behind while counting */
    const struct sheaf_line **ordered = ARENA_ARRAY(arena, const struct sheaf_line *, sheaf->lines_count);
    for (size_t i = 0; i < sheaf->lines_count; i++)
        next[key_of(&sheaf->lines[i], letter) + 1]++;
    for (size_t i = 1; i <= letter->blocks_count; i++)
        next[i] += next[i - 1];
    for (size_t i = 0; i < sheaf->lines_count; i++)
        ordered[next[key_of(&sheaf->lines[i], letter)]++] = &sheaf->lines[i];
    return ordered;
}

static void collect_lines(const struct sheaf *sheaf, const struct letter *letter, struct page *list,
                          struct arena *arena) {
    const struct sheaf_line **ordered = in_reading_order(sheaf, letter, arena);
    struct line *lines = ARENA_ARRAY(arena, struct line, sheaf->lines_count);
    struct line **next = ARENA_ARRAY(arena, struct line *, sheaf->pages_count);
    for (size_t i = 0; i < sheaf->lines_count; i++)
        list[sheaf->lines[i].page].lines_count++;
    for (unsigned i = 0; i < sheaf->pages_count; i++) {
        list[i].lines = next[i] = lines;
        lines += list[i].lines_count;
    }
    for (size_t i = 0; i < sheaf->lines_count; i++)
        *next[ordered[i]->page]++ = ordered[i]->line;
}

/* There are few of these, if any. */
static void collect_figures(const struct sheaf *sheaf, struct page *list, struct arena *arena) {
    struct figure *figures = ARENA_ARRAY(arena, struct figure, sheaf->figures_count);
    for (unsigned page = 0; page < sheaf->pages_count; page++) {
        list[page].figures = figures;
        for (size_t i = 0; i < sheaf->figures_count; i++)
            if (sheaf->figures[i].page == page)
                figures[list[page].figures_count++] = sheaf->figures[i].figure;
        figures += list[page].figures_count;
    }
}

static void collect_rules(const struct sheaf *sheaf, struct page *list, struct arena *arena) {
    struct rule *rules = ARENA_ARRAY(arena, struct rule, sheaf->rules_count);
    for (unsigned page = 0; page < sheaf->pages_count; page++) {
        list[page].rules = rules;
        for (size_t i = 0; i < sheaf->rules_count; i++)
            if (sheaf->rules[i].page == page)
                rules[list[page].rules_count++] = sheaf->rules[i].rule;
        rules += list[page].rules_count;
    }
}

void sheaf_collect(const struct sheaf *sheaf, const struct letter *letter, struct arena *arena, struct pages *pages) {
    struct page *list = ARENA_ARRAY(arena, struct page, sheaf->pages_count);
    collect_lines(sheaf, letter, list, arena);
    if (sheaf->figures_count > 0)
        collect_figures(sheaf, list, arena);
    if (sheaf->rules_count > 0)
        collect_rules(sheaf, list, arena);
    *pages = (struct pages){.pages = list, .count = sheaf->pages_count};
}
