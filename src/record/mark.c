/*
 * Marks: a letter's number and a step come in, one byte of a file goes out. The one idea: what write(2) has put into the
 * system's memory is there for the next process, however this one ends; only the machine's own end takes it away, and
 * that is told by its boot ID.
 */
#include "record/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

enum { HEADER_SIZE = 128, BOOT_ID_MAX = 64 };

#define SUFFIX "-marks"

/* What a file of marks begins with where its marks count: this start of this machine, and this very file. */
static bool make_header(int descriptor, char header[HEADER_SIZE]) {
    struct stat file;
    char boot_id[BOOT_ID_MAX] = "";
    memset(header, 0, HEADER_SIZE);
    FILE *stream = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (stream == NULL)
        return false;
    bool read = fgets(boot_id, sizeof boot_id, stream) != NULL && boot_id[0] != '\0';
    fclose(stream);
    boot_id[strcspn(boot_id, "\n")] = '\0';
    if (!read || fstat(descriptor, &file) != 0)
        return false;
    snprintf(header, HEADER_SIZE, "postbag marks 1 %s %llu %llu\n", boot_id, (unsigned long long)file.st_dev,
             (unsigned long long)file.st_ino);
    return true;
}

static struct str name_of(const char *path) {
    struct str name = STR_EMPTY;
    str_addf(&name, "%s" SUFFIX, path);
    return name;
}

static int mark_error(const char *path, struct error *error) {
    if (errno == ENOSPC || errno == EDQUOT)
        return error_set(error, STATUS_INPUT_OUTPUT, "%s" SUFFIX " cannot be written: the disk is full", path);
    return error_set(error, STATUS_INPUT_OUTPUT, "%s" SUFFIX " cannot be written: %s", path, strerror(errno));
}

int marks_open(struct marks *marks, const char *path, struct error *error) {
    char header[HEADER_SIZE], found[HEADER_SIZE];
    struct str name = name_of(path);
    marks->trusted = false;
    marks->descriptor = open(name.bytes, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    str_release(&name);
    if (marks->descriptor < 0) {
        mark_error(path, error);
        error->status = STATUS_CANNOT_CREATE;
        return -1;
    }
    marks->trusted = make_header(marks->descriptor, header) &&
                     pread(marks->descriptor, found, sizeof found, 0) == HEADER_SIZE &&
                     memcmp(found, header, HEADER_SIZE) == 0;
    return 0;
}

int marks_begin(struct marks *marks, const char *path, struct error *error) {
    char header[HEADER_SIZE];
    marks->trusted = false;
    if (ftruncate(marks->descriptor, 0) != 0)
        return mark_error(path, error);
    /* Without a boot ID the next process finds no header, and trusts nothing. */
    if (!make_header(marks->descriptor, header))
        return 0;
    if (pwrite(marks->descriptor, header, sizeof header, 0) != HEADER_SIZE)
        return mark_error(path, error);
    return 0;
}

void marks_close(struct marks *marks, const char *path, bool settled) {
    if (marks->descriptor < 0)
        return;
    if (settled) {
        struct str name = name_of(path);
        unlink(name.bytes);
        str_release(&name);
    }
    close(marks->descriptor);
    marks->descriptor = -1;
}

enum mark marks_read(const struct marks *marks, int64_t letter) {
    unsigned char byte = MARK_NONE; /* beyond the end of the file nothing was marked */
    if (!marks->trusted || pread(marks->descriptor, &byte, 1, HEADER_SIZE + letter) < 0)
        return MARK_UNKNOWN;
    return byte < MARK_UNKNOWN ? (enum mark)byte : MARK_UNKNOWN;
}

int marks_write(const struct marks *marks, int64_t letter, enum mark mark, const char *path, struct error *error) {
    unsigned char byte = (unsigned char)mark;
    return pwrite(marks->descriptor, &byte, 1, HEADER_SIZE + letter) == 1 ? 0 : mark_error(path, error);
}
