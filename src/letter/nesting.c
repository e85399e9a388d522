/*
 * Nesting: tags in the order of reading come in, those without a partner go out as errors. The one idea: one walk with
 * a stack, whether somebody wants to know what is wrong or only whether.
 */
#include "letter/nesting.h"

#include "letter/block.h"

struct open_if {
    size_t tag;
    size_t else_tag;
    bool has_else;
};

struct nesting {
    const struct tokens *tokens;
    bool *dropped;             /* NULL: only whether it is proper */
    struct problems *problems; /* likewise */
    bool proper;
    struct open_if stack[CONDITIONS_DEPTH_MAX];
    size_t depth;
    size_t beyond; /* how many are open beyond the deepest allowed, of which the first was reported */
};

static void fault(struct nesting *nesting, size_t tag, const char *what) {
    const struct token *token = &nesting->tokens->items[tag];
    nesting->proper = false;
    if (nesting->dropped == NULL)
        return;
    nesting->dropped[tag] = true;
    struct problem *problem =
        problems_add(nesting->problems, SEVERITY_ERROR, token->place, "[%s] %s", token->text, what);
    if (problem != NULL)
        problem->source = token->source;
}

/* Tags in a condition that stands too deep are left out with it. False: TAG is none of them. */
static bool skip_beyond(struct nesting *nesting, size_t tag) {
    enum token_kind kind = nesting->tokens->items[tag].kind;
    if (nesting->beyond == 0 && (kind != TOKEN_IF || nesting->depth < CONDITIONS_DEPTH_MAX))
        return false;
    if (nesting->beyond == 0)
        fault(nesting, tag, "stands in too many other conditions");
    if (nesting->dropped != NULL)
        nesting->dropped[tag] = true;
    nesting->beyond += kind == TOKEN_IF;
    nesting->beyond -= kind == TOKEN_END;
    return true;
}

static void add_tag(struct nesting *nesting, size_t tag) {
    if (skip_beyond(nesting, tag))
        return;
    struct open_if *innermost = nesting->depth == 0 ? NULL : &nesting->stack[nesting->depth - 1];
    switch (nesting->tokens->items[tag].kind) {
    case TOKEN_IF:
        nesting->stack[nesting->depth++] = (struct open_if){tag, 0, false};
        break;
    case TOKEN_ELSE:
        if (innermost == NULL) {
            fault(nesting, tag, "has no [if …] before it");
        } else if (innermost->has_else) {
            fault(nesting, tag, "is the second of its [if …]");
        } else {
            innermost->has_else = true;
            innermost->else_tag = tag;
        }
        break;
    default:
        if (innermost == NULL)
            fault(nesting, tag, "has no [if …] before it");
        else
            nesting->depth--;
    }
}

static bool walk(struct nesting *nesting, const size_t *tags, size_t count) {
    nesting->proper = true;
    for (size_t i = 0; i < count; i++)
        add_tag(nesting, tags[i]);
    while (nesting->depth > 0) {
        const struct open_if *open = &nesting->stack[--nesting->depth];
        fault(nesting, open->tag,
              "has no [end] that belongs to it; both stand in one paragraph, or each on a line of its own around "
              "several");
        if (open->has_else && nesting->dropped != NULL)
            nesting->dropped[open->else_tag] = true;
    }
    return nesting->proper;
}

bool nesting_is_proper(const struct tokens *tokens, const size_t *tags, size_t count) {
    struct nesting nesting = {.tokens = tokens};
    return walk(&nesting, tags, count);
}

void nesting_check(const struct tokens *tokens, const size_t *tags, size_t count, bool *dropped,
                   struct problems *problems) {
    struct nesting nesting = {.tokens = tokens, .dropped = dropped, .problems = problems};
    walk(&nesting, tags, count);
}
