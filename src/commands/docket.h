/*
 * The docket: the letters of a ledger, one a line, by state and by who they are from or to.
 */
#ifndef POSTBAG_COMMANDS_DOCKET_H
#define POSTBAG_COMMANDS_DOCKET_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "commands/desk.h"
#include "commands/report.h"

enum { DOCKET_WORDS_MAX = 8 };

/* Which letters are listed. */
struct docket_choice {
    unsigned states;                    /* a bit for each state */
    unsigned row;                       /* 0: any */
    const char *who;                    /* as it was asked, or NULL */
    struct str words[DOCKET_WORDS_MAX]; /* its words by field_key */
    size_t words_count;
};

/*
 * STATES is a state as people write it ("may have been sent", "unsure"), "all", "not sent", or NULL: all. WHO is a row's
 * number, or words of which each must stand in the key or the recipient ("Mrs Jones"); NULL: anybody. Both are borrowed.
 * docket_release it also where this fails (STATUS_USAGE).
 */
int docket_choose(struct docket_choice *choice, const char *states, const char *who, struct error *error);
void docket_release(struct docket_choice *choice);

/* Prints the letters of DESK's ledger that CHOICE names, and counts them. */
int docket_list(const struct docket_choice *choice, struct desk *desk, const struct report *report, size_t *count,
                struct error *error);

#endif
