/*
 * Letterheads: a letter comes in, the lines above its date go out. The one idea: a line of the sender's block is left
 * out where its letters and digits are those of what stands there already, in any order and with any punctuation
 * ("1 High Street, Bootle" is two lines of the address).
 */
#include "letter/letterhead.h"

#include <string.h>

#include "input/field.h"

enum { SAID_MAX = ADDRESS_WHOLE_MAX + 2 };

/* What the head has said, as keys. */
struct said {
    struct str keys[SAID_MAX];
    size_t count;
};

static void say(struct str *out, struct said *said, const struct value *value) {
    if (value->length == 0 || said->count == SAID_MAX)
        return;
    struct str *key = &said->keys[said->count];
    str_init(key);
    field_key(key, value->text, value->length);
    said->count += 1;
    str_add(out, value->text, value->length);
    str_addc(out, '\n');
}

/* Takes the longest key off that KEY begins with. Returns its length, 0 where there is none. */
static size_t longest_at(const struct said *said, const char *key) {
    size_t longest = 0;
    for (size_t i = 0; i < said->count; i++)
        if (said->keys[i].length > longest && strncmp(key, said->keys[i].bytes, said->keys[i].length) == 0)
            longest = said->keys[i].length;
    return longest;
}

static bool is_said(const struct said *said, const char *line, size_t length) {
    struct str key = STR_EMPTY;
    field_key(&key, line, length);
    size_t at = 0, taken = 1;
    while (at < key.length && taken > 0) {
        taken = longest_at(said, key.bytes + at);
        at += taken;
    }
    bool result = at == key.length;
    str_release(&key);
    return result;
}

void letterhead_text(struct str *out, const struct letter_block *block) {
    for (size_t i = 0; i < block->runs_count; i++)
        str_add(out, block->runs[i].text, block->runs[i].length);
}

/* The lines of TEXT that were not said. */
static void add_others(struct str *out, const struct said *said, const char *text) {
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length > 0 && !is_said(said, line, length)) {
            str_add(out, line, length);
            str_addc(out, '\n');
        }
        line += length + (line[length] == '\n');
    }
}

void letterhead_sender(struct str *out, const struct letter *letter) {
    const struct person *person = letter->person;
    struct said said = {.count = 0};
    struct str text = STR_EMPTY;
    say(out, &said, &person->values[FIELD_NAME]);
    for (size_t i = 0; i < person->address_count; i++)
        say(out, &said, &person->address[i].value);
    say(out, &said, &person->values[FIELD_POSTCODE]);
    for (size_t i = 0; i < letter->blocks_count; i++) {
        if (letter->blocks[i].kind != BLOCK_SENDER)
            continue;
        str_clear(&text);
        letterhead_text(&text, &letter->blocks[i]);
        add_others(out, &said, text.bytes);
    }
    for (size_t i = 0; i < said.count; i++)
        str_release(&said.keys[i]);
    str_release(&text);
}

bool letterhead_is_text(const struct letter_block *block) {
    return block->kind != BLOCK_SENDER && block->kind != BLOCK_DATE && block->kind != BLOCK_RECIPIENT &&
           block->kind != BLOCK_SUBJECT;
}
