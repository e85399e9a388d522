/*
 * Encodings: bytes come in, UTF-8 goes out. The one idea: two passes over the file, one that collects evidence and one
 * that converts, both a piece at a time. What cannot be read twice (standard input, a pipe) is copied to a temporary
 * file first.
 */
#include "input/encoding.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "input/evidence.h"

enum { PIECE_SIZE = 64 * 1024 };

/* What people give in place of a text file, by its first bytes. */
static int refuse_other_kinds(const char *text, size_t length, const char *path, struct error *error) {
    static const struct {
        const char *start;
        size_t length;
        const char *what;
    } kinds[] = {
        {"PK\003\004", 4, "a workbook or document (.xlsx, .numbers, .ods, .docx, .odt)"},
        {"\xD0\xCF\x11\xE0\xA1\xB1", 6, "an old workbook or document (.xls, .doc)"},
        {"%PDF-", 5, "a PDF"},
        {"{\\rtf", 5, "a rich text document (.rtf)"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (length >= kinds[i].length && memcmp(text, kinds[i].start, kinds[i].length) == 0)
            return error_at(error, STATUS_DATA, (struct place){.file = path},
                            "this is %s and not text; open it and save a list as “CSV UTF-8”, a letter as plain text",
                            kinds[i].what);
    return 0;
}

static int read_error(struct error *error, const char *path) {
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    return error_set(error, STATUS_NO_INPUT, "%s cannot be read: %s", name, strerror(errno));
}

static int spool_error(struct error *error) {
    const char *cause = errno == ENOSPC || errno == EDQUOT ? "the disk is full" : strerror(errno);
    return error_set(error, STATUS_INPUT_OUTPUT, "the temporary copy of the list cannot be written: %s", cause);
}

/* Reads the whole of FILE, from its start, and says how it is encoded. */
static int encoding_find(FILE *file, const char *path, enum encoding *encoding, struct error *error) {
    struct evidence evidence;
    evidence_init(&evidence);

    unsigned char *text = memory_alloc(PIECE_SIZE, 1);
    size_t length = 0, from = 0;
    for (bool last = false; !last;) {
        size_t got = fread(text + length, 1, PIECE_SIZE - length, file);
        last = got == 0;
        length += got;
        from = evidence_add(&evidence, text, from, length, last);
        /* What was looked at stays as context for what follows, as far as anybody looks back. */
        size_t keep = from < LIKELIHOOD_REACH ? 0 : from - LIKELIHOOD_REACH;
        memmove(text, text + keep, length - keep);
        length -= keep;
        from -= keep;
    }
    free(text);
    if (ferror(file))
        return read_error(error, path);
    *encoding = evidence_verdict(&evidence);
    return 0;
}

static int copy_all(FILE *from, FILE *to, const char *path, struct error *error) {
    char *piece = memory_alloc(PIECE_SIZE, 1);
    long long copied = 0;
    int result = 0;
    for (size_t got; result == 0 && (got = fread(piece, 1, PIECE_SIZE, from)) > 0;) {
        copied += (long long)got;
        if (copied > ENCODING_SPOOL_MAX)
            result = error_at(error, STATUS_DATA, (struct place){.file = path}, "this list is larger than 4 GB");
        else if (fwrite(piece, 1, got, to) != got)
            result = spool_error(error);
    }
    free(piece);
    if (result == 0 && ferror(from))
        return read_error(error, path);
    if (result == 0 && fflush(to) != 0)
        return spool_error(error);
    return result;
}

/* Opens PATH so that it can be read twice. */
static int open_source(const char *path, FILE **source, struct error *error) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    if (file == NULL)
        return read_error(error, path);
    struct stat status;
    if (!standard && fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)) {
        *source = file;
        return 0;
    }

    FILE *copy = NULL;
    int result = file_temporary(&copy, error);
    if (result == 0)
        result = copy_all(file, copy, path, error);
    if (!standard)
        fclose(file);
    if (result == 0) {
        rewind(copy);
        *source = copy;
    } else if (copy != NULL) {
        fclose(copy);
    }
    return result;
}

/* Converts SOURCE from where it stands to its end. */
static int convert_all(FILE *source, const char *path, struct decoder *decoder, FILE *spool, struct error *error) {
    char *bytes = memory_alloc(PIECE_SIZE, 1);
    struct str text = STR_EMPTY;
    size_t length = 0;
    long long read = 0;
    int result = 0;
    for (bool last = false; !last && result == 0;) {
        size_t got = fread(bytes + length, 1, PIECE_SIZE - length, source);
        last = got == 0;
        length += got;
        read += (long long)got;
        str_clear(&text);
        size_t taken = decoder_convert(decoder, bytes, length, last, &text);
        memmove(bytes, bytes + taken, length - taken);
        length -= taken;
        if (read > ENCODING_SPOOL_MAX)
            result = error_at(error, STATUS_DATA, (struct place){.file = path}, "this list is larger than 4 GB");
        else if (fwrite(text.bytes, 1, text.length, spool) != text.length)
            result = spool_error(error);
    }
    str_release(&text);
    free(bytes);
    if (result == 0 && ferror(source))
        result = read_error(error, path);
    return result;
}

/* Finds the encoding of SOURCE and leaves SOURCE behind its mark. */
static int settle_encoding(FILE *source, const char *path, enum encoding *encoding, struct error *error) {
    char start[8];
    size_t length = fread(start, 1, sizeof start, source);
    if (ferror(source))
        return read_error(error, path);
    if (refuse_other_kinds(start, length, path, error) != 0)
        return -1;
    rewind(source);
    size_t mark_length;
    enum encoding marked = encoding_marked(start, length, &mark_length);
    if (marked != ENCODING_AUTO)
        *encoding = marked;
    else if (*encoding == ENCODING_AUTO && encoding_find(source, path, encoding, error) != 0)
        return -1;
    return fseek(source, (long)mark_length, SEEK_SET) == 0 ? 0 : read_error(error, path);
}

int encoding_spool(const char *path, enum encoding *encoding, FILE *spool, struct error *error) {
    FILE *source = NULL;
    if (open_source(path, &source, error) != 0)
        return -1;

    enum encoding found = *encoding;
    struct decoder *decoder = NULL;
    int result = settle_encoding(source, path, &found, error);
    if (result == 0)
        result = decoder_open(&decoder, found, error);
    if (result == 0)
        result = convert_all(source, path, decoder, spool, error);
    decoder_close(decoder);
    fclose(source);
    if (result == 0 && (fflush(spool) != 0 || fseek(spool, 0, SEEK_SET) != 0))
        result = spool_error(error);
    if (result == 0)
        *encoding = found;
    return result;
}

int encoding_decode(struct str *text, enum encoding *encoding, struct error *error) {
    if (refuse_other_kinds(text->bytes, text->length, NULL, error) != 0)
        return -1;
    size_t mark_length;
    enum encoding marked = encoding_marked(text->bytes, text->length, &mark_length);
    enum encoding found = marked != ENCODING_AUTO ? marked : *encoding;
    if (found == ENCODING_AUTO) {
        struct evidence evidence;
        evidence_init(&evidence);
        evidence_add(&evidence, (const unsigned char *)text->bytes, 0, text->length, true);
        found = evidence_verdict(&evidence);
    }

    struct decoder *decoder;
    if (decoder_open(&decoder, found, error) != 0)
        return -1;
    struct str decoded = STR_EMPTY;
    decoder_convert(decoder, text->bytes + mark_length, text->length - mark_length, true, &decoded);
    decoder_close(decoder);
    str_release(text);
    *text = decoded;
    *encoding = found;
    return 0;
}
