/*
 * Archives: a path comes in, bytes go out. The one idea: a .zip is read like a plain file, one member from its start to
 * its end, and believed in nothing: how much comes out of it is counted, whatever it says of itself.
 */
#include "input/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zip.h>

#include "base/memory.h"

/* The record at a .zip's end (APPNOTE.TXT 4.3.16): its length, and that of the comment that may follow. */
enum { TAIL_MIN = 22, TAIL_MAX = TAIL_MIN + 0xFFFF, CONTENTS_MAX = 16 << 20 };

struct archive {
    const char *path; /* borrowed */
    int descriptor;   /* of a plain file; -1 for a .zip */
    zip_t *zip;
    zip_file_t *member;
    char *name;
    uint64_t size;
    uint64_t allowed; /* bytes that may come out */
    uint64_t read;    /* bytes that came out */
};

/* Only Ctrl-C and its like are caught, so a call that was interrupted is a wish to stop. */
static int read_error(const char *path, struct error *error) {
    if (errno == EINTR)
        return error_set(error, STATUS_INTERRUPTED, "stopped; nothing was changed");
    return error_set(error, STATUS_NO_INPUT, "%s cannot be read: %s", path, strerror(errno));
}

static int refuse(const char *path, struct error *error, const char *why) {
    return error_at(error, STATUS_DATA, (struct place){.file = path}, "%s", why);
}

/* .zip files */

static unsigned little_16(const unsigned char *bytes) {
    return bytes[0] | (unsigned)bytes[1] << 8;
}

static uint32_t little_32(const unsigned char *bytes) {
    return little_16(bytes) | (uint32_t)little_16(bytes + 2) << 16;
}

/*
 * Whether the table of contents is of a usual size: libzip reads all of it into memory before anybody can ask how many
 * members there are. Only what is too large is refused here; all other faults are for libzip to find.
 */
static int check_contents(int descriptor, off_t size, const char *path, struct error *error) {
    size_t length = size < TAIL_MAX ? (size_t)size : TAIL_MAX;
    unsigned char *tail = memory_alloc(length, 1);
    ssize_t got = pread(descriptor, tail, length, size - (off_t)length);
    bool large = false;
    for (ssize_t at = got - TAIL_MIN; at >= 0; at--) {
        if (memcmp(tail + at, "PK\005\006", 4) == 0)
            large =
                large || little_16(tail + at + 10) > ARCHIVE_MEMBERS_MAX || little_32(tail + at + 12) > CONTENTS_MAX;
    }
    free(tail);
    if (got < 0)
        return read_error(path, error);
    return large ? refuse(path, error, "this .zip holds too many files (more than 10,000); it is no list as published")
                 : 0;
}

/* What a member's entry in the table of contents says against it, or NULL. */
static const char *member_fault(const zip_stat_t *entry) {
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if ((entry->valid & needed) != needed)
        return "this .zip is damaged; download it again";
    if (entry->encryption_method != ZIP_EM_NONE)
        return "this .zip is locked with a password; unpack it and give the file in it";
    if (entry->comp_method != ZIP_CM_STORE && entry->comp_method != ZIP_CM_DEFLATE)
        return "this .zip is packed in an unusual way; unpack it and give the file in it";
    if (entry->size > ARCHIVE_BYTES_MAX)
        return "the file in this .zip is larger than 4 GB";
    if (entry->size / ARCHIVE_RATIO_MAX > entry->comp_size)
        return "this .zip would unpack to more than 200 times its size; it is no list as published";
    return NULL;
}

/* The index of the member that suits best, or -1. */
static zip_int64_t find_member(zip_t *zip, archive_suits *suits) {
    zip_int64_t count = zip_get_num_entries(zip, 0), best = -1;
    unsigned best_suits = 0;
    zip_uint64_t best_size = 0;
    for (zip_int64_t i = 0; i < count; i++) {
        zip_stat_t entry;
        if (zip_stat_index(zip, (zip_uint64_t)i, 0, &entry) != 0 || (entry.valid & ZIP_STAT_NAME) == 0)
            continue;
        unsigned suited = suits(entry.name);
        zip_uint64_t size = (entry.valid & ZIP_STAT_SIZE) != 0 ? entry.size : 0;
        if (suited > best_suits || (suited > 0 && suited == best_suits && size > best_size)) {
            best = i;
            best_suits = suited;
            best_size = size;
        }
    }
    return best;
}

static int open_member(struct archive *archive, zip_uint64_t index, struct error *error) {
    zip_stat_t entry;
    if (zip_stat_index(archive->zip, index, 0, &entry) != 0)
        return refuse(archive->path, error, "this .zip is damaged; download it again");
    const char *fault = member_fault(&entry);
    if (fault != NULL)
        return refuse(archive->path, error, fault);
    archive->member = zip_fopen_index(archive->zip, index, 0);
    if (archive->member == NULL)
        return refuse(archive->path, error, "this .zip is damaged; download it again");
    archive->name = memory_copy(entry.name, strlen(entry.name));
    archive->size = archive->allowed = entry.size;
    return 1;
}

static int open_zip(struct archive *archive, int descriptor, off_t size, archive_suits *suits, struct error *error) {
    if (size > (off_t)ARCHIVE_FILE_MAX_MB << 20) {
        close(descriptor);
        return refuse(archive->path, error, "this .zip is larger than 1 GB; it is no list as published");
    }
    if (check_contents(descriptor, size, archive->path, error) != 0) {
        close(descriptor);
        return -1;
    }
    int code = 0;
    archive->zip = zip_fdopen(descriptor, 0, &code);
    if (archive->zip == NULL) {
        close(descriptor);
        return refuse(archive->path, error, "this .zip is damaged; download it again");
    }
    if (zip_get_num_entries(archive->zip, 0) > ARCHIVE_MEMBERS_MAX)
        return refuse(archive->path, error, "this .zip holds too many files (more than 10,000)");
    zip_int64_t index = find_member(archive->zip, suits);
    return index < 0 ? 0 : open_member(archive, (zip_uint64_t)index, error);
}

/* All files */

static int open_plain(struct archive *archive, int descriptor, const struct stat *status, struct error *error) {
    archive->descriptor = descriptor;
    archive->name = memory_copy(archive->path, strlen(archive->path));
    archive->size = S_ISREG(status->st_mode) ? (uint64_t)status->st_size : 0;
    archive->allowed = ARCHIVE_BYTES_MAX;
    if (archive->size > ARCHIVE_BYTES_MAX)
        return refuse(archive->path, error, "this file is larger than 4 GB");
    return 1;
}

int archive_open(struct archive **archive, const char *path, archive_suits *suits, struct error *error) {
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(descriptor);
        descriptor = -1;
        errno = EISDIR;
    }
    if (descriptor < 0)
        return read_error(path, error);

    struct archive *opened = memory_alloc(1, sizeof *opened);
    *opened = (struct archive){.path = path, .descriptor = -1};
    char start[4];
    bool packed = S_ISREG(status.st_mode) && pread(descriptor, start, sizeof start, 0) == sizeof start &&
                  (memcmp(start, "PK\003\004", 4) == 0 || memcmp(start, "PK\005\006", 4) == 0);
    int result = packed ? open_zip(opened, descriptor, status.st_size, suits, error)
                        : open_plain(opened, descriptor, &status, error);
    if (result > 0)
        *archive = opened;
    else
        archive_close(opened);
    return result;
}

void archive_close(struct archive *archive) {
    if (archive == NULL)
        return;
    if (archive->member != NULL)
        zip_fclose(archive->member);
    if (archive->zip != NULL)
        zip_discard(archive->zip);
    if (archive->descriptor >= 0)
        close(archive->descriptor);
    free(archive->name);
    free(archive);
}

bool archive_is_zip(const struct archive *archive) {
    return archive->zip != NULL;
}

const char *archive_name(const struct archive *archive) {
    return archive->name;
}

uint64_t archive_size(const struct archive *archive) {
    return archive->size;
}

ssize_t archive_read(struct archive *archive, char *buffer, size_t room, struct error *error) {
    ssize_t got = archive->member != NULL ? (ssize_t)zip_fread(archive->member, buffer, room)
                                          : read(archive->descriptor, buffer, room);
    if (got < 0)
        return archive->member == NULL ? read_error(archive->path, error)
                                       : refuse(archive->path, error, "this .zip is damaged; download it again");
    archive->read += (uint64_t)got;
    if (archive->read > archive->allowed)
        return refuse(archive->path, error,
                      archive->member != NULL ? "the file in this .zip is larger than the .zip says; it is damaged"
                                              : "this file is larger than 4 GB");
    return got;
}
