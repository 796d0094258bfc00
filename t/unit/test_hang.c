/*
 * test_hang.c - who hangs, and what becomes of them: the pulses of threads, the judgement over looks instead of time, and the
 * master's part of it with children that are this test's own.
 */
#include "bus_fixture.h"
#include "bering/counters.h"
#include "bering/log.h"
#include "master/children.h"
#include "master/hang.h"
#include <pthread.h>
#include <sys/prctl.h>

enum { MOST = 3, PATIENCE_SECONDS = 120, WORKERS = 2, SLOTS = 1 + WORKERS + 1 };

_Noreturn static void stay(void)
{
    for (;;)
        pause();
}

/* ---- pulses ---- */

static void a_thread_without_a_pulse_leaves_no_trace(void **state)
{
    (void)state;
    pulse_use(NULL);
    pulse_beat();
    pulse_rest();
}

static void each_step_is_another_number(void **state)
{
    struct pulse pulse = {0};

    (void)state;
    assert_false(pulse_look(&pulse).is_at_work);
    pulse_use(&pulse);
    struct pulse_view before = pulse_look(&pulse);
    assert_true(before.is_at_work);
    assert_int_equal(before.thread, gettid());
    pulse_beat();
    assert_int_not_equal(pulse_look(&pulse).beats, before.beats);
    before = pulse_look(&pulse);
    pulse_rest();
    assert_false(pulse_look(&pulse).is_at_work);
    pulse_beat();
    assert_true(pulse_look(&pulse).is_at_work);
    assert_int_not_equal(pulse_look(&pulse).beats, before.beats);
    pulse_clear(&pulse);
    assert_false(pulse_look(&pulse).is_at_work);
    pulse_use(NULL);
}

static void a_number_that_wraps_goes_on(void **state)
{
    struct pulse pulse = {.beats = UINT32_MAX};

    (void)state;
    pulse_use(&pulse);
    assert_true(pulse_look(&pulse).is_at_work);
    assert_int_equal(pulse_look(&pulse).beats, 1);
    pulse_use(NULL);
}

static void *use_the_writers_pulse(void *bus)
{
    bus_use_pulse(bus, BUS_PULSE_WRITER);
    return NULL;
}

static void a_process_has_a_pulse_for_each_thread(void **state)
{
    struct bus *bus = *state;
    pthread_t thread;

    bus_attach(bus, 2);
    assert_true(bus_pulse_look(bus, 2, BUS_PULSE_LOOP).is_at_work);
    assert_false(bus_pulse_look(bus, 2, BUS_PULSE_WRITER).is_at_work);
    assert_int_equal(pthread_create(&thread, NULL, use_the_writers_pulse, bus), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(bus_pulse_look(bus, 2, BUS_PULSE_WRITER).is_at_work);
    assert_int_not_equal(bus_pulse_look(bus, 2, BUS_PULSE_WRITER).thread, gettid());
    assert_false(bus_pulse_look(bus, 1, BUS_PULSE_LOOP).is_at_work);
    bus_attach(bus, 0);
    bus_process_gone(bus, 2);
    assert_false(bus_pulse_look(bus, 2, BUS_PULSE_LOOP).is_at_work);
    assert_false(bus_pulse_look(bus, 2, BUS_PULSE_WRITER).is_at_work);
}

struct lock_holder {
    struct bus *bus;
    int done[2];
};

static void hold_the_lock(void *argument)
{
    struct lock_holder *holder = argument;

    bus_attach(holder->bus, 1);
    bus_commit_lock(holder->bus);
    assert(write(holder->done[1], "", 1) == 1);
    stay();
}

static void *wait_for_the_lock(void *argument)
{
    struct bus *bus = argument;

    bus_use_pulse(bus, BUS_PULSE_WRITER);
    assert(bus_commit_lock(bus)); /* its owner has died */
    bus_commit_unlock(bus);
    return NULL;
}

/* Otherwise one that hangs with a lock would take all the others along. */
static void who_waits_for_a_lock_goes_on(void **state)
{
    struct lock_holder holder = {.bus = *state};
    struct bus *bus = *state;
    pthread_t thread;
    char byte;

    assert_int_equal(pipe(holder.done), 0);
    pid_t pid = fixture_fork(hold_the_lock, &holder);
    assert_int_equal(read(holder.done[0], &byte, 1), 1);
    bus_attach(bus, 2);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_the_lock, bus), 0);
    struct pulse_view first;
    while (!(first = bus_pulse_look(bus, 2, BUS_PULSE_WRITER)).is_at_work)
        usleep(1000);
    for (unsigned i = 0; i < 3; ++i) {
        while (bus_pulse_look(bus, 2, BUS_PULSE_WRITER).beats == first.beats)
            usleep(1000);
        first = bus_pulse_look(bus, 2, BUS_PULSE_WRITER);
    }
    kill(pid, SIGKILL);
    assert_int_equal(fixture_wait(pid), -SIGKILL);
    assert_int_equal(pthread_join(thread, NULL), 0);
    close(holder.done[0]);
    close(holder.done[1]);
}

/* ---- the judgement ---- */

static const struct pulse_view still = {.beats = 7, .is_at_work = true}, moved = {.beats = 9, .is_at_work = true},
                               resting = {.beats = 8};

static void who_does_not_go_on_hangs_after_so_many_looks(void **state)
{
    struct hang_watch watch = {0};

    (void)state;
    assert_false(hang_look(&watch, &still, false, MOST)); /* the first one only learns where it is */
    for (unsigned i = 1; i < MOST; ++i)
        assert_false(hang_look(&watch, &still, false, MOST));
    assert_true(hang_look(&watch, &still, false, MOST));
}

static void who_goes_on_has_all_of_its_time_again(void **state)
{
    struct hang_watch watch = {0};
    const struct pulse_view *moves[] = {&moved, &resting};

    (void)state;
    for (unsigned round = 0; round < 10; ++round) {
        for (unsigned i = 0; i < MOST; ++i)
            assert_false(hang_look(&watch, &still, false, MOST));
        assert_false(hang_look(&watch, moves[round % 2], false, MOST));
    }
}

static void who_rests_or_is_held_never_hangs(void **state)
{
    struct hang_watch watch = {0};

    (void)state;
    for (unsigned i = 0; i < 10 * MOST; ++i)
        assert_false(hang_look(&watch, &resting, false, MOST));
    for (unsigned i = 0; i < 10 * MOST; ++i)
        assert_false(hang_look(&watch, &still, true, MOST));
    for (unsigned i = 1; i < MOST; ++i)
        assert_false(hang_look(&watch, &still, false, MOST));
    assert_true(hang_look(&watch, &still, false, MOST));
}

static void with_zero_nobody_hangs(void **state)
{
    struct hang_watch watch = {0};

    (void)state;
    for (unsigned i = 0; i < 100000; ++i)
        assert_false(hang_look(&watch, &still, false, 0));
    for (unsigned i = 1; i < MOST; ++i) /* and what passed until then does not count */
        assert_false(hang_look(&watch, &still, false, MOST));
    assert_true(hang_look(&watch, &still, false, MOST));
}

static void wait_here(void *argument)
{
    (void)argument;
    prctl(PR_SET_NAME, "odd) D (name");
    stay();
}

static void a_name_is_no_state(void **state)
{
    pid_t pid = fixture_fork(wait_here, NULL);

    (void)state;
    assert_false(hang_is_held(pid, pid));
    kill(pid, SIGKILL);
    assert_int_equal(fixture_wait(pid), -SIGKILL);
    assert_false(hang_is_held(pid, pid)); /* nobody */
}

/* ---- children: workers that do as they are told ---- */

enum behaviour { GOES_ON, LOOP_HANGS, WRITER_HANGS, WRITER_RESTS, HANGS_AND_IGNORES };

static enum behaviour behaviours[WORKERS];

static void *hang_as_writer(void *bus)
{
    bus_use_pulse(bus, BUS_PULSE_WRITER);
    bus_set_ready(bus);
    stay();
}

static void *rest_as_writer(void *bus)
{
    bus_use_pulse(bus, BUS_PULSE_WRITER);
    pulse_rest();
    bus_set_ready(bus);
    stay();
}

static void loop(void)
{
    for (;;) {
        pulse_beat();
        usleep(1000);
    }
}

/* What the workers' room has otherwise. */
int worker_run(const struct inheritance *inheritance, unsigned worker)
{
    pthread_t thread;

    setrlimit(RLIMIT_CORE, &(struct rlimit){0});
    switch (behaviours[worker]) {
    case GOES_ON:
        bus_set_ready(inheritance->bus);
        loop();
        break;
    case WRITER_HANGS:
    case WRITER_RESTS:
        pthread_create(&thread, NULL, behaviours[worker] == WRITER_HANGS ? hang_as_writer : rest_as_writer, inheritance->bus);
        loop();
        break;
    case HANGS_AND_IGNORES:
        signal(SIGABRT, SIG_IGN);
        break;
    case LOOP_HANGS:
        break;
    }
    bus_set_ready(inheritance->bus);
    stay();
}

int federation_run(const struct inheritance *inheritance)
{
    bus_set_ready(inheritance->bus);
    loop();
    return 0;
}

struct setting {
    struct config config;
    struct inheritance inheritance;
    struct privileges privileges;
    struct children *children;
};

static void begin(struct setting *setting, enum behaviour first, enum behaviour second)
{
    const char *error = "";

    behaviours[0] = first;
    behaviours[1] = second;
    *setting = (struct setting){.config = {.workers = WORKERS}};
    setting->inheritance.config = &setting->config;
    setting->inheritance.bus = bus_create(FIXTURE_RING, children_slots(&setting->config), &error);
    assert_non_null(setting->inheritance.bus);
    bus_attach(setting->inheritance.bus, 0);
    setting->children = children_new(&setting->inheritance, &setting->privileges);
    children_start(setting->children);
    while (!children_are_ready(setting->children) || !bus_is_ready(setting->inheritance.bus, SLOTS - 1))
        usleep(1000);
}

static void end(struct setting *setting)
{
    children_stop(setting->children, SIGKILL);
    while (children_alive(setting->children) > 0) {
        children_reap(setting->children);
        usleep(1000);
    }
    children_free(&setting->children);
    bus_destroy(&setting->inheritance.bus);
}

static pid_t pid_of(const struct setting *setting, unsigned slot)
{
    struct bus_process_view view;

    assert_true(bus_process_look(setting->inheritance.bus, slot, &view));
    return view.pid;
}

/* So long that whoever goes on has gone on. */
static void look(struct setting *setting)
{
    struct pulse_view before[SLOTS];

    for (unsigned slot = 1; slot < SLOTS; ++slot)
        before[slot] = bus_pulse_look(setting->inheritance.bus, slot, BUS_PULSE_LOOP);
    children_look(setting->children, MOST);
    for (unsigned slot = 1; slot < SLOTS; ++slot) {
        bool moves = slot > WORKERS || behaviours[slot - 1] == GOES_ON || behaviours[slot - 1] == WRITER_RESTS;
        while (moves && bus_pulse_look(setting->inheritance.bus, slot, BUS_PULSE_LOOP).beats == before[slot].beats)
            usleep(100);
    }
}

static int64_t hung(const struct setting *setting)
{
    return counter_total(setting->inheritance.bus, COUNTER_PROCESSES_HUNG);
}

/* The first worker hangs: it is aborted after MOST + 1 looks, not before; the others stay, and a new one comes. */
static void expect_replaced(enum behaviour behaviour, unsigned looks_until_dead)
{
    struct setting setting;

    begin(&setting, behaviour, GOES_ON);
    pid_t pids[SLOTS];
    for (unsigned slot = 1; slot < SLOTS; ++slot)
        pids[slot] = pid_of(&setting, slot);
    for (unsigned i = 0; i < MOST; ++i)
        look(&setting);
    assert_int_equal(hung(&setting), 0);
    for (unsigned i = 0; i < looks_until_dead; ++i) {
        look(&setting);
        assert_int_equal(hung(&setting), 1); /* once */
    }
    while (pid_of(&setting, 1) == pids[1]) {
        children_reap(setting.children);
        usleep(1000);
    }
    behaviours[0] = GOES_ON;
    while (!children_are_ready(setting.children)) {
        children_restart(setting.children);
        usleep(1000);
    }
    for (unsigned i = 0; i < 3 * MOST; ++i)
        look(&setting);
    assert_int_equal(hung(&setting), 1);
    assert_int_not_equal(pid_of(&setting, 1), pids[1]);
    assert_int_equal(pid_of(&setting, 2), pids[2]);
    assert_int_equal(pid_of(&setting, 3), pids[3]);
    end(&setting);
}

static void a_hanging_loop_is_replaced(void **state)
{
    (void)state;
    expect_replaced(LOOP_HANGS, 1);
}

static void a_hanging_writer_is_replaced(void **state)
{
    (void)state;
    expect_replaced(WRITER_HANGS, 1);
}

static void who_does_not_end_by_the_first_signal_does_by_the_second(void **state)
{
    (void)state;
    expect_replaced(HANGS_AND_IGNORES, 3);
}

static void nobody_is_touched_without_a_cause(void **state)
{
    struct setting setting;

    (void)state;
    begin(&setting, GOES_ON, WRITER_RESTS);
    for (unsigned i = 0; i < 10 * MOST; ++i)
        look(&setting);
    assert_int_equal(hung(&setting), 0);
    assert_true(children_any_serves(setting.children));
    children_reap(setting.children);
    assert_false(children_have_died(setting.children));
    end(&setting);
}

static void while_all_hang_nobody_serves(void **state)
{
    struct setting setting;

    (void)state;
    begin(&setting, LOOP_HANGS, LOOP_HANGS);
    assert_true(children_any_serves(setting.children));
    for (unsigned i = 0; i <= MOST; ++i)
        look(&setting);
    assert_int_equal(hung(&setting), 2);
    assert_false(children_any_serves(setting.children));
    end(&setting);
}

static int begin_all(void **state)
{
    (void)state;
    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    alarm(PATIENCE_SECONDS);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_without_a_pulse_leaves_no_trace),
        cmocka_unit_test(each_step_is_another_number),
        cmocka_unit_test(a_number_that_wraps_goes_on),
        bus_test(a_process_has_a_pulse_for_each_thread),
        bus_test(who_waits_for_a_lock_goes_on),
        cmocka_unit_test(who_does_not_go_on_hangs_after_so_many_looks),
        cmocka_unit_test(who_goes_on_has_all_of_its_time_again),
        cmocka_unit_test(who_rests_or_is_held_never_hangs),
        cmocka_unit_test(with_zero_nobody_hangs),
        cmocka_unit_test(a_name_is_no_state),
        cmocka_unit_test(a_hanging_loop_is_replaced),
        cmocka_unit_test(a_hanging_writer_is_replaced),
        cmocka_unit_test(who_does_not_end_by_the_first_signal_does_by_the_second),
        cmocka_unit_test(nobody_is_touched_without_a_cause),
        cmocka_unit_test(while_all_hang_nobody_serves),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin_all, NULL);
}
