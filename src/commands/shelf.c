/*
 * The shelf: a folder comes in, warnings go out. Files are matched by the number that their names begin with.
 */
#include "commands/shelf.h"

#include <dirent.h>
#include <string.h>

#include "base/table.h"

enum { WARNINGS_MAX = 10 };

/* The length of "0014" in "0014-jane-doe.pdf"; 0: not a letter of a row. */
static size_t number_length(const char *name) {
    size_t length = strspn(name, "0123456789");
    size_t whole = strlen(name);
    if (length < 4 || whole < 4 || strcmp(name + whole - 4, ".pdf") != 0)
        return 0;
    return name[length] == '-' || name[length] == '.' ? length : 0;
}

static void warn(const char *directory, const char *one, const char *other, const struct report *report) {
    struct arena arena = ARENA_EMPTY;
    struct problem problem = {
        .severity = SEVERITY_WARNING,
        .place = {directory, 0, 0},
        .message = arena_printf(&arena,
                                "%s and %s are letters of the same row, and one is from an earlier run; delete that "
                                "one before you print",
                                strcmp(one, other) < 0 ? one : other, strcmp(one, other) < 0 ? other : one),
    };
    report_problem(report, &problem);
    arena_release(&arena);
}

void shelf_review(const char *directory, const struct report *report) {
    DIR *listing = opendir(directory);
    if (listing == NULL)
        return;
    struct table numbers = TABLE_EMPTY;
    struct arena names = ARENA_EMPTY;
    unsigned warnings = 0;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL && warnings < WARNINGS_MAX;) {
        size_t length = number_length(entry->d_name);
        if (length == 0)
            continue;
        void **slot = table_slot(&numbers, entry->d_name, length);
        if (*slot != NULL) {
            warn(directory, *slot, entry->d_name, report);
            warnings++;
        }
        *slot = arena_copy(&names, entry->d_name, strlen(entry->d_name));
    }
    closedir(listing);
    arena_release(&names);
    table_release(&numbers);
}
