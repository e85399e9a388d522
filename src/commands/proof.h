/*
 * The proof: every letter that can be written is set, and not printed, to find what can only be seen on paper: words that
 * are wider than their line.
 */
#ifndef POSTBAG_COMMANDS_PROOF_H
#define POSTBAG_COMMANDS_PROOF_H

#include "base/error.h"
#include "commands/campaign.h"
#include "commands/report.h"
#include "commands/settings.h"

enum {
    PROOF_WORDS_MAX = 100
}; /* that are reported, those of the first rows; each once, however many letters have it */

/* Warns of what it finds in the letters of CAMPAIGN, which is checked. Errors as relay_run's. */
int proof_run(struct campaign *campaign, const struct settings *settings, const struct report *report,
              struct error *error);

#endif
