/*
 * access_log.c - the access log of a worker: lines made by the loop, written by a thread of its own.
 *
 * Always holds: whole lines only are handed over, and written with one write(2) for as many as there are, to a file that is
 * opened for appending; so those of several workers stand one after the other. What waits is bounded: if the disk does not
 * keep up, lines are lost and counted, and nobody waits.
 */
#include "worker/access_log.h"

#include "bering/clock.h"
#include "bering/counters.h"
#include "bering/json.h"
#include "bering/log.h"
#include "worker/client.h"
#include "worker/worker.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    BUFFER_MOST = 4 * 1024 * 1024, /* bytes that may wait */
    PATH_MOST = 2048,              /* of a path in a line */
    CHECK_SECONDS = 1,             /* between two looks at the file's name */
};

struct buffer {
    char *bytes;
    size_t length, capacity, lines;
};

struct access_log {
    struct worker *worker;
    const char *path;
    enum log_format format;
    int descriptor;               /* the thread's; -1: the file could not be opened, and is tried again */
    bool has_failed;              /* the log knows */
    pthread_t thread;
    pthread_mutex_t mutex;        /* of what follows */
    pthread_cond_t news;
    struct buffer waiting;
    bool ending;
    atomic_bool reopen;
};

/* ---- a line ---- */

/* Parameters whose values nobody may read in a log: compared by the name's end, so that access_token is one, too. */
static bool is_secret(const char *name, size_t length)
{
    static const char *const secrets[] = {"token", "password", "secret", "key"};

    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); ++i) {
        size_t size = strlen(secrets[i]);
        if (length >= size && strncasecmp(name + length - size, secrets[i], size) == 0)
            return true;
    }
    return memchr(name, '%', length) != NULL; /* a name that hides itself */
}

static char visible(char byte)
{
    return byte > ' ' && byte <= '~' ? byte : '?';
}

/* Copies a request's path; values of secret parameters become "***", invisible characters "?". Returns the length. */
static size_t mask_path(char *out, const char *path, size_t length)
{
    const char *end = path + length, *name = NULL;
    size_t written = 0;
    bool masking = false;

    for (const char *at = path; at < end && written + 4 < PATH_MOST; ++at) {
        if (name == NULL ? *at == '?' : *at == '&' || *at == ';') {
            name = at + 1;
            masking = false;
        }
        if (masking)
            continue;
        out[written++] = visible(*at);
        if (*at == '=' && name != NULL && is_secret(name, (size_t)(at - name))) {
            memcpy(out + written, "***", 3);
            written += 3;
            masking = true;
        }
    }
    return written;
}

struct line {
    char time[CLOCK_TEXT_LENGTH + 1];
    char address[NETWORK_TEXT_SIZE];
    char user[UUID_TEXT_LENGTH + 1];
    char method[24];
    char path[PATH_MOST];
    const char *id;
    int status;
    size_t bytes;
    int64_t microseconds;
};

static void fill_line(struct line *line, const struct worker *worker, h2o_req_t *http, const struct trace *trace,
                      int64_t time)
{
    size_t length = http->input.method.len < sizeof(line->method) ? http->input.method.len : sizeof(line->method) - 1;

    clock_format(clock_now(), line->time);
    client_address_text(worker, http, line->address);
    strcpy(line->user, "-");
    if (trace != NULL && trace->has_user)
        uuid_format(&trace->user_id, line->user);
    for (size_t i = 0; i < length; ++i)
        line->method[i] = visible(http->input.method.base[i]);
    line->method[length] = '\0';
    line->path[mask_path(line->path, http->input.path.base, http->input.path.len)] = '\0';
    line->id = trace != NULL ? trace->id : "-";
    line->status = http->res.status;
    line->bytes = http->bytes_sent;
    line->microseconds = time;
}

static char *format_json(const struct line *line, size_t *length_r)
{
    struct json json = {0};

    json_object_begin(&json);
    json_key_text(&json, "time", line->time);
    json_key_text(&json, "request", line->id);
    json_key_text(&json, "address", line->address);
    json_key_text(&json, "user", strcmp(line->user, "-") == 0 ? NULL : line->user);
    json_key_text(&json, "method", line->method);
    json_key_text(&json, "path", line->path);
    json_key_integer(&json, "status", line->status);
    json_key_integer(&json, "bytes", (int64_t)line->bytes);
    json_key_integer(&json, "microseconds", line->microseconds);
    json_object_end(&json);
    char *text = json_take(&json, length_r);
    text[(*length_r)++] = '\n'; /* in place of the NUL */
    return text;
}

static char *format_text(const struct line *line, size_t *length_r)
{
    char *text;
    int length = asprintf(&text, "%s %s %s %s %s %s %d %zu %lld\n", line->time, line->id, line->address, line->user,
                          line->method, line->path, line->status, line->bytes, (long long)line->microseconds);

    assert(length > 0);
    *length_r = (size_t)length;
    return text;
}

/* ---- handing over ---- */

static bool append(struct buffer *buffer, const char *bytes, size_t length)
{
    if (buffer->length + length > BUFFER_MOST)
        return false;
    if (buffer->length + length > buffer->capacity) {
        buffer->capacity = buffer->capacity == 0 ? 65536 : buffer->capacity * 2;
        buffer->bytes = realloc(buffer->bytes, buffer->capacity);
        assert(buffer->bytes != NULL);
    }
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    ++buffer->lines;
    return true;
}

void access_log_write(struct access_log *log, h2o_req_t *http, const struct trace *trace, int64_t time)
{
    struct line line;
    size_t length;

    fill_line(&line, log->worker, http, trace, time);
    char *text = log->format == LOG_FORMAT_JSON ? format_json(&line, &length) : format_text(&line, &length);
    pthread_mutex_lock(&log->mutex);
    bool was_empty = log->waiting.length == 0;
    bool taken = append(&log->waiting, text, length);
    if (was_empty)
        pthread_cond_signal(&log->news);
    pthread_mutex_unlock(&log->mutex);
    if (!taken)
        counter_add(log->worker->bus, COUNTER_ACCESS_LINES_LOST, 1);
    free(text);
}

void access_log_reopen(struct access_log *log)
{
    log->reopen = true;
}

/* ---- the thread ---- */

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

/* Whether the name still leads to the file that is open. */
static bool is_in_place(const struct access_log *log)
{
    struct stat named, opened;

    return stat(log->path, &named) == 0 && fstat(log->descriptor, &opened) == 0 && named.st_ino == opened.st_ino &&
           named.st_dev == opened.st_dev;
}

static void fail(struct access_log *log, const char *what)
{
    if (!log->has_failed)
        log_error("ACCESS_LOG_FILE=%s: cannot %s: %s", log->path, what, strerror(errno));
    log->has_failed = true;
}

/* Looks at the name before lines are written: they are never lost with a file that is gone. */
static void settle_file(struct access_log *log, uint64_t *next_check)
{
    uint64_t now = clock_monotonic_ms();
    bool wanted = atomic_exchange(&log->reopen, false);

    if (!wanted && log->descriptor != -1 && now < *next_check)
        return;
    *next_check = now + CHECK_SECONDS * 1000;
    if (!wanted && log->descriptor != -1 && is_in_place(log))
        return;
    int descriptor = open_file(log->path);
    if (descriptor == -1) {
        fail(log, "open it"); /* the old file takes the lines, if there is one */
        return;
    }
    if (log->descriptor != -1)
        close(log->descriptor);
    log->descriptor = descriptor;
}

static bool write_all(struct access_log *log, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(log->descriptor, bytes, length);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return true;
}

static void write_out(struct access_log *log, struct buffer *buffer)
{
    if (log->descriptor == -1) {
        counter_add(log->worker->bus, COUNTER_ACCESS_LINES_LOST, (int64_t)buffer->lines);
    } else if (!write_all(log, buffer->bytes, buffer->length)) {
        fail(log, "write to it");
        counter_add(log->worker->bus, COUNTER_ACCESS_LINES_LOST, (int64_t)buffer->lines);
    } else {
        if (log->has_failed)
            log_info("ACCESS_LOG_FILE=%s: works again", log->path);
        log->has_failed = false;
    }
    buffer->length = buffer->lines = 0;
}

/* Takes what waits; the empty buffer is given in exchange. Returns false once nothing is left and none will come. */
static bool take(struct access_log *log, struct buffer *buffer)
{
    struct buffer empty = *buffer;

    pthread_mutex_lock(&log->mutex);
    while (log->waiting.length == 0 && !log->ending)
        pthread_cond_wait(&log->news, &log->mutex);
    *buffer = log->waiting;
    log->waiting = empty;
    pthread_mutex_unlock(&log->mutex);
    return buffer->length > 0;
}

static void *run(void *argument)
{
    struct access_log *log = argument;
    struct buffer buffer = {0};
    uint64_t next_check = 0;

    while (take(log, &buffer)) {
        settle_file(log, &next_check);
        write_out(log, &buffer);
    }
    free(buffer.bytes);
    return NULL;
}

/* ---- life ---- */

struct access_log *access_log_start(struct worker *worker)
{
    struct access_log *log = calloc(1, sizeof(*log));

    assert(log != NULL);
    log->worker = worker;
    log->path = worker->config->access_log_file;
    log->format = worker->config->log_format;
    log->descriptor = open_file(log->path);
    if (log->descriptor == -1) {
        log_error("cannot open ACCESS_LOG_FILE=%s: %s", log->path, strerror(errno));
        free(log);
        return NULL;
    }
    pthread_mutex_init(&log->mutex, NULL);
    pthread_cond_init(&log->news, NULL);
    int failed = pthread_create(&log->thread, NULL, run, log);
    assert(!failed);
    return log;
}

void access_log_stop(struct access_log **log_ref)
{
    struct access_log *log = *log_ref;

    if (log == NULL)
        return;
    pthread_mutex_lock(&log->mutex);
    log->ending = true;
    pthread_cond_signal(&log->news);
    pthread_mutex_unlock(&log->mutex);
    pthread_join(log->thread, NULL);
    close(log->descriptor);
    free(log->waiting.bytes);
    pthread_mutex_destroy(&log->mutex);
    pthread_cond_destroy(&log->news);
    free(log);
    *log_ref = NULL;
}
