/*
 * Tallies: persons come in one by one, questions about the whole list go out.
 */
#include "input/tally.h"

#include "base/str.h"
#include "input/postcode.h"

void tally_init(struct tally *tally) {
    *tally = (struct tally){.mp = STR_EMPTY, .key = STR_EMPTY};
}

void tally_release(struct tally *tally) {
    table_release(&tally->postcodes);
    table_release(&tally->constituencies);
    table_release(&tally->mps);
    arena_release(&tally->counts);
    str_release(&tally->mp);
    str_release(&tally->key);
}

static size_t counted(const struct table_entry *entry) {
    return *(const size_t *)entry->value;
}

static void count_key(struct tally *tally, struct table *table, const char *bytes, size_t length) {
    void **slot = table_slot(table, bytes, length);
    if (*slot == NULL)
        *slot = arena_alloc(&tally->counts, sizeof(size_t));
    ++*(size_t *)*slot;
}

static void count_name(struct tally *tally, struct table *table, const struct value *name) {
    str_clear(&tally->key);
    field_key(&tally->key, name->text, name->length);
    count_key(tally, table, tally->key.bytes, tally->key.length);
}

void tally_add(struct tally *tally, const struct person *person) {
    const struct value *postcode = &person->values[FIELD_POSTCODE], *mp = &person->values[FIELD_MP];
    char normal[POSTCODE_MAX];
    tally->persons_count++;
    /* Only well-formed ones: "unknown" forty times over is forty problems already. */
    if (postcode->length > 0 && postcode_normalise(postcode->text, postcode->length, normal) == 0)
        count_key(tally, &tally->postcodes, postcode->text, postcode->length);
    if (person->values[FIELD_CONSTITUENCY].length > 0)
        count_name(tally, &tally->constituencies, &person->values[FIELD_CONSTITUENCY]);
    if (mp->length > 0) {
        if (tally->mps_count++ == 0)
            str_add(&tally->mp, mp->text, mp->length);
        count_name(tally, &tally->mps, mp);
    }
}

static void review_postcodes(const struct tally *tally, enum office office, struct place place,
                             struct problems *problems) {
    /* "An MP answers …" */
    const char *an = office == OFFICE_FIXED ? "a recipient" : office_words(office)->an;
    size_t many = 0;
    for (size_t i = 0; i < tally->postcodes.count; i++) {
        const struct table_entry *entry = &tally->postcodes.entries[i];
        if (counted(entry) <= TALLY_POSTCODE_MANY || many++ >= TALLY_WARNINGS_MAX)
            continue;
        problems_add(problems, SEVERITY_WARNING, place,
                     "%zu members have the postcode %s. Is that a workplace? A%s answers people at their home address",
                     counted(entry), entry->key, an + 1);
    }
    if (many > TALLY_WARNINGS_MAX)
        problems_add(problems, SEVERITY_WARNING, place, "%zu more postcodes have more than %d members each",
                     many - TALLY_WARNINGS_MAX, TALLY_POSTCODE_MANY);
}

/* Many may well write to one peer, but they do not live in one constituency. */
static void review_mps(const struct tally *tally, enum office office, struct place place, struct problems *problems) {
    const char *one = office_words(office)->one;
    if (!office_is_elected(office) || tally->mps.count != 1 || tally->mps_count != tally->persons_count)
        return;
    const char *mp = value_shown(problems->arena, tally->mp.bytes, tally->mp.length);
    if (tally->constituencies.count > 1)
        problems_add(problems, SEVERITY_WARNING, place,
                     "all %zu members have the same %s, %s, but they live in %zu constituencies. Is that right?",
                     tally->persons_count, one, mp, tally->constituencies.count);
    else if (tally->persons_count >= TALLY_MP_MANY)
        problems_add(problems, SEVERITY_WARNING, place,
                     "all %zu members have the same %s, %s. Do they all live in one constituency?",
                     tally->persons_count, one, mp);
}

void tally_review(const struct tally *tally, enum office office, const char *file, struct problems *problems) {
    struct place place = {file, 0, 0};
    review_postcodes(tally, office, place, problems);
    review_mps(tally, office, place, problems);
}
