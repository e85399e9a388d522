/*
 * Whether the members agree: the column of the list that campaign.consent names.
 */
#ifndef POSTBAG_COMMANDS_CONSENT_H
#define POSTBAG_COMMANDS_CONSENT_H

#include "base/error.h"
#include "commands/campaign.h"
#include "input/person.h"

/* The number of that column of CAMPAIGN, which was opened, and whose configuration names one. */
int consent_find(const struct campaign *campaign, int *column, struct error *error);

/* Adds a problem where COLUMN does not say yes in the row of PERSON. */
void consent_check(const struct campaign *campaign, int column, const struct person *person, struct problems *problems);

#endif
