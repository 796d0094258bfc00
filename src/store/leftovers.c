/*
 * leftovers.c - the rows of users who are gone, and whom nothing names any more. Looking runs on a job thread, deleting
 * in the writer thread, both of the worker that sweeps.
 *
 * Nothing says whose messages a user's are but the messages themselves: so all of them are passed by, a few thousand at
 * a time, and whoever is the author of one stays. Always holds: a message is stored for a user who is there, never for
 * one who is gone. Whoever is gone at the end since the same moment as at the begin has written nothing meanwhile,
 * however long that was, and wherever in the order of keys it would have been.
 */
#include "bering/retention.h"
#include "store/internal.h"
#include <assert.h>
#include <stdlib.h>

struct leftover {
    int64_t key;
    int64_t deleted_at;
    bool is_needed;
};

/* ---- looking ---- */

static enum result find_gone(struct store *store, struct leftovers *leftovers)
{
    struct query query = query_begin(store, STATEMENT_LEFTOVERS);

    query_bind_integer(&query, leftovers->users_after);
    query_bind_integer(&query, LEFTOVERS_MOST);
    while (query_step(&query)) {
        if (leftovers->list == NULL)
            leftovers->list = store_allocate(LEFTOVERS_MOST * sizeof(*leftovers->list));
        leftovers->list[leftovers->count++] =
            (struct leftover){.key = query_integer(&query, 0), .deleted_at = query_integer(&query, 1)};
    }
    leftovers->users_after = leftovers->count == LEFTOVERS_MOST ? leftovers->list[LEFTOVERS_MOST - 1].key : 0;
    leftovers->left = leftovers->count;
    return query_end(&query);
}

static int compare(const void *key, const void *member)
{
    int64_t wanted = *(const int64_t *)key, there = ((const struct leftover *)member)->key;

    return wanted < there ? -1 : wanted > there;
}

static void keep(struct leftovers *leftovers, int64_t key)
{
    struct leftover *found = bsearch(&key, leftovers->list, leftovers->count, sizeof(*leftovers->list), compare);

    if (found == NULL || found->is_needed)
        return;
    found->is_needed = true;
    --leftovers->left;
}

enum result store_leftovers_look(struct store *store, struct leftovers *leftovers, unsigned messages)
{
    int64_t author = 0;
    unsigned seen = 0;

    assert(!leftovers->is_done && messages > 0);
    if (leftovers->count == 0) {
        enum result result = find_gone(store, leftovers);
        leftovers->is_done = leftovers->count == 0;
        if (result != RESULT_OK || leftovers->is_done)
            return result;
    }
    struct query query = query_begin(store, STATEMENT_LEFTOVERS_AUTHORS);
    query_bind_integer(&query, leftovers->messages_after);
    query_bind_integer(&query, messages);
    while (query_step(&query)) {
        leftovers->messages_after = query_integer(&query, 0);
        if (query_integer(&query, 1) != author)
            keep(leftovers, author = query_integer(&query, 1));
        ++seen;
    }
    enum result result = query_end(&query);
    leftovers->is_done = result == RESULT_OK && (seen < messages || leftovers->left == 0);
    return result;
}

/* ---- deleting ---- */

/* Whether it is as it was when it was found. */
static enum result is_left(struct store *store, const struct leftover *user, bool *is_r)
{
    struct query query = query_begin(store, STATEMENT_LEFTOVERS_CHECK);

    query_bind_integer(&query, user->key);
    query_bind_integer(&query, user->deleted_at);
    *is_r = query_step(&query);
    return query_end(&query);
}

/* Direct conversations, too: there is nothing in them. */
static enum result delete_user(struct store *store, int64_t key)
{
    static const enum statement steps[] = {
        STATEMENT_LEFTOVERS_DELETE_STATES,
        STATEMENT_LEFTOVERS_DELETE_DIRECT,
        STATEMENT_LEFTOVERS_DELETE,
    };
    enum result result = RESULT_OK;

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && result == RESULT_OK; ++i) {
        struct query query = query_begin(store, steps[i]);
        query_bind_integer(&query, key);
        result = query_run(&query, NULL);
    }
    return result;
}

enum result store_leftovers_delete(struct store *store, struct leftovers *leftovers, unsigned limit, unsigned *count_r)
{
    enum result result = RESULT_OK;

    assert(store->in_transaction && leftovers->is_done);
    *count_r = 0;
    for (unsigned seen = 0; seen < limit && leftovers->left > 0 && result == RESULT_OK; --leftovers->left, ++seen) {
        struct leftover *user = &leftovers->list[leftovers->deleted];
        bool is = false;
        while (user->is_needed)
            ++user;
        leftovers->deleted = (size_t)(user - leftovers->list) + 1;
        result = is_left(store, user, &is);
        if (result == RESULT_OK && is)
            result = delete_user(store, user->key);
        *count_r += is;
    }
    return result;
}

void store_leftovers_end(struct leftovers *leftovers)
{
    free(leftovers->list);
    *leftovers = (struct leftovers){.users_after = leftovers->users_after};
}
