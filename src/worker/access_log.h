/*
 * access_log.h - one line a request, to a file of its own (ACCESS_LOG_FILE), which never says a token.
 *
 * The loop only puts lines into memory; a thread writes them. Lines of several workers do not mix.
 */
#ifndef WORKER_ACCESS_LOG_H
#define WORKER_ACCESS_LOG_H

#include "worker/h2o.h"
#include "worker/trace.h"
#include <stdint.h>

struct access_log;
struct worker;

/* Opens the file and starts the thread. NULL if it cannot be opened (logged). */
struct access_log *access_log_start(struct worker *worker);

/* Writes what is left, and ends the thread. Blocks. NULL is fine. */
void access_log_stop(struct access_log **log);

/* Loop: the line of a request that has ended; trace NULL: it was none that we understood. time: microseconds. */
void access_log_write(struct access_log *log, h2o_req_t *http, const struct trace *trace, int64_t time);

/*
 * Any thread: the file is opened anew before the next line is written, as when it has been moved away. Without it that
 * is noticed within a second.
 */
void access_log_reopen(struct access_log *log);

#endif
