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
    BATCH_LETTERS = 64, /* of single files: enough to make hand-over cheap */
};

/* What all threads share. `result` is guarded by the lock. */
struct press {
    struct campaign *campaign;
    const struct press_job *job;
    const struct report *report;
    struct relay *relay;
    struct pdf_fonts *fonts;
    struct file_directory directory;
    pthread_mutex_t lock;
    struct press_result result;
};

/* One thread's own tools. */
struct worker {
    struct printer printer;
    struct part part; /* for combined files */
    struct str bytes; /* for single ones */
};

static void *worker_begin(void *context) {
    struct press *press = context;
    struct worker *worker = memory_alloc(1, sizeof *worker);
    worker->bytes = STR_EMPTY;
    printer_init(&worker->printer, press->campaign, press->fonts);
    if (press->job->combined != NULL)
        part_init(&worker->part, press->campaign, press->job->names, press->fonts, &worker->printer);
    return worker;
}

static void worker_end(void *context, void *tools) {
    const struct press *press = context;
    struct worker *worker = tools;
    if (press->job->combined != NULL)
        part_release(&worker->part);
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
    int result = printer_set(&worker->printer, person, &letter, &pages, error);
    if (result == 0)
        result = printer_print(&worker->printer, &letter, &pages, press->job->draft, &worker->bytes, error);
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

/* "letters-2.pdf" */
static void part_name(const struct press *press, struct str *name, const char *stem, unsigned number) {
    str_clear(name);
    str_addf(name, "%s%s", stem, press->job->combined);
    if (sequence_parts(press->job->sequence) > 1)
        str_addf(name, "-%u", number);
    str_adds(name, ".pdf");
}

static void report_cover(const struct press *press, const struct bundle *bundle, const char *name) {
    struct arena arena = ARENA_EMPTY;
    const struct report_value values[] = {
        {.key = "constituency", .kind = REPORT_TEXT, .text = bundle->constituency},
        {.key = "recipient", .kind = REPORT_TEXT, .text = bundle->recipient},
        {.key = "letters", .kind = REPORT_NUMBER, .number = (long long)bundle->letters},
        {.key = "file", .kind = REPORT_TEXT, .text = file_join(&arena, press->directory.path, name)},
    };
    report_object(press->report, "cover_sheet", values, sizeof values / sizeof *values);
    arena_release(&arena);
}

/* The covers in the part NAME, which is complete. */
static void covers_made(struct press *press, const struct part *part, const char *name) {
    pthread_mutex_lock(&press->lock);
    press->result.covers += part->covers_count;
    for (size_t i = 0; i < part->covers_count && press->report->json; i++)
        report_cover(press, part->covers[i], name);
    pthread_mutex_unlock(&press->lock);
}

static void sign_off_made(struct press *press, const char *name, size_t rows) {
    pthread_mutex_lock(&press->lock);
    struct arena arena = ARENA_EMPTY;
    const char *path = file_join(&arena, press->directory.path, name);
    const struct report_value values[] = {
        {.key = "file", .kind = REPORT_TEXT, .text = path},
        {.key = "rows", .kind = REPORT_NUMBER, .number = (long long)rows},
    };
    report_object(press->report, "sign_off", values, sizeof values / sizeof *values);
    if (press->report->verbose)
        report_remark(press->report, "%s", path);
    press->result.sign_offs++;
    pthread_mutex_unlock(&press->lock);
    arena_release(&arena);
}

static int write_part(void *context, void *tools, const struct relay_batch *batch, struct error *error) {
    struct press *press = context;
    struct part *part = &((struct worker *)tools)->part;
    struct str name = STR_EMPTY;
    part_name(press, &name, "letters", batch->number);
    int result = part_make(part, press->job->sequence, batch, press->job->draft, press->relay, error);
    if (result == 0)
        result = file_directory_write(&press->directory, name.bytes, part->letters.bytes, part->letters.length, error);
    if (result == 0) {
        press_made(press, name.bytes, 0, batch->count, part->pages);
        covers_made(press, part, name.bytes);
        part_name(press, &name, "sign-off", batch->number);
        result =
            file_directory_write(&press->directory, name.bytes, part->sign_off.bytes, part->sign_off.length, error);
    }
    if (result == 0)
        sign_off_made(press, name.bytes, batch->count);
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
        .batch_size = combined ? PRESS_PART_MAX : BATCH_LETTERS,
        .sequence = job->sequence,
        .letters_max = job->letters_max,
        .threads = settings->jobs,
    };
    *result = (struct press_result){0};
    if (pdf_fonts_new(&press.fonts, campaign->font, error) != 0)
        return -1;
    pthread_mutex_init(&press.lock, NULL);
    int failed = autograph_embed(&campaign->autograph, press.fonts, error);
    if (failed == 0)
        failed = file_directory_open(&press.directory, job->directory, error);
    if (failed == 0)
        failed = relay_run(&press.relay, campaign, settings, &work, error);
    *result = press.result;
    pthread_mutex_destroy(&press.lock);
    file_directory_close(&press.directory);
    pdf_fonts_free(press.fonts);
    return failed;
}
