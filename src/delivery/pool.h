/*
 * A pool of SMTP connections: opened when they are wanted, used again and again, by as many threads as like.
 */
#ifndef POSTBAG_DELIVERY_POOL_H
#define POSTBAG_DELIVERY_POOL_H

#include <stddef.h>

#include "delivery/channel.h"
#include "delivery/smtp.h"

struct pool;

/* At most CONNECTIONS at a time, all with SETTINGS, which are borrowed. */
struct pool *pool_new(const struct smtp_settings *settings, size_t connections);

/* Every connection was given back. NULL does nothing. */
void pool_free(struct pool *pool);

/*
 * A connection that is open; waits until one is free. Where the server takes no further one, the pool makes do with
 * those that it has; where it has none, it tries for some seconds. NULL: ANSWER says why, with SCOPE_CAMPAIGN.
 */
struct smtp *pool_take(struct pool *pool, struct answer *answer);

void pool_give(struct pool *pool, struct smtp *smtp);

#endif
