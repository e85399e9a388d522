/*
 * Members: a file's listing comes in, members in the almanac go out. The one idea: two files are about the same House
 * if they name mostly the same people; then the later one completes the earlier, and is believed where they disagree,
 * but never so that one person's address ends up under another's name.
 */
#include "input/members.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "input/listing.h"
#include "input/lookup.h"
#include "input/parliament.h"

enum { COMPLETE_PERCENT = 95 }; /* of the seats that had a member: a list with so many is one of the whole House */

/* A seat while files are joined. */
struct place_held {
    const struct seat *seat;           /* as it was, or NULL */
    const struct listing_entry *entry; /* what the file says; NULL: nothing */
    struct almanac_member held;        /* as it was */
    bool sat;                          /* somebody did */
};

struct members {
    struct almanac *almanac;
    const struct directory *held;
    struct listing *listing;
    const struct seat **seats; /* for each entry of the listing, the seat that it is about, or NULL */
    bool *spoilt;              /* the entry contradicts another of the same file */
    struct members_result *result;
    struct problems *problems;
};

/* The file */

/* Whether PATH begins as JSON does. What cannot be read is found by whoever reads it next. */
static bool is_json(const char *path) {
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    int byte = getc(file);
    if (byte == 0xEF && getc(file) == 0xBB && getc(file) == 0xBF)
        byte = getc(file);
    for (int i = 0; i < 1000 && byte != EOF && isspace(byte); i++)
        byte = getc(file);
    fclose(file);
    return byte == '{' || byte == '[';
}

/* A list of postcodes would take minutes to be found out. */
static bool is_too_large(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > (off_t)MEMBERS_FILE_MAX_MB << 20;
}

static int read_listing(struct listing *listing, struct problems *problems, struct error *error) {
    if (is_too_large(listing->path))
        return error_at(error, STATUS_DATA, (struct place){.file = listing->path},
                        "this is larger than 64 MB, too large for a list of MPs; a list of postcodes is taken in by "
                        "postbag import postcodes FILE");
    if (!is_json(listing->path))
        return lookup_read(listing, problems, error);
    struct str text = STR_EMPTY;
    int result = file_read(listing->path, (size_t)MEMBERS_FILE_MAX_MB << 20, &text, error);
    if (result == 0)
        result = parliament_read(listing, &text, problems, error);
    str_release(&text);
    return result;
}

static struct place entry_place(const struct members *members, const struct listing_entry *entry) {
    return (struct place){.file = members->listing->path, .line = entry->line};
}

static const char *shown(const struct listing_entry *entry) {
    return *entry->constituency != '\0' ? entry->constituency : entry->code;
}

static int entry_number(struct members *members, const struct listing_entry *entry, int64_t *number,
                        struct error *error) {
    struct almanac_constituency constituency = {entry->code, "", entry->constituency, entry->constituency_welsh};
    *number = almanac_constituency(members->almanac, &constituency, error);
    return *number < 0 ? -1 : 0;
}

/* Joining */

static const struct seat *find_seat(const struct members *members, const char *name, struct directory_result *answer) {
    *answer = (struct directory_result){.answer = DIRECTORY_UNKNOWN};
    if (*name != '\0')
        directory_find_constituency(members->held, name, strlen(name), answer);
    return answer->answer == DIRECTORY_FOUND && answer->candidates_count > 0 ? answer->candidates[0] : NULL;
}

static void find_seats(struct members *members) {
    for (size_t i = 0; i < members->listing->count; i++) {
        const struct listing_entry *entry = &members->listing->entries[i];
        struct directory_result answer;
        members->seats[i] = find_seat(members, entry->code, &answer);
        if (members->seats[i] == NULL)
            members->seats[i] = find_seat(members, entry->constituency, &answer);
    }
}

/* Whether the file is about the House that is held: most of its seats are known, and most of their members agree. */
static bool is_same_house(const struct members *members) {
    size_t named = 0, known = 0, agree = 0;
    for (size_t i = 0; i < members->listing->count; i++) {
        const struct listing_entry *entry = &members->listing->entries[i];
        const struct seat *seat = members->seats[i];
        if (*entry->name == '\0')
            continue;
        named++;
        known += seat != NULL;
        agree += seat != NULL && !seat->vacant && listing_same_person(entry->name, seat->member);
    }
    return named > 0 && known * 2 > named && agree * 2 > known;
}

static void report_unknown(struct members *members, const struct listing_entry *entry) {
    struct directory_result answer;
    struct str why = STR_EMPTY;
    find_seat(members, entry->constituency, &answer);
    directory_explain(&answer, shown(entry), &why);
    problems_add(members->problems, SEVERITY_ERROR, entry_place(members, entry), "cannot be joined to what is held: %s",
                 why.bytes);
    str_release(&why);
}

static struct place_held *gather_held(struct members *members, size_t *count, struct error *error) {
    const struct seat *seats;
    *count = directory_seats(members->held, &seats);
    struct place_held *places = memory_alloc(*count, sizeof *places);
    for (size_t i = 0; i < *count; i++) {
        struct almanac_constituency constituency = {seats[i].code, "", seats[i].name, seats[i].name_welsh};
        int64_t number = almanac_constituency(members->almanac, &constituency, error);
        if (number < 0) {
            free(places);
            return NULL;
        }
        places[i].seat = &seats[i];
        places[i].sat = almanac_member(members->almanac, number, &places[i].held);
    }
    for (size_t i = 0; i < members->listing->count; i++)
        if (members->seats[i] != NULL && !members->spoilt[i])
            places[members->seats[i] - seats].entry = &members->listing->entries[i];
    return places;
}

static struct almanac_member member_of(int64_t number, const struct listing_entry *entry) {
    return (struct almanac_member){number,       entry->name,  entry->title,   entry->dear,
                                   entry->party, entry->email, entry->address, entry->note};
}

static void count_member(struct members_result *result, bool email, bool title) {
    result->taken++;
    result->emails += email;
    result->titles += title;
}

/* One seat of those that are joined. COMPLETE: the file is about the whole House. */
static int join_seat(struct members *members, const struct place_held *place, bool complete, struct error *error) {
    const struct listing_entry *entry = place->entry;
    const struct almanac_member *held = &place->held;
    if (entry == NULL && place->sat && complete) {
        problems_add(members->problems, SEVERITY_WARNING, (struct place){.file = members->listing->path},
                     "nobody is named for %s, so the seat is taken to be vacant; %s held it before", place->seat->name,
                     place->seat->member);
        return 0;
    }
    if (entry == NULL) {
        if (!place->sat)
            return 0;
        count_member(members->result, *held->email != '\0', *held->title != '\0');
        return almanac_add_member(members->almanac, held, error);
    }
    int64_t number;
    if (entry_number(members, entry, &number, error) != 0)
        return -1;
    if (*entry->name == '\0')
        return 0;
    bool same = place->sat && listing_same_person(entry->name, place->seat->member);
    if (place->sat && !same)
        problems_add(members->problems, SEVERITY_WARNING, entry_place(members, entry),
                     "%s: %s here, %s in what was imported before; this file counts, and nothing of %s is kept",
                     place->seat->name, entry->name, place->seat->member, place->seat->member);
    struct almanac_member member = member_of(number, entry);
    if (same && *entry->title == '\0' && *held->title != '\0')
        member.name = ""; /* "Ed" of the title is "Ed" in the salutation, too */
    if (same && almanac_add_member(members->almanac, held, error) != 0)
        return -1;
    members->result->listed++;
    members->result->joined++;
    count_member(members->result, *entry->email != '\0' || (same && *held->email != '\0'),
                 *entry->title != '\0' || (same && *held->title != '\0'));
    return almanac_add_member(members->almanac, &member, error);
}

static bool is_complete(const struct place_held *places, size_t count) {
    size_t sat = 0, named = 0;
    for (size_t i = 0; i < count; i++) {
        sat += places[i].sat;
        named += places[i].sat && places[i].entry != NULL;
    }
    return named * 100 >= sat * COMPLETE_PERCENT;
}

/* "mps-2024.csv, mps.csv": the names of all files that were joined, each once. */
static void add_source(struct str *source, const char *earlier, const char *name) {
    size_t length = strlen(name);
    str_adds(source, earlier);
    for (const char *at = earlier; (at = strstr(at, name)) != NULL; at++) {
        bool begins = at == earlier || at[-1] == ' ';
        if (begins && (at[length] == '\0' || at[length] == ','))
            return;
    }
    if (source->length > 0)
        str_adds(source, ", ");
    str_adds(source, name);
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static int join(struct members *members, struct date date, struct error *error) {
    size_t count;
    for (size_t i = 0; i < members->listing->count; i++)
        if (members->seats[i] == NULL)
            report_unknown(members, &members->listing->entries[i]);
    struct place_held *places = gather_held(members, &count, error);
    if (places == NULL)
        return -1;

    struct str source = STR_EMPTY;
    add_source(&source, directory_mps(members->held).source, base_name(members->listing->path));
    int result = almanac_clear_members(members->almanac, source.bytes, date, error);
    bool complete = is_complete(places, count);
    for (size_t i = 0; i < count && result == 0; i++)
        result = join_seat(members, &places[i], complete, error);
    str_release(&source);
    free(places);
    return result;
}

/* Replacing */

static int replace(struct members *members, struct date date, struct error *error) {
    if (almanac_clear_members(members->almanac, base_name(members->listing->path), date, error) != 0)
        return -1;
    for (size_t i = 0; i < members->listing->count; i++) {
        const struct listing_entry *entry = &members->listing->entries[i];
        int64_t number;
        if (entry_number(members, entry, &number, error) != 0)
            return -1;
        if (*entry->name == '\0' || members->spoilt[i])
            continue;
        members->result->listed++;
        count_member(members->result, *entry->email != '\0', *entry->title != '\0');
        struct almanac_member member = member_of(number, entry);
        if (almanac_add_member(members->almanac, &member, error) != 0)
            return -1;
    }
    return 0;
}

/* Two rows for one seat */

static int compare_entries(const void *a, const void *b) {
    const struct listing_entry *left = *(const struct listing_entry *const *)a;
    const struct listing_entry *right = *(const struct listing_entry *const *)b;
    int order = strcmp(left->code, right->code);
    if (order == 0 && *left->code == '\0')
        order = strcmp(left->constituency, right->constituency);
    return order != 0 ? order : left < right ? -1 : left > right;
}

static bool same_seat(const struct listing_entry *a, const struct listing_entry *b) {
    return strcmp(a->code, b->code) == 0 && (*a->code != '\0' || strcmp(a->constituency, b->constituency) == 0);
}

/* Of one seat given twice the first row counts; if they name two people, neither does. */
static void find_doubles(struct members *members) {
    struct listing *listing = members->listing;
    const struct listing_entry **sorted = memory_alloc(listing->count, sizeof *sorted);
    for (size_t i = 0; i < listing->count; i++)
        sorted[i] = &listing->entries[i];
    if (listing->count > 1)
        qsort(sorted, listing->count, sizeof *sorted, compare_entries);
    for (size_t i = 1, first = 0; i < listing->count; i++) {
        if (!same_seat(sorted[first], sorted[i])) {
            first = i;
            continue;
        }
        members->spoilt[sorted[i] - listing->entries] = true;
        if (listing_same_person(sorted[first]->name, sorted[i]->name) || *sorted[i]->name == '\0')
            continue;
        members->spoilt[sorted[first] - listing->entries] = true;
        problems_add(members->problems, SEVERITY_ERROR, entry_place(members, sorted[i]),
                     "%s is here twice, with %s and in line %u with %s; neither is taken", shown(sorted[i]),
                     sorted[i]->name, sorted[first]->line, sorted[first]->name);
    }
    free(sorted);
}

static int take(struct members *members, struct date date, struct error *error) {
    struct listing *listing = members->listing;
    members->result->format = listing->format;
    if (listing->count == 0 && !listing->may_be_empty)
        return error_at(error, STATUS_DATA, (struct place){.file = listing->path}, "this list holds no MPs");
    find_doubles(members);
    bool joins = false;
    if (members->held != NULL && directory_mps(members->held).held) {
        find_seats(members);
        joins = is_same_house(members);
    }
    return joins ? join(members, date, error) : replace(members, date, error);
}

int members_import(struct almanac *almanac, const struct directory *held, const char *path, struct date date,
                   struct members_result *result, struct problems *problems, struct error *error) {
    struct arena arena = ARENA_EMPTY;
    struct listing listing;
    listing_init(&listing, path, &arena);
    *result = (struct members_result){.format = ""};
    int done = read_listing(&listing, problems, error);
    if (done == 0) {
        struct members members = {.almanac = almanac,
                                  .held = held,
                                  .listing = &listing,
                                  .seats = memory_alloc(listing.count, sizeof *members.seats),
                                  .spoilt = memory_alloc(listing.count, sizeof *members.spoilt),
                                  .result = result,
                                  .problems = problems};
        done = take(&members, date, error);
        free(members.seats);
        free(members.spoilt);
    }
    listing_release(&listing);
    arena_release(&arena);
    return done;
}
