/*
 * Sequences: letters of the first pass come in, an order of rows goes out. The one idea: what sorts is a string that was
 * made once, so that sorting compares bytes; where two are equal, the row that stands higher in the list comes first.
 */
#include "commands/sequence.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "input/office.h"
#include "input/surname.h"

enum { FIELD_END = 1 }; /* as in surname_key: less than whatever stands in a field */

static const char *keep(struct sequence *sequence, const char *text, size_t length) {
    return arena_copy(&sequence->arena, text, length);
}

/*
 * What tells one addressee from another and puts them in order: constituency, name, and the address that the row gives. How
 * the list or the directory entitles them does not matter (Jane Smith and the Rt Hon Jane Smith of one constituency are
 * one), nor whether the address is in English or Welsh. Who is no constituency's has none.
 */
static void add_bundle_key(struct str *out, enum office office, const struct person *person, const char *name) {
    const struct value *constituency = &person->values[FIELD_CONSTITUENCY], *mp = &person->values[FIELD_MP];
    const struct value *address = &person->values[FIELD_MP_ADDRESS];
    if (office_is_elected(office))
        surname_collate(out, constituency->text, constituency->length);
    str_addc(out, FIELD_END);
    if (office != OFFICE_FIXED && mp->length > 0)
        surname_key(out, mp->text, mp->length);
    else
        surname_key(out, name, strlen(name));
    if (office != OFFICE_FIXED)
        surname_collate(out, address->text, address->length);
}

static struct bundle *bundle_of(struct sequence *sequence, const struct letter *letter) {
    enum office office = sequence->campaign->config.recipient.office;
    const struct value *constituency = &letter->person->values[FIELD_CONSTITUENCY];
    struct str recipient = STR_EMPTY;
    bundle_address(&recipient, letter);
    str_cut(&recipient, strcspn(recipient.bytes, "\n"));
    str_clear(&sequence->text);
    add_bundle_key(&sequence->text, office, letter->person, recipient.bytes);
    void **slot = table_slot(&sequence->bundles, sequence->text.bytes, sequence->text.length);
    struct bundle *bundle = *slot;
    if (bundle == NULL) {
        bundle = *slot = ARENA_ARRAY(&sequence->arena, struct bundle, 1);
        bundle->key = keep(sequence, sequence->text.bytes, sequence->text.length);
        bundle->constituency =
            office_is_elected(office) ? keep(sequence, constituency->text, constituency->length) : "";
        bundle->recipient = keep(sequence, recipient.bytes, recipient.length);
        bundle->welsh = true;
    }
    bundle->welsh = bundle->welsh && strcmp(letter->language, "cy") == 0;
    str_release(&recipient);
    return bundle;
}

/* An inspection of the first pass. Whether the row is good is known when all inspections have seen it. */
static int remember(void *context, const struct letter *letter, bool wanted, struct arena *arena,
                    struct problems *problems, struct error *error) {
    struct sequence *sequence = context;
    (void)arena, (void)problems, (void)error;
    if (!wanted)
        return 0;
    struct sequence_entry entry = {
        .position = people_tell(sequence->campaign->people),
        .index = sequence->campaign->rows_count,
        .bundle = sequence->sort == SORT_MP ? bundle_of(sequence, letter) : NULL,
    };
    str_clear(&sequence->text);
    surname_key_of(&sequence->text, letter->person);
    entry.key = keep(sequence, sequence->text.bytes, sequence->text.length);
    *MEMORY_PUSH(sequence->entries, sequence->count, sequence->room) = entry;
    return 0;
}

void sequence_watch(struct sequence *sequence, struct campaign *campaign, enum sort sort, size_t part_max) {
    *sequence = (struct sequence){.campaign = campaign, .sort = sort, .part_max = part_max, .text = STR_EMPTY};
    if (sort == SORT_SURNAME || sort == SORT_MP)
        campaign_inspect(campaign, (struct campaign_inspection){remember, sequence});
}

void sequence_release(struct sequence *sequence) {
    free(sequence->entries);
    free(sequence->ends);
    table_release(&sequence->bundles);
    arena_release(&sequence->arena);
    str_release(&sequence->text);
}

static int compare(const void *a, const void *b) {
    const struct sequence_entry *one = a, *other = b;
    int order = one->bundle == other->bundle ? 0 : strcmp(one->bundle->key, other->bundle->key);
    if (order == 0)
        order = strcmp(one->key, other->key);
    return order != 0 ? order : one->index < other->index ? -1 : one->index > other->index;
}

static void add_end(struct sequence *sequence, size_t end) {
    *MEMORY_PUSH(sequence->ends, sequence->ends_count, sequence->ends_room) = end;
}

/* A part ends where the next bundle has no room in it, and within a bundle only where that is larger than a part. */
static void cut_between_bundles(struct sequence *sequence) {
    size_t first = 0;
    for (size_t i = 0; i < sequence->count; i += sequence->entries[i].bundle->letters) {
        size_t end = i + sequence->entries[i].bundle->letters;
        if (end - first <= sequence->part_max)
            continue;
        if (i > first)
            add_end(sequence, i);
        for (first = i; end - first > sequence->part_max; first += sequence->part_max)
            add_end(sequence, first + sequence->part_max);
    }
    if (first < sequence->count)
        add_end(sequence, sequence->count);
}

void sequence_settle(struct sequence *sequence) {
    size_t kept = 0;
    for (size_t i = 0; i < sequence->count; i++) {
        struct sequence_entry entry = sequence->entries[i];
        if (!campaign_row_is_good(sequence->campaign, entry.index))
            continue;
        sequence->entries[kept++] = entry;
        if (entry.bundle != NULL)
            entry.bundle->letters++;
    }
    sequence->count = kept;
    assert(kept == sequence->campaign->good_count || sequence->sort == SORT_ROW);
    if (kept > 0)
        qsort(sequence->entries, kept, sizeof *sequence->entries, compare);
    if (sequence->sort == SORT_MP)
        cut_between_bundles(sequence);
}

size_t sequence_parts(const struct sequence *sequence) {
    if (sequence->ends_count > 0)
        return sequence->ends_count;
    return (sequence->campaign->good_count + sequence->part_max - 1) / sequence->part_max;
}

struct sequence_part sequence_part(const struct sequence *sequence, size_t i) {
    if (sequence->ends_count > 0) {
        size_t first = i == 0 ? 0 : sequence->ends[i - 1];
        return (struct sequence_part){first, sequence->ends[i] - first};
    }
    size_t first = i * sequence->part_max, left = sequence->campaign->good_count - first;
    return (struct sequence_part){first, left < sequence->part_max ? left : sequence->part_max};
}

const struct sequence_entry *sequence_entry(const struct sequence *sequence, size_t i) {
    return sequence->count == 0 ? NULL : &sequence->entries[i];
}

const struct bundle *sequence_bundle(const struct sequence *sequence, size_t i) {
    return sequence->count == 0 ? NULL : sequence->entries[i].bundle;
}

bool sequence_begins_bundle(const struct sequence *sequence, size_t i) {
    return i == 0 || sequence_bundle(sequence, i) != sequence_bundle(sequence, i - 1);
}
