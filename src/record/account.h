/*
 * Accounts: when each mailbox sent, over all campaigns and restarts, so that a provider's limits are kept.
 *
 * One SQLite file for the user of this computer, shared by processes. It holds an account's name and times, nothing of
 * any letter. A message is counted before it goes, so that a crash never counts one too few.
 */
#ifndef POSTBAG_RECORD_ACCOUNT_H
#define POSTBAG_RECORD_ACCOUNT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/quota.h"

struct account;

/* $XDG_STATE_HOME/postbag/accounts, or the like below $HOME; in ARENA. NULL: this user has no home. */
const char *account_default_path(struct arena *arena);

/* Opens the records of NAME ("branch@union.example at smtp.union.example:587") in PATH, made if missing (0600). */
int account_open(struct account **account, const char *path, const char *name, const struct quota *quota,
                 struct error *error);
void account_close(struct account *account); /* NULL does nothing */

/*
 * Asks to send one message at NOW_MS (wall clock). 1: yes, and it is counted. 0: not now; *FREE_MS is the first moment
 * at which it may be asked again. -1: the records cannot be kept. From one thread at a time; other processes may be
 * asking, too.
 */
int account_take(struct account *account, int64_t now_ms, int64_t *free_ms, struct error *error);

#endif
