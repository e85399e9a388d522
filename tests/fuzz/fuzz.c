/*
 * What the fuzz harnesses share. Bytes come in, paths go out: the program reads files, and a file on tmpfs is the
 * nearest thing to memory that has a name with a suffix. After a crash it is left to tests/fuzz/run to clear up.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { FILES_MAX = 8, PATH_LENGTH_MAX = 128 };

static char directory[PATH_LENGTH_MAX];
static char paths[FILES_MAX][PATH_LENGTH_MAX];

static void remove_files(void) {
    for (int i = 0; i < FILES_MAX && paths[i][0] != '\0'; i++)
        unlink(paths[i]);
    rmdir(directory);
}

static void make_directory(void) {
    const char *place = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%.90s/fuzz-XXXXXX", place == NULL ? "/tmp" : place);
    FUZZ_PROMISE(mkdtemp(directory) != NULL);
    atexit(remove_files);
}

const char *fuzz_file(const char *name, const void *bytes, size_t length) {
    char path[PATH_LENGTH_MAX];
    if (directory[0] == '\0')
        make_directory();
    snprintf(path, sizeof path, "%.90s/%.30s", directory, name);
    int i = 0;
    while (i < FILES_MAX - 1 && paths[i][0] != '\0' && strcmp(paths[i], path) != 0)
        i++;
    memcpy(paths[i], path, sizeof path);

    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_PROMISE(descriptor >= 0);
    FUZZ_PROMISE(write(descriptor, bytes, length) == (ssize_t)length);
    close(descriptor);
    return paths[i];
}

_Noreturn void fuzz_broken(const char *promise, const char *file, int line) {
    fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, promise);
    abort();
}

void fuzz_promise_text(const char *text, size_t length) {
    FUZZ_PROMISE(text != NULL);
    FUZZ_PROMISE(text[length] == '\0');
    FUZZ_PROMISE(strlen(text) == length);
    FUZZ_PROMISE(text_valid(text, length) == length);
}

static void promise_message(const char *message) {
    size_t length = strlen(message);
    FUZZ_PROMISE(length > 0 && length < ERROR_MESSAGE_MAX);
    FUZZ_PROMISE(text_valid(message, length) == length);
}

void fuzz_promise_problems(const struct problems *problems) {
    FUZZ_PROMISE(problems->count <= PROBLEMS_MAX);
    for (size_t i = 0; i < problems->count; i++) {
        promise_message(problems->items[i].message);
        FUZZ_PROMISE(problems->items[i].place.column == 0 || problems->items[i].place.line > 0);
    }
}

void fuzz_promise_error(const struct error *error) {
    promise_message(error->message);
    FUZZ_PROMISE(error->status >= STATUS_USAGE && error->status <= STATUS_CONFIGURATION);
}

void fuzz_planted_fault(void) {
#ifdef PLANTED_FAULT
    fputs("the planted fault was found\n", stderr);
    abort();
#endif
}
