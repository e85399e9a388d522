/*
 * Postbag: a command line comes in, an exit status goes out. The program's one mutable global is here: the flag that
 * Ctrl-C sets.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "options.h"

#define POSTBAG_VERSION "1.0"

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

/*
 * Started without one of its streams (from cron, say), the program must not open a letter in its place and print its
 * messages into that.
 */
static void reserve_streams(void) {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            return;
}

/* Without SA_RESTART, so that a question waiting for its answer ends, too. */
static void catch_interrupts(void) {
    struct sigaction action = {.sa_handler = interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static const struct {
    const char *name;
    enum status (*run)(const struct settings *settings, const struct report *report);
} commands[] = {
    {"check", check_command},       {"preview", preview_command}, {"write", write_command},     {"send", send_command},
    {"petition", petition_command}, {"status", status_command},   {"resolve", resolve_command}, {"find", find_command},
    {"import", import_command},     {"forget", forget_command},   {"purge", purge_command},
};

/* The command line names one of them: options_read has seen to it. */
static enum status run_command(const struct options *options, const struct report *report) {
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, options->command) == 0)
            return commands[i].run(&options->settings, report);
    assert(!"a command without a function");
    return STATUS_USAGE;
}

/* Results that did not reach their reader (a full disk behind a redirection) are not done. */
static enum status close_results(enum status status, const struct report *report) {
    struct error error;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    error_set(&error, STATUS_INPUT_OUTPUT, "the results cannot be written to standard output: %s", strerror(errno));
    report_error(report, &error);
    return status == STATUS_DONE ? error.status : status;
}

int main(int argc, char **argv) {
    struct arena arena = ARENA_EMPTY;
    struct options options;
    struct error error;
    enum status status = STATUS_DONE;
    reserve_streams();
    setlocale(LC_CTYPE, "C.UTF-8");
    catch_interrupts();

    int failed = options_read(&options, argc, argv, &arena, &error);
    options.settings.interrupted = &interrupted;
    struct report report = {
        .command = options.command,
        .json = options.settings.json,
        .quiet = options.settings.quiet,
        .verbose = options.settings.verbose,
    };
    if (failed != 0) {
        report_error(&report, &error);
        status = error.status;
    } else if (options.wish == OPTIONS_HELP) {
        options_usage();
    } else if (options.wish == OPTIONS_VERSION) {
        puts("postbag " POSTBAG_VERSION);
    } else {
        status = run_command(&options, &report);
    }
    status = close_results(status, &report);
    arena_release(&arena);
    return (int)status;
}
