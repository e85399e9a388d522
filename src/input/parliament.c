/*
 * Parliament's answers: JSON comes in, entries of a listing go out.
 *
 *     file         = 1*answer | "[" answer *("," answer) "]"
 *     answer       = { "items": [ item … ] } | item
 *     item         = { "value": member | constituency } | member | constituency
 *     member       = { nameFullTitle, nameAddressAs, latestParty, latestHouseMembership: { membershipFrom, house, … } }
 *     constituency = { name, endDate, currentRepresentation: { "member": item } or null }
 *
 * Whatever else there is in an answer is not looked at, and what is of another type than expected is not there.
 */
#include "input/parliament.h"

#include <string.h>

#include <jansson.h>

enum { HOUSE_OF_COMMONS = 1, NESTING_MAX = 8 };

struct answers {
    struct listing *listing;
    unsigned records;
    struct problems *problems;
    struct error *error;
};

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

static bool has_ended(const json_t *object, const char *key) {
    const json_t *date = json_object_get(object, key);
    return date != NULL && !json_is_null(date);
}

static int add(struct answers *answers, const char *constituency, const json_t *member) {
    struct listing_entry entry = {.line = answers->records, .constituency = constituency};
    if (member != NULL) {
        entry.name = text_of(member, "nameDisplayAs");
        entry.title = text_of(member, "nameFullTitle");
        entry.dear = text_of(member, "nameAddressAs");
        entry.party = text_of(json_object_get(member, "latestParty"), "name");
    }
    return listing_add(answers->listing, &entry, answers->problems, answers->error);
}

/* What stands in the "value" of ITEM, or ITEM itself. */
static const json_t *value_of(const json_t *item) {
    const json_t *value = json_object_get(item, "value");
    return json_is_object(value) ? value : item;
}

/* A member found by itself: their seat is where they come from, if they sit. */
static int take_member(struct answers *answers, const json_t *member) {
    const json_t *membership = json_object_get(member, "latestHouseMembership");
    const json_t *active = json_object_get(json_object_get(membership, "membershipStatus"), "statusIsActive");
    if (json_integer_value(json_object_get(membership, "house")) != HOUSE_OF_COMMONS ||
        has_ended(membership, "membershipEndDate") || json_is_false(active))
        return 0;
    return add(answers, text_of(membership, "membershipFrom"), member);
}

static int take_constituency(struct answers *answers, const json_t *constituency) {
    if (has_ended(constituency, "endDate"))
        return 0;
    const json_t *representation = json_object_get(constituency, "currentRepresentation");
    const json_t *member = value_of(json_object_get(representation, "member"));
    return add(answers, text_of(constituency, "name"), json_is_object(member) ? member : NULL);
}

static int take_answer(struct answers *answers, const json_t *answer, int depth) {
    const json_t *list = json_is_array(answer) ? answer : json_object_get(answer, "items");
    if (json_is_array(list)) {
        for (size_t i = 0; i < json_array_size(list); i++)
            if (depth < NESTING_MAX && take_answer(answers, json_array_get(list, i), depth + 1) != 0)
                return -1;
        answers->listing->format = "Parliament Members API";
        return 0;
    }
    const json_t *value = value_of(answer);
    answers->records++;
    if (json_object_get(value, "latestHouseMembership") != NULL) {
        answers->listing->format = "Parliament Members API";
        return take_member(answers, value);
    }
    if (json_object_get(value, "currentRepresentation") != NULL) {
        answers->listing->format = "Parliament Members API";
        return take_constituency(answers, value);
    }
    return 0;
}

static int broken(const struct listing *listing, const json_error_t *fault, struct error *error) {
    struct place place = {listing->path, (unsigned)(fault->line < 0 ? 0 : fault->line),
                          (unsigned)(fault->column < 0 ? 0 : fault->column)};
    return error_at(error, STATUS_DATA, place, "this is not JSON as Parliament's website gives it: %s", fault->text);
}

int parliament_read(struct listing *listing, const struct str *text, struct problems *problems, struct error *error) {
    struct answers answers = {listing, 0, problems, error};
    size_t at = 0;
    while (at + strspn(text->bytes + at, " \t\r\n") < text->length) {
        json_error_t fault;
        json_t *answer = json_loadb(text->bytes + at, text->length - at, JSON_DISABLE_EOF_CHECK, &fault);
        if (answer == NULL)
            return broken(listing, &fault, error);
        int result = take_answer(&answers, answer, 0);
        json_decref(answer);
        if (result != 0)
            return -1;
        at += (size_t)fault.position;
    }
    if (*listing->format == '\0')
        return error_at(error, STATUS_DATA, (struct place){.file = listing->path},
                        "this JSON holds no members or constituencies as the Parliament Members API gives them");
    return 0;
}
