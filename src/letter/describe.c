/*
 * Descriptions: roles and blocks come in, a sentence about them goes out. Its parts are parted by commas, and where a
 * role takes lines that do not stand together, all of them are named.
 */
#include "letter/describe.h"

#include <stdbool.h>

struct sentence {
    struct str *out;
    bool begun;
};

static void begin_part(struct sentence *sentence) {
    str_adds(sentence->out, sentence->begun ? ", " : "");
    sentence->begun = true;
}

/* "line 5", "lines 1–4", "lines 1–3 and 6": the lines of the file that have ROLE. Numbers are ascending. */
static void add_lines(struct str *out, const struct draft *draft, const struct roles *roles, enum role role) {
    unsigned lines = 0;
    for (size_t i = 0; i < draft->lines_count; i++)
        lines += roles->lines[i] == role;
    str_adds(out, lines == 1 ? "line " : "lines ");
    unsigned from = 0, to = 0;
    bool first = true;
    for (size_t i = 0; i <= draft->lines_count; i++) {
        unsigned line = i == draft->lines_count ? 0 : draft->lines[i].place.line;
        if (line != 0 && roles->lines[i] != role)
            continue;
        if (from != 0 && line == to + 1) {
            to = line;
            continue;
        }
        if (from != 0) {
            str_addf(out, from == to ? "%s%u" : "%s%u–%u", first ? "" : " and ", from, to);
            first = false;
        }
        from = to = line;
    }
}

static bool has_role(const struct draft *draft, const struct roles *roles, enum role role) {
    for (size_t i = 0; i < draft->lines_count; i++)
        if (roles->lines[i] == role)
            return true;
    return false;
}

static void add_role(struct sentence *sentence, const struct draft *draft, const struct roles *roles, enum role role) {
    static const char *const names[ROLES_COUNT] = {
        [ROLE_SENDER] = "sender's address", [ROLE_DATE] = "date",           [ROLE_RECIPIENT] = "recipient",
        [ROLE_SALUTATION] = "salutation",   [ROLE_SUBJECT] = "subject",     [ROLE_BODY] = "text",
        [ROLE_CLOSING] = "closing",         [ROLE_SIGNATURE] = "signature",
    };
    if (!has_role(draft, roles, role))
        return;
    begin_part(sentence);
    str_addf(sentence->out, "%s in ", names[role]);
    add_lines(sentence->out, draft, roles, role);
}

static bool is_tag(const struct block *block) {
    return block->kind == BLOCK_IF || block->kind == BLOCK_ELSE || block->kind == BLOCK_END;
}

/* How many items the list has that begins with block I; *END is behind it. */
static size_t list_length(const struct block *blocks, size_t count, size_t i, size_t *end) {
    size_t items = 0;
    *end = i;
    bool numbered = blocks[i].number > 0;
    for (; i < count && (blocks[i].kind == BLOCK_ITEM || blocks[i].continues || is_tag(&blocks[i])); i++) {
        bool outer = blocks[i].kind == BLOCK_ITEM && blocks[i].list_depth == 1;
        if (outer && (blocks[i].number > 0) != numbered)
            break;
        items += blocks[i].kind == BLOCK_ITEM;
        *end = i + 1;
    }
    return items;
}

/* "11 paragraphs and a list of 6" */
static void add_body(struct sentence *sentence, const struct block *blocks, size_t count) {
    size_t paragraphs = 0, lists = 0;
    struct str sizes = STR_EMPTY;
    for (size_t i = 0; i < count;) {
        if (blocks[i].kind == BLOCK_ITEM) {
            str_addf(&sizes, "%s%zu", lists++ == 0 ? "" : " and ", list_length(blocks, count, i, &i));
            continue;
        }
        paragraphs += blocks[i].kind == BLOCK_PARAGRAPH;
        i++;
    }
    if (paragraphs > 0 || lists > 0)
        begin_part(sentence);
    if (paragraphs > 0)
        str_addf(sentence->out, "%zu paragraph%s%s", paragraphs, paragraphs == 1 ? "" : "s", lists > 0 ? " and " : "");
    if (lists > 0)
        str_addf(sentence->out, "%s of %s", lists == 1 ? "a list" : "lists", sizes.bytes);
    str_release(&sizes);
}

/* "; the sender's address and the date are put in" */
static void add_put_in(struct str *out, const struct block *blocks, size_t count) {
    static const char *const names[] = {"the sender's address", "the date", "the recipient's address"};
    const char *put_in[3];
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (blocks[i].place.line == 0 && blocks[i].kind <= BLOCK_RECIPIENT && n < 3)
            put_in[n++] = names[blocks[i].kind];
    for (size_t i = 0; i < n; i++)
        str_addf(out, "%s%s", i == 0 ? "; " : i + 1 == n ? " and " : ", ", put_in[i]);
    if (n > 0)
        str_adds(out, n == 1 ? " is put in" : " are put in");
}

void describe_letter(struct str *out, const struct draft *draft, const struct roles *roles, const struct block *blocks,
                     size_t count) {
    static const enum role before[] = {ROLE_SENDER, ROLE_DATE, ROLE_RECIPIENT, ROLE_SALUTATION, ROLE_SUBJECT};
    struct sentence sentence = {.out = out};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        add_role(&sentence, draft, roles, before[i]);
    add_body(&sentence, blocks, count);
    add_role(&sentence, draft, roles, ROLE_CLOSING);
    add_role(&sentence, draft, roles, ROLE_SIGNATURE);
    if (!sentence.begun)
        str_adds(out, "no text");
    add_put_in(out, blocks, count);
}
