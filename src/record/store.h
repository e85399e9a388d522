/*
 * What a ledger is inside, for the files of this folder that make it up; nobody else includes this.
 */
#ifndef POSTBAG_RECORD_STORE_H
#define POSTBAG_RECORD_STORE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/database.h"
#include "base/digest.h"
#include "base/error.h"
#include "record/mark.h"

enum {
    STORE_MAC_SIZE = 16, /* half of an HMAC-SHA-256: enough, and half the file */
    STORE_STATEMENTS_MAX = 64,
};

/* What a MAC is of; stored with it in every ledger, so never changed. */
enum store_kind {
    STORE_MEMBER_ID = 'm',
    STORE_NAME_POSTCODE = 'p',
    STORE_NAME_EMAIL = 'e',
    STORE_NAME = 'n',
    STORE_EMAIL = 'a',
    STORE_POSTCODE = 'c',
    STORE_HOUSEHOLD = 'h',
    STORE_SEAT = 's',
    STORE_RELEASED = 'k',
    STORE_LETTER = 'l',
    STORE_DERIVED = 'd',
};

struct store_mac {
    unsigned char bytes[STORE_MAC_SIZE];
};

struct store_waiting;

struct ledger {
    char *path;
    int lock; /* -1: it is only read, or in memory */
    struct marks marks;
    struct digest key;
    size_t cut_off;

    pthread_mutex_t mutex; /* around what follows */
    struct database *database;
    struct {
        const char *sql;
        struct statement *statement;
    } statements[STORE_STATEMENTS_MAX];
    size_t statements_count;
    bool rolling;
    int64_t roll;    /* of this run; 0: none was begun */
    int64_t now_ms;  /* when it began */
    unsigned resend; /* bits: channels whose unsure letters become ready */

    pthread_mutex_t queue_mutex; /* around what follows */
    pthread_cond_t queue_moved;
    struct store_waiting *first, *last;
    bool led;    /* some thread is writing what was queued */
    bool failed; /* nothing more can be recorded, and why */
    struct error failure;
    size_t groups; /* transactions that the queue took */
};

/* The statement of SQL, which is a literal: prepared the first time. NULL: it cannot be. The mutex is held. */
struct statement *store_statement(struct ledger *ledger, const char *sql, struct error *error);

/* Runs a statement without results or parameters; one with a single row of one number (0 where it is NULL). */
int store_run(struct ledger *ledger, const char *sql, struct error *error);
int store_number(struct ledger *ledger, const char *sql, int64_t *number, struct error *error);

/* Steps STATEMENT, which has no results, to its end; *CHANGED, where not NULL, gets how many rows it changed. */
int store_finish(struct ledger *ledger, struct statement *statement, size_t *changed, struct error *error);

int store_begin(struct ledger *ledger, struct error *error);
int store_commit(struct ledger *ledger, struct error *error); /* rolls back where it fails */
void store_roll_back(struct ledger *ledger);

/*
 * Rewrites the file, so that no byte of what was erased is left in it. STATUS_LATER: somebody is reading it; it is
 * done when it is next opened for writing.
 */
int store_scrub(struct ledger *ledger, struct error *error);

/* The MAC of WORDS as KIND, under the campaign's key. */
void store_mac(const struct ledger *ledger, enum store_kind kind, const char *words, size_t length,
               struct store_mac *mac);

/* The same as 32 lower-case hexadecimal digits. */
enum { STORE_HEX_MAX = 2 * STORE_MAC_SIZE + 1 };
void store_hex(const struct store_mac *mac, char hex[STORE_HEX_MAX]);

/* NULL where HAS is false. */
void store_bind_mac(struct statement *statement, int parameter, const struct store_mac *mac, bool has);

#endif
