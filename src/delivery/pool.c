/*
 * The pool: threads come in, open connections go out. Its ideas: a server that refuses one more connection has said how
 * many it takes, and what counts as a fault is only that there is none at all; and the first connection is opened alone,
 * because a password that is wrong must not be tried by all threads at once (providers lock mailboxes for that).
 */
#include "delivery/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

enum { TRIES = 5, FIRST_PAUSE_MS = 500 }; /* twice as long after each: less than eight seconds in all */

struct pool {
    const struct smtp_settings *settings;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct smtp **idle;
    size_t idle_count;
    size_t open; /* idle, in use, and being opened */
    size_t most;
    bool proven; /* one was opened: the server is there, and lets us in */
    bool broken; /* there is no use in trying, and why */
    struct answer why;
};

struct pool *pool_new(const struct smtp_settings *settings, size_t connections) {
    struct pool *pool = memory_alloc(1, sizeof *pool);
    *pool = (struct pool){.settings = settings, .most = connections};
    pool->idle = memory_alloc(connections, sizeof(struct smtp *));
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    return pool;
}

void pool_free(struct pool *pool) {
    if (pool == NULL)
        return;
    for (size_t i = 0; i < pool->idle_count; i++)
        smtp_free(pool->idle[i]);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    free(pool->idle);
    free(pool);
}

static bool may_open(const struct pool *pool) {
    return pool->open < (pool->proven ? pool->most : 1);
}

/* 0, with one of the idle connections, or NULL where the caller may open a new one. -1: none is to be had. */
static int take_idle(struct pool *pool, struct smtp **smtp) {
    *smtp = NULL;
    pthread_mutex_lock(&pool->lock);
    while (!pool->broken && pool->idle_count == 0 && !may_open(pool))
        pthread_cond_wait(&pool->changed, &pool->lock);
    bool broken = pool->broken;
    if (!broken && pool->idle_count > 0)
        *smtp = pool->idle[--pool->idle_count];
    else if (!broken)
        pool->open++;
    pthread_mutex_unlock(&pool->lock);
    return broken ? -1 : 0;
}

/* A connection is no more. Returns whether there are others; with FULL, they are as many as the server takes. */
static bool drop(struct pool *pool, struct smtp *smtp, bool full) {
    smtp_free(smtp);
    pthread_mutex_lock(&pool->lock);
    bool others = --pool->open > 0;
    if (full && others)
        pool->most = pool->open;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    return others;
}

/* Nobody need try any more. */
static void give_up(struct pool *pool, const struct answer *answer) {
    pthread_mutex_lock(&pool->lock);
    if (!pool->broken)
        pool->why = *answer;
    pool->broken = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static void prove(struct pool *pool) {
    pthread_mutex_lock(&pool->lock);
    pool->proven = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

/* The last word of a server that no connection could be had to. */
static void conclude(const struct pool *pool, struct answer *answer) {
    answer->scope = SCOPE_CAMPAIGN;
    if (*pool->settings->stop != 0) {
        answer_set(answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, "stopped");
        answer->status = STATUS_INTERRUPTED;
    } else /* a server that answered and asks to come back is not one that nobody reaches */
        answer->status = answer->code >= 400 ? STATUS_LATER : STATUS_UNAVAILABLE;
}

/* Opens the connection that take_idle allowed. NULL: none; *TRY_AGAIN says whether another try makes sense. */
static struct smtp *open_one(struct pool *pool, bool *try_again, struct answer *answer) {
    struct smtp *smtp = smtp_new(pool->settings);
    if (smtp_connect(smtp, answer) == 0) {
        prove(pool);
        return smtp;
    }
    bool hopeless = answer->scope == SCOPE_CAMPAIGN;
    if (hopeless)
        give_up(pool, answer);
    bool others = drop(pool, smtp, !hopeless);
    *try_again = others && !hopeless;
    return NULL;
}

struct smtp *pool_take(struct pool *pool, struct answer *answer) {
    int64_t pause_ms = FIRST_PAUSE_MS;
    int failures = 0;
    struct smtp *smtp;
    while (take_idle(pool, &smtp) == 0) {
        bool others = false;
        if (smtp != NULL && !smtp_is_stale(smtp))
            return smtp;
        if (smtp != NULL) {
            drop(pool, smtp, false);
            continue;
        }
        smtp = open_one(pool, &others, answer);
        if (smtp != NULL)
            return smtp;
        if (others)
            continue;
        if (answer->scope == SCOPE_CAMPAIGN)
            break;
        if (++failures == TRIES || clock_sleep(clock_steady_ms() + pause_ms, pool->settings->stop) != 0) {
            conclude(pool, answer);
            give_up(pool, answer);
        }
        pause_ms *= 2;
    }
    *answer = pool->why; /* which is not changed once it is set */
    return NULL;
}

void pool_give(struct pool *pool, struct smtp *smtp) {
    if (!smtp_is_connected(smtp)) {
        drop(pool, smtp, false);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->idle[pool->idle_count++] = smtp;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}
