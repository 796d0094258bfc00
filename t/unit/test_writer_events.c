/*
 * test_writer_events.c - events of writes: in order, after the commit, and not lost with a worker that dies.
 */
#include "bering/events.h"
#include "writer_fixture.h"
#include <dirent.h>
#include <sched.h>

/* ---- events ---- */

static struct event next_event(struct setting *setting)
{
    struct event event;

    while (bus_reader_next(setting->reader, &event) != BUS_EVENT)
        sched_yield();
    return event;
}

static void events_come_in_order_after_the_commit(void **state)
{
    enum { MANY = 50 };
    struct setting *setting = *state;
    uint64_t before = last_commit(setting);

    gate_close(setting);
    for (unsigned i = 1; i <= MANY; i++)
        submit(setting, add_message);
    expect_nothing(setting->reader);
    gate_open(setting);
    for (unsigned i = 1; i <= MANY; i++) {
        char json[32];
        struct event event = next_event(setting);
        snprintf(json, sizeof(json), "{\"n\":%u}", i);
        assert_int_equal(event.length, strlen(json));
        assert_memory_equal(event.json, json, event.length);
        if (i == 1) { /* the first of them is proof that all is on the disk */
            assert_int_equal(messages(setting), MANY);
            assert_int_equal(last_commit(setting), before + 1);
        }
    }
    finish(setting);
    assert_int_equal(setting->early, 0);
    expect_nothing(setting->reader);
}

/* Whoever is answered can rely on the event's being out. */
static void events_are_out_before_the_answer(void **state)
{
    struct setting *setting = *state;

    for (unsigned i = 0; i < 20; i++) {
        char json[32];
        submit(setting, add_message);
        finish(setting);
        snprintf(json, sizeof(json), "{\"n\":%u}", i);
        expect_event(setting->reader, EVENT_NEW_MESSAGE, json);
    }
}

static enum result add_large_event(struct task *task, struct store *store, struct event_batch *events)
{
    enum { LARGE = FIXTURE_RING / 2 };
    char *json = malloc(LARGE);

    assert(json != NULL);
    memset(json, 'x', LARGE);
    event_batch_add(events,
                    &(struct event){.kind = EVENT_NEW_MESSAGE, .scope = EVENT_TO_ALL, .json = json, .length = LARGE});
    return add_message(task, store, events);
}

static void event_that_does_not_fit_becomes_a_resync(void **state)
{
    struct setting *setting = *state;
    struct event event;

    submit(setting, add_large_event);
    finish(setting);
    expect_result(setting, 0, RESULT_OK);
    assert_int_equal(bus_reader_next(setting->reader, &event), BUS_EVENT);
    assert_int_equal(event.kind, EVENT_RESYNC);
    assert_int_equal(event.scope, EVENT_TO_ALL);
    expect_event(setting->reader, EVENT_NEW_MESSAGE, "{\"n\":0}");
    expect_nothing(setting->reader);
}

/* ---- a worker that died between its commit and its events ---- */

struct victim {
    struct setting *setting;
    bool only_messages;
};

static void add_body(struct store *store, struct setting *setting, const char *body)
{
    struct message_new message = {.id = uuid_new(),
                                  .author_key = setting->author,
                                  .channel_key = setting->channel,
                                  .sent_at = clock_now(),
                                  .body = body,
                                  .body_length = strlen(body)};
    bool stored;
    enum result added = store_message_add(store, &message, &stored);

    assert(added == RESULT_OK && stored);
}

/* In a process of its own: commits a message, and ends with the lock in its hand. */
static void die_after_commit(void *argument)
{
    struct victim *victim = argument;
    struct setting *setting = victim->setting;
    char *error = NULL;
    uint64_t number;

    bus_attach(setting->worker.bus, 1);
    struct store *store = store_open(setting->fixture->path, &error);
    assert(store != NULL);
    bus_commit_lock(setting->worker.bus);
    enum result begun = store_begin(store);
    assert(begun == RESULT_OK);
    add_body(store, setting, "left behind");
    enum result committed = store_commit(store, victim->only_messages, &number);
    assert(committed == RESULT_OK);
}

/* Makes the event of each message. */
static void make_event(void *events, const struct message *message)
{
    events_new_message(events, message);
}

/* In a process of its own: commits two messages, and dies when it has published the first. */
static void die_between_two_events(void *argument)
{
    struct victim *victim = argument;
    struct setting *setting = victim->setting;
    struct event_batch events = {0};
    char *error = NULL;
    uint64_t number;

    bus_attach(setting->worker.bus, 1);
    struct store *store = store_open(setting->fixture->path, &error);
    assert(store != NULL);
    bus_commit_lock(setting->worker.bus);
    enum result result = store_begin(store);
    assert(result == RESULT_OK);
    add_body(store, setting, "the first");
    add_body(store, setting, "the second");
    result = store_commit(store, true, &number);
    assert(result == RESULT_OK);
    result = store_messages(store, &(struct conversation){.channel_key = setting->channel},
                            &(struct page){.limit = 2}, make_event, &events);
    assert(result == RESULT_OK && events.count == 2);
    bus_set_publishing_from(setting->worker.bus, bus_newest(setting->worker.bus));
    bus_publish(setting->worker.bus, &events.events[0]);
}

/* Whether a thread of this process is at something: its state follows its name (proc(5)). */
static bool is_busy(const char *thread)
{
    char path[64], line[512];

    snprintf(path, sizeof(path), "/proc/self/task/%s/stat", thread);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false; /* it has ended */
    const char *name_end = fgets(line, sizeof(line), file) != NULL ? strrchr(line, ')') : NULL;
    fclose(file);
    return name_end != NULL && name_end[2] != 'S' && atoi(thread) != gettid();
}

/*
 * A fork copies the locks that other threads hold, the allocator's among them, and no owner: it waits until liburcu's
 * thread, which comes with the first table, sleeps.
 */
static int run_victim(fixture_run *run, struct victim *victim)
{
    unsigned busy;

    do {
        DIR *threads = opendir("/proc/self/task");
        assert_non_null(threads);
        busy = 0;
        for (struct dirent *entry = readdir(threads); entry != NULL; entry = readdir(threads))
            busy += entry->d_name[0] != '.' && is_busy(entry->d_name);
        closedir(threads);
        sched_yield();
    } while (busy > 0);
    return fixture_run_apart(run, victim);
}

static void leave_a_commit_behind(struct setting *setting, bool only_messages)
{
    struct victim victim = {.setting = setting, .only_messages = only_messages};

    bus_set_published_commit(setting->worker.bus, last_commit(setting));
    assert_int_equal(run_victim(die_after_commit, &victim), 0);
    assert_int_equal(messages(setting), 1);
    start(setting);
    submit(setting, add_message);
    finish(setting);
    expect_result(setting, 0, RESULT_OK);
    assert_int_equal(bus_published_commit(setting->worker.bus), last_commit(setting));
}

static void messages_left_behind_are_published_first(void **state)
{
    struct setting *setting = *state;
    struct event event;

    leave_a_commit_behind(setting, true);
    assert_int_equal(bus_reader_next(setting->reader, &event), BUS_EVENT);
    assert_int_equal(event.kind, EVENT_NEW_MESSAGE);
    assert_int_equal(event.scope, EVENT_TO_CHANNEL);
    assert_int_equal(event.subject[0], setting->channel);
    assert_non_null(memmem(event.json, event.length, "\"left behind\"", 13));
    assert_int_equal(bus_reader_next(setting->reader, &event), BUS_EVENT);
    assert_int_equal(event.kind, EVENT_OUTBOX); /* rows for peers may have been left behind, too */
    expect_event(setting->reader, EVENT_NEW_MESSAGE, "{\"n\":0}");
    expect_nothing(setting->reader);
}

static void messages_that_were_published_are_not_published_again(void **state)
{
    static const char *const bodies[] = {"\"the first\"", "\"the second\""};
    struct setting *setting = *state;
    struct victim victim = {.setting = setting, .only_messages = true};
    struct event event;

    bus_set_published_commit(setting->worker.bus, last_commit(setting));
    assert_int_equal(run_victim(die_between_two_events, &victim), 0);
    start(setting);
    submit(setting, add_message);
    finish(setting);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(bus_reader_next(setting->reader, &event), BUS_EVENT);
        assert_int_equal(event.kind, EVENT_NEW_MESSAGE);
        assert_non_null(memmem(event.json, event.length, bodies[i], strlen(bodies[i])));
    }
    assert_int_equal(bus_reader_next(setting->reader, &event), BUS_EVENT);
    assert_int_equal(event.kind, EVENT_OUTBOX);
    expect_event(setting->reader, EVENT_NEW_MESSAGE, "{\"n\":0}");
    expect_nothing(setting->reader);
}

static void other_changes_left_behind_make_everybody_ask(void **state)
{
    struct setting *setting = *state;
    bool resync = false, revoked = false;
    struct event event;

    leave_a_commit_behind(setting, false);
    for (event = next_event(setting); event.length != 7 || memcmp(event.json, "{\"n\":0}", 7) != 0;
         event = next_event(setting)) {
        resync |= event.kind == EVENT_RESYNC && event.scope == EVENT_TO_ALL;
        revoked |= event.kind == EVENT_SESSION_REVOKED && event.subject[0] == 0;
    }
    assert_true(resync);
    assert_true(revoked);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WRITER_TEST(events_come_in_order_after_the_commit),
        WRITER_TEST(events_are_out_before_the_answer),
        WRITER_TEST(event_that_does_not_fit_becomes_a_resync),
        WRITER_BARE_TEST(messages_left_behind_are_published_first),
        WRITER_BARE_TEST(messages_that_were_published_are_not_published_again),
        WRITER_BARE_TEST(other_changes_left_behind_make_everybody_ask),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("writer events", tests, group_setup, group_teardown);
}
