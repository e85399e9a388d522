/*
 * Proofs: checked rows come in, warnings go out. Threads set the letters in any order; the one idea is that only the
 * words of the first rows are kept, sorted, so that what is said does not depend on how many threads there are.
 */
#include "commands/proof.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "commands/printer.h"
#include "commands/relay.h"
#include "input/csv.h"

struct overfull {
    char *word;
    unsigned row, line; /* where it was met first */
};

/* What all threads share; the words are guarded by the lock. */
struct proof {
    struct campaign *campaign;
    struct relay *relay;
    pthread_mutex_t lock;
    struct overfull words[PROOF_WORDS_MAX]; /* by row */
    size_t count;
    bool more;
};

static void *worker_begin(void *context) {
    const struct proof *proof = context;
    struct printer *printer = memory_alloc(1, sizeof *printer);
    printer_init(printer, proof->campaign, NULL);
    return printer;
}

static void worker_end(void *context, void *tools) {
    (void)context;
    printer_release(tools);
    free(tools);
}

/* Puts FOUND among the words by its row; the last goes where there are too many. FOUND is the list's afterwards. */
static void insert(struct proof *proof, struct overfull found) {
    if (proof->count == PROOF_WORDS_MAX) {
        proof->more = true;
        if (found.row >= proof->words[proof->count - 1].row) {
            free(found.word);
            return;
        }
        free(proof->words[--proof->count].word);
    }
    size_t at = proof->count++;
    for (; at > 0 && proof->words[at - 1].row > found.row; at--)
        proof->words[at] = proof->words[at - 1];
    proof->words[at] = found;
}

static void note(struct proof *proof, const char *word, const struct person *person) {
    struct overfull found = {NULL, person->row, person->line};
    pthread_mutex_lock(&proof->lock);
    size_t i = 0;
    while (i < proof->count && strcmp(proof->words[i].word, word) != 0)
        i++;
    if (i == proof->count) {
        found.word = memory_copy(word, strlen(word));
    } else if (proof->words[i].row > found.row) {
        found.word = proof->words[i].word;
        proof->count--;
        memmove(&proof->words[i], &proof->words[i + 1], (proof->count - i) * sizeof *proof->words);
    }
    if (found.word != NULL)
        insert(proof, found);
    pthread_mutex_unlock(&proof->lock);
}

static int set_batch(void *context, void *tools, const struct relay_batch *batch, struct error *error) {
    struct proof *proof = context;
    for (size_t i = 0; i < batch->count && !relay_stopped(proof->relay); i++) {
        struct letter letter;
        struct pages pages;
        if (printer_set(tools, &batch->people[i], &letter, &pages, error) != 0)
            return -1;
        if (pages.overfull != NULL)
            note(proof, pages.overfull, &batch->people[i]);
    }
    return 0;
}

static void report_words(const struct proof *proof, const struct report *report) {
    enum { SHOWN = 60 };
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    problems_init(&problems, &arena);
    const char *file = proof->campaign->csv == NULL ? NULL : csv_path(proof->campaign->csv);
    for (size_t i = 0; i < proof->count; i++) {
        const struct overfull *found = &proof->words[i];
        size_t length = text_cut(found->word, strlen(found->word), SHOWN);
        struct problem *problem = problems_add(
            &problems, SEVERITY_WARNING, (struct place){file, found->line, 0},
            "\"%.*s%s\" is wider than its line and is broken; a smaller letter.size, or a space in it, would help",
            (int)length, found->word, found->word[length] == '\0' ? "" : "\u2026");
        assert(problem != NULL); /* there is room for more than PROOF_WORDS_MAX */
        problem->row = found->row;
    }
    if (proof->more)
        problems_add(&problems, SEVERITY_WARNING, (struct place){file, 0, 0},
                     "more words than these %d are wider than their lines", PROOF_WORDS_MAX);
    report_problems(report, &problems);
    problems_release(&problems);
    arena_release(&arena);
}

int proof_run(struct campaign *campaign, const struct settings *settings, const struct report *report,
              struct error *error) {
    enum { BATCH_LETTERS = 64 };
    struct proof proof = {.campaign = campaign};
    struct relay_job job = {
        .context = &proof,
        .begin = worker_begin,
        .work = set_batch,
        .end = worker_end,
        .batch_size = BATCH_LETTERS,
        .threads = settings->jobs,
    };
    pthread_mutex_init(&proof.lock, NULL);
    int result = relay_run(&proof.relay, campaign, settings, &job, error);
    pthread_mutex_destroy(&proof.lock);
    if (result == 0)
        report_words(&proof, report);
    for (size_t i = 0; i < proof.count; i++)
        free(proof.words[i].word);
    return result;
}
