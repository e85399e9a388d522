/*
 * Fields: a name as somebody wrote it comes in, the field that it means goes out. The one idea is the table of names,
 * written as people write them; a name and a key are compared letter by letter, so that the table needs no preparing.
 *
 * Names that differ only in what a key leaves out (case, spaces, marks, punctuation) are written once. A leading
 * "your", "home" or "member's" need not be written either: it is taken off where the whole is not known.
 */
#include "input/field.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

enum use { COLUMN = 1, PLACEHOLDER = 2, BOTH = 3 };

static const struct {
    enum field field;
    enum use use;
    const char *names; /* parted by '|'; '@' is whatever the recipient's office is called (input/office) */
} known[] = {
    {FIELD_NAME, BOTH,
     "name|full name|member|member name|member's name|constituent|constituent name|constituent's name|name of member|"
     "name in full|supporter|supporter name|signatory|display name|contact name|enw|enw llawn|enw aelod|enw'r aelod"},
    {FIELD_NAME, PLACEHOLDER, "print name|sign name|signature name|name here|own name"},
    {FIELD_TITLE, BOTH,
     "title|courtesy title|name title|honorific|name prefix|Mr/Mrs/Ms|Mr/Mrs/Ms/Mx|Mr/Mrs/Miss/Ms|teitl"},
    {FIELD_TITLE, COLUMN, "prefix|salutation title|initial title"},
    {FIELD_FIRST_NAME, BOTH,
     "first name|forename|forenames|given name|given names|Christian name|first names|first|fname|enw cyntaf|"
     "enw bedydd"},
    {FIELD_LAST_NAME, BOTH, "last name|surname|family name|second name|last|lname|cyfenw"},
    {FIELD_ADDRESS, BOTH,
     "address|full address|postal address|mailing address|residential address|contact address|address in full|"
     "address block|home address|cyfeiriad|cyfeiriad llawn|cyfeiriad cartref|cyfeiriad post"},
    {FIELD_HOUSE, BOTH,
     "house|house number|house no|house name|house name or number|house number or name|house name/number|"
     "house number/name|house name/no|house no/name|building number|property number|rhif y tŷ|enw neu rif y tŷ"},
    {FIELD_ADDRESS_1, BOTH,
     "street|street address|first line of address|1st line of address|address first line|address 1st line|"
     "first line of the address|stryd|llinell gyntaf y cyfeiriad"},
    {FIELD_ADDRESS_1 + 1, BOTH, "second line of address|2nd line of address|address second line|address 2nd line"},
    {FIELD_ADDRESS_1 + 2, BOTH, "third line of address|3rd line of address|address third line|address 3rd line"},
    {FIELD_ADDRESS_LAST, COLUMN, "locality|village|dependent locality|suburb|district|pentref|ardal"},
    {FIELD_TOWN, BOTH,
     "town|city|post town|postal town|town/city|city/town|town or city|city or town|tref|dinas|tref/dinas"},
    {FIELD_COUNTY, BOTH, "county|county/region|county/state|state/county|state/province|sir"},
    {FIELD_COUNTRY, BOTH, "country|nation|gwlad"},
    {FIELD_POSTCODE, BOTH,
     "postcode|postal code|zip|zip code|p/code|postcode/zip|zip/postcode|zip/postal code|postal/zip code|post/zip code|"
     "cod post|côd post"},
    {FIELD_EMAIL, BOTH, "e-mail address|email|e-mail|e-bost|cyfeiriad e-bost|cyfeiriad ebost"},
    {FIELD_EMAIL, COLUMN,
     "e-mail (home)|e-mail (personal)|e-mail (private)|e-mail 1|home e-mail|home e-mail address|personal e-mail|"
     "personal e-mail address|private e-mail|preferred e-mail|preferred e-mail address|primary e-mail|contact e-mail|"
     "contact e-mail address|e-mail address (home)|e-mail address (personal)|e-mail addr|mail"},
    {FIELD_TELEPHONE, BOTH,
     "telephone number|telephone|phone|phone number|tel|tel no|tel number|telephone no|phone no|mobile|mobile number|"
     "mobile no|mobile phone|mobile phone number|mobile telephone|contact number|contact telephone|daytime telephone|"
     "landline|ffôn|rhif ffôn|ffôn symudol|symudol"},
    {FIELD_MEMBER_ID, BOTH,
     "membership number|membership no|member number|member no|mem no|mem number|membership ID|member ID|"
     "membership ref|membership reference|member ref|member reference|m'ship no|membership num|union number|"
     "union membership number|union membership no|union no|rhif aelodaeth|rhif aelod"},
    {FIELD_EMPLOYER, BOTH, "employer|employer name|employer's name|name of employer|company|company name|cyflogwr"},
    {FIELD_JOB_TITLE, BOTH, "job title|job|occupation|job role|swydd|teitl swydd"},
    {FIELD_BRANCH, BOTH, "branch|branch name|union branch|name of branch|cangen|enw'r gangen"},
    {FIELD_CONSTITUENCY, BOTH,
     "constituency|parliamentary constituency|Westminster constituency|UK constituency|constituency name|"
     "name of constituency|parliamentary constituency name|Westminster parliamentary constituency|@'s constituency|"
     "@ constituency|etholaeth|etholaeth seneddol|enw'r etholaeth"},
    {FIELD_WARD, BOTH, "ward|ward name|electoral ward|council ward|local ward|name of ward|ward etholiadol|enw'r ward"},
    {FIELD_MP, BOTH,
     "@'s name|@|@ name|name of @|name of your @|local @|your @|your @'s name|your local @|my @|my @'s name|current @|"
     "sitting @|@'s full name|@ full name|@/name|enw'r @|enw @"},
    {FIELD_MP_TITLE, BOTH, "@'s full title|@ full title|@'s style|@ name and title|@'s name and title|@ addressee"},
    {FIELD_MP_DEAR, BOTH, "@'s salutation|@ salutation|@'s title and surname|salutation for @|Dear @|Dear"},
    {FIELD_MP_EMAIL, BOTH,
     "@'s e-mail address|@'s e-mail|@ e-mail|@ e-mail address|e-mail of @|e-mail address of @|e-bost yr @|e-bost @"},
    {FIELD_MP_ADDRESS, BOTH,
     "@'s address|@ address|address of @|@'s office address|@ office address|@'s postal address|cyfeiriad yr @"},
    {FIELD_PARTY, BOTH, "party|@'s party|@ party|political party|plaid|plaid yr @"},
    {FIELD_PERSONAL_MESSAGE, BOTH,
     "personal message|message|your own words|own words|in your own words|personal note|personal statement|"
     "personal paragraph|own paragraph|your story|my story|personal story|neges|neges bersonol|yn eich geiriau eich "
     "hun"},
    {FIELD_LANGUAGE, BOTH,
     "language|preferred language|letter language|language of letter|iaith|dewis iaith|iaith y llythyr"},
    {FIELD_DATE, BOTH, "date|dyddiad"},
    {FIELD_DATE, PLACEHOLDER,
     "today's date|date today|current date|date of letter|letter date|date here|dyddiad heddiw"},
};
enum { KNOWN = sizeof known / sizeof *known };

/* What stands before the number in "Address line 2". */
static const char numbered[] =
    "address line|address|line|addr|addr line|add|add line|address ln|ad|street|street address|"
    "street address line|home address|home address line|postal address|postal address line|"
    "mailing address|contact address|contact address line|cyfeiriad|llinell|llinell gyfeiriad|"
    "llinell cyfeiriad|cyfeiriad llinell";

/* Taken off where the whole is not known. Behind the second group only what a person is or has is looked for. */
static const char spoken[] = "insert|enter|add|your|my|the|name of|eich|fy";
static const char owners[] = "home|member|member's|members|constituent|constituent's|supporter|supporter's|personal";

/* The fields of a recipient, FIELD_MP to FIELD_MP_ADDRESS. */
#define OF(office)                                                                                    \
    {                                                                                                 \
        office "'s name", office "'s full title", office "'s salutation", office "'s e-mail address", \
            office "'s address"                                                                       \
    }
static const char *const of_office[OFFICES_COUNT][FIELD_MP_ADDRESS - FIELD_MP + 1] = {
    [OFFICE_MP] = OF("MP"), [OFFICE_PEER] = OF("peer"), [OFFICE_MSP] = OF("MSP"),
    [OFFICE_MS] = OF("MS"), [OFFICE_MLA] = OF("MLA"),   [OFFICE_FIXED] = OF("recipient"),
};
#undef OF

const char *field_name(enum office office, enum field field) {
    static const char *const names[FIELD_COUNT] = {
        [FIELD_NAME] = "name",
        [FIELD_TITLE] = "title",
        [FIELD_FIRST_NAME] = "first name",
        [FIELD_LAST_NAME] = "last name",
        [FIELD_ADDRESS] = "address",
        [FIELD_HOUSE] = "house name or number",
        [FIELD_ADDRESS_1] = "address line 1",
        [FIELD_ADDRESS_1 + 1] = "address line 2",
        [FIELD_ADDRESS_1 + 2] = "address line 3",
        [FIELD_ADDRESS_1 + 3] = "address line 4",
        [FIELD_ADDRESS_1 + 4] = "address line 5",
        [FIELD_ADDRESS_1 + 5] = "address line 6",
        [FIELD_ADDRESS_1 + 6] = "address line 7",
        [FIELD_ADDRESS_1 + 7] = "address line 8",
        [FIELD_TOWN] = "town",
        [FIELD_COUNTY] = "county",
        [FIELD_COUNTRY] = "country",
        [FIELD_POSTCODE] = "postcode",
        [FIELD_EMAIL] = "e-mail address",
        [FIELD_TELEPHONE] = "telephone number",
        [FIELD_MEMBER_ID] = "membership number",
        [FIELD_EMPLOYER] = "employer",
        [FIELD_JOB_TITLE] = "job title",
        [FIELD_BRANCH] = "branch",
        [FIELD_CONSTITUENCY] = "constituency",
        [FIELD_WARD] = "ward",
        [FIELD_PARTY] = "party",
        [FIELD_PERSONAL_MESSAGE] = "personal message",
        [FIELD_LANGUAGE] = "language",
        [FIELD_DATE] = "date",
    };
    return field >= FIELD_MP && field <= FIELD_MP_ADDRESS ? of_office[office][field - FIELD_MP] : names[field];
}

void field_key(struct str *out, const char *name, size_t length) {
    size_t start = out->length;
    text_fold_plain(out, name, length);
    size_t kept = start;
    for (size_t at = start, character = start; at < out->length; character = at) {
        if (!text_is_letter_or_digit(text_next(out->bytes, out->length, &at)))
            continue;
        memmove(out->bytes + kept, out->bytes + character, at - character);
        kept += at - character;
    }
    str_cut(out, kept);
}

/* The next of NAMES, which are parted by '|'. Returns false behind the last. */
static bool next_name(const char **names, const char **name, size_t *length) {
    if (**names == '\0')
        return false;
    *name = *names;
    *length = strcspn(*names, "|");
    *names += *length + ((*names)[*length] == '|');
    return true;
}

/*
 * Whether KEY goes on with what the NAME spells from *MATCHED on, which is moved behind it.
 */
static bool goes_on(const char *name, size_t name_length, const char *key, size_t length, size_t *matched) {
    for (size_t i = 0; i < name_length; i++) {
        unsigned char byte = (unsigned char)name[i];
        /* The only letters beyond ASCII here are ô and ŷ, whose keys are o and y. */
        bool circumflex = byte >= 0xC0;
        if (!circumflex && (byte >= 0x80 || !text_is_letter_or_digit(byte)))
            continue;
        char plain = circumflex ? (byte == 0xC5 ? 'y' : 'o') : (char)byte;
        if (plain >= 'A' && plain <= 'Z')
            plain = (char)(plain + ('a' - 'A'));
        if (*matched == length || key[*matched] != plain)
            return false;
        (*matched)++;
    }
    return true;
}

/* How much of KEY the NAME spells, where KEY begins with all of it; else 0. */
static size_t spells(const char *name, size_t name_length, const char *key, size_t length) {
    size_t matched = 0;
    return goes_on(name, name_length, key, length, &matched) ? matched : 0;
}

/* Whether NAME is spelt by the whole of KEY, with one of the words for OFFICE where it has an '@'. */
static bool is_name(const char *name, size_t name_length, enum office office, const char *key, size_t length) {
    const char *at = memchr(name, '@', name_length);
    if (at == NULL)
        return spells(name, name_length, key, length) == length;
    const char *words = office_words(office)->named, *word;
    size_t word_length, before = (size_t)(at - name);
    while (next_name(&words, &word, &word_length)) {
        size_t matched = 0;
        if (goes_on(name, before, key, length, &matched) && goes_on(word, word_length, key, length, &matched) &&
            goes_on(at + 1, name_length - before - 1, key, length, &matched) && matched == length)
            return true;
    }
    return false;
}

static bool is_one_of(const char *names, enum office office, const char *key, size_t length) {
    const char *name;
    size_t name_length;
    while (next_name(&names, &name, &name_length))
        if (length > 0 && is_name(name, name_length, office, key, length))
            return true;
    return false;
}

static int whole(const char *key, size_t length, enum office office, enum use use) {
    for (size_t i = 0; i < KNOWN; i++)
        if ((known[i].use & use) != 0 && is_one_of(known[i].names, office, key, length))
            return (int)known[i].field;
    if (length > 1 && key[length - 1] >= '1' && key[length - 1] < '1' + ADDRESS_LINES_MAX &&
        is_one_of(numbered, office, key, length - 1))
        return FIELD_ADDRESS_1 + (key[length - 1] - '1');
    return -1;
}

/* The field behind a leading word of WORDS, or -1. */
static int behind(const char *words, const char *key, size_t length, enum office office, enum use use) {
    const char *word;
    size_t word_length;
    while (next_name(&words, &word, &word_length)) {
        size_t taken = spells(word, word_length, key, length);
        int field = taken == 0 || taken == length ? -1 : whole(key + taken, length - taken, office, use);
        if (field >= 0)
            return field;
    }
    return -1;
}

static int field_of(const char *key, size_t length, enum office office, enum use use) {
    int field = whole(key, length, office, use);
    if (field < 0)
        field = behind(spoken, key, length, office, use);
    if (field >= 0)
        return field;
    /* "Member's party" and "home constituency" may mean something else than the MP's. */
    field = behind(owners, key, length, office, use);
    return field <= FIELD_MEMBER_ID ? field : -1;
}

int field_of_column(enum office office, const char *key, size_t length) {
    int field = field_of(key, length, office, COLUMN);
    /* "Date joined" is no letter's date, and neither is "your date": only a column of just that name is. */
    if (field == FIELD_DATE && whole(key, length, office, COLUMN) != FIELD_DATE)
        return -1;
    return field;
}

/* How much of KEY is a leading word that adds nothing ("insert", "your"); 0: none, or all of it. */
static size_t leading_word(const char *key, size_t length) {
    const char *words = spoken, *word;
    size_t word_length;
    while (next_name(&words, &word, &word_length)) {
        size_t taken = spells(word, word_length, key, length);
        if (taken > 0 && taken < length)
            return taken;
    }
    return 0;
}

int field_of_placeholder(enum office office, const char *key, size_t length) {
    int field = field_of(key, length, office, PLACEHOLDER);
    for (size_t taken; field < 0 && (taken = leading_word(key, length)) > 0;) {
        key += taken;
        length -= taken;
        field = field_of(key, length, office, PLACEHOLDER);
    }
    return field;
}

/* The nearest name so far. */
struct nearest {
    int field; /* -1: none is near */
    unsigned distance;
};

static void compare(struct nearest *nearest, const char *name, size_t name_length, enum field field, const char *key,
                    size_t length) {
    struct str own = STR_EMPTY;
    field_key(&own, name, name_length);
    /* A third of the letters may be wrong: beyond that a suggestion is a riddle. */
    size_t most = (length + (length < 3)) / 3;
    size_t own_count = text_count(own.bytes, own.length), count = text_count(key, length);
    size_t longer = own_count > count ? own_count - count : count - own_count; /* the distance is at least that */
    if (longer <= most && longer < nearest->distance) {
        unsigned distance = text_distance(own.bytes, own.length, key, length);
        if (distance < nearest->distance && distance <= most)
            *nearest = (struct nearest){(int)field, distance};
    }
    str_release(&own);
}

/* NAME with each of the words for OFFICE where it has an '@', and else as it is. */
static void compare_name(struct nearest *nearest, const char *name, size_t name_length, enum office office,
                         enum field field, const char *key, size_t length) {
    const char *at = memchr(name, '@', name_length), *words = office_words(office)->named, *word;
    size_t word_length, before = at == NULL ? name_length : (size_t)(at - name);
    struct str whole_name = STR_EMPTY;
    if (at == NULL)
        compare(nearest, name, name_length, field, key, length);
    while (at != NULL && next_name(&words, &word, &word_length)) {
        str_clear(&whole_name);
        str_add(&whole_name, name, before);
        str_add(&whole_name, word, word_length);
        str_add(&whole_name, at + 1, name_length - before - 1);
        compare(nearest, whole_name.bytes, whole_name.length, field, key, length);
    }
    str_release(&whole_name);
}

static void compare_all(struct nearest *nearest, enum office office, const char *key, size_t length) {
    for (size_t i = 0; i < KNOWN; i++) {
        const char *names = known[i].names, *name;
        size_t name_length;
        while (next_name(&names, &name, &name_length))
            compare_name(nearest, name, name_length, office, known[i].field, key, length);
    }
    for (enum field line = FIELD_ADDRESS_1; line <= FIELD_ADDRESS_LAST; line++)
        compare(nearest, field_name(office, line), strlen(field_name(office, line)), line, key, length);
}

const char *field_nearest(enum office office, const char *key, size_t length, unsigned *distance) {
    struct nearest nearest = {.field = -1, .distance = UINT_MAX};
    compare_all(&nearest, office, key, length);
    for (size_t taken; (taken = leading_word(key, length)) > 0;) {
        key += taken;
        length -= taken;
        compare_all(&nearest, office, key, length);
    }
    if (nearest.field < 0)
        return NULL;
    *distance = nearest.distance;
    return field_name(office, (enum field)nearest.field);
}
