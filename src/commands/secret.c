/*
 * Secrets: the ways that the configuration names come in, one line of bytes goes out. The one idea: whichever way it
 * comes, it is gathered in one small buffer that is wiped, checked in one place, and never part of a message. Messages
 * therefore do not repeat a command either, nor a path where there is no such file: people write the password itself
 * there.
 */
#include "commands/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "delivery/login.h"

enum { COMMAND_TIMEOUT_MS = CLOCK_MINUTE_MS, LOOK_MS = 50 };

/* What was read, with room to see that it is too much. */
struct gathered {
    char bytes[LOGIN_SECRET_MAX + 1];
    size_t length;
};

/* All of it: who reads it knows its lines. */
static int take_whole(const struct gathered *gathered, const char *source, const char **secret, struct arena *arena,
                      struct error *error) {
    if (gathered->length > LOGIN_SECRET_MAX)
        return error_set(error, STATUS_CONFIGURATION, "%s gives more than 4096 characters: these are no secrets",
                         source);
    *secret = arena_copy(arena, gathered->bytes, gathered->length);
    return 0;
}

/* The first line, without the mark that Windows puts before a text. SOURCE says where it is from: "the file x". */
static int take_line(const struct gathered *gathered, const char *source, const char **secret, struct arena *arena,
                     struct error *error) {
    static const char mark[] = "\xEF\xBB\xBF";
    const char *line = gathered->bytes;
    size_t length = gathered->length;
    if (length > LOGIN_SECRET_MAX)
        return error_set(error, STATUS_CONFIGURATION, "%s gives more than 4096 characters: that is no password",
                         source);
    if (length >= 3 && memcmp(line, mark, 3) == 0) {
        line += 3;
        length -= 3;
    }
    const char *end = memchr(line, '\n', length);
    if (end != NULL)
        length = (size_t)(end - line);
    while (length > 0 && line[length - 1] == '\r')
        length--;
    if (length == 0)
        return error_set(error, STATUS_CONFIGURATION, "%s gives no password: %s is empty", source,
                         end == NULL ? "it" : "its first line");
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7F)
            return error_set(error, STATUS_CONFIGURATION,
                             "%s gives a character that no password has; save it as plain text (UTF-8)", source);
    *secret = arena_copy(arena, line, length);
    return 0;
}

/* Reads what there is, at most one byte too many. 1: there may be more; 0: the end; -1: an error in errno. */
static int gather(struct gathered *gathered, int descriptor) {
    while (gathered->length < sizeof gathered->bytes) {
        ssize_t count = read(descriptor, gathered->bytes + gathered->length, sizeof gathered->bytes - gathered->length);
        if (count == 0)
            return 0;
        if (count < 0)
            return errno == EAGAIN ? 1 : -1;
        gathered->length += (size_t)count;
    }
    return 0;
}

/* The file */

/* PATH as one word of the shell. */
static const char *shell_word(const char *path, struct arena *arena) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/";
    if (*path != '-' && strspn(path, plain) == strlen(path))
        return path;
    struct str word = STR_EMPTY;
    str_adds(&word, *path == '-' ? "./'" : "'");
    for (; *path != '\0'; path++)
        if (*path == '\'')
            str_adds(&word, "'\\''");
        else
            str_addc(&word, *path);
    str_addc(&word, '\'');
    const char *copy = arena_copy(arena, word.bytes, word.length);
    str_release(&word);
    return copy;
}

static int check_file(int descriptor, const char *path, struct arena *arena, struct error *error) {
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return error_set(error, STATUS_CONFIGURATION, "%s cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(error, STATUS_CONFIGURATION, "%s should hold a secret, and is no ordinary file", path);
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return error_set(error, STATUS_CONFIGURATION,
                         "%s holds a secret and belongs to another user of this computer: make a file of your own",
                         path);
    if ((status.st_mode & 077) != 0)
        return error_set(error, STATUS_CONFIGURATION,
                         "%s holds a secret and is open to other users of this computer; type: chmod 600 %s", path,
                         shell_word(path, arena));
    return 0;
}

static int read_secret_file(const struct secret_source *source, struct gathered *gathered, struct arena *arena,
                            struct error *error) {
    const char *path = source->file;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
        return error_set(
            error, STATUS_CONFIGURATION,
            "the file that %s names is not there; it names a file with the secret in it, and is not the secret itself",
            source->key);
    if (descriptor < 0)
        return error_set(error, STATUS_CONFIGURATION, "%s cannot be opened: %s", path, strerror(errno));
    int result = check_file(descriptor, path, arena, error);
    if (result == 0 && gather(gathered, descriptor) < 0)
        result = error_set(error, STATUS_CONFIGURATION, "%s cannot be read: %s", path, strerror(errno));
    close(descriptor);
    return result;
}

/* The command */

/*
 * The command has the terminal, where there is one: it may ask for the passphrase of a key ring. A list that comes on
 * standard input is not for it. It stays in our process group, or a terminal would stop it when it asks.
 */
static int start_command(const char *command, int output, pid_t *process) {
    static char shell[] = "sh", option[] = "-c";
    char *const arguments[] = {shell, option, (char *)command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE); /* which this program ignores */
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (!isatty(STDIN_FILENO))
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int result = posix_spawn(process, "/bin/sh", &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return result;
}

enum ending { COMMAND_ENDED, COMMAND_TIMED_OUT, COMMAND_STOPPED, COMMAND_UNREADABLE };

/*
 * Reads until the command itself has ended: something that it left running may hold its output open (an agent of a key
 * ring does). A command that closes its output and stays is waited for as well.
 */
static enum ending watch_command(pid_t process, int input, int64_t deadline_ms, struct gathered *gathered,
                                 int *status) {
    bool reading = true;
    for (;;) {
        pid_t ended = waitpid(process, status, WNOHANG);
        int more = reading ? gather(gathered, input) : 0;
        if (more < 0)
            return errno == EINTR ? COMMAND_STOPPED : COMMAND_UNREADABLE;
        reading = more > 0;
        if (ended == process)
            return COMMAND_ENDED;
        if (clock_steady_ms() >= deadline_ms || gathered->length > LOGIN_SECRET_MAX)
            return COMMAND_TIMED_OUT;
        struct pollfd waiting = {.fd = reading ? input : -1, .events = POLLIN};
        if (poll(&waiting, 1, LOOK_MS) < 0)
            return COMMAND_STOPPED;
    }
}

static int command_error(enum ending ending, int status, const struct gathered *gathered, struct error *error) {
    if (ending == COMMAND_STOPPED || (ending == COMMAND_ENDED && WIFSIGNALED(status) && WTERMSIG(status) == SIGINT))
        return error_set(error, STATUS_INTERRUPTED, "stopped; nothing was sent");
    if (gathered->length > LOGIN_SECRET_MAX)
        return 0; /* take_line says so */
    if (ending == COMMAND_TIMED_OUT)
        return error_set(error, STATUS_CONFIGURATION, "the command for the password or token did not end in time");
    if (ending == COMMAND_UNREADABLE)
        return error_set(error, STATUS_CONFIGURATION, "what the command for the password or token says cannot be read");
    if (WIFSIGNALED(status))
        return error_set(error, STATUS_CONFIGURATION, "the command for the password or token was ended by signal %d",
                         WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return error_set(error, STATUS_CONFIGURATION, "the command for the password or token failed with status %d%s",
                         WEXITSTATUS(status), WEXITSTATUS(status) == 127 ? ": there is no such program" : "");
    return 0;
}

static int run_secret_command(const struct secret_source *source, struct gathered *gathered, struct error *error) {
    int ends[2], status = 0;
    pid_t process = -1;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(error, STATUS_CONFIGURATION, "the command for the password or token cannot be run: %s",
                         strerror(errno));
    fflush(NULL);
    int failure = start_command(source->command, ends[1], &process);
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    enum ending ending = COMMAND_UNREADABLE;
    int64_t timeout_ms = source->timeout_ms > 0 ? source->timeout_ms : COMMAND_TIMEOUT_MS;
    if (failure == 0) {
        ending = watch_command(process, ends[0], clock_steady_ms() + timeout_ms, gathered, &status);
        if (ending != COMMAND_ENDED) {
            kill(process, SIGKILL);
            while (waitpid(process, NULL, 0) < 0 && errno == EINTR)
                continue;
        }
    }
    close(ends[0]);
    if (failure != 0)
        return error_set(error, STATUS_CONFIGURATION, "the command for the password or token cannot be run: %s",
                         strerror(failure));
    return command_error(ending, status, gathered, error);
}

/* The question */

/*
 * Reads a line of TERMINAL. Signals that end the program are blocked, by the caller, but while this waits (with the mask
 * ORIGINAL): one that comes between the question and the wait is not lost. 0 bytes, or -1: the end of input, or Ctrl-C.
 */
static ssize_t read_answer(int terminal, const sigset_t *original, char *bytes, size_t room) {
    struct pollfd polled = {.fd = terminal, .events = POLLIN};
    return ppoll(&polled, 1, NULL, original) <= 0 ? -1 : read(terminal, bytes, room);
}

static void block_ending(sigset_t *original) {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ending, original);
}

/* One line without echo. Ctrl-Z and Ctrl-\ would leave the terminal without an echo: they are off as well. */
static int ask_terminal(int terminal, const char *what, struct gathered *gathered, struct error *error) {
    struct termios before, silent;
    sigset_t original;
    if (tcgetattr(terminal, &before) != 0)
        return error_set(error, STATUS_CONFIGURATION, "the terminal cannot be asked for a password: %s",
                         strerror(errno));
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    silent.c_lflag |= ICANON | ISIG;
    silent.c_iflag |= ICRNL;
    silent.c_cc[VSUSP] = silent.c_cc[VQUIT] = _POSIX_VDISABLE;
    block_ending(&original);
    tcsetattr(terminal, TCSAFLUSH, &silent);
    bool stopped = false;
    do {
        gathered->length = 0;
        dprintf(terminal, "%s: ", what);
        ssize_t count = read_answer(terminal, &original, gathered->bytes, sizeof gathered->bytes);
        dprintf(terminal, "\n");
        stopped = count <= 0; /* Ctrl-C, or the end of input */
        gathered->length = stopped ? 0 : (size_t)count;
    } while (!stopped && gathered->bytes[0] == '\n');
    tcsetattr(terminal, TCSAFLUSH, &before);
    pthread_sigmask(SIG_SETMASK, &original, NULL);
    return stopped ? error_set(error, STATUS_INTERRUPTED, "stopped; nothing was sent") : 0;
}

static int ask_person(const struct secret_source *source, struct gathered *gathered, struct error *error) {
    int terminal = isatty(STDIN_FILENO) ? open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    if (terminal < 0)
        return error_set(error, STATUS_CONFIGURATION,
                         "%s is needed: put it in a file that only you can read and name that in %s, name a "
                         "program that prints it in password_command%s%s, or run postbag in a terminal, where it asks",
                         source->what, source->key, source->variable != NULL ? ", set $" : "",
                         source->variable != NULL ? source->variable : "");
    int result = ask_terminal(terminal, source->what, gathered, error);
    close(terminal);
    return result;
}

/* The environment's is checked like the others; an empty one is as good as none. */
static const char *read_variable(const char *name, struct gathered *gathered) {
    const char *value = name == NULL ? NULL : getenv(name);
    if (value == NULL || *value == '\0')
        return NULL;
    gathered->length = strnlen(value, sizeof gathered->bytes);
    memcpy(gathered->bytes, value, gathered->length);
    return value;
}

int secret_find(const struct secret_source *source, const char **secret, struct arena *arena, struct error *error) {
    struct gathered gathered = {.length = 0};
    const char *from = "the answer";
    int result = 0;
    if (source->file != NULL) {
        from = source->file;
        result = read_secret_file(source, &gathered, arena, error);
    } else if (source->command != NULL) {
        from = "the command for the password or token";
        result = run_secret_command(source, &gathered, error);
    } else if (read_variable(source->variable, &gathered) != NULL) {
        from = arena_printf(arena, "$%s", source->variable);
    } else {
        result = ask_person(source, &gathered, error);
    }
    if (result == 0)
        result = source->whole ? take_whole(&gathered, from, secret, arena, error)
                               : take_line(&gathered, from, secret, arena, error);
    explicit_bzero(&gathered, sizeof gathered);
    return result;
}
