/*
 * task.c - the threads of a worker and the queues between them and the loop. Worker process.
 *
 * A task has one owner at a time: the loop, a queue, or the thread that took it; so its fields need no lock.
 */
#include "worker/task.h"

#include "bering/log.h"
#include "worker/http2.h"
#include "worker/task_internal.h"
#include "worker/worker.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <urcu.h>

static void queue_init(struct task_queue *queue)
{
    cds_wfcq_init(&queue->head, &queue->tail);
    sem_init(&queue->filled, 0, 0);
}

static void queue_deinit(struct task_queue *queue)
{
    cds_wfcq_destroy(&queue->head, &queue->tail);
    sem_destroy(&queue->filled);
}

static void queue_put(struct task_queue *queue, struct task *task)
{
    cds_wfcq_node_init(&task->node);
    cds_wfcq_enqueue(&queue->head, &queue->tail, &task->node);
    sem_post(&queue->filled);
}

static struct task *dequeue(struct task_queue *queue)
{
    struct cds_wfcq_node *node = cds_wfcq_dequeue_blocking(&queue->head, &queue->tail);

    return node == NULL ? NULL : caa_container_of(node, struct task, node);
}

struct task *task_queue_take(struct tasks *tasks, struct task_queue *queue)
{
    for (;;) {
        while (sem_wait(&queue->filled) != 0)
            assert(errno == EINTR);
        struct task *task = dequeue(queue);
        if (task != NULL || __atomic_load_n(&tasks->ending, __ATOMIC_ACQUIRE))
            return task;
    }
}

struct task *task_queue_take_now(struct task_queue *queue)
{
    if (sem_trywait(&queue->filled) != 0)
        return NULL;
    struct task *task = dequeue(queue);
    if (task == NULL)
        sem_post(&queue->filled); /* that post was for the thread's end: task_queue_take will look for it */
    return task;
}

void tasks_finished(struct tasks *tasks, struct task *task)
{
    uint64_t one = 1;

    cds_wfcq_node_init(&task->node);
    /* the loop takes everything each time, so only the first one of a batch has to wake it */
    if (!cds_wfcq_enqueue(&tasks->finished_head, &tasks->finished_tail, &task->node)) {
        ssize_t written = write(tasks->descriptor, &one, sizeof(one));
        assert(written == sizeof(one));
    }
}

static void *job_run(void *argument)
{
    struct task_thread *self = argument;
    struct tasks *tasks = self->tasks;
    struct task *task;

    rcu_register_thread();
    while ((task = task_queue_take(tasks, &tasks->jobs)) != NULL) {
        log_request(task->trace_id);
        task->result = task->work(task, self->store);
        log_request("");
        if (task->result == RESULT_OK && task->write != NULL)
            queue_put(&tasks->writes, task);
        else
            tasks_finished(tasks, task);
    }
    rcu_unregister_thread();
    return NULL;
}

static int thread_start(struct task_thread *thread, struct tasks *tasks, void *(*run)(void *))
{
    char *error = NULL;

    thread->tasks = tasks;
    thread->store = store_open(tasks->worker->config->database_path, &error);
    if (thread->store == NULL) {
        log_error("%s", error != NULL ? error : "out of memory");
        free(error);
        return -1;
    }
    int status = pthread_create(&thread->thread, NULL, run, thread);
    assert(status == 0);
    return 0;
}

struct tasks *tasks_start(struct worker *worker, unsigned job_threads)
{
    struct tasks *tasks = calloc(1, sizeof(*tasks) + job_threads * sizeof(tasks->job_threads[0]));

    assert(tasks != NULL);
    tasks->worker = worker;
    tasks->descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    assert(tasks->descriptor != -1);
    queue_init(&tasks->jobs);
    queue_init(&tasks->writes);
    cds_wfcq_init(&tasks->finished_head, &tasks->finished_tail);
    if (thread_start(&tasks->writer, tasks, writer_run) != 0)
        return NULL; /* the process ends: nothing to take back */
    for (; tasks->job_count < job_threads; ++tasks->job_count)
        if (thread_start(&tasks->job_threads[tasks->job_count], tasks, job_run) != 0)
            return NULL;
    return tasks;
}

static void thread_stop(struct task_thread *thread)
{
    pthread_join(thread->thread, NULL);
    store_close(&thread->store);
}

/* Job threads end first, since their tasks go on to the writer. */
void tasks_stop(struct tasks **tasks_ref)
{
    struct tasks *tasks = *tasks_ref;

    __atomic_store_n(&tasks->ending, true, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < tasks->job_count; ++i)
        sem_post(&tasks->jobs.filled);
    for (unsigned i = 0; i < tasks->job_count; ++i)
        thread_stop(&tasks->job_threads[i]);
    sem_post(&tasks->writes.filled);
    thread_stop(&tasks->writer);
    tasks_finish(tasks);
    assert(tasks->pending == 0);
    queue_deinit(&tasks->jobs);
    queue_deinit(&tasks->writes);
    cds_wfcq_destroy(&tasks->finished_head, &tasks->finished_tail);
    close(tasks->descriptor);
    free(tasks);
    *tasks_ref = NULL;
}

void task_submit(struct tasks *tasks, struct task *task)
{
    assert(task->done != NULL && (task->work != NULL || task->write != NULL));
    task->worker = tasks->worker; /* before any thread sees it */
    task->result = RESULT_OK;
    ++tasks->pending;
    queue_put(task->work != NULL ? &tasks->jobs : &tasks->writes, task);
}

void tasks_finish(struct tasks *tasks)
{
    struct cds_wfcq_node *node;
    uint64_t count;

    while (read(tasks->descriptor, &count, sizeof(count)) == sizeof(count))
        ;
    while ((node = cds_wfcq_dequeue_blocking(&tasks->finished_head, &tasks->finished_tail)) != NULL) {
        struct task *task = caa_container_of(node, struct task, node);
        --tasks->pending;
        task->done(task);
        if (task->dispose != NULL)
            task->dispose(task);
        http2_task_end(&task->connection);
        free(task);
    }
}

int tasks_descriptor(const struct tasks *tasks)
{
    return tasks->descriptor;
}

unsigned tasks_pending(const struct tasks *tasks)
{
    return tasks->pending;
}
