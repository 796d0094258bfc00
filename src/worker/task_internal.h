/*
 * task_internal.h - what task.c and writer.c share.
 */
#ifndef WORKER_TASK_INTERNAL_H
#define WORKER_TASK_INTERNAL_H

#include "worker/task.h"
#include <pthread.h>
#include <semaphore.h>

/* A queue that threads wait on: many producers; consumers take turns under the queue's own lock. */
struct task_queue {
    struct cds_wfcq_head head;
    struct cds_wfcq_tail tail;
    sem_t filled;             /* one post a task, and one a thread that is to end */
};

struct task_thread {
    pthread_t thread;
    struct tasks *tasks;
    struct store *store;
};

struct tasks {
    struct worker *worker;
    struct task_queue jobs;
    struct task_queue writes;
    struct cds_wfcq_head finished_head;
    struct cds_wfcq_tail finished_tail;
    int descriptor;           /* eventfd: something has finished */
    unsigned pending;         /* the loop's */
    bool ending;              /* set before the last posts: a thread that finds its queue empty then ends */
    struct task_thread writer;
    unsigned job_count;
    struct task_thread job_threads[];
};

/* Any thread: gives a task back to the loop. */
void tasks_finished(struct tasks *tasks, struct task *task);

/* Waits for a task. Returns NULL when the threads are to end and the queue is empty. */
struct task *task_queue_take(struct tasks *tasks, struct task_queue *queue);

/* Takes one more without waiting; NULL if there is none. */
struct task *task_queue_take_now(struct task_queue *queue);

/* The writer thread's body: argument is its struct task_thread. */
void *writer_run(void *argument);

#endif
