/*
 * Enrolment: one row of the list is taken into the ledger before any send has looked at it. Its letter was posted on
 * paper, or its person wants to be forgotten.
 */
#ifndef POSTBAG_COMMANDS_ENROL_H
#define POSTBAG_COMMANDS_ENROL_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "commands/campaign.h"
#include "commands/desk.h"
#include "commands/report.h"
#include "commands/settings.h"
#include "input/person.h"

/* What WHO may be: a key only; or also a name, an e-mail address or a membership number. */
enum enrol_by { ENROL_BY_KEY, ENROL_BY_ANYTHING };

struct enrolment {
    struct campaign campaign;
    struct arena arena;   /* of what follows */
    struct person person; /* the one that was found */
    size_t errors_count;  /* of their row */
    unsigned char *rows;  /* flags of each row that was read */
    size_t rows_count;
    size_t rows_room;
    size_t matches;
    const char *keys; /* of all that match: "0014-jane-doe, 0020-jane-doe" */
    const char *near; /* the key nearest to WHO, or NULL */
};

/*
 * Looks for WHO in the campaign's list, opened as `check` opens it. 1: found; 0: nobody, or several, as MATCHES says;
 * -1: the list cannot be read. enrol_close it in every case.
 */
int enrol_find(struct enrolment *enrolment, const struct settings *settings, const struct report *report,
               const char *who, enum enrol_by by, struct error *error);
void enrol_close(struct enrolment *enrolment);

/*
 * Takes the person found into DESK's ledger, which is made where there is none: their letters are ready to be sent. Fails
 * where the ledger holds the row back, and says why.
 */
int enrol_commit(struct enrolment *enrolment, struct desk *desk, struct error *error);

/* Of two keys that WHO may have been meant to be, the nearer: NEAR (or NULL) or KEY; NEAR where neither is near. */
const char *enrol_nearer(const char *who, const char *near, const char *key);

#endif
