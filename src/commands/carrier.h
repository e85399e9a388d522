/*
 * A carrier takes the letters of one channel to where the configuration says: over SMTP to a mail server, or to a
 * petition's webhook. Whatever differs between the two when letters go stands here.
 */
#ifndef POSTBAG_COMMANDS_CARRIER_H
#define POSTBAG_COMMANDS_CARRIER_H

#include <signal.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "delivery/channel.h"
#include "delivery/parcel.h"
#include "input/config.h"
#include "record/ledger.h"

struct carrier;

/*
 * Finds the secrets, and reads the certificates to trust. CONFIG is borrowed; what is found lives in ARENA. *STOP not 0:
 * no new letter is begun.
 */
int carrier_open(struct carrier **carrier, const struct config *config, enum ledger_channel channel,
                 const volatile sig_atomic_t *stop, struct arena *arena, struct error *error);
void carrier_close(struct carrier *carrier); /* NULL does nothing */

/* How many letters it takes at a time, and what it may take in how long; of the mailbox or address called *ACCOUNT. */
size_t carrier_width(const struct carrier *carrier);
const struct quota *carrier_quota(const struct carrier *carrier, const char **account);

/* Connections are opened after carrier_begin, when they are wanted, and closed by carrier_end. */
int carrier_begin(struct carrier *carrier, struct error *error);
void carrier_end(struct carrier *carrier);

/*
 * For preview: REQUEST (delivery/petition's) as it would go to CONFIG's webhook, signed with a secret that everybody knows,
 * and without the token or password.
 */
int carrier_show(const struct config *config, const struct str *request, int64_t now_ms, struct str *out,
                 struct error *error);

/*
 * Carries PARCEL. STEPS are taken before anything goes that could deliver it. From any thread; see struct answer for
 * what comes of it. With SCOPE_CAMPAIGN, and nothing committed, the letter was not even tried.
 */
void carrier_carry(struct carrier *carrier, const struct parcel *parcel, const struct channel_steps *steps,
                   struct answer *answer);

#endif
