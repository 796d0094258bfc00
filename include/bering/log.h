/*
 * log.h - one line a fact, to standard error or a file in its place, as text or JSON.
 *
 * A line is written with one write(2), so lines of several processes never mix. Callers pass no secret. Thread-safe.
 */
#ifndef BERING_LOG_H
#define BERING_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/* Sets what is written and how; before the first call: info, text. */
void log_init(enum log_level level, enum log_format format);

/* Names the process in every following line: "master", "worker 1", ... The text is copied. */
void log_process(const char *name);

/*
 * Opens a file for what follows, made if it is missing, in place of standard error; again to open it anew after it was
 * moved away. Returns -1 with errno, the log going on where it was.
 */
int log_open(const char *path);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
