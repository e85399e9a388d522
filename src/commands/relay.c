/*
 * The relay: good rows come in, batches go out to threads. Its one idea is the batch: rows that were read together and
 * are worked on together, with an arena of their own that is used again for a later batch.
 */
#include "commands/relay.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"

enum {
    BATCHES_PER_THREAD = 2, /* one being worked on, one being read */
    SHOW_NS = 100 * 1000 * 1000,
    SECOND_NS = 1000 * 1000 * 1000,
};

struct batch {
    struct relay_batch rows;
    struct batch *next;
    struct arena arena;
    struct person *people; /* room for the job's batch_size */
    struct csv_row *cells;
};

/* What all threads share. Everything below `lock` is guarded by it. */
struct relay {
    struct campaign *campaign;
    const struct settings *settings;
    const struct relay_job *job;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct batch *ready, **ready_end; /* to be worked on, in order */
    struct batch *idle;
    bool reading_done;
    bool failed;
    struct error error;
};

bool relay_stopped(struct relay *relay) {
    pthread_mutex_lock(&relay->lock);
    bool stopped = relay->failed || *relay->settings->interrupted != 0;
    pthread_mutex_unlock(&relay->lock);
    return stopped;
}

static void work_on(struct relay *relay, void *tools, const struct batch *batch) {
    struct error error;
    if (relay->job->work(relay->job->context, tools, &batch->rows, &error) == 0)
        return;
    pthread_mutex_lock(&relay->lock);
    if (!relay->failed)
        relay->error = error;
    relay->failed = true;
    pthread_cond_broadcast(&relay->changed);
    pthread_mutex_unlock(&relay->lock);
}

static struct batch *take_ready(struct relay *relay) {
    pthread_mutex_lock(&relay->lock);
    while (relay->ready == NULL && !relay->reading_done && !relay->failed)
        pthread_cond_wait(&relay->changed, &relay->lock);
    struct batch *batch = relay->failed ? NULL : relay->ready;
    if (batch != NULL) {
        relay->ready = batch->next;
        if (relay->ready == NULL)
            relay->ready_end = &relay->ready;
    }
    pthread_mutex_unlock(&relay->lock);
    return batch;
}

static void make_ready(struct relay *relay, struct batch *batch) {
    pthread_mutex_lock(&relay->lock);
    *relay->ready_end = batch;
    relay->ready_end = &batch->next;
    pthread_cond_broadcast(&relay->changed);
    pthread_mutex_unlock(&relay->lock);
}

static void give_back(struct relay *relay, struct batch *batch) {
    pthread_mutex_lock(&relay->lock);
    batch->next = relay->idle;
    relay->idle = batch;
    pthread_cond_broadcast(&relay->changed);
    pthread_mutex_unlock(&relay->lock);
}

static void *run_thread(void *argument) {
    struct relay *relay = argument;
    void *tools = relay->job->begin(relay->job->context);
    for (struct batch *batch; (batch = take_ready(relay)) != NULL;) {
        work_on(relay, tools, batch);
        give_back(relay, batch);
    }
    relay->job->end(relay->job->context, tools);
    return NULL;
}

static void show(struct relay *relay) {
    if (relay->job->show != NULL)
        relay->job->show(relay->job->context);
}

static void wait_a_little(struct relay *relay) {
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += SHOW_NS;
    if (soon.tv_nsec >= SECOND_NS) {
        soon.tv_sec++;
        soon.tv_nsec -= SECOND_NS;
    }
    pthread_cond_timedwait(&relay->changed, &relay->lock, &soon);
}

/* An idle batch, emptied; waits until there is one. NULL: the relay has stopped. */
static struct batch *take_idle(struct relay *relay) {
    struct batch *batch = NULL;
    pthread_mutex_lock(&relay->lock);
    while (relay->idle == NULL && !relay->failed && *relay->settings->interrupted == 0) {
        wait_a_little(relay);
        pthread_mutex_unlock(&relay->lock);
        show(relay);
        pthread_mutex_lock(&relay->lock);
    }
    if (!relay->failed && *relay->settings->interrupted == 0) {
        batch = relay->idle;
        relay->idle = batch->next;
    }
    pthread_mutex_unlock(&relay->lock);
    show(relay);
    if (batch != NULL) {
        arena_clear(&batch->arena);
        batch->next = NULL;
        batch->rows = (struct relay_batch){.people = batch->people, .cells = batch->cells};
    }
    return batch;
}

/* Fills BATCH with the next good people; *INDEX is the row to be read next. Returns 1, or 0 at the end of the list. */
static int read_batch(struct relay *relay, struct batch *batch, size_t *index, size_t wanted, struct problems *problems,
                      struct error *error) {
    size_t *count = &batch->rows.count;
    problems->arena = &batch->arena;
    while (*count < relay->job->batch_size && *count < wanted) {
        problems_clear(problems);
        int got = people_next(relay->campaign->people, &batch->arena, &batch->people[*count], &batch->cells[*count],
                              problems, error);
        if (got <= 0)
            return got;
        if (campaign_row_is_good(relay->campaign, (*index)++))
            ++*count;
    }
    return 1;
}

/* The same of a part of the sequence: its rows are sought where they stand in the list. */
static int read_part(struct relay *relay, struct batch *batch, struct sequence_part part, size_t wanted,
                     struct problems *problems, struct error *error) {
    size_t *count = &batch->rows.count;
    problems->arena = &batch->arena;
    for (; *count < part.count && *count < wanted; ++*count) {
        const struct sequence_entry *entry = sequence_entry(relay->job->sequence, part.first + *count);
        problems_clear(problems);
        if (people_seek(relay->campaign->people, entry->position, error) != 0 ||
            people_next(relay->campaign->people, &batch->arena, &batch->people[*count], &batch->cells[*count], problems,
                        error) < 0)
            return -1;
    }
    return 1;
}

/* Whether the rows are wanted in another order than the list's. */
static bool is_sorted(const struct relay *relay) {
    return relay->job->sequence != NULL && sequence_entry(relay->job->sequence, 0) != NULL;
}

/* Reads the list and hands it out: to the threads, or where there are none, works on it with TOOLS. */
static int read_list(struct relay *relay, bool alone, void *tools, struct error *error) {
    size_t left = relay->campaign->good_count;
    if (relay->job->letters_max > 0 && relay->job->letters_max < left)
        left = relay->job->letters_max;
    struct problems problems;
    problems_init(&problems, NULL);
    int got = 1;
    size_t index = 0;
    for (unsigned number = 1; got == 1 && left > 0; number++) {
        struct batch *batch = take_idle(relay);
        if (batch == NULL)
            break;
        if (is_sorted(relay))
            got = read_part(relay, batch, sequence_part(relay->job->sequence, number - 1), left, &problems, error);
        else
            got = read_batch(relay, batch, &index, left, &problems, error);
        left -= batch->rows.count;
        batch->rows.number = number;
        if (got >= 0 && batch->rows.count > 0 && !alone) {
            make_ready(relay, batch);
        } else {
            if (got >= 0 && batch->rows.count > 0)
                work_on(relay, tools, batch);
            give_back(relay, batch);
        }
    }
    problems_release(&problems);
    return got < 0 ? -1 : 0;
}

/* Until the last batch was worked on, the caller's thread shows how far it is. */
static void await_threads(struct relay *relay, size_t batches_count) {
    pthread_mutex_lock(&relay->lock);
    for (;;) {
        size_t idle = 0;
        for (const struct batch *batch = relay->idle; batch != NULL; batch = batch->next)
            idle++;
        if (idle == batches_count || relay->failed)
            break;
        wait_a_little(relay);
        pthread_mutex_unlock(&relay->lock);
        show(relay);
        pthread_mutex_lock(&relay->lock);
    }
    pthread_mutex_unlock(&relay->lock);
}

static int run_threads(struct relay *relay, size_t batches_count, struct error *error) {
    unsigned started = 0;
    pthread_t *threads = memory_alloc(relay->job->threads, sizeof *threads);
    while (started < relay->job->threads && pthread_create(&threads[started], NULL, run_thread, relay) == 0)
        started++;
    int result = started > 0 ? read_list(relay, false, NULL, error)
                             : error_set(error, STATUS_INPUT_OUTPUT, "no thread could be started; try -j 1");
    pthread_mutex_lock(&relay->lock);
    relay->reading_done = true;
    pthread_cond_broadcast(&relay->changed);
    pthread_mutex_unlock(&relay->lock);
    if (result == 0)
        await_threads(relay, batches_count);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return result;
}

static int run_alone(struct relay *relay, struct error *error) {
    void *tools = relay->job->begin(relay->job->context);
    int result = read_list(relay, true, tools, error);
    relay->job->end(relay->job->context, tools);
    return result;
}

static struct batch *make_batches(struct relay *relay, size_t count) {
    struct batch *batches = memory_alloc(count, sizeof *batches);
    for (size_t i = 0; i < count; i++) {
        batches[i] = (struct batch){.next = relay->idle, .arena = ARENA_EMPTY};
        batches[i].people = memory_alloc(relay->job->batch_size, sizeof(struct person));
        batches[i].cells = memory_alloc(relay->job->batch_size, sizeof(struct csv_row));
        relay->idle = &batches[i];
    }
    return batches;
}

static void free_batches(struct batch *batches, size_t count) {
    for (size_t i = 0; i < count; i++) {
        arena_release(&batches[i].arena);
        free(batches[i].people);
        free(batches[i].cells);
    }
    free(batches);
}

int relay_run(struct relay **relay, struct campaign *campaign, const struct settings *settings,
              const struct relay_job *job, struct error *error) {
    struct relay own = {.campaign = campaign, .settings = settings, .job = job};
    bool alone = job->threads == 1 && !job->apart;
    size_t count = alone ? 1 : job->threads * BATCHES_PER_THREAD;
    if (people_rewind(campaign->people, error) != 0)
        return -1;
    own.ready_end = &own.ready;
    pthread_mutex_init(&own.lock, NULL);
    pthread_cond_init(&own.changed, NULL);
    struct batch *batches = make_batches(&own, count);
    *relay = &own;

    int result = alone ? run_alone(&own, error) : run_threads(&own, count, error);
    if (result == 0 && own.failed) {
        *error = own.error;
        result = -1;
    } else if (result == 0 && *settings->interrupted != 0) {
        result = error_set(error, STATUS_INTERRUPTED, "stopped");
    }
    *relay = NULL;
    pthread_cond_destroy(&own.changed);
    pthread_mutex_destroy(&own.lock);
    free_batches(batches, count);
    return result;
}
