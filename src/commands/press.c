/*
 * The press: good rows come in, files go out: one of each letter, or parts that hold many.
 */
#include "commands/press.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"
#include "commands/printer.h"
#include "commands/relay.h"
#include "pdf/pdf.h"

enum {
    BATCH_LETTERS = 64,  /* of single files: enough to make hand-over cheap */
    PART_LETTERS = 1000, /* of a combined file: a printer's tray, and some 3 MB */
};

/* What all threads share. `result` is guarded by the lock. */
struct press {
    struct campaign *campaign;
    const struct press_job *job;
    const struct report *report;
    struct relay *relay;
    struct pdf_fonts *fonts;
    struct file_directory directory;
    bool many_parts;
    pthread_mutex_t lock;
    struct press_result result;
};

/* One thread's own tools. */
struct worker {
    struct printer printer;
    struct str bytes;
};

static void *worker_begin(void *context) {
    struct press *press = context;
    struct worker *worker = memory_alloc(1, sizeof *worker);
    worker->bytes = STR_EMPTY;
    printer_init(&worker->printer, press->campaign, press->fonts);
    return worker;
}

static void worker_end(void *context, void *tools) {
    struct worker *worker = tools;
    (void)context;
    printer_release(&worker->printer);
    str_release(&worker->bytes);
    free(worker);
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

static int write_single(struct press *press, struct worker *worker, const struct person *person, struct error *error) {
    struct letter letter;
    struct pages pages;
    char name[PEOPLE_KEY_MAX + 8];
    snprintf(name, sizeof name, "%s.pdf", person->key);
    printer_set(&worker->printer, person, &letter, &pages);
    int result = printer_print(&worker->printer, &letter, &pages, press->job->draft, &worker->bytes, error);
    if (result == 0)
        result = file_directory_write(&press->directory, name, worker->bytes.bytes, worker->bytes.length, error);
    if (result == 0)
        press_made(press, name, person->row, 1, pages.count);
    if (result == 0 && press->job->also != NULL)
        result = press->job->also(press->job->context, &press->directory, &worker->printer, &letter, &pages, error);
    return result;
}

static int write_singles(void *context, void *tools, const struct relay_batch *batch, struct error *error) {
    struct press *press = context;
    for (size_t i = 0; i < batch->count && !relay_stopped(press->relay); i++)
        if (write_single(press, tools, &batch->people[i], error) != 0)
            return -1;
    return 0;
}

static int add_letters(struct press *press, struct worker *worker, struct pdf *pdf, const struct relay_batch *batch,
                       size_t *pages_count, struct error *error) {
    for (size_t i = 0; i < batch->count; i++) {
        struct letter letter;
        struct pages pages;
        if (relay_stopped(press->relay))
            return error_set(error, STATUS_INTERRUPTED, "stopped");
        printer_set(&worker->printer, &batch->people[i], &letter, &pages);
        if (pdf_add(pdf, &pages, &(struct pdf_entry){.title = letter.author}, error) != 0)
            return -1;
        *pages_count += pages.count;
    }
    return 0;
}

static int write_part(void *context, void *tools, const struct relay_batch *batch, struct error *error) {
    struct press *press = context;
    struct worker *worker = tools;
    const struct campaign *campaign = press->campaign;
    struct pdf_description description = {campaign->name, NULL, campaign->model.language, campaign->date,
                                          press->job->draft};
    struct str name = STR_EMPTY;
    str_adds(&name, press->job->combined);
    if (press->many_parts)
        str_addf(&name, "-%u", batch->number);
    str_adds(&name, ".pdf");

    struct pdf *pdf = NULL;
    size_t pages = 0;
    int result = pdf_new(&pdf, press->fonts, &description, error);
    if (result == 0)
        result = add_letters(press, worker, pdf, batch, &pages, error);
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

static void show_progress(void *context) {
    struct press *press = context;
    if (press->report->progress == NULL)
        return;
    pthread_mutex_lock(&press->lock);
    progress_show(press->report->progress, press->result.letters, NULL);
    pthread_mutex_unlock(&press->lock);
}

int press_run(struct campaign *campaign, const struct settings *settings, const struct press_job *job,
              const struct report *report, struct press_result *result, struct error *error) {
    struct press press = {.campaign = campaign, .job = job, .report = report, .directory = {.descriptor = -1}};
    bool combined = job->combined != NULL;
    struct relay_job work = {
        .context = &press,
        .begin = worker_begin,
        .work = combined ? write_part : write_singles,
        .end = worker_end,
        .show = show_progress,
        .batch_size = combined ? PART_LETTERS : BATCH_LETTERS,
        .letters_max = job->letters_max,
        .threads = settings->jobs,
    };
    press.many_parts =
        campaign->good_count > PART_LETTERS && (job->letters_max == 0 || job->letters_max > PART_LETTERS);
    *result = (struct press_result){0};
    if (pdf_fonts_new(&press.fonts, campaign->font, error) != 0)
        return -1;
    pthread_mutex_init(&press.lock, NULL);
    int failed = file_directory_open(&press.directory, job->directory, error);
    if (failed == 0)
        failed = relay_run(&press.relay, campaign, settings, &work, error);
    *result = press.result;
    pthread_mutex_destroy(&press.lock);
    file_directory_close(&press.directory);
    pdf_fonts_free(press.fonts);
    return failed;
}
