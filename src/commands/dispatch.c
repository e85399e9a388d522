/*
 * The dispatch: rows come in, letters go out, and the ledger says what became of each. Its one idea is the order of
 * things for one letter: make it, ask the mailbox's limits, open a connection, and only when the server has agreed to
 * everything else put bytes and `sending` on disk and let the content go.
 */
#include "commands/dispatch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"
#include "commands/bulletin.h"
#include "commands/carrier.h"
#include "commands/printer.h"
#include "commands/relay.h"
#include "record/account.h"

enum {
    BATCH_LETTERS = 4,                    /* so that each of several connections has something to do */
    FIRST_DELAY_MS = 5 * CLOCK_MINUTE_MS, /* until a letter that could not go is tried again; then twice as long, … */
    DELAY_MAX_MS = 4 * CLOCK_HOUR_MS,     /* … up to this */
    ATTEMPTS_MAX = 24,                    /* that is some three days; then it is not accepted */
    CONNECTIONS_TRIED = 3,                /* for one letter, before it waits for later */
    ALIKE_MAX = 10,                       /* refused in a row with the same code: something is wrong with all */
    RETRY_AT_ONCE = -1,                   /* what kept a letter back was about all of them, and will be mended */
    FLUSH_MS = 100,
    SLICE_MS = 300,                      /* of a wait, after which to see whether others have stopped */
    MESSAGE_MAX = 64 * 1024 * 1024,      /* bytes of a stored message */
    LONG_WAIT_MS = 20 * CLOCK_SECOND_MS, /* from here on a wait is worth a word */
};

/* What all threads share. Everything below `lock` is guarded by it. */
struct dispatch {
    struct outbox *outbox;
    const struct settings *settings;
    const struct report *report;
    struct leftover *leftover;
    struct relay *relay;
    struct pdf_fonts *fonts;
    struct file_directory sent;
    struct carrier *carrier;
    struct account *account;
    int64_t flushed_ms; /* by the thread that shows the progress */

    pthread_mutex_t lock;
    struct dispatch_result *result;
    unsigned alike; /* letters in a row that came to this state with this code */
    enum ledger_state alike_state;
    int alike_code;
    bool waiting_said;
    int64_t due_ms; /* the first letter of this list that waits for later; 0: none */
};

/* One thread's own tools. */
struct worker {
    struct dispatch *dispatch;
    struct printer printer;
    struct str pdf;
    struct parcel parcel;
};

/* One letter on its way. */
struct errand {
    struct worker *worker;
    const struct person *person;
    const struct csv_row *cells;
    enum ledger_channel channel;
    struct ledger_letter letter;    /* as the ledger has it */
    char name[PEOPLE_KEY_MAX + 16]; /* of its file */
    struct answer answer;
    bool committed;     /* the ledger says `sending` */
    struct error error; /* where the ledger or the disk failed */
    bool failed;
};

static void *worker_begin(void *context) {
    struct dispatch *dispatch = context;
    struct worker *worker = memory_alloc(1, sizeof *worker);
    *worker = (struct worker){.dispatch = dispatch, .pdf = STR_EMPTY, .parcel = {.bytes = STR_EMPTY}};
    printer_init(&worker->printer, dispatch->outbox->campaign, dispatch->fonts);
    return worker;
}

static void worker_end(void *context, void *tools) {
    struct worker *worker = tools;
    (void)context;
    printer_release(&worker->printer);
    str_release(&worker->pdf);
    str_release(&worker->parcel.bytes);
    free(worker);
}

/* Making the message */

/* The bytes that a letter went with before are the ones to repeat, if they are still where they were put. */
static void use_stored(const struct errand *errand) {
    struct worker *worker = errand->worker;
    const struct ledger_letter *letter = &errand->letter;
    struct str stored = STR_EMPTY;
    struct digest digest;
    struct error ignored;
    if (!letter->made || letter->file == NULL || *letter->file == '\0')
        return;
    char *path = file_join(&worker->printer.arena, worker->dispatch->sent.path, letter->file);
    if (file_read(path, MESSAGE_MAX, &stored, &ignored) == 0) {
        digest_of(&digest, stored.bytes, stored.length);
        if (digest_equal(&digest, &letter->digest)) {
            str_clear(&worker->parcel.bytes);
            str_add(&worker->parcel.bytes, stored.bytes, stored.length);
        }
    }
    str_release(&stored);
}

static int make_parcel(struct errand *errand, struct error *error) {
    struct worker *worker = errand->worker;
    struct letter letter;
    struct pages pages;
    struct outbox_packing packing = {
        .letter = &letter,
        .pdf = &worker->pdf,
        .token = errand->letter.token,
        .time_ms = clock_wall_ms(),
        .copy = errand->channel == LEDGER_COPY,
    };
    if (printer_set(&worker->printer, errand->person, &letter, &pages, error) != 0 ||
        printer_print(&worker->printer, &letter, &pages, false, &worker->pdf, error) != 0 ||
        outbox_pack(worker->dispatch->outbox, &packing, &worker->parcel, &worker->printer.arena, error) != 0)
        return -1;
    use_stored(errand);
    return 0;
}

/* Waiting */

/* Waits until UNTIL_MS of the wall clock. -1: it is not to be waited for, or the run has stopped. */
static int wait_until(struct dispatch *dispatch, int64_t until_ms, const char *why, struct error *error) {
    if (ledger_flush(dispatch->outbox->ledger, error) != 0)
        return -1;
    struct str when = STR_EMPTY;
    clock_format_due(&when, until_ms);
    pthread_mutex_lock(&dispatch->lock);
    dispatch->result->next_ms = until_ms;
    bool said = dispatch->waiting_said;
    dispatch->waiting_said = true;
    pthread_mutex_unlock(&dispatch->lock);
    int result = 0;
    if (dispatch->settings->no_wait)
        result = error_set(error, STATUS_LATER, "%s; give the same command again at %s", why, when.bytes);
    else if (!said && until_ms - clock_wall_ms() > LONG_WAIT_MS)
        report_remark(dispatch->report, "Waiting until %s: %s. Ctrl-C ends; the same command goes on later.",
                      when.bytes, why);
    str_release(&when);
    for (int64_t left_ms; result == 0 && (left_ms = until_ms - clock_wall_ms()) > 0;) {
        if ((dispatch->relay != NULL && relay_stopped(dispatch->relay)) ||
            clock_sleep(clock_steady_ms() + (left_ms < SLICE_MS ? left_ms : SLICE_MS),
                        dispatch->settings->interrupted) != 0)
            result = error_set(error, STATUS_INTERRUPTED, "stopped");
    }
    pthread_mutex_lock(&dispatch->lock);
    if (result == 0) {
        dispatch->waiting_said = false;
        dispatch->result->next_ms = 0;
    }
    pthread_mutex_unlock(&dispatch->lock);
    return result;
}

/* Counts one message against the mailbox's limits; waits until they allow it. */
static int take_turn(struct dispatch *dispatch, struct error *error) {
    for (;;) {
        int64_t free_ms;
        pthread_mutex_lock(&dispatch->lock);
        int taken = dispatch->account == NULL ? 1 : account_take(dispatch->account, clock_wall_ms(), &free_ms, error);
        pthread_mutex_unlock(&dispatch->lock);
        if (taken != 0)
            return taken < 0 ? -1 : 0;
        if (wait_until(dispatch, free_ms, "the limits (rate, hours) allow no more for now", error) != 0)
            return -1;
    }
}

/* The ledger */

/* How long to wait before a letter is tried for the time after ATTEMPTS; chance keeps many from coming back at once. */
static int64_t delay_after(unsigned attempts, int64_t asked_ms) {
    int64_t delay_ms = FIRST_DELAY_MS;
    unsigned char chance;
    for (unsigned i = 1; i < attempts && delay_ms < DELAY_MAX_MS; i++)
        delay_ms *= 2;
    if (delay_ms > DELAY_MAX_MS)
        delay_ms = DELAY_MAX_MS;
    digest_random(&chance, 1);
    delay_ms = delay_ms * 3 / 4 + delay_ms / 2 * chance / 255;
    return asked_ms > delay_ms ? asked_ms : delay_ms;
}

static int remember_failure(struct errand *errand, int result) {
    errand->failed = errand->failed || result != 0;
    return result;
}

/* The server has agreed to everything but the content: from here on the letter may arrive. */
static int commit_sending(void *context, struct error *error) {
    struct errand *errand = context;
    struct dispatch *dispatch = errand->worker->dispatch;
    const struct str *bytes = &errand->worker->parcel.bytes;
    struct digest digest;
    if (dispatch->outbox->rehearsal)
        return 0;
    digest_of(&digest, bytes->bytes, bytes->length);
    struct ledger_change change = {
        .letter = errand->letter.id,
        .state = LEDGER_SENDING,
        .now_ms = clock_wall_ms(),
        .digest = &digest,
        .file = errand->name,
    };
    int result = file_directory_write(&dispatch->sent, errand->name, bytes->bytes, bytes->length, &errand->error);
    if (result == 0)
        result = ledger_record(dispatch->outbox->ledger, &change, &errand->error);
    errand->committed = result == 0;
    if (remember_failure(errand, result) != 0)
        *error = errand->error;
    return result;
}

/* Called by the thread that writes the content, while the errand's own waits. */
static int begin_content(void *context, struct error *error) {
    struct errand *errand = context;
    const struct outbox *outbox = errand->worker->dispatch->outbox;
    return outbox->rehearsal ? 0 : ledger_begin(outbox->ledger, errand->letter.id, error);
}

static void note_due(struct dispatch *dispatch, int64_t due_ms) {
    pthread_mutex_lock(&dispatch->lock);
    if (dispatch->due_ms == 0 || due_ms < dispatch->due_ms)
        dispatch->due_ms = due_ms;
    pthread_mutex_unlock(&dispatch->lock);
}

static enum ledger_state state_of(const struct errand *errand) {
    static const enum ledger_state states[] = {[OUTCOME_SENT] = LEDGER_SENT,
                                               [OUTCOME_LATER] = LEDGER_LATER,
                                               [OUTCOME_REFUSED] = LEDGER_REFUSED,
                                               [OUTCOME_UNSURE] = LEDGER_UNSURE};
    enum ledger_state state = states[errand->answer.outcome];
    /* The copy or letter that nobody would take for days: somebody must look. */
    return state == LEDGER_LATER && errand->letter.attempts + 1 >= ATTEMPTS_MAX ? LEDGER_REFUSED : state;
}

static int record_outcome(struct errand *errand, enum ledger_state state) {
    struct dispatch *dispatch = errand->worker->dispatch;
    struct ledger_change change = {
        .letter = errand->letter.id,
        .state = state,
        .now_ms = clock_wall_ms(),
        .code = errand->answer.code,
        .text = errand->answer.text,
    };
    if (dispatch->outbox->rehearsal)
        return 0;
    if (state == LEDGER_LATER) {
        change.due_ms = change.now_ms;
        if (errand->answer.retry_ms != RETRY_AT_ONCE)
            change.due_ms += delay_after(errand->letter.attempts + 1, errand->answer.retry_ms);
        note_due(dispatch, change.due_ms);
    }
    return remember_failure(errand, ledger_record(dispatch->outbox->ledger, &change, &errand->error));
}

/* What came of it */

/*
 * Ten in a row that were refused alike, or that could not go because the connection broke: whatever is wrong, it is not
 * the one row.
 */
static int count_alike(struct dispatch *dispatch, const struct errand *errand, enum ledger_state state,
                       struct error *error) {
    bool broken = state == LEDGER_LATER && errand->answer.scope == SCOPE_CONNECTION;
    if (state != LEDGER_REFUSED && !broken) {
        dispatch->alike = 0;
        return 0;
    }
    dispatch->alike =
        state == dispatch->alike_state && errand->answer.code == dispatch->alike_code ? dispatch->alike + 1 : 1;
    dispatch->alike_state = state;
    dispatch->alike_code = errand->answer.code;
    if (dispatch->alike < ALIKE_MAX)
        return 0;
    if (broken)
        return error_set(error, STATUS_UNAVAILABLE, "the last %d letters could not go: %s; send again later", ALIKE_MAX,
                         errand->answer.text);
    return error_set(
        error, dispatch->due_ms != 0 ? STATUS_LATER : STATUS_PARTLY,
        "the last %d letters were all refused alike (%s), so the rest is kept back; when the reason is mended, "
        "say postbag resolve all ready, and send again",
        ALIKE_MAX, errand->answer.text);
}

/* What became of a letter: counted and said. */
static int settle(struct errand *errand, enum ledger_state state, struct error *error) {
    struct dispatch *dispatch = errand->worker->dispatch;
    pthread_mutex_lock(&dispatch->lock);
    if (errand->channel == dispatch->outbox->channel)
        dispatch->result->now[state]++;
    struct arena *arena = &errand->worker->printer.arena;
    struct bulletin bulletin = {
        .outbox = dispatch->outbox,
        .person = errand->person,
        .cells = errand->cells,
        .channel = errand->channel,
        .state = state,
        .answer = &errand->answer,
        .file = errand->committed ? file_join(arena, dispatch->sent.path, errand->name) : NULL,
    };
    int result = bulletin_issue(&bulletin, dispatch->report, dispatch->leftover, arena, error);
    if (result == 0)
        result = count_alike(dispatch, errand, state, error);
    pthread_mutex_unlock(&dispatch->lock);
    return result;
}

/* One letter */

static bool is_due(const struct dispatch *dispatch, const struct ledger_letter *letter) {
    if (dispatch->outbox->rehearsal)
        return true;
    return letter->state == LEDGER_READY || (letter->state == LEDGER_LATER && letter->due_ms <= clock_wall_ms());
}

/* An answer that is about all letters leaves this one to be sent another time, and ends the run. */
static int stop_campaign(struct errand *errand, struct error *error) {
    errand->answer.retry_ms = RETRY_AT_ONCE;
    if (errand->committed && record_outcome(errand, LEDGER_LATER) != 0) {
        *error = errand->error;
        return -1;
    }
    return error_set(error, errand->answer.status, "%s", errand->answer.text);
}

/* One attempt. -1: the run must end. */
static int try_once(struct errand *errand, struct error *error) {
    struct dispatch *dispatch = errand->worker->dispatch;
    if (relay_stopped(dispatch->relay))
        return error_set(error, STATUS_INTERRUPTED, "stopped");
    const struct channel_steps steps = {commit_sending, begin_content, errand};
    carrier_carry(dispatch->carrier, &errand->worker->parcel, &steps, &errand->answer);
    if (errand->failed) {
        *error = errand->error;
        return -1;
    }
    return 0;
}

/* The connection broke before anything of the letter went: another one may do. */
static bool may_try_again(const struct errand *errand) {
    return errand->answer.outcome == OUTCOME_LATER && errand->answer.scope == SCOPE_CONNECTION && !errand->committed;
}

static int send_parcel(struct errand *errand, struct error *error) {
    if (take_turn(errand->worker->dispatch, error) != 0)
        return -1;
    for (int try = 0; try == 0 || (try < CONNECTIONS_TRIED && may_try_again(errand)); try++)
        if (try_once(errand, error) != 0)
            return -1;
    if (errand->answer.scope == SCOPE_CAMPAIGN && errand->answer.outcome != OUTCOME_UNSURE &&
        errand->answer.outcome != OUTCOME_SENT)
        return stop_campaign(errand, error);
    enum ledger_state state = state_of(errand);
    if (record_outcome(errand, state) != 0) {
        *error = errand->error;
        return -1;
    }
    errand->letter.state = state;
    return settle(errand, state, error);
}

/* What follows the key in the name of the file that holds the bytes. */
static const char *file_suffix(enum ledger_channel channel) {
    return channel == LEDGER_WEBHOOK ? ".http" : channel == LEDGER_COPY ? "-copy.eml" : ".eml";
}

/* Sends the letter of PERSON by CHANNEL, if it is to go. *SENT: it went, now or before. */
static int send_letter(struct worker *worker, const struct person *person, const struct csv_row *cells,
                       enum ledger_channel channel, bool *sent, struct error *error) {
    struct dispatch *dispatch = worker->dispatch;
    struct errand errand = {.worker = worker, .person = person, .cells = cells, .channel = channel};
    struct arena own = ARENA_EMPTY; /* the printer clears its arena for the letter */
    int found = ledger_letter_of_row(dispatch->outbox->ledger, channel, person->row, &own, &errand.letter, error);
    int result = found < 0 ? -1 : 0;
    if (found == 1 && errand.letter.state == LEDGER_LATER && !is_due(dispatch, &errand.letter))
        note_due(dispatch, errand.letter.due_ms);
    if (found == 1 && is_due(dispatch, &errand.letter)) {
        snprintf(errand.name, sizeof errand.name, "%s%s", person->key, file_suffix(channel));
        result = make_parcel(&errand, error);
        if (result == 0)
            result = send_parcel(&errand, error);
    }
    *sent = found == 1 && errand.letter.state == LEDGER_SENT;
    arena_release(&own);
    return result;
}

static int work(void *context, void *tools, const struct relay_batch *batch, struct error *error) {
    struct dispatch *dispatch = context;
    for (size_t i = 0; i < batch->count && !relay_stopped(dispatch->relay); i++) {
        const struct person *person = &batch->people[i];
        bool sent, copied;
        if (send_letter(tools, person, &batch->cells[i], dispatch->outbox->channel, &sent, error) != 0)
            return -1;
        if (sent && dispatch->outbox->copies && person->values[FIELD_EMAIL].length > 0 &&
            send_letter(tools, person, &batch->cells[i], LEDGER_COPY, &copied, error) != 0)
            return -1; /* a copy follows what the MP was sent */
    }
    return 0;
}

/* The run */

/* Whoever asks for the status meanwhile, or pulls the plug, finds what the servers have said until a moment ago. */
static void flush_now_and_then(struct dispatch *dispatch) {
    struct error ignored; /* it comes up again with the next letter */
    int64_t now_ms = clock_steady_ms();
    if (now_ms - dispatch->flushed_ms < FLUSH_MS)
        return;
    dispatch->flushed_ms = now_ms;
    ledger_flush(dispatch->outbox->ledger, &ignored);
}

static void show_progress(void *context) {
    struct dispatch *dispatch = context;
    flush_now_and_then(dispatch);
    struct progress *progress = dispatch->report->progress;
    if (progress == NULL)
        return;
    pthread_mutex_lock(&dispatch->lock);
    const size_t *now = dispatch->result->now;
    char detail[PROGRESS_DETAIL_MAX];
    snprintf(detail, sizeof detail, "%zu to be tried again, %zu not accepted", now[LEDGER_LATER], now[LEDGER_REFUSED]);
    progress_show(progress, now[LEDGER_SENT] + now[LEDGER_REFUSED] + now[LEDGER_UNSURE],
                  now[LEDGER_LATER] + now[LEDGER_REFUSED] > 0 ? detail : NULL);
    pthread_mutex_unlock(&dispatch->lock);
}

/* Once along the list, over as many connections as may be. */
static int run_once(struct dispatch *dispatch, struct error *error) {
    struct campaign *campaign = dispatch->outbox->campaign;
    struct relay_job job = {
        .context = dispatch,
        .begin = worker_begin,
        .work = work,
        .end = worker_end,
        .show = show_progress,
        .batch_size = BATCH_LETTERS,
        .threads = (unsigned)carrier_width(dispatch->carrier),
        .apart = true,
    };
    int result = carrier_begin(dispatch->carrier, error);
    if (result == 0)
        result = relay_run(&dispatch->relay, campaign, dispatch->settings, &job, error);
    carrier_end(dispatch->carrier);
    if (result == 0)
        result = ledger_flush(dispatch->outbox->ledger, error);
    return result;
}

/* Again and again, while something is left that may go later and that may be waited for. */
static int run(struct dispatch *dispatch, struct error *error) {
    for (;;) {
        dispatch->due_ms = 0;
        if (run_once(dispatch, error) != 0)
            return -1;
        if (dispatch->outbox->rehearsal || dispatch->due_ms == 0)
            return 0;
        if (wait_until(dispatch, dispatch->due_ms, "some letters will be tried again then", error) != 0)
            return -1;
    }
}

static int open_account(struct dispatch *dispatch, struct error *error) {
    const char *name;
    const struct quota *quota = carrier_quota(dispatch->carrier, &name);
    if (quota->rates_count == 0 && quota->hours_count == 0)
        return 0;
    const char *path = account_default_path(&dispatch->outbox->campaign->arena);
    if (path == NULL)
        return error_set(error, STATUS_CANNOT_CREATE,
                         "a rate needs a home folder to remember in what was sent; set HOME");
    return account_open(&dispatch->account, path, name, quota, error);
}

int dispatch_run(struct outbox *outbox, const struct settings *settings, const struct report *report,
                 struct leftover *leftover, struct carrier *carrier, struct dispatch_result *result,
                 struct error *error) {
    struct campaign *campaign = outbox->campaign;
    struct dispatch dispatch = {
        .outbox = outbox,
        .settings = settings,
        .report = report,
        .leftover = leftover,
        .carrier = carrier,
        .sent = {.descriptor = -1},
        .result = result,
    };
    *result = (struct dispatch_result){0};
    pthread_mutex_init(&dispatch.lock, NULL);
    int failed = pdf_fonts_new(&dispatch.fonts, campaign->font, error);
    if (failed == 0)
        failed = autograph_embed(&campaign->autograph, dispatch.fonts, error);
    if (failed == 0 && !outbox->rehearsal)
        failed = file_directory_open(&dispatch.sent, file_join(&campaign->arena, campaign->directory, "sent"), error);
    if (failed == 0)
        failed = open_account(&dispatch, error);
    if (failed == 0)
        failed = run(&dispatch, error);
    account_close(dispatch.account);
    file_directory_close(&dispatch.sent);
    pdf_fonts_free(dispatch.fonts);
    pthread_mutex_destroy(&dispatch.lock);
    return failed;
}
