/*
 * test_store_outbox.c - what waits for other servers: order, limits, refusals, expiry.
 */
#include "store_fixture.h"
#include "bering/outbox.h"

static void add_until(struct store *store, int64_t server, const char *payload, int64_t expires_at)
{
    assert_int_equal(outbox_add(store, server, OUTBOX_MESSAGE, payload, strlen(payload), expires_at), RESULT_OK);
}

static void add(struct store *store, int64_t server, const char *payload)
{
    add_until(store, server, payload, 0);
}

/* Rows as a test wants to see them: their payloads, and their keys in order. */
struct rows {
    struct list list;
    int64_t keys[1024];
    size_t count;
};

static void collect(void *argument, const struct outbox_row *row)
{
    struct rows *rows = argument;

    assert_int_equal(row->length, strlen(row->payload));
    assert_true(rows->count < sizeof(rows->keys) / sizeof(rows->keys[0]));
    rows->keys[rows->count++] = row->key;
    list_add(&rows->list, row->payload);
}

static struct rows waiting(struct store *store, int64_t server)
{
    struct rows rows = {.count = 0};

    assert_int_equal(outbox_waiting(store, server, 1000, 1 << 20, collect, &rows), RESULT_OK);
    return rows;
}

static void expect_waiting(struct store *store, int64_t server, const char *expected)
{
    struct rows rows = waiting(store, server);
    assert_string_equal(rows.list.text, expected);
}

static void expect_refused(struct store *store, int64_t server, const char *expected)
{
    struct rows rows = {.count = 0};

    assert_int_equal(outbox_refused(store, server, 1000, collect, &rows), RESULT_OK);
    assert_string_equal(rows.list.text, expected);
}

static void test_rows_wait_in_order_each_for_its_server(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t one = make_server(store, "one"), two = make_server(store, "two");
    add(store, one, "a");
    add(store, two, "b");
    add(store, one, "c");
    add(store, two, "d");
    commit(store);
    begin(store);
    add(store, one, "e");
    commit(store);
    expect_waiting(store, one, "a c e ");
    expect_waiting(store, two, "b d ");
    expect_waiting(store, 4711, "");
    struct rows rows = waiting(store, one);
    assert_true(rows.keys[0] < rows.keys[1] && rows.keys[1] < rows.keys[2]);
}

static void expect_whole_row(void *argument, const struct outbox_row *row)
{
    static const char payload[] = "{\"body\":\"gr\xc3\xbc\xc3\x9f\"}";
    unsigned *count = argument;

    assert_int_equal(row->kind, OUTBOX_SIGNAL);
    assert_int_equal(row->length, strlen(payload));
    assert_memory_equal(row->payload, payload, row->length);
    assert_int_equal(row->expires_at, INT64_MAX);
    assert_in_range(row->created_at, clock_now() - INT64_C(60000000000), clock_now());
    assert_int_equal(row->refused_status, 0);
    assert_null(row->refused_answer);
    ++*count;
}

static void test_a_row_comes_back_as_it_was_added(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char text[] = "{\"body\":\"gr\xc3\xbc\xc3\x9f\"}, and what does not belong to it";
    unsigned count = 0;

    begin(store);
    int64_t server = make_server(store, "peer");
    size_t length = (size_t)(strchr(text, '}') + 1 - text);
    assert_int_equal(outbox_add(store, server, OUTBOX_SIGNAL, text, length, INT64_MAX), RESULT_OK);
    memset(text, 'x', sizeof(text)); /* it was copied */
    commit(store);
    assert_int_equal(outbox_waiting(store, server, 10, 10, expect_whole_row, &count), RESULT_OK);
    assert_int_equal(count, 1);
}

static void test_rows_share_the_fate_of_their_transaction(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer");
    commit(store);
    begin(store);
    add(store, server, "never");
    store_rollback(store);
    expect_waiting(store, server, "");
}

static void test_a_server_that_is_gone_takes_no_rows(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer");
    assert_int_equal(outbox_add(store, server + 1, OUTBOX_MESSAGE, "x", 1, 0), RESULT_NOT_FOUND);
    add(store, server, "goes-on");
    commit(store);
    expect_waiting(store, server, "goes-on ");
}

static void expect_page(struct store *store, int64_t server, unsigned limit, size_t bytes, const char *expected)
{
    struct rows rows = {.count = 0};

    assert_int_equal(outbox_waiting(store, server, limit, bytes, collect, &rows), RESULT_OK);
    assert_string_equal(rows.list.text, expected);
}

static void test_a_page_is_bounded_by_rows_and_bytes(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer");
    add(store, server, "four");
    add(store, server, "five5");
    add(store, server, "7777777");
    add(store, server, "1");
    commit(store);
    expect_page(store, server, 2, 1000, "four five5 ");
    expect_page(store, server, 100, 16, "four five5 7777777 ");
    expect_page(store, server, 100, 17, "four five5 7777777 1 ");
    expect_page(store, server, 100, 9, "four five5 ");
    expect_page(store, server, 100, 8, "four "); /* nothing small is sent ahead of its turn */
    expect_page(store, server, 100, 4, "four ");
    expect_page(store, server, 100, 1, "four "); /* too large by itself: sent by itself */
    expect_page(store, server, 100, 0, "four ");
    expect_page(store, server, 100, SIZE_MAX, "four five5 7777777 1 ");
}

static void test_deleted_are_those_that_were_named_and_no_others(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t one = make_server(store, "one"), two = make_server(store, "two");
    for (const char *name = "abcdefgh"; *name != '\0'; name++)
        add(store, *name == 'd' ? two : one, (char[]){*name, '\0'});
    commit(store);
    struct rows rows = waiting(store, one); /* a b c e f g h */
    int64_t keys[] = {rows.keys[1], rows.keys[2], rows.keys[3], rows.keys[6], rows.keys[0], 4711};
    begin(store);
    assert_int_equal(outbox_delete(store, keys, 0), RESULT_OK);
    assert_int_equal(outbox_delete(store, keys, 6), RESULT_OK);
    assert_int_equal(outbox_delete(store, keys, 6), RESULT_OK);
    commit(store);
    expect_waiting(store, one, "f g ");
    expect_waiting(store, two, "d ");
}

static void test_keys_are_never_given_twice(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer");
    add(store, server, "first");
    int64_t first = waiting(store, server).keys[0];
    assert_int_equal(outbox_delete(store, &first, 1), RESULT_OK);
    add(store, server, "second");
    assert_true(waiting(store, server).keys[0] > first);
    commit(store);
}

static void test_expired_rows_go_and_others_are_kept(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer");
    add_until(store, server, "long-ago", 1);
    add_until(store, server, "before", 99);
    add_until(store, server, "now", 100);
    add_until(store, server, "later", 101);
    add_until(store, server, "never", 0);
    assert_int_equal(outbox_expire(store, 100), RESULT_OK);
    expect_waiting(store, server, "now later never ");
    assert_int_equal(outbox_expire(store, INT64_MAX), RESULT_OK);
    expect_waiting(store, server, "never ");
    commit(store);
}

static void expect_refusal(void *argument, const struct outbox_row *row)
{
    unsigned *count = argument;

    assert_int_equal(row->refused_status, 400);
    assert_string_equal(row->refused_answer, "unknown recipient");
    ++*count;
}

static void test_a_refused_row_is_set_aside_and_those_behind_it_go_on(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    unsigned count = 0;

    begin(store);
    int64_t server = make_server(store, "peer"), other = make_server(store, "other");
    add(store, server, "a");
    add(store, server, "b");
    add(store, server, "c");
    add(store, other, "d");
    struct rows rows = waiting(store, server);
    assert_int_equal(outbox_refuse(store, rows.keys[1], 400, "unknown recipient"), RESULT_OK);
    assert_int_equal(outbox_refuse(store, 4711, 400, "gone meanwhile"), RESULT_OK);
    commit(store);
    expect_waiting(store, server, "a c ");
    expect_refused(store, server, "b ");
    expect_refused(store, other, "");
    assert_int_equal(outbox_refused(store, server, 1, expect_refusal, &count), RESULT_OK);
    assert_int_equal(count, 1);
}

static void test_refused_rows_are_listed_oldest_first_up_to_a_limit(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct rows rows = {.count = 0};

    begin(store);
    int64_t server = make_server(store, "peer");
    add(store, server, "a");
    add(store, server, "b");
    add(store, server, "c");
    struct rows all = waiting(store, server);
    assert_int_equal(outbox_refuse(store, all.keys[2], 400, NULL), RESULT_OK);
    assert_int_equal(outbox_refuse(store, all.keys[0], 422, NULL), RESULT_OK);
    assert_int_equal(outbox_refuse(store, all.keys[1], 409, NULL), RESULT_OK);
    commit(store);
    assert_int_equal(outbox_refused(store, server, 2, collect, &rows), RESULT_OK);
    assert_string_equal(rows.list.text, "a b ");
}

static void copy_answer(void *argument, const struct outbox_row *row)
{
    snprintf(argument, 1024, "%s", row->refused_answer != NULL ? row->refused_answer : "(none)");
}

/* Refuses a row with an answer: what is kept of that. */
static void refuse_with(struct store *store, int64_t server, const char *answer, char kept[1024])
{
    begin(store);
    add(store, server, "x");
    int64_t key = waiting(store, server).keys[0];
    assert_int_equal(outbox_refuse(store, key, 400, answer), RESULT_OK);
    assert_int_equal(outbox_refused(store, server, 1, copy_answer, kept), RESULT_OK);
    assert_int_equal(outbox_drop(store, server, key), RESULT_OK);
    commit(store);
}

static void test_500_bytes_of_an_answer_are_kept_without_half_characters(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char answer[2000], kept[1024];

    begin(store);
    int64_t server = make_server(store, "peer");
    commit(store);
    refuse_with(store, server, NULL, kept);
    assert_string_equal(kept, "(none)");
    refuse_with(store, server, "", kept);
    assert_string_equal(kept, "");
    memset(answer, 'a', sizeof(answer));
    answer[sizeof(answer) - 1] = '\0';
    refuse_with(store, server, answer, kept);
    assert_int_equal(strlen(kept), 500);
    memcpy(answer + 498, "\xe2\x82\xac", 3); /* it would end within the euro sign */
    refuse_with(store, server, answer, kept);
    assert_int_equal(strlen(kept), 498);
    memcpy(answer + 497, "\xe2\x82\xac", 3); /* which just fits here */
    answer[500] = '\0';
    refuse_with(store, server, answer, kept);
    assert_string_equal(kept, answer);
    memset(answer, 0x80, 600); /* no characters at all: as much as may be, and no endless way back */
    refuse_with(store, server, answer, kept);
    assert_in_range(strlen(kept), 496, 500);
}

static void test_refused_rows_wait_again_in_their_old_place(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer"), other = make_server(store, "other");
    for (const char *name = "abcd"; *name != '\0'; name++)
        add(store, server, (char[]){*name, '\0'});
    struct rows rows = waiting(store, server);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(outbox_refuse(store, rows.keys[i], 400, "no"), RESULT_OK);
    assert_int_equal(outbox_retry(store, other, rows.keys[1]), RESULT_NOT_FOUND);  /* another's */
    assert_int_equal(outbox_retry(store, server, rows.keys[3]), RESULT_NOT_FOUND); /* it waits */
    assert_int_equal(outbox_retry(store, server, 4711), RESULT_NOT_FOUND);
    assert_int_equal(outbox_retry(store, server, rows.keys[1]), RESULT_OK);
    expect_waiting(store, server, "b d ");
    expect_refused(store, server, "a c ");
    assert_int_equal(outbox_retry(store, other, 0), RESULT_OK);
    expect_refused(store, server, "a c ");
    assert_int_equal(outbox_retry(store, server, 0), RESULT_OK);
    assert_int_equal(outbox_retry(store, server, 0), RESULT_OK); /* none is refused: nothing is wrong */
    commit(store);
    expect_waiting(store, server, "a b c d ");
    expect_refused(store, server, "");
    assert_int_equal(count_rows(store, "SELECT count(*) FROM outbox WHERE refused_answer IS NOT NULL"), 0);
}

static void test_refused_rows_are_dropped_and_waiting_ones_never(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer"), other = make_server(store, "other");
    for (const char *name = "abcd"; *name != '\0'; name++)
        add(store, server, (char[]){*name, '\0'});
    struct rows rows = waiting(store, server);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(outbox_refuse(store, rows.keys[i], 400, "no"), RESULT_OK);
    assert_int_equal(outbox_drop(store, other, rows.keys[1]), RESULT_NOT_FOUND);
    assert_int_equal(outbox_drop(store, server, rows.keys[3]), RESULT_NOT_FOUND);
    assert_int_equal(outbox_drop(store, server, rows.keys[1]), RESULT_OK);
    assert_int_equal(outbox_drop(store, server, rows.keys[1]), RESULT_NOT_FOUND);
    expect_refused(store, server, "a c ");
    assert_int_equal(outbox_drop(store, other, 0), RESULT_OK);
    expect_refused(store, server, "a c ");
    assert_int_equal(outbox_drop(store, server, 0), RESULT_OK);
    commit(store);
    expect_refused(store, server, "");
    expect_waiting(store, server, "d ");
}

static void test_a_history_row_keeps_its_place_as_it_advances(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer");
    add(store, server, "history");
    add(store, server, "message");
    int64_t key = waiting(store, server).keys[0];
    assert_int_equal(outbox_replace(store, key, "further-and-more", 7), RESULT_OK);
    assert_int_equal(outbox_replace(store, 4711, "gone", 4), RESULT_OK);
    commit(store);
    expect_waiting(store, server, "further message ");
    assert_int_equal(waiting(store, server).keys[0], key);
}

static struct outbox_state state_of(struct store *store, int64_t server)
{
    struct outbox_state state = {-1, -1, -1};

    assert_int_equal(outbox_state(store, server, &state), RESULT_OK);
    return state;
}

static void first_created(void *argument, const struct outbox_row *row)
{
    int64_t *created_at = argument;

    if (*created_at == 0)
        *created_at = row->created_at;
}

static void test_the_state_of_a_queue_counts_what_waits_and_what_was_refused(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t oldest = 0;

    begin(store);
    int64_t server = make_server(store, "peer"), other = make_server(store, "other");
    struct outbox_state empty = state_of(store, server);
    assert_true(empty.waiting == 0 && empty.refused == 0 && empty.oldest_at == 0);
    add(store, other, "x");
    for (int i = 0; i < 5; i++)
        add(store, server, "y");
    struct rows rows = waiting(store, server);
    assert_int_equal(outbox_refuse(store, rows.keys[0], 400, "no"), RESULT_OK);
    assert_int_equal(outbox_refuse(store, rows.keys[1], 400, "no"), RESULT_OK);
    commit(store);
    struct outbox_state now = state_of(store, server);
    assert_int_equal(now.waiting, 3);
    assert_int_equal(now.refused, 2);
    assert_int_equal(outbox_waiting(store, server, 1, 1, first_created, &oldest), RESULT_OK);
    assert_true(oldest > 0 && now.oldest_at == oldest);
    assert_int_equal(state_of(store, other).waiting, 1);
}

static void test_a_deleted_server_takes_its_queue_along(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer"), other = make_server(store, "other");
    add(store, server, "a");
    add(store, other, "b");
    add(store, server, "c");
    assert_int_equal(outbox_refuse(store, waiting(store, server).keys[0], 400, "no"), RESULT_OK);
    assert_int_equal(store_server_delete(store, server), RESULT_OK);
    commit(store);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM outbox"), 1);
    expect_waiting(store, other, "b ");
}

/* Payloads as peer_json.c writes them. */
static void test_what_is_hidden_is_taken_back(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    static const char *const stays[] = {
        ("{\"author\":{\"username\":\"alice\",\"server\":\"home\"},\"channel\":{\"name\":\"open\",\"origin_server\":\"home\"},"
         "\"body\":\"{\\\"author\\\":{\\\"username\\\":\\\"hugo\\\",\\\"server\\\":\\\"home\\\"}}\"}"),
        "{\"author\":{\"username\":\"hugo\",\"server\":\"elsewhere\"},\"recipient\":null}",
        "{\"channel\":{\"name\":\"hush\",\"origin_server\":\"elsewhere\"},\"member\":{\"username\":\"bob\",\"server\":\"peer\"}}",
        "{\"channel_key\":4711,\"after_key\":0,\"until_key\":9}",
    };
    static const char *const goes[] = {
        "{\"author\":{\"username\":\"hugo\",\"server\":\"home\"},\"recipient\":{\"username\":\"bob\",\"server\":\"peer\"}}",
        "{\"channel\":{\"name\":\"hush\",\"origin_server\":\"home\"},\"member\":{\"username\":\"bob\",\"server\":\"peer\"}}",
        "{\"channel\":{\"name\":\"open\",\"origin_server\":\"home\"},\"participant\":{\"username\":\"hugo\",\"server\":\"home\"}}",
        "{\"from_user\":{\"username\":\"hugo\",\"server\":\"home\"},\"payload\":\"\"}",
        "{\"user\":{\"username\":\"hugo\",\"server\":\"home\"},\"id\":null,\"new_name\":\"hug\"}",
    };
    char history[80], change[160], id[UUID_TEXT_LENGTH + 1];

    begin(store);
    int64_t peer = make_server(store, "peer"), other = make_server(store, "other"), channel = make_channel(store, "hush");
    struct uuid hugo = user_id(store, make_user(store, "hugo")), hush = channel_id(store, "hush");
    snprintf(history, sizeof(history), "{\"channel_key\":%lld,\"after_key\":0,\"until_key\":9}", (long long)channel);
    snprintf(change, sizeof(change), "{\"user\":{\"username\":\"once\",\"server\":\"home\"},\"id\":\"%s\",\"new_name\":\"hugo\"}",
             uuid_format(&hugo, id));
    for (size_t i = 0; i < sizeof(stays) / sizeof(stays[0]); i++)
        add(store, peer, stays[i]);
    for (size_t i = 0; i < sizeof(goes) / sizeof(goes[0]); i++) {
        add(store, peer, goes[i]);
        add(store, other, goes[i]);
    }
    add(store, peer, history);
    add(store, peer, change);
    assert_int_equal(outbox_refuse(store, waiting(store, peer).keys[4], 400, "no"), RESULT_OK);
    assert_int_equal(store_hidden_set(store, peer, &hugo, 1, &hush, 1), RESULT_OK);
    assert_int_equal(outbox_take_back(store, peer), RESULT_OK);
    commit(store);
    assert_int_equal(waiting(store, peer).count, sizeof(stays) / sizeof(stays[0]));
    assert_int_equal(waiting(store, other).count, sizeof(goes) / sizeof(goes[0]));
    expect_refused(store, peer, "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_rows_wait_in_order_each_for_its_server),
        STORE_TEST(test_a_row_comes_back_as_it_was_added),
        STORE_TEST(test_rows_share_the_fate_of_their_transaction),
        STORE_TEST(test_a_server_that_is_gone_takes_no_rows),
        STORE_TEST(test_a_page_is_bounded_by_rows_and_bytes),
        STORE_TEST(test_deleted_are_those_that_were_named_and_no_others),
        STORE_TEST(test_keys_are_never_given_twice),
        STORE_TEST(test_expired_rows_go_and_others_are_kept),
        STORE_TEST(test_a_refused_row_is_set_aside_and_those_behind_it_go_on),
        STORE_TEST(test_refused_rows_are_listed_oldest_first_up_to_a_limit),
        STORE_TEST(test_500_bytes_of_an_answer_are_kept_without_half_characters),
        STORE_TEST(test_refused_rows_wait_again_in_their_old_place),
        STORE_TEST(test_refused_rows_are_dropped_and_waiting_ones_never),
        STORE_TEST(test_a_history_row_keeps_its_place_as_it_advances),
        STORE_TEST(test_the_state_of_a_queue_counts_what_waits_and_what_was_refused),
        STORE_TEST(test_a_deleted_server_takes_its_queue_along),
        STORE_TEST(test_what_is_hidden_is_taken_back),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store outbox", tests, NULL, NULL);
}
