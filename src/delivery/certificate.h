/*
 * What is wrong with a server's certificate, for somebody who is no engineer.
 */
#ifndef POSTBAG_DELIVERY_CERTIFICATE_H
#define POSTBAG_DELIVERY_CERTIFICATE_H

#include <stddef.h>
#include <time.h>

#include "base/str.h"

/* The worst first: where several are wrong, the first is told. */
enum certificate_fault {
    CERTIFICATE_REVOKED,
    CERTIFICATE_EXPIRED,
    CERTIFICATE_NOT_YET,
    CERTIFICATE_SELF_SIGNED,
    CERTIFICATE_UNKNOWN_SIGNER,
    CERTIFICATE_OTHER_HOST,
    CERTIFICATE_PURPOSE, /* not for servers */
    CERTIFICATE_WEAK,    /* signed or keyed in a way that can be forged */
    CERTIFICATE_INVALID, /* anything else */
};

enum { CERTIFICATE_NAMES_MAX = 3, CERTIFICATE_NAME_MAX = 256 };

struct certificate {
    enum certificate_fault fault;
    time_t from; /* 0: not known */
    time_t until;
    char names[CERTIFICATE_NAMES_MAX][CERTIFICATE_NAME_MAX]; /* host names and addresses; printable ASCII */
    size_t names_count;                                      /* how many it has, also beyond CERTIFICATE_NAMES_MAX */
};

/* "the certificate of HOST has expired on 3 March 2026; …", appended to OUT. */
void certificate_explain(const struct certificate *certificate, const char *host, struct str *out);

#endif
