/*
 * A petition's request: a letter becomes the body of an HTTP POST, in one of the documented formats.
 *
 * Only what webhook.fields names goes (without it: name, constituency and the postcode's district); the letter's text
 * and PDF only with webhook.attach. The same letter and id give the same bytes: a retry repeats them.
 */
#ifndef POSTBAG_DELIVERY_PETITION_H
#define POSTBAG_DELIVERY_PETITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "delivery/endpoint.h"
#include "input/config.h"
#include "input/people.h"
#include "letter/merge.h"

/* What to send of each constituent: found once for a run. */
enum { PETITION_FIELDS_MAX = 64 };
struct petition_fields {
    int numbers[PETITION_FIELDS_MAX];       /* of fields and columns of PEOPLE */
    const char *names[PETITION_FIELDS_MAX]; /* as JSON calls them: "name", "postcode_district", "member_number" */
    bool district[PETITION_FIELDS_MAX];     /* the outward code of the postcode, not all of it */
    size_t count;
};

/* What CONFIG's webhook.fields names in PEOPLE, whose names live in ARENA; STATUS_CONFIGURATION names the one that is unknown. */
int petition_find_fields(struct petition_fields *fields, const struct config *config, const struct people *people,
                         struct arena *arena, struct error *error);

struct petition_order {
    const struct config *config;
    const struct petition_fields *fields;
    const char *campaign;
    const struct letter *letter;
    const char *pdf;
    size_t pdf_length;
    const char *id;  /* of the webhook: "msg_" and the letter's token */
    int64_t time_ms; /* when the letter was first made: part of the body */
};

/* Where requests go: in a rehearsal, all of them to the address for trials. The same, taken apart, in ARENA. */
const char *petition_url(const struct config *config);
int petition_find_endpoint(struct endpoint *endpoint, const struct config *config, struct arena *arena,
                           struct error *error);

/* Whether CONFIG's format is one of OSDI's, which have rules of their own for tokens and answers. */
bool petition_is_osdi(const struct config *config);

/* What is wrong with PERSON's letter for this format (OSDI needs an e-mail address), at its cells, added to PROBLEMS. */
void petition_check(const struct config *config, const struct person *person, const char *file,
                    struct problems *problems);

/*
 * Appends to OUT the request without what is new in each attempt: the line "POST … HTTP/1.1", Host, Content-Type,
 * webhook-id, Idempotency-Key, an empty line (all CRLF), and the body. Never a secret.
 */
int petition_write(const struct petition_order *order, struct str *out, struct error *error);

/* Where the body begins in a request that petition_write made; LENGTH where there is none. */
size_t petition_body(const char *request, size_t length);

#endif
