/*
 * test_store_statements.c - the table of statements: each one is sound, and none that requests wait for reads a whole
 * history.
 */
#include "store_fixture.h"

static void test_every_statement_can_be_prepared(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    for (enum statement i = 0; i < STATEMENTS; i++) {
        sqlite3_stmt *statement = NULL;
        if (sqlite3_prepare_v2(store->database, statement_sql(i), -1, &statement, NULL) != SQLITE_OK)
            fail_msg("%s: %s", sqlite3_errmsg(store->database), statement_sql(i));
        assert_non_null(statement);
        sqlite3_finalize(statement);
    }
}

/* Fails if the plan of a statement has a step that contains `word`. */
static void expect_plan_without(struct store *store, enum statement number, const char *word)
{
    sqlite3_stmt *statement = NULL;
    char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", statement_sql(number));

    assert_int_equal(sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(statement, 3);
        if (strstr(step, word) != NULL && strcmp(step, "SCAN CONSTANT ROW") != 0) /* that is a SELECT without FROM */
            fail_msg("\"%s\" in the plan of: %s", step, statement_sql(number));
    }
    sqlite3_finalize(statement);
    sqlite3_free(sql);
}

static void test_no_statement_scans_the_messages(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    for (enum statement i = 0; i < STATEMENTS; i++) {
        if (strncmp(statement_sql(i), "BEGIN", 5) == 0 || strncmp(statement_sql(i), "COMMIT", 6) == 0)
            continue;
        expect_plan_without(store, i, "SCAN m");
        expect_plan_without(store, i, "SCAN n");
    }
}

static void test_pages_are_not_sorted(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    for (enum statement i = STATEMENT_DIRECT_FIND; i < STATEMENTS; i++) {
        expect_plan_without(store, i, "TEMP B-TREE");
        expect_plan_without(store, i, "SCAN");
    }
}

static void test_lists_for_peers_are_not_sorted(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    expect_plan_without(store, STATEMENT_USERS_VISIBLE, "TEMP B-TREE");
    expect_plan_without(store, STATEMENT_PEER_USERS, "TEMP B-TREE");
    expect_plan_without(store, STATEMENT_PEER_CHANNELS, "TEMP B-TREE");
    expect_plan_without(store, STATEMENT_CHANNELS_VISIBLE, "TEMP B-TREE");
    expect_plan_without(store, STATEMENT_USERS_VISIBLE, "users_name"); /* it would pass by all users of other servers */
    expect_plan_without(store, STATEMENT_PEER_USERS, "SCAN");
    expect_plan_without(store, STATEMENT_PEER_CHANNELS, "SCAN");
    expect_plan_without(store, STATEMENT_CHANNELS_VISIBLE, "SCAN");
}

/* The administrator may look at a queue of any length: what was refused is found without passing what waits. */
static void test_refused_rows_are_found_apart_from_those_that_wait(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    for (enum statement i = STATEMENT_OUTBOX_INSERT; i <= STATEMENT_OUTBOX_DROP_ALL; i++)
        expect_plan_without(store, i, "outbox_waiting (server_id=?)");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_every_statement_can_be_prepared),
        STORE_TEST(test_no_statement_scans_the_messages),
        STORE_TEST(test_pages_are_not_sorted),
        STORE_TEST(test_lists_for_peers_are_not_sorted),
        STORE_TEST(test_refused_rows_are_found_apart_from_those_that_wait),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store statements", tests, NULL, NULL);
}
