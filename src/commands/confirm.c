/*
 * The question: asked where a person sits at the terminal, and answered by a whole word.
 */
#include "commands/confirm.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 };

int confirm_may_ask(const struct settings *settings, struct error *error) {
    if (settings->yes || (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)))
        return 0;
    return error_set(error, STATUS_USAGE, "nobody is at a terminal to be asked; --yes says that it is meant");
}

int confirm_ask(const struct settings *settings, const char *question, struct error *error) {
    char answer[ANSWER_MAX] = "";
    if (confirm_may_ask(settings, error) != 0)
        return -1;
    if (settings->yes)
        return 0;
    fprintf(stderr, "%s Type yes to go on: ", question);
    fflush(stderr);
    bool answered = fgets(answer, sizeof answer, stdin) != NULL;
    answer[strcspn(answer, "\r\n ")] = '\0';
    if (!answered)
        fputc('\n', stderr);
    if (answered && strcasecmp(answer, "yes") == 0)
        return 0;
    if (*answer == '\0' || strcasecmp(answer, "no") == 0)
        return error_set(error, STATUS_INTERRUPTED, "stopped; nothing was done");
    return error_set(error, STATUS_INTERRUPTED, "stopped, as only the whole word yes is a yes; nothing was done");
}
