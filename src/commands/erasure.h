/*
 * Erasure: the files of one person, by the key that they are called after, and what of a campaign's folder may hold a
 * person besides.
 */
#ifndef POSTBAG_COMMANDS_ERASURE_H
#define POSTBAG_COMMANDS_ERASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "commands/report.h"

struct erasure {
    const char *directory; /* out/NAME; borrowed */
    bool counting;         /* nothing is erased yet */
    size_t files;          /* that were erased, or would be */
};

/*
 * Erases the letter, the previews and the e-mails of KEY; and FILE in sent/ (or NULL) if it is another, with those of
 * the key that it was called after. What is not there counts as erased. Fails where a file cannot be.
 */
int erasure_of_person(struct erasure *erasure, const char *key, const char *file, struct error *error);

/* Erases letters, previews, combined files and problems.csv that were written before BEFORE_MS (wall clock). */
int erasure_of_old_files(struct erasure *erasure, int64_t before_ms, struct error *error);

/* Warns of what may still hold that person: combined files, problems.csv, and LIST (or NULL). Nothing is changed. */
void erasure_warn(const char *directory, const char *list, const struct report *report);

#endif
