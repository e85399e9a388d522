/*
 * Representatives: a person as the list has them comes in, their constituency and MP go out. The one idea: first the
 * seat, of which the list's constituency and the postcode each know something; then its member, of whom list and
 * directory do. At both steps what agrees goes on, and what does not is said and not decided.
 *
 *     constituency in the list   postcode is in        the seat
 *     Bootle                     Bootle, or not known  Bootle
 *     Bootle                     Bootle or Southport   Bootle: the list says on which side of the boundary
 *     Bootle                     Southport             held, or as directory.prefer says
 *     -                          Bootle                Bootle
 *     -                          Bootle or Southport   the one whose member the list names; else held
 *     -                          not known             held, unless the list names the MP
 */
#include "input/representative.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "input/postcode.h"
#include "input/recipient.h"

/* What is asked of the directory for one row. */
struct search {
    struct representatives *own;
    struct person *person;
    struct value *values;
    struct arena *arena;
    struct problems *problems;           /* NULL: nothing is said */
    struct directory_result by_name;     /* of the list's constituency; DIRECTORY_NOT_HELD where it names none */
    struct directory_result by_postcode; /* DIRECTORY_NOT_HELD where it was not looked up */
    bool postcode_is_whole;
    struct value mp; /* whom the list names; length 0: nobody */
};

/* How a secretary gets rid of a disagreement. */
static const char settle[] =
    "mend the row, or settle it for all with directory.prefer=list or directory.prefer=directory";

/* An MSP's constituency is another than the MP's; a peer has none. */
static bool is_known(enum office office) {
    return office == OFFICE_MP || office == OFFICE_FIXED;
}

void representative_init(struct representatives *own, enum office office, struct directory *directory,
                         enum preference preference, const char *file, bool mp_is_given, bool has[FIELD_COUNT]) {
    if (!is_known(office))
        directory = NULL;
    *own = (struct representatives){
        .office = office,
        .directory = directory,
        .preference = preference,
        .needs = {true, true, true},
        .file = file,
        .list_has_constituencies = has[FIELD_CONSTITUENCY],
        .list_has_mps = has[FIELD_MP] || has[FIELD_MP_TITLE],
        .mp_is_given = mp_is_given,
    };
    if (directory == NULL)
        return;
    size_t count = directory_seats(directory, &own->seats);
    own->noted = memory_alloc(count + 1, sizeof *own->noted);
    own->gives_mps = directory_mps(directory).held;
    own->has_postcodes = directory_postcodes(directory).held;
    bool finds = own->gives_mps && own->has_postcodes && has[FIELD_POSTCODE];
    has[FIELD_CONSTITUENCY] = has[FIELD_CONSTITUENCY] || finds;
    for (int field = FIELD_MP; own->gives_mps && !mp_is_given && field <= FIELD_PARTY; field++)
        has[field] = has[field] || has[FIELD_CONSTITUENCY];
}

void representative_release(struct representatives *own) {
    free(own->noted);
    own->noted = NULL;
}

static bool looks_for_mps(const struct representatives *own) {
    return own->needs.mp && own->gives_mps && !own->mp_is_given;
}

static bool is_dissolved(const struct representatives *own) {
    return looks_for_mps(own) && directory_is_dissolved(own->directory);
}

/* What the directory lacks that would help: one hint, for all rows. */
static void hint(const struct representatives *own, struct place place, struct problems *problems) {
    if (!own->needs.mp || own->list_has_mps || own->office != OFFICE_MP)
        return;
    if (!own->gives_mps)
        problems_add(problems, SEVERITY_NOTE, place,
                     "no MPs are named here: postbag import mps FILE finds the MP of each row");
    else if (!own->has_postcodes && !own->list_has_constituencies)
        problems_add(problems, SEVERITY_NOTE, place,
                     "neither MPs nor constituencies are named here: postbag import postcodes FILE finds them by the "
                     "postcode of each row");
}

void representative_expect(struct representatives *own, const struct representative_needs *needs, struct place place,
                           struct problems *problems) {
    own->needs = *needs;
    hint(own, place, problems);
    if (!is_dissolved(own))
        return;
    bool as_listed = own->list_has_mps && own->preference == PREFER_LIST;
    problems_add(
        problems, as_listed ? SEVERITY_WARNING : SEVERITY_ERROR, place,
        "Parliament is dissolved: in the imported list of MPs nobody sits for any constituency, so nobody can be "
        "written to as an MP until after the election; then import the new list with postbag import mps FILE");
}

/* Holding a row. */

/* The row lacks what the directory would have given, and why has been said. */
static void mark(struct person *person) {
    static const enum field fields[] = {FIELD_CONSTITUENCY, FIELD_MP,         FIELD_MP_TITLE, FIELD_MP_DEAR,
                                        FIELD_MP_EMAIL,     FIELD_MP_ADDRESS, FIELD_PARTY};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (person->values[fields[i]].length == 0)
            person->empty_by_error[fields[i]] = true;
}

/* Says WHY, which is released, at the first of two cells that there is, else at the row. */
static void hold(struct search *search, enum field cell, enum field other, struct str *why) {
    const struct value *value = &search->values[cell];
    struct place place = {search->own->file, search->person->line, 0};
    if (value->column == 0)
        value = &search->values[other];
    if (value->column != 0)
        place = (struct place){search->own->file, value->line, value->column};
    if (search->problems != NULL)
        problems_add(search->problems, SEVERITY_ERROR, place, "%s", why->bytes);
    mark(search->person);
    str_release(why);
}

static const char *shown(const struct search *search, const struct value *value) {
    return value_shown(search->arena, value->text, value->length);
}

/* "Bootle", "Bootle or Southport". */
static void add_candidates(struct str *out, const struct directory_result *result) {
    for (size_t i = 0; i < result->candidates_count; i++) {
        assert(result->candidates[i] != NULL);
        if (i > 0)
            str_adds(out, i + 1 == result->candidates_count ? " or " : ", ");
        str_adds(out, result->candidates[i]->name);
    }
}

/* Names. */

/* A constituency that only the list of postcodes knows, by its code: it is of before 2024. */
static bool is_nameless(const struct seat *seat) {
    return *seat->name == '\0' || strcmp(seat->name, seat->code) == 0;
}

static void add_person_key(struct str *out, const char *name, size_t length) {
    size_t titles = recipient_titles_length(name, length);
    field_key(out, name + titles, length - titles);
}

/* Whether two plain names are one person's: case, marks, punctuation and courtesy titles do not matter. */
static bool is_same_person(const char *a, size_t a_length, const char *b, size_t b_length) {
    if (a_length == b_length && memcmp(a, b, a_length) == 0)
        return true;
    struct str first = STR_EMPTY, second = STR_EMPTY;
    add_person_key(&first, a, a_length);
    add_person_key(&second, b, b_length);
    bool same = first.length == second.length && memcmp(first.bytes, second.bytes, first.length) == 0;
    str_release(&first);
    str_release(&second);
    return same;
}

static bool sits_for(const struct search *search, const struct seat *seat) {
    return !seat->vacant && is_same_person(search->mp.text, search->mp.length, seat->member, strlen(seat->member));
}

/* The seat. */

static const struct seat *answer_of(const struct directory_result *result) {
    return result->answer == DIRECTORY_FOUND ? result->candidates[0] : NULL;
}

static bool is_among(const struct directory_result *result, const struct seat *seat) {
    for (size_t i = 0; i < result->candidates_count; i++)
        if (result->candidates[i] == seat)
            return true;
    return false;
}

/* The list names a constituency that there is not. */
static const struct seat *seat_of_no_name(struct search *search) {
    const struct representatives *own = search->own;
    const struct seat *lived_in = answer_of(&search->by_postcode);
    if (own->preference == PREFER_DIRECTORY && lived_in != NULL)
        return lived_in;
    if (own->preference == PREFER_LIST && search->mp.length > 0)
        return NULL;
    struct str why = STR_EMPTY;
    directory_explain(&search->by_name, shown(search, &search->values[FIELD_CONSTITUENCY]), &why);
    if (lived_in != NULL)
        str_addf(&why, "%s %s is in %s",
                 why.length > 0 && why.bytes[why.length - 1] == '?' ? " The postcode" : "; the postcode",
                 search->values[FIELD_POSTCODE].text, lived_in->name);
    hold(search, FIELD_CONSTITUENCY, FIELD_POSTCODE, &why);
    return NULL;
}

/* The list names a constituency, and the postcode lies in another. */
static const struct seat *seat_of_two(struct search *search, const struct seat *named) {
    const struct seat *lived_in = answer_of(&search->by_postcode);
    struct str why = STR_EMPTY;
    if (search->own->preference == PREFER_LIST)
        return named;
    if (search->own->preference == PREFER_DIRECTORY && lived_in != NULL)
        return lived_in;
    str_addf(&why, "the list says %s, but the postcode %s is in ", named->name, search->values[FIELD_POSTCODE].text);
    add_candidates(&why, &search->by_postcode);
    str_addf(&why, ": %s", settle);
    hold(search, FIELD_CONSTITUENCY, FIELD_POSTCODE, &why);
    return NULL;
}

static const struct seat *seat_by_name(struct search *search) {
    const struct seat *named = answer_of(&search->by_name);
    enum directory_answer lived = search->by_postcode.answer;
    if (named == NULL)
        return seat_of_no_name(search);
    if ((lived != DIRECTORY_FOUND && lived != DIRECTORY_BOUNDARY) || is_among(&search->by_postcode, named))
        return named;
    return seat_of_two(search, named);
}

/* The postcode lies on a boundary, and the list names the MP: that may tell on which side. */
static const struct seat *seat_by_member(struct search *search) {
    const struct directory_result *result = &search->by_postcode;
    const struct seat *found = NULL;
    for (size_t i = 0; i < result->candidates_count; i++) {
        if (!sits_for(search, result->candidates[i]))
            continue;
        if (found != NULL)
            return NULL;
        found = result->candidates[i];
    }
    return found;
}

/* A postcode that does not tell where its people vote. */
static const struct seat *seat_of_no_postcode(struct search *search) {
    const struct representatives *own = search->own;
    bool named = search->mp.length > 0;
    if (named && search->by_postcode.answer == DIRECTORY_BOUNDARY) {
        const struct seat *seat = seat_by_member(search);
        if (seat != NULL || own->preference == PREFER_LIST)
            return seat;
    } else if ((named || !looks_for_mps(own)) && !own->needs.constituency_required) {
        return NULL;
    }
    /* That no postcodes were imported is said once, where the list relies on them alone. */
    if (search->by_postcode.answer == DIRECTORY_NOT_HELD && !own->list_has_constituencies) {
        mark(search->person);
        return NULL;
    }
    struct str why = STR_EMPTY;
    directory_explain(&search->by_postcode, search->values[FIELD_POSTCODE].text, &why);
    hold(search, FIELD_POSTCODE, FIELD_CONSTITUENCY, &why);
    return NULL;
}

static const struct seat *seat_by_postcode(struct search *search) {
    const struct seat *seat = answer_of(&search->by_postcode);
    if (seat != NULL)
        return seat;
    if (search->postcode_is_whole)
        return seat_of_no_postcode(search);
    if (search->mp.length == 0)
        mark(search->person); /* what is wrong with the postcode is for input/check to say */
    return NULL;
}

/* Its member. */

static void set(struct value *value, const char *text, const struct value *found_by) {
    *value = (struct value){text, strlen(text), found_by->line, found_by->column};
}

/* All that is known of the member, over what the list says where OVER, else where it says nothing. */
static void take_member(struct search *search, const struct seat *seat, const struct value *found_by, bool over) {
    struct recipient forms = {seat->title, seat->dear, seat->member};
    if (*seat->title == '\0' || *seat->dear == '\0') {
        struct recipient made = recipient_read(search->arena, OFFICE_MP, seat->member, strlen(seat->member));
        forms.title = *seat->title != '\0' ? seat->title : made.title;
        forms.dear = *seat->dear != '\0' ? seat->dear : made.dear;
    }
    const struct {
        enum field field;
        const char *text;
    } taken[] = {
        {FIELD_MP, forms.plain},       {FIELD_MP_TITLE, forms.title},     {FIELD_MP_DEAR, forms.dear},
        {FIELD_MP_EMAIL, seat->email}, {FIELD_MP_ADDRESS, seat->address}, {FIELD_PARTY, seat->party},
    };
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (over || search->values[taken[i].field].length == 0)
            set(&search->values[taken[i].field], taken[i].text, found_by);
}

/*
 * Whether FORM was made of the cell that names the MP, and says no more than the bare name with BEHIND it. Then the
 * directory's "The Rt Hon Jane Smith MP" and "Ms Smith" are better; a form of the list's own stays.
 */
static bool is_bare(const struct search *search, const struct value *form, const char *behind) {
    const struct value *mp = &search->values[FIELD_MP];
    return form->line == mp->line && form->column == mp->column && mp->length > 0 &&
           form->length == mp->length + strlen(behind) && memcmp(form->text, mp->text, mp->length) == 0 &&
           strcmp(form->text + mp->length, behind) == 0;
}

/* List and directory name the same person. */
static void add_to_member(struct search *search, const struct seat *seat, const struct value *found_by) {
    struct value *title = &search->values[FIELD_MP_TITLE], *dear = &search->values[FIELD_MP_DEAR];
    if (is_bare(search, title, " MP"))
        title->length = 0;
    if (is_bare(search, dear, ""))
        dear->length = 0;
    take_member(search, seat, found_by, false);
}

static void hold_for_member(struct search *search, const struct seat *seat) {
    struct str why = STR_EMPTY;
    const char *name = shown(search, &search->mp);
    if (seat->vacant)
        str_addf(&why, "the list names %s, but nobody sits for %s in the imported list of MPs: %s", name, seat->name,
                 settle);
    else
        str_addf(&why, "the list names %s, but the MP for %s is %s: %s", name, seat->name, seat->member, settle);
    hold(search, FIELD_MP, FIELD_MP_TITLE, &why);
}

static void hold_for_vacancy(struct search *search, const struct seat *seat) {
    struct directory_result result = {search->own->directory, DIRECTORY_FOUND, {seat}, 1};
    struct str why = STR_EMPTY;
    directory_explain(&result, seat->name, &why);
    hold(search, FIELD_CONSTITUENCY, FIELD_POSTCODE, &why);
}

static void find_member(struct search *search, const struct seat *seat, const struct value *found_by) {
    struct representatives *own = search->own;
    bool named = search->mp.length > 0, same = named && sits_for(search, seat);
    bool over = own->preference == PREFER_DIRECTORY;
    if (named && !same && own->preference == PREFER_LIST)
        return;
    if (is_dissolved(own)) {
        mark(search->person); /* which was said once, for all */
        return;
    }
    if (seat->vacant || (named && !same && !over)) {
        (named && !over ? hold_for_member : hold_for_vacancy)(search, seat);
        return;
    }
    if (same && !over)
        add_to_member(search, seat, found_by);
    else
        take_member(search, seat, found_by, over);
    if (*seat->note != '\0')
        own->noted[seat - own->seats] = true;
}

/* The row. */

static int look_up(struct search *search, struct error *error) {
    const struct representatives *own = search->own;
    const struct value *name = &search->values[FIELD_CONSTITUENCY], *postcode = &search->values[FIELD_POSTCODE];
    char normal[POSTCODE_MAX];
    search->by_name = search->by_postcode = (struct directory_result){own->directory, DIRECTORY_NOT_HELD, {NULL}, 0};
    search->postcode_is_whole = postcode_normalise(postcode->text, postcode->length, normal) == 0;
    if (name->length > 0)
        directory_find_constituency(own->directory, name->text, name->length, &search->by_name);
    /* On the second pass the postcode has nothing more to say, unless it has the last word. */
    bool settled =
        search->problems == NULL && own->preference != PREFER_DIRECTORY && search->by_name.answer == DIRECTORY_FOUND;
    if (!own->has_postcodes || !search->postcode_is_whole || settled)
        return 0;
    if (directory_find_postcode(own->directory, normal, &search->by_postcode, error) != 0)
        return -1;
    const struct seat *seat = answer_of(&search->by_postcode);
    if (name->length > 0 && seat != NULL && is_nameless(seat))
        search->by_postcode.answer = DIRECTORY_UNKNOWN; /* it cannot speak against the list */
    return 0;
}

/* The list may say who the MP is in a full title only. */
static struct value named_mp(const struct search *search) {
    const struct value *mp = &search->values[FIELD_MP], *title = &search->values[FIELD_MP_TITLE];
    if (mp->length > 0 || title->length == 0)
        return *mp;
    struct value plain = *title;
    plain.text = recipient_read(search->arena, OFFICE_MP, title->text, title->length).plain;
    plain.length = strlen(plain.text);
    return plain;
}

int representative_find(struct representatives *own, struct person *person, struct arena *arena,
                        struct problems *problems, struct error *error) {
    if (!own->gives_mps || (!looks_for_mps(own) && !own->needs.constituency))
        return 0;
    struct search search = {
        .own = own, .person = person, .values = person->values, .arena = arena, .problems = problems};
    search.mp = named_mp(&search);
    if (look_up(&search, error) != 0)
        return -1;

    struct value *name = &person->values[FIELD_CONSTITUENCY];
    const struct seat *seat = name->length > 0 ? seat_by_name(&search) : seat_by_postcode(&search);
    if (seat == NULL)
        return 0;
    const struct value found_by = name->length > 0 ? *name : person->values[FIELD_POSTCODE];
    bool as_written = name->length > 0 && seat == answer_of(&search.by_name) && strcmp(name->text, seat->code) != 0;
    if (!as_written && !is_nameless(seat))
        set(name, seat->name, &found_by);
    if (looks_for_mps(own))
        find_member(&search, seat, &found_by);
    return 0;
}

void representative_review(const struct representatives *own, struct problems *problems) {
    if (own->directory == NULL)
        return;
    const struct seat *seats;
    size_t count = directory_seats(own->directory, &seats), noted = 0;
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < count; i++)
        if (own->noted[i] && noted++ < REPRESENTATIVE_NOTED_MAX)
            str_addf(&text, "%s%s (%s) %s", noted > 1 ? "; " : "", seats[i].member, seats[i].name, seats[i].note);
    if (noted > REPRESENTATIVE_NOTED_MAX)
        str_addf(&text, "; and so on for %zu more", noted - REPRESENTATIVE_NOTED_MAX);
    if (noted > 0)
        problems_add(problems, SEVERITY_NOTE, (struct place){own->file, 0, 0},
                     "%s: their constituents' letters go to them like all others", text.bytes);
    str_release(&text);
}
