/*
 * test_store_commit.c - transactions: numbered, whole or not at all, also when the disk is full; what the last one
 * stored.
 */
#include "store_fixture.h"
#include "bering/pulse.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* Looks at the file through a connection of its own: what others would see. */
static int64_t count_committed(const struct fixture *fixture, const char *sql)
{
    struct store *other = fixture_open(fixture);
    int64_t count = count_rows(other, sql);

    store_close(&other);
    return count;
}

/* Like post, but tells the result; bodies of 4,000 bytes fill the file. */
static enum result try_post(struct store *store, int64_t author, int64_t channel)
{
    static const char body[4000] = {'x'};
    struct message_new message = {.id = uuid_new(),
                                  .author_key = author,
                                  .channel_key = channel,
                                  .sent_at = 1,
                                  .body = body,
                                  .body_length = sizeof(body)};

    return store_message_add(store, &message, &(bool){false});
}

static void test_commits_are_numbered_over_all_connections(void **state)
{
    struct fixture *fixture = *state;
    struct store *one = fixture->store, *two = fixture_open(fixture);
    uint64_t first, number;
    bool only_messages = true;

    assert_int_equal(store_last_commit(one, &first, &only_messages), RESULT_OK);
    assert_false(only_messages);
    begin(one);
    assert_int_equal(store_commit(one, true, &number), RESULT_OK);
    assert_int_equal(number, first + 1);
    assert_int_equal(store_last_commit(two, &number, &only_messages), RESULT_OK);
    assert_int_equal(number, first + 1);
    assert_true(only_messages);
    begin(two);
    assert_int_equal(store_commit(two, false, &number), RESULT_OK);
    assert_int_equal(number, first + 2);
    assert_int_equal(store_last_commit(one, &number, &only_messages), RESULT_OK);
    assert_int_equal(number, first + 2);
    assert_false(only_messages);
    store_close(&two);
}

static void test_other_connections_see_only_what_is_committed(void **state)
{
    struct fixture *fixture = *state;
    struct store *one = fixture->store, *two = fixture_open(fixture);
    struct user *user = NULL;

    begin(one);
    make_user(one, "alice");
    assert_int_equal(store_user_by_name(two, "alice", NULL, &user), RESULT_NOT_FOUND);
    commit(one);
    assert_int_equal(store_user_by_name(two, "alice", NULL, &user), RESULT_OK);
    free(user);
    store_close(&two);
}

static void test_rollback_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct list list = {{0}, 0};
    uint64_t before, after;
    bool only_messages;

    assert_int_equal(store_last_commit(store, &before, &only_messages), RESULT_OK);
    begin(store);
    int64_t alice = make_user(store, "alice");
    post(store, alice, make_channel(store, "general"), 0, "never");
    store_rollback(store);
    assert_int_equal(store_last_commit(store, &after, &only_messages), RESULT_OK);
    assert_int_equal(after, before);
    assert_int_equal(
        count_committed(fixture, "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM channels)"), 0);
    begin(store);
    commit(store);
    assert_int_equal(store_messages_since_commit(store, before, list_message, &list), RESULT_OK);
    assert_int_equal(list.count, 0);
}

static void test_messages_of_the_last_commit_are_told_in_order(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store, *other = fixture_open(fixture);
    struct list list = {{0}, 0}, none = {{0}, 0};

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    int64_t one = make_channel(store, "one"), two = make_channel(store, "two");
    post(store, alice, one, 0, "earlier");
    uint64_t number = commit(store);
    begin(store);
    post(store, alice, two, 0, "a");
    post(store, alice, one, 0, "b");
    post(store, alice, 0, bob, "c");
    post(store, alice, two, 0, "d");
    assert_int_equal(commit(store), number + 1);

    assert_int_equal(store_messages_since_commit(other, number, list_message, &list), RESULT_OK);
    assert_string_equal(list.text, "a b c d ");
    assert_int_equal(store_messages_since_commit(other, number + 1, list_message, &none), RESULT_OK);
    assert_int_equal(none.count, 0);
    assert_int_equal(store_messages_since_commit(other, number - 1, list_message, &none), RESULT_NOT_FOUND);
    store_close(&other);
}

static void test_large_commit_is_told_whole(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list list = {{0}, 0};

    begin(store);
    int64_t alice = make_user(store, "alice"), channel = make_channel(store, "general");
    uint64_t number = commit(store);
    begin(store);
    for (int i = 0; i < 3000; i++)
        post(store, alice, channel, 0, "x");
    commit(store);
    assert_int_equal(store_messages_since_commit(store, number, list_message, &list), RESULT_OK);
    assert_int_equal(list.count, 3000);
}

static void test_message_of_a_channel_deleted_at_once_is_not_told(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list list = {{0}, 0};

    begin(store);
    int64_t alice = make_user(store, "alice"), one = make_channel(store, "one"), two = make_channel(store, "two");
    uint64_t number = commit(store);
    begin(store);
    post(store, alice, one, 0, "gone");
    post(store, alice, two, 0, "here");
    assert_int_equal(store_channel_delete(store, one), RESULT_OK);
    commit(store);
    assert_int_equal(store_messages_since_commit(store, number, list_message, &list), RESULT_OK);
    assert_string_equal(list.text, "here ");
}

static void test_commit_survives_a_killed_writer(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct list list = {{0}, 0};
    int status, ready[2];
    char byte;

    begin(store);
    int64_t alice = make_user(store, "alice"), channel = make_channel(store, "general");
    uint64_t number = commit(store);
    store_close(&fixture->store);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        store = fixture_open(fixture);
        begin(store);
        post(store, alice, channel, 0, "committed");
        commit(store);
        begin(store);
        post(store, alice, channel, 0, "lost");
        if (write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    close(ready[0]);
    close(ready[1]);
    fixture->store = fixture_open(fixture);
    assert_int_equal(store_messages_since_commit(fixture->store, number, list_message, &list), RESULT_OK);
    assert_string_equal(list.text, "committed ");
}

/* After this, the connection cannot make the file larger: SQLITE_FULL inside the transaction. */
static void test_full_database_dooms_the_transaction_and_recovers(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    enum result result = RESULT_OK;
    struct user *user = NULL;
    uint64_t number = 0;
    struct user_change change = {.username = "late"};

    begin(store);
    int64_t alice = make_user(store, "alice"), channel = make_channel(store, "general");
    commit(store);
    char *limit =
        sqlite3_mprintf("PRAGMA max_page_count = %lld", (long long)count_rows(store, "PRAGMA page_count") + 20);
    assert_int_equal(database_run(store->database, limit), SQLITE_OK);
    sqlite3_free(limit);
    begin(store);
    int stored = 0;
    while (stored < 1000 && (result = try_post(store, alice, channel)) == RESULT_OK)
        stored++;
    assert_in_range(stored, 1, 999);
    assert_int_equal(result, RESULT_UNAVAILABLE);
    assert_int_equal(try_post(store, alice, channel), RESULT_UNAVAILABLE);
    assert_int_equal(store_user_create(store, &change, &user), RESULT_UNAVAILABLE);
    assert_int_equal(store_commit(store, true, &number), RESULT_UNAVAILABLE);
    assert_int_equal(number, 0);
    assert_int_equal(count_committed(fixture, "SELECT count(*) FROM messages"), 0);
    assert_int_equal(count_committed(fixture, "SELECT count(*) FROM users WHERE username = 'late'"), 0);
    assert_int_equal(store_user_by_name(store, "alice", NULL, &user), RESULT_OK);
    free(user);

    assert_int_equal(database_run(store->database, "PRAGMA max_page_count = 1000000"), SQLITE_OK);
    begin(store);
    for (int i = 0; i < 100; i++)
        assert_int_equal(try_post(store, alice, channel), RESULT_OK);
    commit(store);
    assert_int_equal(count_committed(fixture, "SELECT count(*) FROM messages"), 100);
}

static void limit_file_size(rlim_t size)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The log cannot grow: writing fails at the latest in COMMIT, when the pages go out. */
static void test_full_disk_at_commit_stores_nothing_and_recovers(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct stat status;
    char log[96];
    uint64_t number = 0;

    begin(store);
    int64_t alice = make_user(store, "alice"), channel = make_channel(store, "general");
    commit(store);
    snprintf(log, sizeof(log), "%s-wal", fixture->path);
    assert_int_equal(stat(log, &status), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (int round = 0; round < 3; round++) {
        begin(store);
        for (int i = 0; i < 10; i++)
            assert_int_equal(try_post(store, alice, channel), RESULT_OK);
        limit_file_size((rlim_t)status.st_size);
        enum result result = store_commit(store, true, &number);
        limit_file_size(RLIM_INFINITY);
        assert_int_equal(result, RESULT_UNAVAILABLE);
        assert_int_equal(number, 0);
        assert_int_equal(count_committed(fixture, "SELECT count(*) FROM messages"), 0);
    }
    begin(store);
    for (int i = 0; i < 10; i++)
        assert_int_equal(try_post(store, alice, channel), RESULT_OK);
    commit(store);
    assert_int_equal(count_committed(fixture, "SELECT count(*) FROM messages"), 10);
}

/* SQLite may end the transaction by itself; the same is done here by hand. Nothing may then be stored one by one. */
static void test_transaction_that_is_gone_takes_no_more_writes(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    uint64_t number = 0;

    begin(store);
    int64_t alice = make_user(store, "alice"), channel = make_channel(store, "general");
    commit(store);
    begin(store);
    post(store, alice, channel, 0, "first");
    assert_int_equal(database_run(store->database, "ROLLBACK"), SQLITE_OK);
    assert_int_equal(try_post(store, alice, channel), RESULT_UNAVAILABLE);
    assert_int_equal(store_commit(store, true, &number), RESULT_UNAVAILABLE);
    assert_int_equal(count_committed(fixture, "SELECT count(*) FROM messages"), 0);
    begin(store);
    post(store, alice, channel, 0, "second");
    commit(store);
    assert_int_equal(count_committed(fixture, "SELECT count(*) FROM messages"), 1);
}

static int interrupt(void *argument)
{
    (void)argument;
    return 1;
}

/* After this failure SQLite keeps the transaction open, but who knows what the verb had done so far? */
static void test_failed_statement_dooms_the_transaction(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    uint64_t number = 0;
    struct user *user = NULL;

    begin(store);
    int64_t alice = make_user(store, "alice"), channel = make_channel(store, "general");
    commit(store);
    begin(store);
    post(store, alice, channel, 0, "first");
    sqlite3_progress_handler(store->database, 1, interrupt, NULL);
    assert_int_equal(store_user_by_key(store, alice, &user), RESULT_INTERNAL);
    sqlite3_progress_handler(store->database, 0, NULL, NULL);
    assert_false(sqlite3_get_autocommit(store->database));
    assert_int_equal(try_post(store, alice, channel), RESULT_UNAVAILABLE);
    assert_int_equal(store_commit(store, true, &number), RESULT_UNAVAILABLE);
    assert_int_equal(count_committed(fixture, "SELECT count(*) FROM messages"), 0);
    assert_int_equal(store_user_by_key(store, alice, &user), RESULT_OK);
    free(user);
}

static void test_conflict_spoils_nothing_else_in_the_transaction(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct user_change change = {.username = "admin"};
    struct user *user = NULL;

    begin(store);
    make_user(store, "alice");
    assert_int_equal(store_user_create(store, &change, &user), RESULT_CONFLICT);
    make_user(store, "bob");
    commit(store);
    assert_int_equal(count_committed(fixture, "SELECT count(*) FROM users"), 3);
}

static void test_foreign_lock_is_unavailable_and_passes(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store, *other = fixture_open(fixture);
    uint64_t number;
    bool only_messages;

    begin(other);
    sqlite3_busy_timeout(store->database, 1);
    assert_int_equal(store_begin(store), RESULT_UNAVAILABLE);
    assert_int_equal(store_last_commit(store, &number, &only_messages), RESULT_OK);
    store_rollback(other);
    begin(store);
    commit(store);
    store_close(&other);
}

/* How many lines the log got, through standard error, while posting fails again and again. */
static void test_trouble_is_logged_when_it_begins_and_ends(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store, *other = fixture_open(fixture);
    char text[4096];

    sqlite3_busy_timeout(store->database, 1);
    FILE *capture = tmpfile();
    int saved = dup(STDERR_FILENO);
    log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
    dup2(fileno(capture), STDERR_FILENO);
    begin(other);
    enum result results[5];
    for (int i = 0; i < 5; i++)
        results[i] = store_begin(store);
    store_rollback(other);
    begin(store);
    commit(store);
    begin(store);
    commit(store);
    dup2(saved, STDERR_FILENO);
    close(saved);
    for (int i = 0; i < 5; i++)
        assert_int_equal(results[i], RESULT_UNAVAILABLE);
    rewind(capture);
    size_t length = fread(text, 1, sizeof(text) - 1, capture);
    text[length] = '\0';
    fclose(capture);
    int lines = 0;
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 2);
    assert_non_null(strstr(text, "another program keeps it locked"));
    assert_non_null(strstr(text, "writing works again"));
    store_close(&other);
}

/* Whether a thread is at work while the disk is: called in the midst of a commit. */
static int note_pulse(void *pulse)
{
    return pulse_look(pulse).is_at_work; /* one that does not rest would be taken back */
}

static void test_thread_rests_while_it_commits(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct pulse pulse = {0};

    pulse_use(&pulse);
    begin(store);
    assert_true(pulse_look(&pulse).is_at_work);
    make_user(store, "alice");
    sqlite3_commit_hook(store->database, note_pulse, &pulse);
    commit(store);
    sqlite3_commit_hook(store->database, NULL, NULL);
    assert_true(pulse_look(&pulse).is_at_work);
    pulse_use(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_commits_are_numbered_over_all_connections),
        STORE_TEST(test_other_connections_see_only_what_is_committed),
        STORE_TEST(test_rollback_leaves_nothing),
        STORE_TEST(test_messages_of_the_last_commit_are_told_in_order),
        STORE_TEST(test_large_commit_is_told_whole),
        STORE_TEST(test_message_of_a_channel_deleted_at_once_is_not_told),
        STORE_TEST(test_commit_survives_a_killed_writer),
        STORE_TEST(test_full_database_dooms_the_transaction_and_recovers),
        STORE_TEST(test_full_disk_at_commit_stores_nothing_and_recovers),
        STORE_TEST(test_transaction_that_is_gone_takes_no_more_writes),
        STORE_TEST(test_failed_statement_dooms_the_transaction),
        STORE_TEST(test_conflict_spoils_nothing_else_in_the_transaction),
        STORE_TEST(test_foreign_lock_is_unavailable_and_passes),
        STORE_TEST(test_trouble_is_logged_when_it_begins_and_ends),
        STORE_TEST(test_thread_rests_while_it_commits),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store commit", tests, NULL, NULL);
}
