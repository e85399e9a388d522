/*
 * A parcel: a letter with everything that it needs to be sent by e-mail: the envelope's two addresses and the bytes.
 *
 * Two ways (smtp.to): to the MP (or whoever the letters go to) in the member's name, from `"Jane Doe via Branch"
 * <branch@…>` or the member's own address where smtp.member_domains allows it, replies to the member; or to the member,
 * who sends it themselves. And a copy for the member of what went to the MP.
 */
#ifndef POSTBAG_DELIVERY_PARCEL_H
#define POSTBAG_DELIVERY_PARCEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "input/config.h"
#include "input/person.h"
#include "letter/merge.h"

enum parcel_kind { PARCEL_TO_MP, PARCEL_TO_MEMBER, PARCEL_COPY };

struct parcel_order {
    enum parcel_kind kind;
    const struct config *config;
    const struct letter *letter;
    const char *pdf; /* the finished letter, used where smtp.attach says so */
    size_t pdf_length;
    const char *token; /* of the letter in the ledger */
    int64_t time_ms;
};

struct parcel {
    const char *sender;    /* the envelope's: where bounces go */
    const char *recipient; /* the envelope's */
    struct str bytes;
};

/*
 * What is wrong with the letter of PERSON for this kind, at its cells, added to PROBLEMS (with FILE as their place's):
 * no e-mail address of the MP or the member, one that would need SMTPUTF8, one at campaign.employer_domains.
 */
void parcel_check(enum parcel_kind kind, const struct config *config, const struct person *person, const char *file,
                  struct problems *problems);

/* What status calls the recipient: "Ann Invented MP" or "Jane Doe". In ARENA or borrowed. */
const char *parcel_recipient(enum parcel_kind kind, const struct person *person, struct arena *arena);

/*
 * Packs what ORDER says into PARCEL, whose addresses live in ARENA; its bytes are cleared first and are the caller's. With
 * smtp.rehearsal the envelope's recipient is that address, the subject begins with "[Rehearsal]", and the true recipient
 * is shown at the top of the text.
 */
int parcel_pack(struct parcel *parcel, const struct parcel_order *order, struct arena *arena, struct error *error);

#endif
