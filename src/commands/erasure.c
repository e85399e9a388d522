/*
 * Erasure: a key comes in, and its files are gone. The one idea: files are called after people's keys, so whose a file is
 * can be seen from its name, and a file of many people is left to those who read it.
 */
#include "commands/erasure.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

static int erase(struct erasure *erasure, const char *path, struct error *error) {
    if (erasure->counting) {
        erasure->files += access(path, F_OK) == 0;
        return 0;
    }
    if (unlink(path) == 0) {
        erasure->files++;
        return 0;
    }
    if (errno == ENOENT || errno == ENOTDIR)
        return 0;
    return error_set(error, STATUS_INPUT_OUTPUT, "%s cannot be erased: %s", path, strerror(errno));
}

/* FOLDER/NAME, and what an interrupted run may have left of it. */
static int erase_in(struct erasure *erasure, struct arena *arena, const char *folder, const char *name,
                    struct error *error) {
    const char *path = arena_printf(arena, "%s/%s/%s", erasure->directory, folder, name);
    const char *unfinished = arena_printf(arena, "%s/%s/" FILE_UNFINISHED "%s", erasure->directory, folder, name);
    return erase(erasure, path, error) == 0 && erase(erasure, unfinished, error) == 0 ? 0 : -1;
}

static bool ends_in(const char *name, const char *suffix) {
    size_t length = strlen(name), wanted = strlen(suffix);
    return length >= wanted && strcmp(name + length - wanted, suffix) == 0;
}

/* The key that the e-mail NAME was called after: not its person's any more where rows moved in the list since. */
static const char *key_of(const char *name, struct arena *arena) {
    static const char *const suffixes[] = {"-copy.eml", ".eml", ".http"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (ends_in(name, suffixes[i]))
            return arena_copy(arena, name, length - strlen(suffixes[i]));
    return "";
}

int erasure_of_person(struct erasure *erasure, const char *key, const char *file, struct error *error) {
    static const struct {
        const char *folder;
        const char *suffix;
    } files[] = {
        {"letters", ".pdf"},  {"preview", ".pdf"}, {"preview", ".eml"},   {"preview", "-copy.eml"},
        {"preview", ".http"}, {"sent", ".eml"},    {"sent", "-copy.eml"}, {"sent", ".http"},
    };
    struct arena arena = ARENA_EMPTY;
    int result = 0;
    const char *slash = file == NULL ? NULL : strrchr(file, '/');
    const char *name = slash == NULL ? file : slash + 1;
    bool other = name != NULL && *name != '\0';
    for (size_t i = 0; result == 0 && *key != '\0' && i < sizeof files / sizeof *files; i++) {
        const char *own = arena_printf(&arena, "%s%s", key, files[i].suffix);
        other = other && (strcmp(files[i].folder, "sent") != 0 || strcmp(own, name) != 0);
        result = erase_in(erasure, &arena, files[i].folder, own, error);
    }
    if (result == 0 && other)
        result = erase_in(erasure, &arena, "sent", name, error);
    if (result == 0 && other && *key_of(name, &arena) != '\0')
        result = erasure_of_person(erasure, key_of(name, &arena), NULL, error);
    arena_release(&arena);
    return result;
}

/*
 * Files of many people: letters.pdf, letters-1.pdf, letters-row-14.pdf; sign-off.pdf and so on; problems.csv,
 * problems-2.csv.
 */
static bool is_combined(const char *name) {
    return (strncmp(name, "letters", strlen("letters")) == 0 && ends_in(name, ".pdf")) ||
           (strncmp(name, "sign-off", strlen("sign-off")) == 0 && ends_in(name, ".pdf")) ||
           (strncmp(name, "problems", strlen("problems")) == 0 && ends_in(name, ".csv"));
}

static bool is_of_row(const char *name) {
    if (strncmp(name, FILE_UNFINISHED, strlen(FILE_UNFINISHED)) == 0)
        name += strlen(FILE_UNFINISHED);
    return strspn(name, "0123456789") >= 4 &&
           (ends_in(name, ".pdf") || ends_in(name, ".eml") || ends_in(name, ".http"));
}

static int erase_old(struct erasure *erasure, const char *folder, bool (*is_ours)(const char *name), int64_t before_ms,
                     struct error *error) {
    struct arena arena = ARENA_EMPTY;
    const char *directory = file_join(&arena, erasure->directory, folder);
    DIR *listing = opendir(directory);
    int result = 0;
    for (struct dirent *entry; result == 0 && listing != NULL && (entry = readdir(listing)) != NULL;) {
        struct stat about;
        const char *path = arena_printf(&arena, "%s/%s", directory, entry->d_name);
        if (is_ours(entry->d_name) && lstat(path, &about) == 0 && S_ISREG(about.st_mode) &&
            (int64_t)about.st_mtim.tv_sec * CLOCK_SECOND_MS < before_ms)
            result = erase(erasure, path, error);
    }
    if (listing != NULL)
        closedir(listing);
    arena_release(&arena);
    return result;
}

int erasure_of_old_files(struct erasure *erasure, int64_t before_ms, struct error *error) {
    if (erase_old(erasure, "letters", is_of_row, before_ms, error) != 0 ||
        erase_old(erasure, "preview", is_of_row, before_ms, error) != 0)
        return -1;
    return erase_old(erasure, ".", is_combined, before_ms, error);
}

static void warn(const struct report *report, const char *path, const char *message) {
    struct problem problem = {.severity = SEVERITY_WARNING, .place = {path, 0, 0}, .message = message};
    report_problem(report, &problem);
}

void erasure_warn(const char *directory, const char *list, const struct report *report) {
    struct arena arena = ARENA_EMPTY;
    DIR *listing = opendir(directory);
    for (struct dirent *entry; listing != NULL && (entry = readdir(listing)) != NULL;)
        if (is_combined(entry->d_name))
            warn(report, file_join(&arena, directory, entry->d_name),
                 "may hold them among others, and was not touched; delete it, or make it anew");
    if (listing != NULL)
        closedir(listing);
    if (list != NULL && strcmp(list, "-") != 0 && access(list, F_OK) == 0)
        warn(report, list, "may hold them, and was not touched; take their row out, and think of other copies");
    arena_release(&arena);
}
