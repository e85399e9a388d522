/*
 * Letters come in one after the other, a tree of two levels and a tree of labels go out. The one idea: items are kept
 * flat, in the order in which they are written, so that an item's neighbours are found by counting.
 */
#include "pdf/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "pdf/syntax.h"

enum { NODE_LABELS = 64 };

#define NO_TEXT UINT32_MAX

struct outline_item {
    uint32_t text; /* where its title stands in outline->texts */
    uint32_t page;
    uint32_t members; /* of a group: how many items below it follow */
    bool member;
};

struct outline_label {
    uint32_t text; /* or NO_TEXT */
    uint32_t page_index;
};

void outline_init(struct outline *outline, size_t length_max) {
    *outline = (struct outline){.group = SIZE_MAX, .texts = STR_EMPTY, .length_max = length_max};
}

void outline_release(struct outline *outline) {
    free(outline->items);
    free(outline->labels);
    str_release(&outline->texts);
}

static uint32_t keep_text(struct outline *outline, const char *text) {
    uint32_t at = (uint32_t)outline->texts.length;
    str_add(&outline->texts, text, syntax_cut(text, outline->length_max));
    str_addc(&outline->texts, '\0');
    return at;
}

static struct outline_item *add_item(struct outline *outline, const char *title, uint32_t page) {
    struct outline_item *item = MEMORY_PUSH(outline->items, outline->items_count, outline->items_room);
    *item = (struct outline_item){.text = keep_text(outline, title), .page = page};
    return item;
}

static bool is_called(const struct outline *outline, const struct outline_item *item, const char *title) {
    const char *own = outline->texts.bytes + item->text;
    size_t length = syntax_cut(title, outline->length_max);
    return strlen(own) == length && memcmp(own, title, length) == 0;
}

static void add_member(struct outline *outline, const char *group, const char *title, uint32_t page) {
    if (outline->group == SIZE_MAX || !is_called(outline, &outline->items[outline->group], group)) {
        add_item(outline, group, page);
        outline->group = outline->items_count - 1;
    }
    add_item(outline, title, page)->member = true;
    outline->items[outline->group].members++;
}

void outline_add(struct outline *outline, const char *group, const char *title, const char *label, uint32_t page_index,
                 uint32_t page) {
    if (title != NULL && group != NULL) {
        add_member(outline, group, title, page);
    } else if (title != NULL) {
        add_item(outline, title, page);
        outline->group = SIZE_MAX;
    }
    outline->labelled |= label != NULL;
    *MEMORY_PUSH(outline->labels, outline->labels_count, outline->labels_room) =
        (struct outline_label){.text = label == NULL ? NO_TEXT : keep_text(outline, label), .page_index = page_index};
}

/* The root, and the items. */
static uint32_t outline_objects(const struct outline *outline) {
    return outline->items_count == 0 ? 0 : (uint32_t)outline->items_count + 1;
}

void outline_add_entries(const struct outline *outline, const struct packing *packing, uint32_t first,
                         struct str *out) {
    if (outline->items_count > 0) {
        str_adds(out, "/PageMode/UseOutlines/Outlines ");
        packing_add_reference(packing, out, first);
    }
    if (outline->labelled) {
        str_adds(out, "/PageLabels ");
        packing_add_reference(packing, out, first + outline_objects(outline));
    }
}

/* ---- The outline ---- */

static void add_link(struct str *out, const struct packing *packing, const char *key, uint32_t i) {
    str_addc(out, '/');
    str_adds(out, key);
    str_addc(out, ' ');
    packing_add_reference(packing, out, i);
}

static void pack_root(const struct outline *outline, struct packing *packing, uint32_t root) {
    uint32_t count = 0, last = 0;
    for (uint32_t i = 0; i < outline->items_count; i++) {
        if (outline->items[i].member)
            continue;
        count++;
        last = i;
    }
    struct str *out = packing_next(packing);
    str_adds(out, "<</Type/Outlines");
    add_link(out, packing, "First", root + 1);
    add_link(out, packing, "Last", root + 1 + last);
    str_addf(out, "/Count %u>>", (unsigned)count);
}

/* Item I, in a group if GROUP is not NULL; BEFORE is the item before it, on its own level, or itself. */
static void pack_item(const struct outline *outline, struct packing *packing, uint32_t root, uint32_t i,
                      const uint32_t *group, uint32_t before) {
    const struct outline_item *item = &outline->items[i];
    const char *title = outline->texts.bytes + item->text;
    uint32_t next = i + item->members + 1;
    struct str *out = packing_next(packing);
    str_adds(out, "<</Title");
    syntax_add_text(out, title, strlen(title));
    add_link(out, packing, "Parent", group == NULL ? root : root + 1 + *group);
    if (before != i)
        add_link(out, packing, "Prev", root + 1 + before);
    if (next < outline->items_count && outline->items[next].member == item->member)
        add_link(out, packing, "Next", root + 1 + next);
    if (item->members > 0) { /* closed, so that a long list of groups can be looked through */
        add_link(out, packing, "First", root + 1 + i + 1);
        add_link(out, packing, "Last", root + 1 + i + item->members);
        str_addf(out, "/Count -%u", (unsigned)item->members);
    }
    str_addf(out, "/Dest[%u 0 R/Fit]>>", (unsigned)item->page);
}

static void pack_items(const struct outline *outline, struct packing *packing) {
    uint32_t root = packing->count, group = 0;
    pack_root(outline, packing, root);
    for (uint32_t i = 0, top = 0, member = 0; i < outline->items_count; i++) {
        bool in_group = outline->items[i].member;
        if (in_group && !outline->items[i - 1].member)
            member = i;
        pack_item(outline, packing, root, i, in_group ? &group : NULL, in_group ? member : top);
        if (in_group)
            member = i;
        else
            top = group = i;
    }
}

/* ---- The labels ---- */

static void add_label(struct str *out, const struct outline *outline, const struct outline_label *label) {
    syntax_add_number(out, label->page_index, 0);
    if (label->text == NO_TEXT) {
        str_addf(out, "<</S/D/St %u>>", (unsigned)label->page_index + 1);
        return;
    }
    struct str prefix = STR_EMPTY;
    str_addf(&prefix, "%s-", outline->texts.bytes + label->text);
    str_adds(out, "<</S/D/P");
    syntax_add_text(out, prefix.bytes, prefix.length);
    str_adds(out, ">>");
    str_release(&prefix);
}

static void pack_labels(const struct outline *outline, struct packing *packing) {
    size_t count = outline->labels_count, nodes = (count + NODE_LABELS - 1) / NODE_LABELS;
    uint32_t root = packing->count;
    struct str *out = packing_next(packing);
    str_adds(out, "<</Kids[");
    for (uint32_t i = 0; i < nodes; i++) {
        packing_add_reference(packing, out, root + 1 + i);
        str_addc(out, ' ');
    }
    str_adds(out, "]>>");
    for (size_t i = 0; i < count; i += NODE_LABELS) {
        size_t end = i + NODE_LABELS < count ? i + NODE_LABELS : count;
        out = packing_next(packing);
        str_addf(out, "<</Limits[%u %u]/Nums[", (unsigned)outline->labels[i].page_index,
                 (unsigned)outline->labels[end - 1].page_index);
        for (size_t j = i; j < end; j++)
            add_label(out, outline, &outline->labels[j]);
        str_adds(out, "]>>");
    }
}

void outline_pack(const struct outline *outline, struct packing *packing) {
    if (outline->items_count > 0)
        pack_items(outline, packing);
    if (outline->labelled)
        pack_labels(outline, packing);
}
