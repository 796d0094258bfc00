/*
 * log.c - one line a fact, to standard error, in whose place a file may stand.
 *
 * Base: runs in every process and thread. A line is made whole in memory, at most PIPE_BUF bytes, and written with one
 * write(2), so that a pipe does not tear it either; nobody's text can begin a line of its own or reach a terminal as a
 * control character. errno is as it was afterwards.
 */
#include "bering/log.h"

#include "base/utf8.h"
#include "bering/clock.h"
#include "bering/json.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MESSAGE_MAX = 3840,     /* leaves room for time, level and name in PIPE_BUF */
    ESCAPED_MAX = 6,        /* \\u0000: what one byte can become */
    NAME_MAX_LENGTH = 31,
    TIME_LENGTH = 24,       /* with milliseconds */
};

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static _Atomic enum log_level threshold = LOG_LEVEL_INFO;
static _Atomic enum log_format line_format = LOG_FORMAT_TEXT;

/* The process's name; the next one is written into the other place, so that threads never read half of it. */
static char names[2][NAME_MAX_LENGTH + 1];
static atomic_int name_in_use;

void log_init(enum log_level level, enum log_format format)
{
    threshold = level;
    line_format = format;
}

void log_process(const char *name)
{
    int other = !name_in_use;

    snprintf(names[other], sizeof(names[other]), "%s", name);
    name_in_use = other;
}

int log_open(const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);

    if (descriptor == -1)
        return -1;
    int status = dup2(descriptor, STDERR_FILENO);
    close(descriptor);
    return status == -1 ? -1 : 0;
}

/* Milliseconds are enough for people. */
static void format_time(char time[CLOCK_TEXT_LENGTH + 1])
{
    clock_format(clock_now(), time);
    memcpy(time + TIME_LENGTH - 1, "Z", 2);
}

/* Copies text for a terminal: what is no printable UTF-8 becomes \xNN, up to 4 * length bytes. Returns how many. */
static size_t make_visible(char *out, const char *text, size_t length)
{
    char *start = out;

    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = utf8_decode(text + at, length - at, &code);
        if (size > 0 && !utf8_is_control(code)) {
            memcpy(out, text + at, size);
            out += size;
            at += size;
        } else {
            out += sprintf(out, "\\x%02x", (unsigned char)text[at]);
            at++;
        }
    }
    return (size_t)(out - start);
}

static void write_line(const char *line, size_t length)
{
    ssize_t written;

    do {
        written = write(STDERR_FILENO, line, length);
    } while (written < 0 && errno == EINTR);
}

static void write_text(enum log_level level, const char *time, const char *message, size_t length)
{
    char line[TIME_LENGTH + NAME_MAX_LENGTH + 4 * MESSAGE_MAX + 16];
    const char *name = names[name_in_use];
    int head = snprintf(line, sizeof(line), "%s %-5s %s%s", time, level_names[level], name, *name ? ": " : "");
    size_t size = (size_t)head + make_visible(line + head, message, length);

    line[size++] = '\n';
    write_line(line, size);
}

static void write_json(enum log_level level, const char *time, const char *message, size_t length)
{
    struct json json = {0};
    size_t size;

    json_object_begin(&json);
    json_key_text(&json, "time", time);
    json_key_text(&json, "level", level_names[level]);
    if (*names[name_in_use])
        json_key_text(&json, "process", names[name_in_use]);
    json_key(&json, "message");
    json_text_n(&json, message, length);
    json_object_end(&json);
    char *line = json_take(&json, &size);
    line[size] = '\n'; /* in place of the NUL */
    write_line(line, size + 1);
    free(line);
}

/* The most that a message can become in either form. */
static size_t escaped_length(const char *message, size_t length)
{
    size_t escaped = 0;

    for (size_t i = 0; i < length; i++)
        escaped += message[i] < ' ' || message[i] > '~' || strchr("\"\\", message[i]) != NULL ? ESCAPED_MAX : 1;
    return escaped;
}

/* Shortens a message that is longer than `most` so that it shows. Returns the length. */
static size_t cut(char *message, size_t length, size_t most)
{
    static const char dots[] = " ...";

    if (length <= most)
        return length;
    memcpy(message + most - (sizeof(dots) - 1), dots, sizeof(dots));
    return most;
}

static void write_message(enum log_level level, const char *format, va_list arguments)
{
    char message[MESSAGE_MAX + 1];
    char time[CLOCK_TEXT_LENGTH + 1];
    int saved = errno;

    int wanted = vsnprintf(message, sizeof(message), format, arguments); /* %m needs errno as it came */
    size_t length = cut(message, wanted < 0 ? 0 : (size_t)wanted, MESSAGE_MAX);
    if (escaped_length(message, length) > MESSAGE_MAX)
        length = cut(message, length, MESSAGE_MAX / ESCAPED_MAX);
    format_time(time);
    if (line_format == LOG_FORMAT_JSON)
        write_json(level, time, message, length);
    else
        write_text(level, time, message, length);
    errno = saved;
}

/* A va_list needs the variadic function's own frame: hence a macro. */
#define WRITE_AT(level, format)                                                                                        \
    do {                                                                                                               \
        if ((level) <= threshold) {                                                                                    \
            va_list arguments;                                                                                         \
            va_start(arguments, format);                                                                               \
            write_message((level), (format), arguments);                                                               \
            va_end(arguments);                                                                                         \
        }                                                                                                              \
    } while (0)

void log_error(const char *format, ...)
{
    WRITE_AT(LOG_LEVEL_ERROR, format);
}

void log_warn(const char *format, ...)
{
    WRITE_AT(LOG_LEVEL_WARN, format);
}

void log_info(const char *format, ...)
{
    WRITE_AT(LOG_LEVEL_INFO, format);
}

void log_debug(const char *format, ...)
{
    WRITE_AT(LOG_LEVEL_DEBUG, format);
}
