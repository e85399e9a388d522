/*
 * Encodings: a name, a mark or bytes come in; an encoding, or UTF-8, goes out. Alone includes iconv.h, which is also
 * asked what each single byte means: there are no tables of characters here.
 */
#include "input/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const struct {
    const char *name;
    const char *iconv_name;
    size_t unit; /* bytes that one broken character takes */
    const char *mark;
    size_t mark_length;
} encodings[] = {
    [ENCODING_AUTO] = {"automatic", NULL, 1, "", 0},
    [ENCODING_UTF_8] = {"UTF-8", NULL, 1, "\xEF\xBB\xBF", 3},
    [ENCODING_UTF_16LE] = {"UTF-16LE", "UTF-16LE", 2, "\xFF\xFE", 2},
    [ENCODING_UTF_16BE] = {"UTF-16BE", "UTF-16BE", 2, "\xFE\xFF", 2},
    [ENCODING_WINDOWS_1252] = {"Windows-1252", "WINDOWS-1252", 1, "", 0},
    [ENCODING_MAC_ROMAN] = {"Mac Roman", "MACINTOSH", 1, "", 0},
};

const char *encoding_name(enum encoding encoding) {
    return encodings[encoding].name;
}

/* Only letters and digits count, in small letters: "Windows 1252", "windows-1252" and "WINDOWS1252" are the same. */
static void plain_name(struct str *out, const char *name) {
    struct str slug = STR_EMPTY;
    text_slug(&slug, name, text_valid(name, strlen(name)), 64);
    for (size_t i = 0; i < slug.length; i++)
        if (slug.bytes[i] != '-')
            str_addc(out, slug.bytes[i]);
    str_release(&slug);
}

int encoding_by_name(const char *name, enum encoding *encoding) {
    static const struct {
        const char *name;
        enum encoding encoding;
    } names[] = {
        {"auto", ENCODING_AUTO},
        {"automatic", ENCODING_AUTO},
        {"utf8", ENCODING_UTF_8},
        {"utf16", ENCODING_UTF_16LE}, /* a mark in the file says which of the two it is; Excel writes this one */
        {"utf16le", ENCODING_UTF_16LE},
        {"unicode", ENCODING_UTF_16LE},
        {"unicodetext", ENCODING_UTF_16LE},
        {"utf16be", ENCODING_UTF_16BE},
        {"windows1252", ENCODING_WINDOWS_1252},
        {"cp1252", ENCODING_WINDOWS_1252},
        {"1252", ENCODING_WINDOWS_1252},
        {"ansi", ENCODING_WINDOWS_1252},
        {"windows", ENCODING_WINDOWS_1252},
        {"latin1", ENCODING_WINDOWS_1252}, /* as browsers take it: nobody means the control characters of 8859-1 */
        {"iso88591", ENCODING_WINDOWS_1252},
        {"macroman", ENCODING_MAC_ROMAN},
        {"macintosh", ENCODING_MAC_ROMAN},
        {"macosroman", ENCODING_MAC_ROMAN},
        {"mac", ENCODING_MAC_ROMAN},
    };
    struct str plain = STR_EMPTY;
    plain_name(&plain, name);
    int result = -1;
    for (size_t i = 0; i < sizeof names / sizeof *names && result != 0; i++)
        if (strcmp(plain.bytes, names[i].name) == 0) {
            *encoding = names[i].encoding;
            result = 0;
        }
    str_release(&plain);
    return result;
}

struct decoder {
    iconv_t conversion; /* of any but UTF-8, which is copied */
    bool copies;
    size_t unit; /* bytes that one broken character takes */
};

int decoder_open(struct decoder **decoder, enum encoding encoding, struct error *error) {
    bool copies = encodings[encoding].iconv_name == NULL;
    iconv_t conversion = copies ? NULL : iconv_open("UTF-8", encodings[encoding].iconv_name);
    if (conversion == (iconv_t)-1)
        return error_set(error, STATUS_DATA, "this computer cannot read %s; save the text as UTF-8",
                         encoding_name(encoding));
    *decoder = memory_alloc(1, sizeof **decoder);
    **decoder = (struct decoder){conversion, copies, encodings[encoding].unit};
    return 0;
}

void decoder_close(struct decoder *decoder) {
    if (decoder != NULL && !decoder->copies)
        iconv_close(decoder->conversion);
    free(decoder);
}

size_t decoder_convert(struct decoder *decoder, const char *bytes, size_t length, bool last, struct str *out) {
    if (decoder->copies) {
        str_add(out, bytes, length);
        return length;
    }
    char *in = (char *)bytes; /* iconv's own signature; it does not write there */
    size_t left = length;
    while (left > 0) {
        size_t room = left * 3 + 4; /* UTF-8 takes at most three bytes for one or two of these encodings */
        char *to = str_extend(out, room);
        size_t result = iconv(decoder->conversion, &in, &left, &to, &room);
        int cause = errno;
        str_cut(out, out->length - room);
        if (result != (size_t)-1 || cause == E2BIG)
            continue;
        if (cause == EINVAL && !last)
            break;
        str_add_codepoint(out, 0xFFFD);
        size_t broken = left < decoder->unit ? left : decoder->unit;
        in += broken;
        left -= broken;
    }
    return length - left;
}

void codepage_fill(struct codepage *page, enum encoding encoding) {
    struct decoder *decoder = NULL;
    struct error unknown; /* then no byte of it means anything, and it is never the likelier one */
    bool known = decoder_open(&decoder, encoding, &unknown) == 0 && decoder != NULL;
    struct str text = STR_EMPTY;
    for (unsigned i = 0; i < 128; i++) {
        char byte = (char)(0x80 + i);
        size_t at = 0;
        str_clear(&text);
        if (known)
            decoder_convert(decoder, &byte, 1, true, &text);
        page->meaning[i] = known ? text_next(text.bytes, text.length, &at) : 0xFFFD;
    }
    str_release(&text);
    decoder_close(decoder);
}

enum encoding encoding_marked(const char *text, size_t length, size_t *mark_length) {
    for (enum encoding i = ENCODING_UTF_8; i <= ENCODING_MAC_ROMAN; i++) {
        size_t mark = encodings[i].mark_length;
        if (mark > 0 && length >= mark && memcmp(text, encodings[i].mark, mark) == 0) {
            *mark_length = mark;
            return i;
        }
    }
    *mark_length = 0;
    return ENCODING_AUTO;
}
