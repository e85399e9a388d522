/*
 * The press: good rows come in, files go out. Its one idea is the batch: rows that were read together and are set
 * together by one worker, with an arena of their own that is used again for a later batch.
 */
#include "commands/press.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"
#include "letter/layout.h"
#include "pdf/pdf.h"

enum {
    BATCH_LETTERS = 64,     /* of single files: enough to make hand-over cheap */
    PART_LETTERS = 1000,    /* of a combined file: a printer's tray, and some 3 MB */
    BATCHES_PER_WORKER = 2, /* one being set, one being read */
};

struct batch {
    struct batch *next;
    struct arena arena;
    struct person *people; /* room for the batch's size */
    size_t count;
    unsigned part; /* of a combined file, from 1; 0: there is only one */
};

/* What all workers share. Everything below `lock` is guarded by it. */
struct press {
    struct campaign *campaign;
    const struct press_job *job;
    const struct report *report;
    const struct settings *settings;
    struct pdf_fonts *fonts;
    struct file_directory directory;
    size_t batch_size;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct batch *ready, **ready_end; /* to be set, in order */
    struct batch *idle;
    bool reading_done;
    bool failed;
    struct error error;
    struct press_result result;
};

/* One thread's own tools. */
struct worker {
    struct press *press;
    struct arena arena;
    struct problems problems;
    struct layout *layout;
    struct str bytes;
    pthread_t thread;
};

static void worker_init(struct worker *worker, struct press *press) {
    static const struct layout_settings defaults = {.size_mpt = 0, .alignment = ALIGN_LEFT};
    struct layout_settings settings = defaults;
    settings.size_mpt = press->campaign->config.letter.size_mpt;
    *worker = (struct worker){.press = press, .bytes = STR_EMPTY};
    problems_init(&worker->problems, &worker->arena);
    worker->layout = layout_new(press->campaign->font, &settings);
}

static void worker_release(struct worker *worker) {
    layout_free(worker->layout);
    problems_release(&worker->problems);
    str_release(&worker->bytes);
    arena_release(&worker->arena);
}

static bool press_stopped(struct press *press) {
    pthread_mutex_lock(&press->lock);
    bool stopped = press->failed || *press->settings->interrupted != 0;
    pthread_mutex_unlock(&press->lock);
    return stopped;
}

static void press_fail(struct press *press, const struct error *error) {
    pthread_mutex_lock(&press->lock);
    if (!press->failed)
        press->error = *error;
    press->failed = true;
    pthread_cond_broadcast(&press->changed);
    pthread_mutex_unlock(&press->lock);
}

/* A file is complete: counted, and reported. ROW is 0 for a combined file. */
static void press_made(struct press *press, const char *name, unsigned row, size_t letters, size_t pages) {
    pthread_mutex_lock(&press->lock);
    struct press_result *result = &press->result;
    const char *path = NULL;
    if (result->first == NULL || press->report->json || press->report->verbose)
        path = arena_printf(&press->campaign->arena, "%s/%s", press->directory.path, name);
    if (result->first == NULL)
        result->first = path;
    result->letters += letters;
    result->files++;
    result->pages += pages;
    if (path != NULL)
        report_letter(press->report, row, path);
    pthread_mutex_unlock(&press->lock);
}

/* The pages of one person's letter, in the worker's arena. The checks of the first pass have seen to its errors. */
static void set_letter(struct worker *worker, const struct person *person, struct letter *letter, struct pages *pages) {
    const struct campaign *campaign = worker->press->campaign;
    arena_clear(&worker->arena);
    problems_clear(&worker->problems);
    merge_letter(&campaign->model, campaign->people, person, campaign->date, &worker->arena, letter, &worker->problems);
    layout_letter(worker->layout, letter, &worker->arena, pages);
}

static int write_single(struct worker *worker, const struct person *person, struct error *error) {
    struct press *press = worker->press;
    struct letter letter;
    struct pages pages;
    set_letter(worker, person, &letter, &pages);

    struct pdf_description description = {letter.title, letter.author, letter.language, letter.date, press->job->draft};
    char name[PEOPLE_KEY_MAX + 8];
    snprintf(name, sizeof name, "%s.pdf", person->key);
    struct pdf *pdf = NULL;
    int result = pdf_new(&pdf, press->fonts, &description, error);
    if (result == 0)
        result = pdf_add(pdf, &pages, NULL, error);
    if (result == 0)
        result = pdf_finish(pdf, &worker->bytes, error);
    pdf_free(pdf);
    if (result == 0)
        result = file_directory_write(&press->directory, name, worker->bytes.bytes, worker->bytes.length, error);
    if (result == 0)
        press_made(press, name, person->row, 1, pages.count);
    return result;
}

static int add_letters(struct worker *worker, struct pdf *pdf, const struct batch *batch, size_t *pages_count,
                       struct error *error) {
    for (size_t i = 0; i < batch->count; i++) {
        struct letter letter;
        struct pages pages;
        if (press_stopped(worker->press))
            return error_set(error, STATUS_INTERRUPTED, "stopped");
        set_letter(worker, &batch->people[i], &letter, &pages);
        if (pdf_add(pdf, &pages, letter.author, error) != 0)
            return -1;
        *pages_count += pages.count;
    }
    return 0;
}

static int write_part(struct worker *worker, const struct batch *batch, struct error *error) {
    struct press *press = worker->press;
    const struct campaign *campaign = press->campaign;
    struct pdf_description description = {campaign->name, NULL, campaign->model.language, campaign->date,
                                          press->job->draft};
    struct str name = STR_EMPTY;
    str_adds(&name, press->job->combined);
    if (batch->part > 0)
        str_addf(&name, "-%u", batch->part);
    str_adds(&name, ".pdf");

    struct pdf *pdf = NULL;
    size_t pages = 0;
    int result = pdf_new(&pdf, press->fonts, &description, error);
    if (result == 0)
        result = add_letters(worker, pdf, batch, &pages, error);
    if (result == 0)
        result = pdf_finish(pdf, &worker->bytes, error);
    pdf_free(pdf);
    if (result == 0)
        result = file_directory_write(&press->directory, name.bytes, worker->bytes.bytes, worker->bytes.length, error);
    if (result == 0)
        press_made(press, name.bytes, 0, batch->count, pages);
    str_release(&name);
    return result;
}

static void worker_set(struct worker *worker, const struct batch *batch) {
    struct press *press = worker->press;
    struct error error;
    int result = 0;
    if (press->job->combined != NULL) {
        result = write_part(worker, batch, &error);
    } else {
        for (size_t i = 0; i < batch->count && result == 0 && !press_stopped(press); i++)
            result = write_single(worker, &batch->people[i], &error);
    }
    if (result != 0)
        press_fail(press, &error);
}

static struct batch *take_ready(struct press *press) {
    pthread_mutex_lock(&press->lock);
    while (press->ready == NULL && !press->reading_done && !press->failed)
        pthread_cond_wait(&press->changed, &press->lock);
    struct batch *batch = press->failed ? NULL : press->ready;
    if (batch != NULL) {
        press->ready = batch->next;
        if (press->ready == NULL)
            press->ready_end = &press->ready;
    }
    pthread_mutex_unlock(&press->lock);
    return batch;
}

static void give_back(struct press *press, struct batch *batch) {
    pthread_mutex_lock(&press->lock);
    batch->next = press->idle;
    press->idle = batch;
    pthread_cond_broadcast(&press->changed);
    pthread_mutex_unlock(&press->lock);
}

static void *worker_run(void *argument) {
    struct worker *worker = argument;
    for (struct batch *batch; (batch = take_ready(worker->press)) != NULL;) {
        worker_set(worker, batch);
        give_back(worker->press, batch);
    }
    return NULL;
}

static void show_progress(struct press *press) {
    if (press->report->progress != NULL)
        progress_show(press->report->progress, press->result.letters);
}

/* An idle batch, emptied; waits until there is one, and draws the progress meanwhile. NULL: the press has stopped. */
static struct batch *take_idle(struct press *press) {
    pthread_mutex_lock(&press->lock);
    show_progress(press);
    while (press->idle == NULL && !press->failed && *press->settings->interrupted == 0) {
        struct timespec soon;
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_nsec += 100 * 1000 * 1000;
        if (soon.tv_nsec >= 1000 * 1000 * 1000) {
            soon.tv_sec++;
            soon.tv_nsec -= 1000 * 1000 * 1000;
        }
        pthread_cond_timedwait(&press->changed, &press->lock, &soon);
        show_progress(press);
    }
    struct batch *batch = press->failed || *press->settings->interrupted != 0 ? NULL : press->idle;
    if (batch != NULL)
        press->idle = batch->next;
    pthread_mutex_unlock(&press->lock);
    if (batch != NULL) {
        arena_clear(&batch->arena);
        batch->count = 0;
        batch->next = NULL;
        batch->part = 0;
    }
    return batch;
}

static void make_ready(struct press *press, struct batch *batch) {
    pthread_mutex_lock(&press->lock);
    *press->ready_end = batch;
    press->ready_end = &batch->next;
    pthread_cond_broadcast(&press->changed);
    pthread_mutex_unlock(&press->lock);
}

/* Fills BATCH with the next good people; *INDEX is the row to be read next. Returns 1, or 0 at the end of the list. */
static int read_batch(struct press *press, struct batch *batch, size_t *index, size_t wanted, struct problems *problems,
                      struct error *error) {
    struct campaign *campaign = press->campaign;
    while (batch->count < press->batch_size && batch->count < wanted) {
        struct person *person = &batch->people[batch->count];
        problems_clear(problems);
        problems->arena = &batch->arena;
        int got = people_next(campaign->people, &batch->arena, person, NULL, problems, error);
        if (got <= 0)
            return got;
        if (campaign_row_is_good(campaign, (*index)++))
            batch->count++;
    }
    return 1;
}

/* Reads the list and sets its letters: by WORKER itself, or where that is NULL by the threads. */
static int press_read(struct press *press, struct worker *worker, struct error *error) {
    const struct press_job *job = press->job;
    size_t left = press->campaign->good_count;
    if (job->letters_max > 0 && job->letters_max < left)
        left = job->letters_max;
    bool many_parts = left > press->batch_size;
    struct problems problems;
    problems_init(&problems, NULL);
    int got = 1;
    size_t index = 0;
    for (unsigned part = 1; got == 1 && left > 0; part++) {
        struct batch *batch = take_idle(press);
        if (batch == NULL)
            break;
        got = read_batch(press, batch, &index, left, &problems, error);
        left -= batch->count;
        batch->part = many_parts ? part : 0;
        if (got < 0 || batch->count == 0 || worker != NULL) {
            if (got >= 0 && batch->count > 0)
                worker_set(worker, batch);
            give_back(press, batch);
        } else {
            make_ready(press, batch);
        }
    }
    problems_release(&problems);
    return got < 0 ? -1 : 0;
}

static int press_with_threads(struct press *press, unsigned jobs, struct error *error) {
    struct worker *workers = memory_alloc(jobs, sizeof *workers);
    unsigned started = 0;
    for (; started < jobs; started++) {
        worker_init(&workers[started], press);
        if (pthread_create(&workers[started].thread, NULL, worker_run, &workers[started]) != 0) {
            worker_release(&workers[started]);
            break;
        }
    }
    int result = started > 0 ? press_read(press, NULL, error)
                             : error_set(error, STATUS_INPUT_OUTPUT, "no thread could be started; try -j 1");
    pthread_mutex_lock(&press->lock);
    press->reading_done = true;
    pthread_cond_broadcast(&press->changed);
    pthread_mutex_unlock(&press->lock);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        worker_release(&workers[i]);
    }
    free(workers);
    return result;
}

static int press_alone(struct press *press, struct error *error) {
    struct worker worker;
    worker_init(&worker, press);
    int result = press_read(press, &worker, error);
    worker_release(&worker);
    return result;
}

static void make_batches(struct press *press, struct batch *batches, size_t count) {
    for (size_t i = 0; i < count; i++) {
        batches[i] =
            (struct batch){.next = press->idle, .people = memory_alloc(press->batch_size, sizeof(struct person))};
        press->idle = &batches[i];
    }
}

static void free_batches(struct batch *batches, size_t count) {
    for (size_t i = 0; i < count; i++) {
        arena_release(&batches[i].arena);
        free(batches[i].people);
    }
    free(batches);
}

static int press_start(struct press *press, struct error *error) {
    size_t jobs = press->settings->jobs;
    size_t count = jobs == 1 ? 1 : jobs * BATCHES_PER_WORKER;
    struct batch *batches = memory_alloc(count, sizeof *batches);
    make_batches(press, batches, count);
    pthread_mutex_init(&press->lock, NULL);
    pthread_cond_init(&press->changed, NULL);

    int result = jobs == 1 ? press_alone(press, error) : press_with_threads(press, (unsigned)jobs, error);
    if (result == 0 && press->failed) {
        *error = press->error;
        result = -1;
    } else if (result == 0 && *press->settings->interrupted != 0) {
        result = error_set(error, STATUS_INTERRUPTED, "stopped");
    }
    pthread_cond_destroy(&press->changed);
    pthread_mutex_destroy(&press->lock);
    free_batches(batches, count);
    return result;
}

int press_run(struct campaign *campaign, const struct settings *settings, const struct press_job *job,
              const struct report *report, struct press_result *result, struct error *error) {
    struct press press = {
        .campaign = campaign,
        .job = job,
        .report = report,
        .settings = settings,
        .directory = {.descriptor = -1},
        .batch_size = job->combined != NULL ? PART_LETTERS : BATCH_LETTERS,
    };
    press.ready_end = &press.ready;
    *result = (struct press_result){0};
    if (people_rewind(campaign->people, error) != 0 || pdf_fonts_new(&press.fonts, campaign->font, error) != 0)
        return -1;
    int failed = file_directory_open(&press.directory, job->directory, error);
    if (failed == 0)
        failed = press_start(&press, error);
    *result = press.result;
    file_directory_close(&press.directory);
    pdf_fonts_free(press.fonts);
    return failed;
}
