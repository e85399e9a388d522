/*
 * Translations: a model letter's path and a language come in, the path of the same letter in that language goes out.
 *
 *     path = stem [ ".cy" | ".en" ] [ suffix ]
 *
 * English needs no mark: NAME.md is the English letter beside NAME.cy.md.
 */
#include "commands/translation.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *const marks[] = {".cy", ".en"};
enum { MARKS = sizeof marks / sizeof *marks };

/* The parts of a path, by their lengths: "letters/library", ".cy", ".md". */
struct parts {
    size_t stem, mark;
    const char *suffix;
};

static struct parts take_apart(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t length = dot == NULL || dot == name ? strlen(path) : (size_t)(dot - path);
    struct parts parts = {length, 0, path + length};
    for (size_t i = 0; i < MARKS; i++) {
        size_t mark = strlen(marks[i]);
        if (length > mark && strncasecmp(path + length - mark, marks[i], mark) == 0)
            parts = (struct parts){length - mark, mark, path + length};
    }
    return parts;
}

static bool is_welsh(const char *language) {
    return strncmp(language, "cy", 2) == 0;
}

const char *translation_language(const char *language) {
    return is_welsh(language) ? "en-GB" : "cy";
}

bool translation_is_one(const char *path) {
    return take_apart(path).mark > 0;
}

const char *translation_name(struct arena *arena, const char *path, const char *language) {
    struct parts parts = take_apart(path);
    const char *mark = is_welsh(language) ? ".cy" : parts.mark > 0 ? "" : ".en";
    return arena_printf(arena, "%.*s%s%s", (int)parts.stem, path, mark, parts.suffix);
}

const char *translation_find(struct arena *arena, const char *path, const char *language) {
    struct parts parts = take_apart(path);
    const char *const found_marks[] = {is_welsh(language) ? ".cy" : ".en", ""};
    const char *const suffixes[] = {parts.suffix, ".md", ".txt"};
    /* Only English goes without a mark, and only beside a letter that has one. */
    size_t marks_count = !is_welsh(language) && parts.mark > 0 ? 2 : 1;
    for (size_t i = 0; i < marks_count; i++) {
        for (size_t j = 0; j < sizeof suffixes / sizeof *suffixes; j++) {
            const char *candidate = arena_printf(arena, "%.*s%s%s", (int)parts.stem, path, found_marks[i], suffixes[j]);
            if (strcmp(candidate, path) != 0 && access(candidate, F_OK) == 0)
                return candidate;
        }
    }
    return NULL;
}
