/*
 * writer_fixture.h - a worker's threads with a bus and a database of their own, and writes that tell how they ended.
 *
 * The threads are real; of the worker there is just what they need of it. A gate (a write that waits, and then fails)
 * holds the writer until the next batch is complete.
 */
#ifndef WRITER_FIXTURE_H
#define WRITER_FIXTURE_H

#include "bering/text.h"
#include "bus_fixture.h"
#include "store_fixture.h"
#include "worker/caches.h"
#include "worker/task.h"
#include "worker/worker.h"
#include <poll.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>
#include <urcu.h>

enum { WRITES_MOST = 2000, HANG_SECONDS = 120 };

/* How a write ended, as its `done` saw it. */
struct outcome {
    unsigned calls; /* of done */
    enum result result;
    unsigned retry_after;
    const char *error;
};

struct setting {
    struct fixture *fixture;
    struct store *store; /* the test's own connection */
    struct config config;
    struct worker worker;
    struct bus_reader *reader;
    int64_t author, channel;
    sem_t held, open; /* the gate */
    struct outcome outcomes[WRITES_MOST];
    unsigned count;   /* of the writes submitted */
    unsigned written; /* write steps that ran: the writer's, until it has finished */
    uint64_t newest;  /* the bus's newest event when the gate opened */
    unsigned early;   /* write steps that saw an event of their own batch */
    bool in_order;    /* of `done` */
    unsigned done;
};

static inline int setting_bare(void **state)
{
    struct setting *setting = calloc(1, sizeof(*setting));
    const char *error = "";

    fixture_setup((void **)&setting->fixture);
    setting->store = setting->fixture->store;
    begin(setting->store);
    setting->author = make_user(setting->store, "alice");
    setting->channel = make_channel(setting->store, "general");
    commit(setting->store);
    setting->config.database_path = setting->fixture->path;
    setting->worker.config = &setting->config;
    setting->worker.bus = bus_create(FIXTURE_RING, FIXTURE_PROCESSES, &error);
    if (setting->worker.bus == NULL)
        fail_msg("bus_create: %s", error);
    setting->reader = bus_reader_new(setting->worker.bus);
    setting->worker.caches = caches_new();
    sem_init(&setting->held, 0, 0);
    sem_init(&setting->open, 0, 0);
    setting->in_order = true;
    *state = setting;
    return 0;
}

static inline void start(struct setting *setting)
{
    setting->worker.tasks = tasks_start(&setting->worker, 2);
    assert_non_null(setting->worker.tasks);
}

static inline int setting_setup(void **state)
{
    setting_bare(state);
    start(*state);
    return 0;
}

static inline int setting_teardown(void **state)
{
    struct setting *setting = *state;

    if (setting->worker.tasks != NULL)
        tasks_stop(&setting->worker.tasks);
    caches_free(&setting->worker.caches);
    bus_reader_free(&setting->reader);
    bus_destroy(&setting->worker.bus);
    sem_destroy(&setting->held);
    sem_destroy(&setting->open);
    fixture_teardown((void **)&setting->fixture);
    free(setting);
    return 0;
}

/* ---- writes ---- */

struct write {
    struct task task;
    struct setting *setting;
    unsigned number;
    enum result work_result;
};

static inline void record_outcome(struct task *task)
{
    struct write *write = (struct write *)task;
    struct setting *setting = write->setting;
    struct outcome *outcome = &setting->outcomes[write->number];

    setting->in_order &= setting->done++ == write->number;
    outcome->calls++;
    outcome->result = task->result;
    outcome->retry_after = task->retry_after;
    outcome->error = task->error;
}

static inline unsigned submit_steps(struct setting *setting, task_work *work, task_write *write_step)
{
    struct write *write = calloc(1, sizeof(*write));

    assert_true(setting->count < WRITES_MOST);
    write->task.work = work;
    write->task.write = write_step;
    write->task.done = record_outcome;
    write->setting = setting;
    write->number = setting->count++;
    task_submit(setting->worker.tasks, &write->task);
    return write->number;
}

static inline unsigned submit(struct setting *setting, task_write *write_step)
{
    return submit_steps(setting, NULL, write_step);
}

/* Lets `done` be called until nothing is under way. */
static inline void finish(struct setting *setting)
{
    struct pollfd finished = {.fd = tasks_descriptor(setting->worker.tasks), .events = POLLIN};

    while (tasks_pending(setting->worker.tasks) > 0) {
        poll(&finished, 1, -1);
        tasks_finish(setting->worker.tasks);
    }
    for (unsigned i = 0; i < setting->count; i++)
        assert_int_equal(setting->outcomes[i].calls, 1);
}

static inline void expect_result(struct setting *setting, unsigned number, enum result expected)
{
    if (setting->outcomes[number].result != expected)
        fail_msg("write %u: result %d instead of %d", number, setting->outcomes[number].result, expected);
}

static inline int64_t messages(struct setting *setting)
{
    return count_rows(setting->store, "SELECT count(*) FROM messages");
}

static inline uint64_t last_commit(struct setting *setting)
{
    uint64_t number = 0;
    bool only_messages;

    assert_int_equal(store_last_commit(setting->store, &number, &only_messages), RESULT_OK);
    return number;
}

static inline void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0)
        ;
}

static inline enum result gate(struct task *task, struct store *store, struct event_batch *events)
{
    struct setting *setting = ((struct write *)task)->setting;

    (void)store, (void)events;
    sem_post(&setting->held);
    wait_for(&setting->open);
    return RESULT_CONFLICT; /* alone in its batch: no commit */
}

/* Holds the writer: what is submitted until gate_open is one batch, if it is no more than fits. */
static inline void gate_close(struct setting *setting)
{
    submit(setting, gate);
    wait_for(&setting->held);
    setting->newest = bus_newest(setting->worker.bus);
}

static inline void gate_open(struct setting *setting)
{
    sem_post(&setting->open);
}

static inline void add_event(struct event_batch *events, unsigned number)
{
    char json[32];

    snprintf(json, sizeof(json), "{\"n\":%u}", number);
    event_batch_add(
        events, &(struct event){
                    .kind = EVENT_NEW_MESSAGE, .scope = EVENT_TO_ALL, .json = text_copy(json), .length = strlen(json)});
}

/* Stores a message and tells of it: what most writes do. */
static inline enum result add_message(struct task *task, struct store *store, struct event_batch *events)
{
    struct write *write = (struct write *)task;
    struct setting *setting = write->setting;
    bool stored = false;
    struct message_new message = {.id = uuid_new(),
                                  .author_key = setting->author,
                                  .channel_key = setting->channel,
                                  .sent_at = clock_now(),
                                  .body = "x",
                                  .body_length = 1};
    enum result result = store_message_add(store, &message, &stored);

    setting->written++;
    setting->early += bus_newest(setting->worker.bus) != setting->newest;
    if (result == RESULT_OK)
        add_event(events, write->number);
    return result;
}

static inline int group_setup(void **state)
{
    (void)state;
    alarm(HANG_SECONDS); /* a thread that waits for ever must not hold up those who run the tests */
    rcu_register_thread();
    return 0;
}

static inline int group_teardown(void **state)
{
    (void)state;
    rcu_unregister_thread();
    return 0;
}

#define WRITER_TEST(name)      cmocka_unit_test_setup_teardown(name, setting_setup, setting_teardown)
#define WRITER_BARE_TEST(name) cmocka_unit_test_setup_teardown(name, setting_bare, setting_teardown)

#endif
