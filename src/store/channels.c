/*
 * channels.c - channels and who is in them. Runs in every process that opens the store.
 *
 * Always holds: a channel's messages are those whose keys lie in its conversation's range (internal.h), so they go with
 * it in one range; only users that are not deleted become members.
 */
#include "bering/clock.h"
#include "store/internal.h"
#include <assert.h>
#include <stdlib.h>

enum { DELETED_AT_ONCE = 1000 };  /* messages, with their channel */

void channel_from_row(const struct query *query, struct channel *channel_r)
{
    *channel_r = (struct channel){
        .key = query_integer(query, 0),
        .id = query_uuid(query, 1),
        .name = query_text(query, 2),
        .origin_server = query_text(query, 3),
        .is_private = query_integer(query, 4) != 0,
    };
}

enum result channel_finish(struct query *query, struct channel **channel_r)
{
    struct channel *copy = NULL;

    if (query_step(query)) {
        struct channel channel;
        channel_from_row(query, &channel);
        copy = store_allocate(sizeof(*copy) + string_size(channel.name) + string_size(channel.origin_server));
        *copy = channel;
        char *end = (char *)(copy + 1);
        copy->name = string_place(&end, channel.name);
        copy->origin_server = string_place(&end, channel.origin_server);
    }
    enum result result = query_end(query);
    if (copy == NULL)
        return result == RESULT_OK ? RESULT_NOT_FOUND : result;
    *channel_r = copy;
    return RESULT_OK;
}

enum result store_channel_by_id(struct store *store, const struct uuid *id, struct channel **channel_r)
{
    struct query query = query_begin(store, STATEMENT_CHANNEL_BY_ID);
    query_bind_uuid(&query, id);
    return channel_finish(&query, channel_r);
}

static enum result channel_by_key(struct store *store, int64_t key, struct channel **channel_r)
{
    struct query query = query_begin(store, STATEMENT_CHANNEL_BY_KEY);
    query_bind_integer(&query, key);
    return channel_finish(&query, channel_r);
}

enum result store_channel_by_name(struct store *store, const char *name, const char *origin_server,
                                  struct channel **channel_r)
{
    bool is_own = origin_server == NULL || origin_server[0] == '\0';
    struct query query = query_begin(store, STATEMENT_CHANNEL_BY_NAME);

    query_bind_text(&query, name);
    query_bind_text(&query, is_own ? store->server_name : origin_server);
    return channel_finish(&query, channel_r);
}

enum result store_channels(struct store *store, int64_t for_user, store_channel_row *row, void *argument)
{
    struct query query = query_begin(store, for_user != 0 ? STATEMENT_CHANNELS_FOR_USER : STATEMENT_CHANNELS);

    if (for_user != 0)
        query_bind_integer(&query, for_user);
    while (query_step(&query)) {
        struct channel channel;
        channel_from_row(&query, &channel);
        row(argument, &channel);
    }
    return query_end(&query);
}

enum result channel_insert(struct store *store, const struct uuid *id, const char *name, const char *origin_server,
                           bool is_private, int64_t *key_r)
{
    struct query query = query_begin(store, STATEMENT_CHANNEL_INSERT);
    query_bind_uuid(&query, id);
    query_bind_text(&query, name);
    query_bind_text(&query, origin_server);
    query_bind_integer(&query, is_private);
    enum result result = query_run(&query, NULL);
    if (result == RESULT_OK) {
        *key_r = sqlite3_last_insert_rowid(store->database);
        assert(*key_r > 0 && *key_r <= CONVERSATION_KEY_MAX);
    }
    return result;
}

enum result store_channel_create(struct store *store, const char *name, bool is_private, int64_t creator,
                                 struct channel **channel_r)
{
    struct uuid id = uuid_new();
    int64_t key;

    assert(store->in_transaction);
    enum result result = creator != 0 ? user_lives(store, creator) : RESULT_OK;
    if (result == RESULT_OK)
        result = channel_insert(store, &id, name, store->server_name, is_private, &key);
    if (result == RESULT_OK && creator != 0)
        result = store_member_add(store, key, creator, &(bool){false});
    return result == RESULT_OK ? store_channel_by_id(store, &id, channel_r) : result;
}

enum result store_channel_update(struct store *store, int64_t key, const char *name, int is_private,
                                 struct channel **channel_r)
{
    int changes;

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_CHANNEL_UPDATE);
    query_bind_integer(&query, key);
    query_bind_text(&query, name);
    if (is_private >= 0)
        query_bind_integer(&query, is_private != 0);
    enum result result = query_run(&query, &changes);
    if (result != RESULT_OK)
        return result;
    return changes == 1 ? channel_by_key(store, key, channel_r) : RESULT_NOT_FOUND;
}

/* Many messages go later, in pieces (retention.c): nobody finds them any more. */
static enum result delete_messages(struct store *store, int64_t channel_key)
{
    int64_t first = conversation_of(channel_key, false);
    int changes;
    struct query query = query_begin(store, STATEMENT_ORPHANS_DELETE);

    query_bind_integer(&query, first);
    query_bind_integer(&query, first + CONVERSATION_LAST);
    query_bind_integer(&query, DELETED_AT_ONCE);
    enum result result = query_run(&query, &changes);
    if (result != RESULT_OK || changes < DELETED_AT_ONCE)
        return result;
    query = query_begin(store, STATEMENT_ORPHANS_INSERT);
    query_bind_integer(&query, first >> CONVERSATION_SHIFT);
    return query_run(&query, NULL);
}

enum result store_channel_delete(struct store *store, int64_t key)
{
    static const enum statement steps[] = {
        STATEMENT_CHANNEL_DELETE_MEMBERS,
        STATEMENT_CHANNEL_DELETE_HIDDEN,
        STATEMENT_CHANNEL_DELETE_STATES,
        STATEMENT_CHANNEL_DELETE_MENTIONS,
        STATEMENT_CHANNEL_DELETE,
    };
    struct channel *channel;

    assert(store->in_transaction);
    enum result result = channel_by_key(store, key, &channel);
    if (result != RESULT_OK)
        return result;
    free(channel);
    result = delete_messages(store, key);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && result == RESULT_OK; i++) {
        struct query query = query_begin(store, steps[i]);
        query_bind_integer(&query, key);
        result = query_run(&query, NULL);
    }
    return result;
}

/* ---- members; store_members is in users.c ---- */

enum result store_member_add(struct store *store, int64_t channel_key, int64_t user_key, bool *added_r)
{
    int changes;

    assert(store->in_transaction);
    enum result result = user_lives(store, user_key);
    if (result != RESULT_OK)
        return result;
    struct query query = query_begin(store, STATEMENT_MEMBER_INSERT);
    query_bind_integer(&query, channel_key);
    query_bind_integer(&query, user_key);
    query_bind_integer(&query, clock_now());
    result = query_run(&query, &changes);
    if (result != RESULT_OK)
        return result;
    *added_r = changes == 1;
    return *added_r ? conversation_join(store, channel_key, user_key) : RESULT_OK;
}

enum result store_member_remove(struct store *store, int64_t channel_key, int64_t user_key, bool *removed_r)
{
    int changes;

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_MEMBER_DELETE);
    query_bind_integer(&query, channel_key);
    query_bind_integer(&query, user_key);
    enum result result = query_run(&query, &changes);
    if (result == RESULT_OK)
        *removed_r = changes == 1;
    return result;
}

enum result store_member_check(struct store *store, int64_t channel_key, int64_t user_key, bool *member_r)
{
    struct query query = query_begin(store, STATEMENT_MEMBER_CHECK);
    query_bind_integer(&query, channel_key);
    query_bind_integer(&query, user_key);
    bool is_member = query_step(&query);
    enum result result = query_end(&query);
    if (result == RESULT_OK)
        *member_r = is_member;
    return result;
}

enum result store_channels_of_user(struct store *store, int64_t user_key, int64_t **keys_r, size_t *count_r)
{
    int64_t *keys = NULL;
    size_t count = 0, capacity = 0;

    struct query query = query_begin(store, STATEMENT_CHANNELS_OF_USER);
    query_bind_integer(&query, user_key);
    while (query_step(&query)) {
        if (count == capacity) {
            capacity = capacity != 0 ? 2 * capacity : 16;
            keys = store_reallocate(keys, capacity * sizeof(*keys));
        }
        keys[count++] = query_integer(&query, 0);
    }
    enum result result = query_end(&query);
    if (result != RESULT_OK) {
        free(keys);
        return result;
    }
    *keys_r = keys;
    *count_r = count;
    return RESULT_OK;
}
