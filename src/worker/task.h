/*
 * task.h - work that the loop must not do itself: it blocks on the disk or on the processor.
 *
 * A task goes from the loop to a job thread (`work`), to the writer thread (`write`), and back to the loop (`done`); steps
 * that are NULL are left out, and once a step fails, those before `done` are, too. Queues are liburcu's wait-free ones.
 */
#ifndef WORKER_TASK_H
#define WORKER_TASK_H

#include "bering/event.h"
#include "bering/result.h"
#include "bering/store.h"
#include <stdbool.h>
#include <urcu/wfcqueue.h>

struct connection;
struct request;
struct stream;
struct task;
struct tasks;
struct worker;

/* On a job thread, with that thread's own connection. May block. */
typedef enum result task_work(struct task *task, struct store *store);

/* On the writer thread, inside a transaction that other tasks share; events are published if it commits. */
typedef enum result task_write(struct task *task, struct store *store, struct event_batch *events);

/* On the loop, always called. task->request is NULL if the client has gone; task->result says how it went. */
typedef void task_done(struct task *task);

struct task {
    struct cds_wfcq_node node;
    struct worker *worker;
    task_work *work;
    task_write *write;
    task_done *done;
    void (*dispose)(struct task *task);  /* frees what the task holds, not the task; NULL: nothing */
    struct request *request;             /* the loop's: never touched by other threads */
    struct connection *connection;       /* likewise: that the request came on, over HTTP/2; else NULL */
    enum result result;
    const char *error;                   /* says more than the result; static storage; NULL: result_text */
    unsigned retry_after;                /* seconds, for RESULT_TOO_MANY and RESULT_UNAVAILABLE */
    char trace_id[64 + 1];               /* of the request that it is for, "" if for none: what the log says of it */
    bool wrote_nothing;                  /* the write succeeded, and there is nothing to commit */
    bool beyond_messages;                /* the write changed more than messages: see store_commit */
};

/* Starts the threads. NULL if the database cannot be opened (logged). */
struct tasks *tasks_start(struct worker *worker, unsigned job_threads);

/* Finishes what is queued, then ends the threads; `done` of the finished ones is called. Blocks. */
void tasks_stop(struct tasks **tasks);

/* Loop: hands over a malloc'd task. It is freed after `done`. */
void task_submit(struct tasks *tasks, struct task *task);

/* Loop: calls `done` of what has finished. The descriptor is readable when there is something. */
void tasks_finish(struct tasks *tasks);
int tasks_descriptor(const struct tasks *tasks);

/* How many tasks have been submitted and not finished. */
unsigned tasks_pending(const struct tasks *tasks);

#endif
