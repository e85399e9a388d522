/*
 * Evidence for an encoding: a text is shown piece by piece, and then the encoding that fits it best is named. Knows
 * nothing of files and converts nothing.
 */
#ifndef POSTBAG_INPUT_EVIDENCE_H
#define POSTBAG_INPUT_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "input/charset.h"
#include "input/likelihood.h"

struct evidence {
    struct codepage windows;
    struct codepage mac;
    size_t bytes;            /* seen so far */
    size_t zeros[2];         /* zero bytes at even and at odd places */
    size_t sequences;        /* of several bytes that are valid UTF-8 */
    size_t chance_sequences; /* that are valid UTF-8, but likelier two characters of another encoding */
    size_t stray;            /* bytes above 0x7F that belong to no valid sequence */
    size_t judged;           /* bytes whose likelihood was added up */
    long windows_points;
    long mac_points;
};

void evidence_init(struct evidence *evidence);

/*
 * Looks at TEXT from FROM on; what stands before was shown already and is context. Returns how far it has looked: the
 * rest must be shown again with more behind it. LAST: there is no more, and it looks at everything.
 */
size_t evidence_add(struct evidence *evidence, const unsigned char *text, size_t from, size_t length, bool last);

enum encoding evidence_verdict(const struct evidence *evidence);

#endif
