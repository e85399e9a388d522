/*
 * Listings: what a file says of a member comes in, one form for all formats goes out. The one idea: a title is kept
 * only where the file really gives one, so that a file without titles, imported later, takes none away.
 */
#include "input/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/text.h"
#include "input/email.h"
#include "input/field.h"
#include "input/recipient.h"

enum { EMAIL_SHOWN_MAX = 200 }; /* bytes of one that a message repeats */

void listing_init(struct listing *listing, const char *path, struct arena *arena) {
    *listing = (struct listing){.path = path, .format = "", .arena = arena};
}

void listing_release(struct listing *listing) {
    free(listing->entries);
    listing->entries = NULL;
    listing->count = listing->room = 0;
}

/* Texts */

static bool parts_words(uint32_t codepoint) {
    return text_is_control(codepoint) || text_is_private(codepoint) || text_is_space(codepoint);
}

/* TEXT with single spaces, NFC, and nothing in it that a letter cannot bear. LINES: its line breaks are kept. */
static const char *clean(struct arena *arena, const char *text, bool lines) {
    if (text == NULL || *text == '\0')
        return "";
    size_t length = strlen(text);
    struct str out = STR_EMPTY;
    char gap = '\0';
    for (size_t at = 0; at < length;) {
        size_t start = at;
        uint32_t codepoint = text_next(text, length, &at);
        if (parts_words(codepoint)) {
            gap = (char)(gap == '\n' || (lines && codepoint == '\n') ? '\n' : ' ');
            continue;
        }
        if (gap != '\0' && out.length > 0)
            str_addc(&out, gap);
        gap = '\0';
        str_add(&out, text + start, at - start);
    }
    size_t cleaned = out.length;
    const char *normal = cleaned == 0 || cleaned > LISTING_TEXT_MAX ? "" : text_nfc(arena, out.bytes, &cleaned);
    str_release(&out);
    return normal;
}

/* Names */

static bool same_key(const char *a, size_t a_length, const char *b, size_t b_length) {
    struct str left = STR_EMPTY, right = STR_EMPTY;
    field_key(&left, a, a_length);
    field_key(&right, b, b_length);
    bool same = left.length > 0 && left.length == right.length && memcmp(left.bytes, right.bytes, left.length) == 0;
    str_release(&left);
    str_release(&right);
    return same;
}

static const char *last_word(const char *name) {
    const char *space = strrchr(name, ' ');
    return space == NULL ? name : space + 1;
}

static size_t first_character(const char *name) {
    size_t length = 0;
    if (*name != '\0')
        text_next(name, strlen(name), &length);
    return length;
}

bool listing_same_person(const char *a, const char *b) {
    a += recipient_titles_length(a, strlen(a));
    b += recipient_titles_length(b, strlen(b));
    if (same_key(a, strlen(a), b, strlen(b)))
        return true;
    const char *a_surname = last_word(a), *b_surname = last_word(b);
    return same_key(a_surname, strlen(a_surname), b_surname, strlen(b_surname)) &&
           same_key(a, first_character(a), b, first_character(b));
}

static bool is_nobody(const char *name) {
    static const char *const words[] = {"vacant", "vacancy", "vacant seat", "seat vacant", "none", "n/a", "-", "–"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(name, words[i]) == 0)
            return true;
    return *name == '\0';
}

/* The name with everything that the file gives before and behind it. */
static const char *whole_name(struct arena *arena, const char *name, const char *title) {
    if (*title == '\0' || is_nobody(name))
        return is_nobody(name) && !is_nobody(title) ? title : name;
    size_t length = strlen(title);
    bool ends = length > 3 && strcmp(title + length - 3, " MP") == 0;
    if (ends || strstr(title, last_word(recipient_read(arena, OFFICE_MP, name, strlen(name)).plain)) != NULL)
        return title;
    return arena_printf(arena, "%s %s", title, name);
}

static void set_name(struct listing_entry *entry, struct arena *arena, const char *name, const char *title) {
    const char *whole = whole_name(arena, name, title);
    if (is_nobody(whole))
        return;
    struct recipient given = recipient_read(arena, OFFICE_MP, whole, strlen(whole));
    struct recipient bare = recipient_read(arena, OFFICE_MP, given.plain, strlen(given.plain));
    entry->name = given.plain;
    if (*title != '\0' || strcmp(given.title, bare.title) != 0)
        entry->title = given.title;
    if (*entry->dear == '\0' && strcmp(given.dear, bare.dear) != 0)
        entry->dear = given.dear;
}

/* Members */

/* "", also where a list says in words of its own that there is no address. */
static const char *find_email(const struct listing *listing, const struct listing_entry *entry, const char *email,
                              struct problems *problems) {
    if (strncasecmp(email, "mailto:", 7) == 0)
        email += 7;
    const char *fault = *email == '\0' ? NULL : email_fault(email, strlen(email));
    if (fault == NULL)
        return email;
    if (strchr(email, '@') != NULL || (strchr(email, '.') != NULL && strchr(email, ' ') == NULL))
        problems_add(problems, SEVERITY_WARNING, (struct place){.file = listing->path, .line = entry->line},
                     "the e-mail address \"%.*s\" of %s is left out: it %s",
                     (int)text_cut(email, strlen(email), EMAIL_SHOWN_MAX), email, entry->name, fault);
    return "";
}

static const char *note_of_party(const char *party) {
    if (strcasecmp(party, "Speaker") == 0)
        return "is the Speaker";
    return same_key(party, strlen(party), "Sinn Fein", 9) ? "does not take their seat" : "";
}

int listing_add(struct listing *listing, const struct listing_entry *entry, struct problems *problems,
                struct error *error) {
    struct arena *arena = listing->arena;
    struct listing_entry made = {
        .line = entry->line,
        .code = clean(arena, entry->code, false),
        .constituency = clean(arena, entry->constituency, false),
        .constituency_welsh = clean(arena, entry->constituency_welsh, false),
        .name = "",
        .title = "",
        .dear = clean(arena, entry->dear, false),
        .party = clean(arena, entry->party, false),
        .address = clean(arena, entry->address, true),
        .note = clean(arena, entry->note, false),
    };
    struct place place = {.file = listing->path, .line = entry->line};
    if (listing->count == LISTING_MAX)
        return error_at(error, STATUS_DATA, place, "this list has more than 5,000 rows; there are 650 MPs");
    if (*made.code == '\0' && *made.constituency == '\0') {
        problems_add(problems, SEVERITY_WARNING, place, "left out: this row has no constituency");
        return 0;
    }
    set_name(&made, arena, clean(arena, entry->name, false), clean(arena, entry->title, false));
    made.email = find_email(listing, &made, clean(arena, entry->email, false), problems);
    if (*made.note == '\0')
        made.note = note_of_party(made.party);
    *MEMORY_PUSH(listing->entries, listing->count, listing->room) = made;
    return 0;
}
