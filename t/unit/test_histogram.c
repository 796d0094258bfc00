/*
 * test_histogram.c - histograms over several processes: each value is in one bucket, and nothing is lost.
 */
#include "bus_fixture.h"
#include "bus/segment.h"

static void bounds_grow(void **state)
{
    (void)state;
    for (unsigned histogram = 0; histogram < HISTOGRAMS; histogram++) {
        const int64_t *bounds = histogram_bounds(histogram);
        for (unsigned i = 1; i < HISTOGRAM_BUCKETS - 1; i++)
            assert_true(bounds[i] > bounds[i - 1]);
    }
}

static void a_bound_belongs_to_its_own_bucket(void **state)
{
    struct bus *bus = *state;
    const int64_t *bounds = histogram_bounds(HISTOGRAM_POLL_TIME);
    struct histogram_view view;

    for (unsigned i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
        histogram_note(bus, HISTOGRAM_POLL_TIME, bounds[i]);
        histogram_read(bus, HISTOGRAM_POLL_TIME, &view);
        assert_int_equal(view.counts[i], 1);
    }
    histogram_note(bus, HISTOGRAM_POLL_TIME, bounds[HISTOGRAM_BUCKETS - 2] + 1);
    histogram_note(bus, HISTOGRAM_POLL_TIME, INT64_MAX / 2);
    histogram_read(bus, HISTOGRAM_POLL_TIME, &view);
    assert_int_equal(view.counts[HISTOGRAM_BUCKETS - 1], 2);
    assert_int_equal(view.total, HISTOGRAM_BUCKETS + 1);
}

static void the_sum_is_that_of_the_values(void **state)
{
    struct bus *bus = *state;
    struct histogram_view view;

    for (int i = 0; i < 3; i++) {
        bus_attach(bus, (unsigned)i);
        histogram_note(bus, HISTOGRAM_COMMIT_WRITES, 100 + i);
    }
    histogram_read(bus, HISTOGRAM_COMMIT_WRITES, &view);
    assert_int_equal(view.total, 3);
    assert_int_equal(view.sum, 303);
    histogram_read(bus, HISTOGRAM_COMMIT_TIME, &view);
    assert_int_equal(view.total, 0);
}

static void requests_count_by_route_and_class(void **state)
{
    struct bus *bus = *state;
    uint64_t classes[HISTOGRAM_CLASSES];
    struct histogram_view view;

    histogram_request(bus, 3, 700, 200);
    histogram_request(bus, 3, 800, 204);
    histogram_request(bus, 3, 900, 404);
    histogram_request(bus, HISTOGRAM_ROUTES_MOST - 1, 1, 101);
    histogram_request(bus, 4, 1, 0); /* no status: the worst that there is */
    histogram_classes(bus, 3, classes);
    assert_int_equal(classes[1], 2);
    assert_int_equal(classes[3], 1);
    assert_int_equal(classes[0] + classes[2] + classes[4], 0);
    histogram_classes(bus, HISTOGRAM_ROUTES_MOST - 1, classes);
    assert_int_equal(classes[0], 1);
    histogram_classes(bus, 4, classes);
    assert_int_equal(classes[4], 1);
    histogram_read(bus, HISTOGRAM_ROUTES + 3, &view);
    assert_int_equal(view.total, 3);
    assert_int_equal(view.sum, 2400);
}

enum { NOTED = 20000 };

static void note_many(void *argument)
{
    struct bus *bus = *(struct bus **)argument;

    for (int i = 0; i < NOTED; i++)
        histogram_request(bus, 0, i, 200);
}

static void nothing_is_lost_between_processes(void **state)
{
    struct bus *bus = *state;
    pid_t pids[FIXTURE_PROCESSES];
    uint64_t classes[HISTOGRAM_CLASSES];

    for (unsigned process = 0; process < FIXTURE_PROCESSES; process++) {
        bus_attach(bus, process / 2); /* two in one slot, as two threads of a process are */
        pids[process] = fixture_fork(note_many, &bus);
    }
    for (unsigned process = 0; process < FIXTURE_PROCESSES; process++)
        assert_int_equal(fixture_wait(pids[process]), 0);
    histogram_classes(bus, 0, classes);
    assert_int_equal(classes[1], NOTED * FIXTURE_PROCESSES);
}

static void what_is_gone_has_counted(void **state)
{
    struct bus *bus = *state;
    struct bus_process_view view;
    uint64_t classes[HISTOGRAM_CLASSES];

    bus_attach(bus, 1);
    histogram_request(bus, 0, 1, 200);
    assert_true(bus_process_look(bus, 1, &view));
    assert_int_equal(view.pid, getpid());
    bus_attach(bus, 0);
    bus_process_gone(bus, 1);
    histogram_classes(bus, 0, classes);
    assert_int_equal(classes[1], 1);
    assert_true(bus_process_look(bus, 1, &view));
    assert_int_equal(view.pid, 0);
    assert_false(bus_process_look(bus, FIXTURE_PROCESSES, &view));
}

static void a_reader_says_how_far_it_is(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct bus_process_view view;
    struct event event = { .json = "{}", .length = 2 };

    bus_reader_report(reader);
    bus_process_look(bus, bus_process(bus), &view);
    assert_int_equal(view.lag, 0);
    bus_publish(bus, &event);
    bus_process_look(bus, bus_process(bus), &view);
    assert_true(view.lag > 0);
    assert_int_equal(bus_reader_next(reader, &event), BUS_EVENT);
    bus_reader_report(reader);
    bus_process_look(bus, bus_process(bus), &view);
    assert_int_equal(view.lag, 0);
    bus_reader_free(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(bounds_grow),
        bus_test(a_bound_belongs_to_its_own_bucket),
        bus_test(the_sum_is_that_of_the_values),
        bus_test(requests_count_by_route_and_class),
        bus_test(nothing_is_lost_between_processes),
        bus_test(what_is_gone_has_counted),
        bus_test(a_reader_says_how_far_it_is),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
