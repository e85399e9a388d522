/*
 * The relay: the second pass over the list, which hands the good rows to as many threads as are wanted.
 *
 * The rows are read in order by the caller's thread and handed to the workers in batches; at most a few batches are
 * under way, so memory does not grow with the list.
 */
#ifndef POSTBAG_COMMANDS_RELAY_H
#define POSTBAG_COMMANDS_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "commands/campaign.h"
#include "commands/sequence.h"
#include "commands/settings.h"

/* Rows that were read together; they live as long as the batch is worked on. */
struct relay_batch {
    const struct person *people;
    const struct csv_row *cells; /* the rows as they stood in the list */
    size_t count;
    unsigned number; /* from 1, in the order of reading */
};

/*
 * What is to be done. Each thread calls begin once, then work for its batches, then end. A failure of work stops all
 * others as soon as they look (relay_stopped), and is the relay's. CONTEXT is the job's own.
 */
struct relay_job {
    void *context;
    void *(*begin)(void *context);
    int (*work)(void *context, void *tools, const struct relay_batch *batch, struct error *error);
    void (*end)(void *context, void *tools);
    void (*show)(void *context); /* about ten times a second, from the caller's thread; may be NULL */
    size_t batch_size;
    size_t letters_max;              /* 0: all */
    const struct sequence *sequence; /* the order, and each batch a part of it; NULL: as the list has them */
    unsigned threads;                /* 1: the caller's own, unless… */
    bool apart;                      /* … the caller's only reads, and shows how far the others are */
};

struct relay;

/* Whether to end early: a worker has failed, or Ctrl-C was pressed. */
bool relay_stopped(struct relay *relay);

/*
 * Runs JOB over the good rows of CAMPAIGN, whose list is read anew. *RELAY is set before the first batch is worked on,
 * for relay_stopped. Errors: a worker's, those of reading the list, and STATUS_INTERRUPTED.
 */
int relay_run(struct relay **relay, struct campaign *campaign, const struct settings *settings,
              const struct relay_job *job, struct error *error);

#endif
