/*
 * INI files: a path comes in, settings with their lines go out. The one idea: inih asks for one line at a time and
 * hands over what is in it before it asks for the next, so whoever gives the lines knows which line a setting is from.
 *
 *     file    = *(blank | comment | section | setting)
 *     comment = (";" | "#") anything              at the beginning of a line, after spaces
 *     section = "[" name "]"
 *     setting = key "=" value                     from the beginning of the line
 */
#include "input/ini.h"

#include <ini.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/text.h"

struct reading {
    const char *path;
    const char *text; /* what is left of the file */
    size_t length;
    unsigned line;
    const char *source; /* the line in hand */
    const char *section;
    int (*take)(void *context, const struct ini_setting *setting, struct error *error);
    void *context;
    struct arena *arena;
    struct error *error;
    bool failed;
};

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

/* The character at OFFSET of the line in hand, counted from 1. */
static unsigned column_of(const struct reading *reading, size_t offset) {
    size_t whole = text_valid(reading->source, strlen(reading->source));
    return (unsigned)text_count(reading->source, offset < whole ? offset : whole) + 1;
}

static int refuse(struct reading *reading, size_t offset, const char *message) {
    reading->failed = true;
    error_at(reading->error, STATUS_CONFIGURATION,
             (struct place){reading->path, reading->line, column_of(reading, offset)}, "%s", message);
    reading->error->source = reading->source;
    return -1;
}

/* A line that can be shown, whatever is in it. */
static int check_bytes(struct reading *reading, const char *line, size_t length) {
    size_t valid = text_valid(line, length);
    reading->source = arena_copy(reading->arena, line, valid);
    if (valid < length)
        return refuse(reading, valid, "this is not UTF-8: save the file as UTF-8");
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7F) {
            reading->source = NULL; /* a terminal might obey it */
            reading->failed = true;
            error_at(reading->error, STATUS_CONFIGURATION,
                     (struct place){reading->path, reading->line, (unsigned)text_count(line, i) + 1},
                     "this line holds a control character: type it again");
            return -1;
        }
    if (length > INI_LINE_MAX)
        return refuse(reading, INI_LINE_MAX, "this line is too long: 197 characters are the most");
    return 0;
}

static int check_section(struct reading *reading, const char *line) {
    const char *end = strchr(line, ']');
    if (end == NULL)
        return refuse(reading, strlen(line), "a section is written in square brackets: [letter]");
    const char *rest = end + 1 + strspn(end + 1, " \t");
    if (*rest != '\0')
        return refuse(reading, (size_t)(rest - line), "nothing may follow a section on its line");
    reading->section = arena_copy(reading->arena, line + 1, (size_t)(end - line) - 1);
    struct ini_setting setting = {
        .section = reading->section,
        .place = {reading->path, reading->line, 2},
        .source = reading->source,
    };
    if (reading->take(reading->context, &setting, reading->error) == 0)
        return 0;
    reading->failed = true;
    return -1;
}

static int check_setting(struct reading *reading, const char *line) {
    const char *equals = strchr(line, '=');
    if (equals == NULL || equals == line)
        return refuse(reading, 0, "this is no setting: write key = value, and # before a comment");
    const char *colon = memchr(line, ':', (size_t)(equals - line));
    if (colon != NULL)
        return refuse(reading, (size_t)(colon - line), "a key is parted from its value by =, and holds no colon");
    for (const char *at = line + 1; *at != '\0'; at++)
        if ((*at == ';' || *at == '#') && is_blank(at[-1]))
            return refuse(reading, (size_t)(at - line),
                          "a comment stands on a line of its own: put it above, or take the space before it away");
    return 0;
}

static int check_line(struct reading *reading, const char *line, size_t length) {
    if (check_bytes(reading, line, length) != 0)
        return -1;
    line = reading->source;
    size_t blanks = strspn(line, " \t");
    char first = line[blanks];
    if (first == '\0' || first == ';' || first == '#')
        return 0;
    if (blanks > 0)
        return refuse(reading, 0, "a line that begins with a space would belong to the one above: take the space away");
    return first == '[' ? check_section(reading, line) : check_setting(reading, line);
}

/* Gives inih the next line; NULL at the end, and at a line that it must not see. */
static char *next_line(char *buffer, int room, void *stream) {
    struct reading *reading = stream;
    if (reading->length == 0 || reading->failed)
        return NULL;
    assert(room > INI_LINE_MAX);
    const char *line = reading->text;
    const char *end = memchr(line, '\n', reading->length);
    size_t length = end == NULL ? reading->length : (size_t)(end - line);
    size_t taken = length + (end != NULL);
    reading->text += taken;
    reading->length -= taken;
    reading->line++;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (check_line(reading, line, length) != 0)
        return NULL;
    memcpy(buffer, line, length);
    buffer[length] = '\0';
    return buffer;
}

/* Quotation marks around a value are taken off: people put them there, and none is part of one. */
static const char *without_quotes(struct arena *arena, const char *value) {
    size_t length = strlen(value);
    if (length >= 2 && value[0] == '"' && value[length - 1] == '"')
        return arena_copy(arena, value + 1, length - 2);
    return arena_copy(arena, value, length);
}

/* What inih made of the line in hand. Returns 1 to go on, as inih wants it. */
static int take_setting(void *user, const char *section, const char *key, const char *value) {
    struct reading *reading = user;
    (void)section; /* cut at 50 bytes; ours is whole */
    if (reading->failed)
        return 0;
    const char *written = strchr(reading->source, '=') + 1;
    written += strspn(written, " \t");
    struct ini_setting setting = {
        .section = reading->section,
        .key = arena_copy(reading->arena, key, strlen(key)),
        .value = without_quotes(reading->arena, value),
        .place = {reading->path, reading->line, 1},
        .value_column = column_of(reading, (size_t)(written - reading->source)),
        .source = reading->source,
    };
    if (reading->take(reading->context, &setting, reading->error) != 0)
        reading->failed = true;
    return !reading->failed;
}

int ini_read(const char *path, int (*take)(void *context, const struct ini_setting *setting, struct error *error),
             void *context, struct arena *arena, struct error *error) {
    static const char mark[] = "\xEF\xBB\xBF"; /* what Windows puts before UTF-8 */
    struct str text = STR_EMPTY;
    if (file_read(path, INI_FILE_MAX, &text, error) != 0) {
        str_release(&text);
        if (error->status == STATUS_DATA) /* too large */
            error->status = STATUS_CONFIGURATION;
        return -1;
    }
    struct reading reading = {
        .path = path,
        .text = text.bytes,
        .length = text.length,
        .section = "",
        .take = take,
        .context = context,
        .arena = arena,
        .error = error,
    };
    if (text.length >= 3 && memcmp(text.bytes, mark, 3) == 0) {
        reading.text += 3;
        reading.length -= 3;
    }
    ini_parse_stream(next_line, &reading, take_setting, &reading);
    str_release(&text);
    return reading.failed ? -1 : 0;
}
