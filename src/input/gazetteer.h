/*
 * Lists of postcodes: a file in any of the formats that they are published in becomes postcodes in the almanac.
 *
 * ONSPD and NSPL (old and new headers, by name and not by position), mySociety's postcodes_with_con.csv with its
 * parl_constituencies_2025.csv beside it, the split-postcode CSV (several candidates a postcode), and a plain
 * "postcode,constituency" CSV; each plain, or in the .zip in which it is published.
 */
#ifndef POSTBAG_INPUT_GAZETTEER_H
#define POSTBAG_INPUT_GAZETTEER_H

#include <signal.h>
#include <stddef.h>

#include "base/date.h"
#include "base/error.h"
#include "base/progress.h"
#include "input/almanac.h"

struct gazetteer_result {
    const char *format; /* "ONS Postcode Directory" */
    size_t taken;
    size_t terminated;
    size_t boundary;
    size_t left_out; /* rows that are no postcode or have no constituency */
};

/*
 * Reads PATH into ALMANAC, in the place of all postcodes that were held. PROGRESS may be NULL. Stops with
 * STATUS_INTERRUPTED when *INTERRUPTED is set. 2.7 million rows of ONSPD take less than 20 seconds and 60 MB.
 */
int gazetteer_import(struct almanac *almanac, const char *path, struct date date, struct progress *progress,
                     const volatile sig_atomic_t *interrupted, struct gazetteer_result *result,
                     struct problems *problems, struct error *error);

#endif
