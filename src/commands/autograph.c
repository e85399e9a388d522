/*
 * The configuration and rows come in, decoded pictures go out. Its one idea is that a path from the list is looked up
 * as it really is, after all links, and must then be below the list's folder: what a spreadsheet says shall not print
 * other files of this computer into a letter.
 */
#include "commands/autograph.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/text.h"
#include "letter/body.h"
#include "letter/sheet.h"

enum { GREY_DPI = 600, COLOUR_DPI = 300 };

static const struct place nowhere = {NULL, 0, 0};

static unsigned pixels_of(unsigned mm, unsigned dpi) {
    return (mm * dpi * 10 + 127) / 254;
}

static int read_picture(struct picture **picture, const char *path, const char *name, unsigned width_mm,
                        unsigned height_mm, struct error *error) {
    struct picture *read = NULL;
    if (picture_read(&read, path, name, error) != 0)
        return -1;
    unsigned dpi = read->channels == 1 ? GREY_DPI : COLOUR_DPI;
    picture_reduce(read, pixels_of(width_mm, dpi), pixels_of(height_mm, dpi));
    *picture = read;
    return 0;
}

static void read_setting(struct picture **picture, const char *key, const char *path, unsigned width_mm,
                         unsigned height_mm, struct problems *problems) {
    struct error error;
    if (path != NULL && read_picture(picture, path, path, width_mm, height_mm, &error) != 0)
        problems_add(problems, SEVERITY_ERROR, nowhere, "letter.%s: %s", key, error.message);
}

/* The number of the column that is called NAME, or -1 and a problem: it must be one that is nothing else. */
static int find_column(const char *name, const char *list_path, const struct people *people,
                       struct problems *problems) {
    struct str key = STR_EMPTY;
    struct place place = {list_path, list_path == NULL ? 0 : people_header(people)->line, 0};
    field_key(&key, name, strlen(name));
    int column = people_field(people, key.bytes, key.length);
    str_release(&key);
    if (column >= FIELD_COUNT)
        return column;
    if (column >= 0 && people_has(people, column))
        problems_add(problems, SEVERITY_ERROR, place,
                     "letter.signature_column names \"%s\", which is the %s: the files of the signatures need a column "
                     "of their own",
                     name, field_name(people_office(people), (enum field)column));
    else
        problems_add(problems, SEVERITY_ERROR, place,
                     "letter.signature_column names the column \"%s\", but the list has no such column", name);
    return -1;
}

/* The folder of PATH as it really is, in ARENA; NULL (and errno) where there is none. */
static const char *folder_of(const char *path, struct arena *arena) {
    const char *slash = path == NULL ? NULL : strrchr(path, '/');
    const char *folder = slash == NULL ? "." : arena_copy(arena, path, slash == path ? 1 : (size_t)(slash - path));
    char *real = realpath(folder, NULL);
    const char *kept = real == NULL ? NULL : arena_copy(arena, real, strlen(real));
    free(real);
    return kept;
}

/* A problems.csv stands in another folder than the list whose rows it holds. */
static const char *list_of(const struct config *config, const char *list_path, const struct people *people,
                           struct arena *arena) {
    if (!people_is_leftover(people))
        return list_path;
    if (config->campaign.constituents != NULL)
        return config->campaign.constituents;
    return config->folder == NULL ? NULL : arena_printf(arena, "%s/", config->folder);
}

void autograph_open(struct autograph *autograph, const struct config *config, const char *list_path,
                    const struct people *people, struct arena *arena, struct problems *problems) {
    const char *column = config->letter.signature_column;
    *autograph = (struct autograph){.column = -1};
    read_setting(&autograph->logo, "logo", config->letter.logo, SHEET_LOGO_WIDTH_MM, SHEET_LOGO_HEIGHT_MM, problems);
    read_setting(&autograph->signature, "signature", config->letter.signature, BODY_SIGNATURE_WIDTH_MM,
                 BODY_SIGNATURE_HEIGHT_MM, problems);
    if (column == NULL)
        return;
    autograph->column = find_column(column, list_path, people, problems);
    autograph->folder = folder_of(list_of(config, list_path, people, arena), arena);
    if (autograph->folder == NULL)
        problems_add(problems, SEVERITY_ERROR, nowhere, "the list's folder cannot be found: %s", strerror(errno));
}

void autograph_close(struct autograph *autograph) {
    picture_free(autograph->logo);
    picture_free(autograph->signature);
    *autograph = (struct autograph){.column = -1};
}

int autograph_embed(const struct autograph *autograph, struct pdf_fonts *fonts, struct error *error) {
    if (autograph->logo != NULL && pdf_fonts_add_picture(fonts, autograph->logo, error) != 0)
        return -1;
    return autograph->signature == NULL ? 0 : pdf_fonts_add_picture(fonts, autograph->signature, error);
}

/* Each member's own */

/* Whether PATH, with slashes, says by its words alone that it leads elsewhere: /etc, C:/, ../x. */
static bool leads_out(const char *path) {
    if (path[0] == '/' || (isalpha((unsigned char)path[0]) && path[1] == ':'))
        return true;
    for (const char *part = path; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
    }
    return false;
}

static bool is_below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || strcmp(folder, "/") == 0);
}

static int refuse_way_out(const char *name, struct error *error) {
    return error_set(error, STATUS_DATA,
                     "%s leads out of the list's folder: put the file there, and write its path from there, such as "
                     "signatures/jane.png",
                     name);
}

/*
 * The file PATH in FOLDER as it really is, to be freed; NULL (and errno) where there is none. Cells are composed (NFC),
 * and what a Mac has packed up has its accents apart (NFD).
 */
static char *find_file(const char *folder, const char *path, struct arena *scratch) {
    char *real = realpath(arena_printf(scratch, "%s/%s", folder, path), NULL);
    size_t length = strlen(path);
    if (real == NULL && errno == ENOENT)
        real = realpath(arena_printf(scratch, "%s/%s", folder, text_nfd(scratch, path, &length)), NULL);
    return real;
}

/* Reads the file that VALUE names. As Windows writes it, too. */
static int read_own(struct picture **picture, const struct autograph *autograph, const struct value *value,
                    struct arena *scratch, struct error *error) {
    const char *name = arena_printf(scratch, "the signature %s", value_shown(scratch, value->text, value->length));
    char *path = arena_copy(scratch, value->text, value->length);
    for (char *byte = path; *byte != '\0'; byte++)
        *byte = *byte == '\\' ? '/' : *byte;
    if (leads_out(path))
        return refuse_way_out(name, error);
    char *real = find_file(autograph->folder, path, scratch);
    if (real == NULL && (errno == ENOENT || errno == ENOTDIR))
        return error_set(error, STATUS_NO_INPUT, "%s cannot be found: there is no such file in the folder %s", name,
                         autograph->folder);
    if (real == NULL)
        return error_set(error, STATUS_NO_INPUT, "%s cannot be read: %s", name, strerror(errno));
    int result = is_below(real, autograph->folder)
                     ? read_picture(picture, real, name, BODY_SIGNATURE_WIDTH_MM, BODY_SIGNATURE_HEIGHT_MM, error)
                     : refuse_way_out(name, error);
    free(real);
    return result;
}

static void keep(struct autograph_cache *cache, const struct value *value, struct picture *picture) {
    free(cache->kept[cache->next].path);
    picture_free(cache->kept[cache->next].picture);
    cache->kept[cache->next].path = memory_copy(value->text, value->length);
    cache->kept[cache->next].picture = picture;
    cache->next = (cache->next + 1) % AUTOGRAPH_KEPT;
}

void autograph_cache_release(struct autograph_cache *cache) {
    for (size_t i = 0; i < AUTOGRAPH_KEPT; i++) {
        free(cache->kept[i].path);
        picture_free(cache->kept[i].picture);
    }
    *cache = (struct autograph_cache){.next = 0};
}

/* The signature of PERSON, or NULL, from the cache if it is there. */
static int find(const struct autograph *autograph, struct autograph_cache *cache, const struct person *person,
                const struct picture **signature, struct error *error) {
    const struct value *value = autograph->column < 0 ? NULL : &person->values[autograph->column];
    if (value == NULL || value->length == 0) {
        *signature = value == NULL ? autograph->signature : NULL;
        return 0;
    }
    for (size_t i = 0; i < AUTOGRAPH_KEPT; i++) {
        if (cache->kept[i].path != NULL && strcmp(cache->kept[i].path, value->text) == 0) {
            *signature = cache->kept[i].picture;
            return 0;
        }
    }
    struct arena scratch = ARENA_EMPTY;
    struct picture *picture = NULL;
    int result = read_own(&picture, autograph, value, &scratch, error);
    arena_release(&scratch);
    if (result != 0)
        return -1;
    keep(cache, value, picture);
    *signature = picture;
    return 0;
}

int autograph_of(const struct autograph *autograph, struct autograph_cache *cache, const struct person *person,
                 const struct picture **signature, struct error *error) {
    struct error found;
    if (find(autograph, cache, person, signature, &found) == 0)
        return 0;
    return error_set(error, found.status, "row %u: %s; a moment ago it could be read", person->row, found.message);
}

void autograph_check(const struct autograph *autograph, struct autograph_cache *cache, const struct person *person,
                     struct problems *problems) {
    const struct picture *signature;
    struct error error;
    if (find(autograph, cache, person, &signature, &error) == 0)
        return;
    const struct value *value = &person->values[autograph->column];
    problems_add(problems, SEVERITY_ERROR,
                 (struct place){NULL, value->line != 0 ? value->line : person->line, value->column}, "%s",
                 error.message);
}
