/*
 * Identities: a person comes in, and the earlier row that was the same person goes out, in an error. The one idea: a
 * hash of 128 bits stands for what it was made of. Two different persons would share one once in 10^26 lists of a
 * million rows.
 */
#include "input/identity.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/table.h"
#include "base/text.h"
#include "input/recipient.h"

struct identity_slot {
    uint64_t hash[2];
    uint32_t row;    /* 0: empty */
    bool has_number; /* that row has a membership number */
};

void identities_init(struct identities *identities) {
    *identities = (struct identities){.name = STR_EMPTY, .text = STR_EMPTY};
}

void identities_release(struct identities *identities) {
    free(identities->slots);
    free(identities->rows);
    str_release(&identities->name);
    str_release(&identities->text);
    identities_init(identities);
}

/* The slot that holds HASH, or the empty one where it belongs. */
static struct identity_slot *find(struct identity_slot *slots, size_t count, const uint64_t hash[2]) {
    size_t i = hash[0] & (count - 1);
    while (slots[i].row != 0 && (slots[i].hash[0] != hash[0] || slots[i].hash[1] != hash[1]))
        i = (i + 1) & (count - 1);
    return &slots[i];
}

/* At most three quarters full. */
static void make_room(struct identities *identities) {
    if ((identities->count + IDENTITY_OWN_KINDS) * 4 <= identities->slots_count * 3)
        return;
    size_t count = identities->slots_count == 0 ? 64 : identities->slots_count * 2;
    struct identity_slot *slots = memory_alloc(count, sizeof *slots);
    for (size_t i = 0; i < identities->slots_count; i++)
        if (identities->slots[i].row != 0)
            *find(slots, count, identities->slots[i].hash) = identities->slots[i];
    free(identities->slots);
    identities->slots = slots;
    identities->slots_count = count;
}

/* What people type into the column of numbers where they know none is nobody's number. */
static bool is_no_number(const char *key) {
    static const char *const none[] = {"",    "na",  "none", "nil", "no",      "unknown",   "notknown", "tbc",
                                       "tba", "new", "x",    "xx",  "pending", "nonmember", "0",        "member"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (strcmp(key, none[i]) == 0)
            return true;
    return false;
}

static bool has_number(const struct person *person, struct str *key) {
    const struct value *number = &person->values[FIELD_MEMBER_ID];
    str_clear(key);
    if (number->length == 0 || value_is_scientific(number))
        return false;
    field_key(key, number->text, number->length);
    return !is_no_number(key->bytes);
}

static void fold_name(struct str *out, const struct value *name) {
    size_t titles = recipient_titles_length(name->text, name->length);
    str_clear(out);
    field_key(out, name->text + titles, name->length - titles);
}

/* As identity_words, with the person's NAME folded already. */
static bool words_of(struct str *out, const struct str *name, const struct person *person, enum identity_kind kind) {
    bool named = kind == IDENTITY_NAME_POSTCODE || kind == IDENTITY_NAME_EMAIL || kind == IDENTITY_NAME;
    bool placed = kind == IDENTITY_NAME_POSTCODE || kind == IDENTITY_POSTCODE || kind == IDENTITY_POSTCODE_EMAIL;
    bool mailed = kind == IDENTITY_NAME_EMAIL || kind == IDENTITY_EMAIL || kind == IDENTITY_POSTCODE_EMAIL;
    const struct value *postcode = &person->values[FIELD_POSTCODE], *email = &person->values[FIELD_EMAIL];
    if (kind == IDENTITY_MEMBER_ID)
        return has_number(person, out);
    str_clear(out);
    if ((named && name->length == 0) || (placed && postcode->length == 0) || (mailed && email->length == 0))
        return false;
    if (named)
        str_add(out, name->bytes, name->length);
    if (placed) {
        str_adds(out, named ? "\n" : "");
        size_t before = out->length;
        field_key(out, postcode->text, postcode->length);
        if (out->length == before) /* a dash, where none is known */
            return false;
    }
    if (mailed) {
        str_adds(out, named || placed ? "\n" : "");
        text_fold(out, email->text, email->length);
    }
    return true;
}

bool identity_words(struct str *out, const struct person *person, enum identity_kind kind) {
    struct str name = STR_EMPTY;
    fold_name(&name, &person->values[FIELD_NAME]);
    bool says = words_of(out, &name, person, kind);
    str_release(&name);
    return says;
}

/* Two hashes of the same words, told apart by their first byte, are as good as one of 128 bits. TEXT is changed. */
static void hash_text(struct str *text, enum identity_kind kind, uint64_t hash[2]) {
    str_addc(text, (char)kind);
    hash[0] = table_hash(text->bytes, text->length);
    text->bytes[0] = (char)(text->bytes[0] ^ 0x55);
    hash[1] = table_hash(text->bytes, text->length);
}

/* Says that PERSON is ROW again, by the kinds for which ROWS has that number. */
static void report(const struct person *person, const char *file, const unsigned rows[IDENTITY_OWN_KINDS], unsigned row,
                   bool other_number, struct problems *problems) {
    bool by_number = rows[IDENTITY_MEMBER_ID] == row;
    bool by_postcode = rows[IDENTITY_NAME_POSTCODE] == row, by_email = rows[IDENTITY_NAME_EMAIL] == row;
    const struct value *name = &person->values[FIELD_NAME];
    const struct value *at = by_postcode || by_email ? name : &person->values[FIELD_MEMBER_ID];
    const char *what = by_postcode && by_email ? "name, postcode and e-mail address"
                       : by_postcode           ? "name and postcode"
                       : by_email              ? "name and e-mail address"
                                               : "";
    bool by_both = by_number && *what != '\0';
    problems_add(problems, SEVERITY_ERROR, (struct place){file, at->line != 0 ? at->line : person->line, at->column},
                 "%s is here twice (also row %u: same %s%s%s%s)",
                 value_shown(problems->arena, name->text, name->length), row, by_number ? "membership number" : "",
                 by_both ? ", " : "", what,
                 by_number && !by_both ? ", another name or postcode"
                 : other_number        ? ", but another membership number"
                                       : "");
}

/* Says that PERSON is one row by their number, and another by their name. */
static void report_disagreement(const struct person *person, const char *file, const unsigned rows[IDENTITY_OWN_KINDS],
                                struct problems *problems) {
    const struct value *number = &person->values[FIELD_MEMBER_ID], *name = &person->values[FIELD_NAME];
    const char *shown = value_shown(problems->arena, name->text, name->length);
    struct place place = {file, person->line, name->column};
    if (rows[IDENTITY_MEMBER_ID] == 0) {
        problems_add(problems, SEVERITY_ERROR, place,
                     "%s has the name and postcode of row %u, but the name and e-mail address of row %u: which is it?",
                     shown, rows[IDENTITY_NAME_POSTCODE], rows[IDENTITY_NAME_EMAIL]);
        return;
    }
    unsigned other = rows[IDENTITY_NAME_POSTCODE] != 0 && rows[IDENTITY_NAME_POSTCODE] != rows[IDENTITY_MEMBER_ID]
                         ? rows[IDENTITY_NAME_POSTCODE]
                         : rows[IDENTITY_NAME_EMAIL];
    place.line = number->line != 0 ? number->line : person->line;
    place.column = number->column;
    problems_add(problems, SEVERITY_ERROR, place,
                 "%s has the membership number of row %u, but the name and %s of row %u: which is it?", shown,
                 rows[IDENTITY_MEMBER_ID], other == rows[IDENTITY_NAME_POSTCODE] ? "postcode" : "e-mail address",
                 other);
}

void identities_meet(struct identities *identities, const struct person *person, const char *file,
                     struct problems *problems) {
    make_room(identities);
    bool numbered = has_number(person, &identities->text);
    fold_name(&identities->name, &person->values[FIELD_NAME]);

    unsigned rows[IDENTITY_OWN_KINDS] = {0}, met = 0;
    bool disagree = false, other_number = false;
    for (int kind = 0; kind < IDENTITY_OWN_KINDS; kind++) {
        uint64_t hash[2];
        if (!words_of(&identities->text, &identities->name, person, (enum identity_kind)kind))
            continue;
        hash_text(&identities->text, (enum identity_kind)kind, hash);
        struct identity_slot *slot = find(identities->slots, identities->slots_count, hash);
        if (slot->row == 0) {
            *slot = (struct identity_slot){{hash[0], hash[1]}, person->row, numbered};
            identities->count++;
            continue;
        }
        rows[kind] = slot->row;
        other_number = other_number ||
                       (kind != IDENTITY_MEMBER_ID && numbered && slot->has_number && rows[IDENTITY_MEMBER_ID] == 0);
        disagree = disagree || (met != 0 && met != slot->row);
        met = slot->row;
    }
    if (disagree)
        report_disagreement(person, file, rows, problems);
    else if (met != 0)
        report(person, file, rows, met, other_number, problems);
}

bool identities_take_row(struct identities *identities, unsigned row) {
    size_t word = row / 64, room = identities->rows_room;
    if (word >= room) {
        memory_grow(&identities->rows, &identities->rows_room, word + 1, sizeof *identities->rows);
        memset(identities->rows + room, 0, (identities->rows_room - room) * sizeof *identities->rows);
    }
    uint64_t bit = (uint64_t)1 << (row % 64);
    bool taken = (identities->rows[word] & bit) != 0;
    identities->rows[word] |= bit;
    return !taken;
}
