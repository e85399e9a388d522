/*
 * How old what the directory knows is: MPs change, and so do postcodes.
 */
#ifndef POSTBAG_COMMANDS_VINTAGE_H
#define POSTBAG_COMMANDS_VINTAGE_H

#include "base/date.h"
#include "commands/report.h"
#include "input/directory.h"

/* Says where MPs and postcodes come from and when they were imported; warns where that was long before TODAY. */
void vintage_report(const struct directory *directory, struct date today, const struct report *report);

/* Only the warnings. */
void vintage_warn(const struct directory *directory, struct date today, const struct report *report);

#endif
