/*
 * The press: the second pass over the list, which makes the PDFs of the good rows, on as many threads as were asked for.
 *
 * What a letter looks like depends on nothing but its row, and a combined part is one batch of the relay's, so the files
 * are the same whatever the number of threads.
 */
#ifndef POSTBAG_COMMANDS_PRESS_H
#define POSTBAG_COMMANDS_PRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file.h"
#include "commands/campaign.h"
#include "commands/part.h"
#include "commands/printer.h"
#include "commands/report.h"
#include "commands/sequence.h"
#include "commands/settings.h"

enum { PRESS_PART_MAX = 1000 }; /* letters of a combined part: a printer's tray, and some 3 MB */

struct press_job {
    const char *directory; /* where the files go; made if it is missing */
    const char *combined;  /* what stands behind "letters" and "sign-off" in the names of combined files, "" or
                            * "-row-5"; NULL: a file a letter */
    const struct sequence *sequence; /* of combined files, and what stands on them; else NULL */
    const struct part_names *names;
    bool draft;         /* mark every page DRAFT */
    size_t letters_max; /* 0: all */
    /* Called after each single file, to write more of the same letter into the directory, by any thread; or NULL. */
    int (*also)(void *context, const struct file_directory *directory, struct printer *printer,
                const struct letter *letter, const struct pages *pages, struct error *error);
    void *context;
};

struct press_result {
    size_t letters; /* in files that are complete */
    size_t files;
    size_t pages;
    const char *first; /* the path of the first file, in the campaign's arena; NULL: none */
    size_t covers;
    size_t sign_offs; /* lists: one beside each combined file */
};

/*
 * Makes the letters. RESULT says what was made, also on failure: the errors are those of writing files, of reading the
 * list again, and STATUS_INTERRUPTED. Every file that exists is whole.
 */
int press_run(struct campaign *campaign, const struct settings *settings, const struct press_job *job,
              const struct report *report, struct press_result *result, struct error *error);

#endif
