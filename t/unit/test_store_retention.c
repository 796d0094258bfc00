/*
 * test_store_retention.c - old messages go from the begin of a conversation, in pieces, and what refers to them follows; so do
 * the messages of a deleted channel, and free pages.
 */
#include "store_fixture.h"

#include "bering/audit.h"
#include "bering/retention.h"

static const int64_t DAY = INT64_C(86400) * 1000000000;

struct cuts {
    unsigned count;
    struct retention_cut last;
};

static void take_cut(void *argument, const struct retention_cut *cut)
{
    struct cuts *cuts = argument;

    cuts->count++;
    cuts->last = *cut;
}

/* Runs a whole round in pieces of `limit`; returns how many pieces it took. */
static unsigned run_round(struct store *store, struct retention retention, int64_t now, unsigned limit, unsigned *deleted_r,
                          struct cuts *cuts)
{
    struct retention_cursor cursor = {0};
    unsigned pieces = 0, count;

    *deleted_r = 0;
    *cuts = (struct cuts){0};
    while (!cursor.is_done) {
        begin(store);
        assert_int_equal(store_messages_expire(store, &retention, now, limit, &cursor, take_cut, cuts, &count), RESULT_OK);
        commit(store);
        assert_true(count <= limit);
        *deleted_r += count;
        assert_true(++pieces < 1000);
    }
    return pieces;
}

static int64_t count_messages(struct store *store)
{
    struct store_figures figures;

    assert_int_equal(store_figures(store, &figures), RESULT_OK);
    assert_int_equal(figures.messages, count_rows(store, "SELECT count(*) FROM messages"));
    return figures.messages;
}

static void only_what_is_old_goes_from_the_begin_on(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t now = clock_now();
    struct cuts cuts;
    unsigned deleted;

    begin(store);
    int64_t alice = make_user(store, "alice"), channel = make_channel(store, "general");
    for (int i = 0; i < 10; i++)
        post_at(store, alice, channel, 0, "old", now - 20 * DAY);
    struct uuid first = post_at(store, alice, channel, 0, "young", now - 5 * DAY);
    post_at(store, alice, channel, 0, "old, but later", now - 20 * DAY); /* of a clock that was wrong: it waits */
    commit(store);

    run_round(store, (struct retention){0, 5}, now, 100, &deleted, &cuts);
    assert_int_equal(deleted, 0);
    run_round(store, (struct retention){10, 0}, now, 100, &deleted, &cuts);
    assert_int_equal(deleted, 10);
    assert_int_equal(cuts.count, 1);
    assert_int_equal(cuts.last.channel_key, channel);
    assert_false(cuts.last.is_empty);
    assert_memory_equal(&cuts.last.first_id, &first, sizeof(first));
    assert_int_equal(count_messages(store), 2);
    run_round(store, (struct retention){4, 0}, now, 100, &deleted, &cuts);
    assert_int_equal(deleted, 2);
    assert_true(cuts.last.is_empty);
    assert_int_equal(count_messages(store), 0);
}

static void a_time_to_come_blocks_nobody(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t now = clock_now();
    struct cuts cuts;
    unsigned deleted;

    begin(store);
    int64_t alice = make_user(store, "alice"), channel = make_channel(store, "general");
    post_at(store, alice, channel, 0, "of a wrong clock", now + 1000 * DAY);
    post_at(store, alice, channel, 0, "old", now - 20 * DAY);
    post_at(store, alice, channel, 0, "of a wrong clock, again", now + 1000 * DAY);
    commit(store);
    run_round(store, (struct retention){10, 0}, now, 100, &deleted, &cuts);
    assert_int_equal(deleted, 2);
    assert_int_equal(count_messages(store), 1);
}

static void it_goes_in_pieces(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t now = clock_now(), direct_user;
    struct cuts cuts;
    unsigned deleted;

    begin(store);
    int64_t alice = make_user(store, "alice");
    direct_user = make_user(store, "bob");
    for (int k = 0; k < 5; k++) {
        char name[32];
        snprintf(name, sizeof(name), "channel %d", k);
        int64_t channel = make_channel(store, name);
        for (int i = 0; i < 25; i++)
            post_at(store, alice, channel, 0, "old", now - 20 * DAY);
    }
    for (int i = 0; i < 25; i++)
        post_at(store, alice, 0, direct_user, "old", now - 20 * DAY);
    commit(store);
    assert_true(run_round(store, (struct retention){10, 10}, now, 10, &deleted, &cuts) >= 15);
    assert_int_equal(deleted, 150);
    assert_int_equal(cuts.last.channel_key, 0);
    assert_int_equal(cuts.last.user_keys[0], alice);
    assert_int_equal(cuts.last.user_keys[1], direct_user);
    assert_int_equal(count_messages(store), 0);
}

static void many_conversations_take_several_pieces(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct cuts cuts;
    unsigned deleted;

    begin(store);
    for (int k = 0; k < 2 * RETENTION_CONVERSATIONS; k++) {
        char name[32];
        snprintf(name, sizeof(name), "channel %d", k);
        make_channel(store, name);
    }
    commit(store);
    assert_true(run_round(store, (struct retention){1, 1}, clock_now(), 100, &deleted, &cuts) >= 2);
}

static void what_refers_to_them_follows(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t now = clock_now();
    struct conversation_state seen;
    struct uuid ids[10];
    struct cuts cuts;
    unsigned deleted;
    bool changed;

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob"), channel = make_channel(store, "general");
    assert_int_equal(store_member_add(store, channel, bob, &changed), RESULT_OK);
    for (int i = 0; i < 10; i++)
        ids[i] = post_at(store, alice, channel, 0, i % 2 == 0 ? "@bob" : "plain", now - (i < 5 ? 20 : 1) * DAY);
    struct conversation conversation = {.channel_key = channel, .user_keys = {bob, 0}};
    assert_int_equal(store_conversation_read(store, &conversation, &ids[2], true, &changed, &seen), RESULT_OK);
    assert_int_equal(seen.unread, 7);
    commit(store);

    run_round(store, (struct retention){10, 0}, now, 3, &deleted, &cuts);
    assert_int_equal(deleted, 5);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM mentions"), 2);
    assert_int_equal(count_rows(store, "SELECT last_read_key FROM conversation_states"), 0);
    begin(store);
    assert_int_equal(store_conversation_mute(store, &conversation, true, &changed, &seen), RESULT_OK);
    commit(store);
    assert_false(seen.has_read);
    assert_int_equal(seen.unread, 5);
    assert_int_equal(seen.mentions, 2);

    /* empty, then begun anew: the numbers do, too, and the first is unread */
    run_round(store, (struct retention){10, 0}, now + 30 * DAY, 100, &deleted, &cuts);
    begin(store);
    post_at(store, alice, channel, 0, "again", now);
    assert_int_equal(store_conversation_mute(store, &conversation, false, &changed, &seen), RESULT_OK);
    commit(store);
    assert_int_equal(seen.unread, 1);
}

static void a_channel_may_have_its_own_days(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t now = clock_now();
    struct cuts cuts;
    unsigned deleted;

    begin(store);
    int64_t alice = make_user(store, "alice"), longer = make_channel(store, "longer"), shorter = make_channel(store, "shorter");
    post_at(store, alice, longer, 0, "kept", now - 20 * DAY);
    post_at(store, alice, shorter, 0, "old", now - 2 * DAY);
    assert_int_equal(store_channel_retention(store, longer, 100), RESULT_OK);
    assert_int_equal(store_channel_retention(store, shorter, 1), RESULT_OK);
    assert_int_equal(store_channel_retention(store, 999, 1), RESULT_NOT_FOUND);
    commit(store);
    run_round(store, (struct retention){10, 0}, now, 100, &deleted, &cuts);
    assert_int_equal(deleted, 1);
    assert_int_equal(cuts.last.channel_key, shorter);
    begin(store);
    assert_int_equal(store_channel_retention(store, longer, 0), RESULT_OK);
    commit(store);
    run_round(store, (struct retention){10, 0}, now, 100, &deleted, &cuts);
    assert_int_equal(deleted, 1);
}

static void a_deleted_channel_goes_in_pieces(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct message_new again;
    bool any, stored;
    unsigned count, pieces = 0;

    begin(store);
    int64_t alice = make_user(store, "alice"), doomed = make_channel(store, "doomed"), other = make_channel(store, "other");
    struct uuid last = {{0}};
    for (int i = 0; i < 2500; i++)
        last = post(store, alice, doomed, 0, "gone");
    commit(store);
    begin(store);
    assert_int_equal(store_channel_delete(store, doomed), RESULT_OK);
    commit(store);
    struct store_figures figures;
    assert_int_equal(store_figures(store, &figures), RESULT_OK);
    assert_int_equal(figures.messages, 0);

    /* an id that is still to be removed is free */
    again = (struct message_new){.id = last, .author_key = alice, .channel_key = other, .body = "x", .body_length = 1, .sent_at = 1};
    begin(store);
    assert_int_equal(store_message_add(store, &again, &stored), RESULT_OK);
    assert_true(stored);
    commit(store);
    do {
        begin(store);
        assert_int_equal(store_orphans_delete(store, 500, &any, &count), RESULT_OK);
        commit(store);
        pieces++;
    } while (any);
    assert_true(pieces >= 3);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM messages"), 1);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM orphans"), 0);
}

static void free_pages_are_given_back_in_pieces(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char body[3000];
    unsigned count, total = 0;

    memset(body, 'x', sizeof(body) - 1);
    body[sizeof(body) - 1] = '\0';
    begin(store);
    int64_t alice = make_user(store, "alice"), channel = make_channel(store, "general");
    for (int i = 0; i < 3000; i++)
        post_at(store, alice, channel, 0, body, 1);
    commit(store);
    int64_t before = count_rows(store, "PRAGMA page_count");
    struct cuts cuts;
    run_round(store, (struct retention){1, 0}, clock_now(), 500, &count, &cuts);
    do {
        begin(store);
        assert_int_equal(store_pages_release(store, 100, &count), RESULT_OK);
        commit(store);
        assert_true(count <= 100);
        total += count;
    } while (count == 100);
    assert_true(total > 500);
    assert_true(count_rows(store, "PRAGMA page_count") < before - 500);
}

static void compacting_makes_a_file_give_back(void **state)
{
    struct fixture *fixture = *state;
    char *error = NULL;

    store_close(&fixture->store);
    assert_int_equal(store_compact(fixture->path, &error), 0);
    fixture->store = fixture_open(fixture);
    assert_int_equal(count_rows(fixture->store, "PRAGMA auto_vacuum"), 2);
    assert_int_equal(store_compact("/nowhere/at/all", &error), -1);
    assert_non_null(strstr(error, "cannot compact the database /nowhere/at/all"));
    free(error);
}

static void the_log_begins_anew_unless_somebody_reads(void **state)
{
    struct fixture *fixture = *state;
    struct store *reader = fixture_open(fixture);
    struct store_disk disk;

    begin(fixture->store);
    int64_t alice = make_user(fixture->store, "alice"), channel = make_channel(fixture->store, "general");
    commit(fixture->store);
    assert_int_equal(snapshot_begin(reader), RESULT_OK);
    assert_true(count_rows(reader, "SELECT count(*) FROM users") > 0);
    begin(fixture->store);
    post(fixture->store, alice, channel, 0, "hello");
    commit(fixture->store);
    assert_false(store_log_restart(fixture->store, 0, 0));
    snapshot_end(reader);
    assert_true(store_log_restart(fixture->store, 0, 200));
    store_disk(fixture->store, &disk);
    assert_int_equal(disk.wal_bytes, 0);
    store_close(&reader);
}

static void count_entry(void *argument, const struct audit_entry *entry)
{
    assert_string_equal(entry->actor, "admin");
    ++*(unsigned *)argument;
}

static void old_rows_of_the_audit_log_go(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    unsigned count = 0;
    int deleted;

    begin(store);
    for (int i = 0; i < 10; i++) {
        struct audit_entry entry = {.at = i, .actor = "admin", .action = "user.create", .address = "127.0.0.1"};
        assert_int_equal(store_audit_add(store, &entry), RESULT_OK);
    }
    assert_int_equal(store_audit_expire(store, 5, 3, &deleted), RESULT_OK);
    assert_int_equal(deleted, 3);
    assert_int_equal(store_audit_expire(store, 5, 3, &deleted), RESULT_OK);
    assert_int_equal(deleted, 2);
    commit(store);
    assert_int_equal(store_audit(store, 0, NULL, 100, count_entry, &count), RESULT_OK);
    assert_int_equal(count, 5);
    count = 0;
    assert_int_equal(store_audit(store, 0, "CREATE", 2, count_entry, &count), RESULT_OK);
    assert_int_equal(count, 2);
    assert_int_equal(store_audit(store, 0, "nothing like it", 2, count_entry, &count), RESULT_OK);
    assert_int_equal(count, 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(only_what_is_old_goes_from_the_begin_on),
        STORE_TEST(a_time_to_come_blocks_nobody),
        STORE_TEST(it_goes_in_pieces),
        STORE_TEST(many_conversations_take_several_pieces),
        STORE_TEST(what_refers_to_them_follows),
        STORE_TEST(a_channel_may_have_its_own_days),
        STORE_TEST(a_deleted_channel_goes_in_pieces),
        STORE_TEST(free_pages_are_given_back_in_pieces),
        STORE_TEST(compacting_makes_a_file_give_back),
        STORE_TEST(the_log_begins_anew_unless_somebody_reads),
        STORE_TEST(old_rows_of_the_audit_log_go),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store retention", tests, NULL, NULL);
}
