/*
 * Files: paths and bytes come in, whole files go out. The one idea is the rename: a file is written under an
 * unfinished name beside its own and takes its own name only when every byte is in it.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static int input_error(struct error *error, const char *path) {
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    return error_set(error, STATUS_NO_INPUT, "%s cannot be read: %s", name, strerror(errno));
}

static int output_error(struct error *error, const char *path) {
    if (errno == ENOSPC || errno == EDQUOT)
        return error_set(error, STATUS_INPUT_OUTPUT, "%s cannot be written: the disk is full", path);
    enum status status = errno == EIO || errno == EFBIG ? STATUS_INPUT_OUTPUT : STATUS_CANNOT_CREATE;
    return error_set(error, status, "%s cannot be written: %s", path, strerror(errno));
}

int file_read(const char *path, size_t max, struct str *out, struct error *error) {
    bool standard = strcmp(path, "-") == 0;
    int descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return input_error(error, path);

    int result = 0;
    size_t start = out->length;
    for (;;) {
        enum { PIECE = 64 * 1024 };
        char *piece = str_extend(out, PIECE);
        ssize_t got = read(descriptor, piece, PIECE);
        str_cut(out, out->length - PIECE + (got > 0 ? (size_t)got : 0));
        if (got == 0)
            break;
        if (got < 0 && errno != EINTR) {
            result = input_error(error, path);
            break;
        }
        if (out->length - start > max) {
            result = error_set(error, STATUS_DATA, "%s is too large: more than %zu KB", path, max / 1024);
            break;
        }
    }
    if (!standard)
        close(descriptor);
    if (result != 0)
        str_cut(out, start);
    return result;
}

int file_make_directory(const char *path, struct error *error) {
    if (*path == '\0') {
        errno = ENOENT;
        return output_error(error, "\"\"");
    }
    char *copy = memory_copy(path, strlen(path));
    int result = 0;
    for (char *slash = copy + 1; result == 0; slash++) {
        bool last = *slash == '\0';
        if (!last && *slash != '/')
            continue;
        *slash = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST)
            result = output_error(error, copy);
        if (last)
            break;
        *slash = '/';
    }
    free(copy);
    return result;
}

int file_temporary(FILE **file, struct error *error) {
    const char *directory = getenv("TMPDIR");
    if (directory == NULL || *directory == '\0')
        directory = "/tmp";
    struct str path = STR_EMPTY;
    str_addf(&path, "%s/postbag-XXXXXX", directory);
    int descriptor = mkostemp(path.bytes, O_CLOEXEC);
    int result = 0;
    if (descriptor < 0) {
        result = output_error(error, path.bytes);
    } else {
        unlink(path.bytes);
        FILE *opened = fdopen(descriptor, "w+");
        if (opened != NULL) {
            *file = opened;
        } else {
            result = output_error(error, path.bytes);
            close(descriptor);
        }
    }
    str_release(&path);
    return result;
}

static void remove_unfinished(int descriptor) {
    int listed = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = listed < 0 ? NULL : fdopendir(listed);
    if (listing == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        if (strncmp(entry->d_name, FILE_UNFINISHED, strlen(FILE_UNFINISHED)) == 0)
            unlinkat(descriptor, entry->d_name, 0);
    }
    closedir(listing);
}

int file_directory_open(struct file_directory *directory, const char *path, struct error *error) {
    if (file_make_directory(path, error) != 0)
        return -1;
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return output_error(error, path);
    remove_unfinished(descriptor);
    directory->descriptor = descriptor;
    directory->path = memory_copy(path, strlen(path));
    return 0;
}

void file_directory_close(struct file_directory *directory) {
    if (directory->descriptor >= 0)
        close(directory->descriptor);
    free(directory->path);
    *directory = (struct file_directory){.descriptor = -1};
}

static int write_all(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t put = write(descriptor, bytes, length);
        if (put < 0 && errno != EINTR)
            return -1;
        if (put > 0) {
            bytes += put;
            length -= (size_t)put;
        }
    }
    return 0;
}

int file_directory_write(const struct file_directory *directory, const char *name, const void *bytes, size_t length,
                         struct error *error) {
    struct str unfinished = STR_EMPTY;
    str_addf(&unfinished, "%s%s", FILE_UNFINISHED, name);

    int descriptor = openat(directory->descriptor, unfinished.bytes, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int result = descriptor < 0 ? -1 : write_all(descriptor, bytes, length);
    int cause = errno;
    if (descriptor >= 0 && close(descriptor) != 0 && result == 0) {
        result = -1;
        cause = errno;
    }
    if (result == 0 && renameat(directory->descriptor, unfinished.bytes, directory->descriptor, name) != 0) {
        result = -1;
        cause = errno;
    }
    if (result != 0) {
        unlinkat(directory->descriptor, unfinished.bytes, 0);
        struct str path = STR_EMPTY;
        str_addf(&path, "%s/%s", directory->path, name);
        errno = cause;
        output_error(error, path.bytes);
        str_release(&path);
    }
    str_release(&unfinished);
    return result;
}

int file_begin(struct file_output *output, const char *path, struct error *error) {
    const char *slash = strrchr(path, '/');
    size_t directory_length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    struct str unfinished = STR_EMPTY;
    str_addf(&unfinished, "%.*s%s%s", (int)directory_length, path, FILE_UNFINISHED, path + directory_length);

    int descriptor = open(unfinished.bytes, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        output_error(error, path);
        str_release(&unfinished);
        return -1;
    }
    output->stream = fdopen(descriptor, "w");
    output->path = memory_copy(path, strlen(path));
    output->unfinished = unfinished.bytes;
    return 0;
}

int file_commit(struct file_output *output, struct error *error) {
    FILE *stream = output->stream;
    output->stream = NULL;
    bool failed = fflush(stream) != 0 || ferror(stream) != 0;
    int cause = errno;
    if (fclose(stream) != 0 && !failed) {
        failed = true;
        cause = errno;
    }
    if (!failed && rename(output->unfinished, output->path) != 0) {
        failed = true;
        cause = errno;
    }
    if (failed) {
        errno = cause;
        output_error(error, output->path);
        unlink(output->unfinished);
    }
    file_abandon(output);
    return failed ? -1 : 0;
}

void file_abandon(struct file_output *output) {
    if (output->stream != NULL) {
        fclose(output->stream);
        unlink(output->unfinished);
    }
    free(output->path);
    free(output->unfinished);
    *output = (struct file_output){0};
}

char *file_join(struct arena *arena, const char *directory, const char *name) {
    if (directory == NULL || *directory == '\0' || *name == '/')
        return arena_copy(arena, name, strlen(name));
    return arena_printf(arena, "%s/%s", directory, name);
}
