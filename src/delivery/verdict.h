/*
 * What an answer by HTTP, or the lack of one, means for a letter; in words for somebody who is no engineer.
 */
#ifndef POSTBAG_DELIVERY_VERDICT_H
#define POSTBAG_DELIVERY_VERDICT_H

#include <stdbool.h>

#include "delivery/channel.h"
#include "delivery/http.h"

struct verdict_terms {
    const char *host;
    bool idempotent;           /* what may have been taken may be posted again */
    bool confirms;             /* a success shows identifiers or links, as OSDI's do */
    const char *not_permitted; /* what to look at where the petition does not let us in */
};

/* Fills ANSWER as delivery/webhook.h says. */
void verdict_reach(const struct verdict_terms *terms, const struct http_answer *got, struct answer *answer);

#endif
