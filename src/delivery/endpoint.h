/*
 * An endpoint: the web address that a webhook posts to, taken apart for the head of a request.
 */
#ifndef POSTBAG_DELIVERY_ENDPOINT_H
#define POSTBAG_DELIVERY_ENDPOINT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

struct endpoint {
    bool secure;      /* https */
    const char *name; /* of the server, or its address: no port, no brackets */
    const char *host; /* for the header Host: with the port where it is not the scheme's own; brackets around IPv6 */
    const char *path; /* with the query; "/" where there is none */
};

enum { ENDPOINT_MAX = 2048 }; /* bytes of an address */

/*
 * Reads URL into ENDPOINT, whose strings live in ARENA: "https://host[:port][/path][?query]", or http. KEY
 * ("webhook.url") is for the message. STATUS_CONFIGURATION where it is none: whatever URL holds, host and path are
 * printable ASCII without spaces, and cannot end a header.
 */
int endpoint_read(struct endpoint *endpoint, const char *url, const char *key, struct arena *arena,
                  struct error *error);

#endif
