/*
 * test_store_backup.c - copies of the database: of one moment though others write, whole or not there, replacing without
 * losing.
 */
#include "store_fixture.h"
#include "bering/backup.h"
#include <dirent.h>

enum { BODY = 4000, POSTS = 3000 }; /* more than one step of copying */

static void post_many(struct store *store, int64_t author, int64_t channel, int count)
{
    static const char body[BODY] = {'x'};

    begin(store);
    for (int i = 0; i < count; i++) {
        struct message_new message = {.id = uuid_new(),
                                      .author_key = author,
                                      .channel_key = channel,
                                      .sent_at = 1,
                                      .body = body,
                                      .body_length = sizeof(body)};
        assert_int_equal(store_message_add(store, &message, &(bool){false}), RESULT_OK);
    }
    commit(store);
}

struct writing {
    struct store *store;
    int64_t author, channel;
    int steps, last_step; /* last_step: stop there; 0: never */
};

/* Between two steps somebody else writes, which must not wait. */
static bool write_between(void *argument, int64_t done, int64_t total)
{
    struct writing *writing = argument;

    assert_true(done <= total);
    post_many(writing->store, writing->author, writing->channel, 50);
    return ++writing->steps != writing->last_step;
}

static struct writing fill(struct fixture *fixture)
{
    begin(fixture->store);
    struct writing writing = {
        .store = fixture->store, .author = make_user(fixture->store, "alice"), .channel = make_channel(fixture->store, "one")};
    commit(fixture->store);
    post_many(fixture->store, writing.author, writing.channel, POSTS);
    return writing;
}

static char *beside(const struct fixture *fixture, const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", fixture->directory, name);
    return path;
}

static void look(const char *path, struct database_report *report_r)
{
    char *error = NULL;

    if (database_look(path, true, report_r, &error) != 0)
        fail_msg("%s", error);
}

/* How many files of the fixture's directory begin so. */
static int count_files(const struct fixture *fixture, const char *prefix)
{
    DIR *directory = opendir(fixture->directory);
    int count = 0;

    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    closedir(directory);
    return count;
}

static void test_of_one_moment(void **state)
{
    struct fixture *fixture = *state;
    struct writing writing = fill(fixture);
    const struct backup_note notes[] = {{"made_at", "now"}, {"made_by", "a test"}, {NULL, NULL}};
    struct backup_job job = {.source = fixture->path,
                             .target = beside(fixture, "copy"),
                             .notes = notes,
                             .progress = write_between,
                             .argument = &writing};
    struct database_report report;
    char *error = NULL;

    if (backup_copy(&job, &error) != 0)
        fail_msg("%s", error);
    assert_true(writing.steps > 1);
    look(job.target, &report);
    assert_int_equal(report.kind, DATABASE_OURS);
    assert_int_equal(report.messages, POSTS);
    assert_string_equal(report.made_at, "now");
    assert_string_equal(report.server_name, "home");
    database_report_deinit(&report);
    look(fixture->path, &report);
    assert_int_equal(report.messages, POSTS + 50 * writing.steps);
    assert_null(report.made_at);
    database_report_deinit(&report);
}

static void test_stopped_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct writing writing = fill(fixture);
    struct backup_job job = {
        .source = fixture->path, .target = beside(fixture, "copy"), .progress = write_between, .argument = &writing};
    char *error = NULL;

    writing.last_step = 2;
    assert_int_equal(backup_copy(&job, &error), -1);
    assert_non_null(strstr(error, "stopped"));
    free(error);
    assert_int_equal(count_files(fixture, "copy"), 0);
}

static void test_a_copy_of_a_copy_forgets_its_notes(void **state)
{
    struct fixture *fixture = *state;
    const struct backup_note notes[] = {{"made_at", "now"}, {NULL, NULL}};
    struct backup_job first = {.source = fixture->path, .target = strdup(beside(fixture, "first")), .notes = notes};
    struct backup_job second = {.source = first.target, .target = strdup(beside(fixture, "second"))};
    struct database_report report;
    char *error = NULL;

    assert_int_equal(backup_copy(&first, &error), 0);
    assert_int_equal(backup_copy(&second, &error), 0);
    look(second.target, &report);
    assert_null(report.made_at);
    database_report_deinit(&report);
    free((char *)(uintptr_t)first.target);
    free((char *)(uintptr_t)second.target);
}

static void test_replacing_keeps_the_old_one(void **state)
{
    struct fixture *fixture = *state;
    struct backup_job job = {.source = fixture->path, .target = strdup(beside(fixture, "copy"))};
    struct writing writing = fill(fixture);
    struct database_report report;
    char *kept = NULL, *error = NULL;

    assert_int_equal(backup_copy(&job, &error), 0);
    post_many(fixture->store, writing.author, writing.channel, 7); /* in the log alone, perhaps */
    store_close(&fixture->store);
    if (database_replace(job.target, fixture->path, &kept, &error) != 0)
        fail_msg("%s", error);
    assert_non_null(kept);
    look(kept, &report);
    assert_int_equal(report.messages, POSTS + 7);
    database_report_deinit(&report);
    look(fixture->path, &report);
    assert_int_equal(report.messages, POSTS);
    database_report_deinit(&report);
    assert_int_equal(count_files(fixture, "copy"), 0);
    free(kept);
    free((char *)(uintptr_t)job.target);
    fixture->store = fixture_open(fixture);
}

static void test_replacing_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct backup_job job = {.source = fixture->path, .target = strdup(beside(fixture, "copy"))};
    char *place = strdup(beside(fixture, "place")), *kept = NULL, *error = NULL;
    struct database_report report;

    assert_int_equal(backup_copy(&job, &error), 0);
    assert_int_equal(database_replace(job.target, place, &kept, &error), 0);
    assert_null(kept);
    look(place, &report);
    assert_int_equal(report.kind, DATABASE_OURS);
    database_report_deinit(&report);
    free(place);
    free((char *)(uintptr_t)job.target);
}

static void note_number(void *argument, int number, const char *path)
{
    char *text = argument;

    assert_int_equal(access(path, F_OK), 0);
    snprintf(text + strlen(text), 16, "%d ", number);
}

static void test_snapshots_keep_two(void **state)
{
    struct fixture *fixture = *state;
    char numbers[64] = "", *error = NULL;

    for (int number = 9; number <= 11; number++)
        assert_int_equal(snapshot_make(fixture->path, number, &error), 0);
    fclose(fopen(beside(fixture, "test.sqlite.before-7x"), "w"));
    fclose(fopen(beside(fixture, "other.sqlite.before-12"), "w"));
    snapshots_list(fixture->path, note_number, numbers);
    assert_string_equal(numbers, "11 10 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_of_one_moment, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_stopped_leaves_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_a_copy_of_a_copy_forgets_its_notes, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_replacing_keeps_the_old_one, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_replacing_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_snapshots_keep_two, fixture_setup, fixture_teardown),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store backup", tests, NULL, NULL);
}
