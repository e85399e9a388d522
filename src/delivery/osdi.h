/*
 * A notice as the Open Supporter Data Interface has it (OSDI 1.1.1, and Action Network's dialect of it): a signature of a
 * petition, or an outreach (somebody wrote to an MP).
 *
 * The person is known there by their e-mail address, which therefore always goes. No "status" of it ever does: it would
 * subscribe again who has left. What these formats have no place for goes into custom_fields; a PDF has no place at all.
 */
#ifndef POSTBAG_DELIVERY_OSDI_H
#define POSTBAG_DELIVERY_OSDI_H

#include "base/error.h"
#include "base/str.h"
#include "delivery/notice.h"
#include "input/person.h"

/* A field named so in webhook.fields is the signature's comment. */
#define OSDI_COMMENTS "comments"

/* Adds to PROBLEMS, with FILE as their place's, what OSDI needs and PERSON has not: an e-mail address. */
void osdi_check(const struct person *person, const char *file, struct problems *problems);

/* Both appended to OUT. The letter's own words go in an outreach only, and only where NOTICE has them. */
void osdi_signature(const struct notice *notice, struct str *out);
void osdi_outreach(const struct notice *notice, struct str *out);

#endif
