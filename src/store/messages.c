/*
 * messages.c - messages: storing, pages of a conversation, the inbox. Runs in every process that opens the store.
 *
 * Always holds: rows are clustered by conversation and numbered in the order of arrival (internal.h), so that the last
 * number is one seek and a page one short range scan, whatever the length of the history.
 */
#include "bering/clock.h"
#include "store/internal.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool is_direct(int64_t key)
{
    return (key >> CONVERSATION_SHIFT & 1) != 0;
}

/* ---- storing ---- */

enum result direct_find(struct store *store, int64_t one, int64_t other, int64_t *key_r)
{
    struct query query = query_begin(store, STATEMENT_DIRECT_FIND);
    query_bind_integer(&query, one < other ? one : other);
    query_bind_integer(&query, one < other ? other : one);
    *key_r = query_step(&query) ? query_integer(&query, 0) : 0;
    return query_end(&query);
}

static enum result make_direct(struct store *store, int64_t one, int64_t other, int64_t *key_r)
{
    struct query query = query_begin(store, STATEMENT_DIRECT_INSERT);
    query_bind_integer(&query, one < other ? one : other);
    query_bind_integer(&query, one < other ? other : one);
    while (query_step(&query))
        *key_r = query_integer(&query, 0);
    assert(query.result != RESULT_OK || (*key_r > 0 && *key_r <= CONVERSATION_KEY_MAX));
    return query_end(&query);
}

/*
 * The key of the conversation's next message, for the conversation whose keys start at `first`. RESULT_NOT_FOUND if the
 * author, the recipient or the channel is gone.
 */
static enum result next_key(struct store *store, const struct message_new *message, int64_t first, int64_t *key_r)
{
    bool to_channel = message->channel_key != 0;
    bool found = false;
    int64_t last = first;

    struct query query =
        query_begin(store, to_channel ? STATEMENT_MESSAGE_LAST_IN_CHANNEL : STATEMENT_MESSAGE_LAST_IN_DIRECT);
    query_bind_integer(&query, message->author_key);
    query_bind_integer(&query, to_channel ? message->channel_key : message->recipient_key);
    query_bind_integer(&query, first);
    if (query_step(&query)) {
        found = true;
        if (!query_is_null(&query, 0))
            last = query_integer(&query, 0);
    }
    enum result result = query_end(&query);
    if (result != RESULT_OK)
        return result;
    if (!found)
        return RESULT_NOT_FOUND;
    assert(last - first < CONVERSATION_LAST);
    *key_r = last + 1;
    return RESULT_OK;
}

/* The text to keep beside sent_at: NULL if sent_at alone tells it. */
static const char *own_text(const struct message_new *message)
{
    char canonical[CLOCK_TEXT_LENGTH + 1];

    if (message->sent_at_text == NULL || strcmp(clock_format(message->sent_at, canonical), message->sent_at_text) == 0)
        return NULL;
    return message->sent_at_text;
}

/* RESULT_CONFLICT if the id exists already. */
static enum result insert(struct store *store, const struct message_new *message, int64_t key)
{
    struct query query = query_begin(store, STATEMENT_MESSAGE_INSERT);
    query_bind_integer(&query, key);
    query_bind_uuid(&query, &message->id);
    query_bind_text(&query, message->is_history ? "history" : is_direct(key) ? "dm" : "channel");
    query_bind_integer(&query, message->author_key);
    query_bind_key(&query, message->recipient_key);
    query_bind_key(&query, message->channel_key);
    query_bind_integer(&query, message->sent_at);
    query_bind_text(&query, own_text(message));
    query_bind_text_n(&query, message->body, message->body_length);
    return query_run(&query, NULL);
}

/*
 * What an id that exists already means: RESULT_OK if it is the same author's in the conversation that starts at
 * `first`, RESULT_CONFLICT if not, RESULT_NOT_FOUND if there is no such id.
 */
static enum result judge_duplicate(struct store *store, const struct message_new *message, int64_t first)
{
    enum result judgement = RESULT_NOT_FOUND;

    struct query query = query_begin(store, STATEMENT_MESSAGE_BY_ID);
    query_bind_uuid(&query, &message->id);
    if (query_step(&query)) {
        bool is_same = query_integer(&query, 0) >> CONVERSATION_SHIFT == first >> CONVERSATION_SHIFT &&
                       query_integer(&query, 1) == message->author_key;
        judgement = is_same ? RESULT_OK : RESULT_CONFLICT;
    }
    enum result result = query_end(&query);
    return result == RESULT_OK ? judgement : result;
}

/* Finds the conversation, making a direct one only for a message that will be stored. */
static enum result open_conversation(struct store *store, const struct message_new *message, int64_t *first_r)
{
    int64_t direct = 0;

    if (message->channel_key != 0) {
        *first_r = conversation_of(message->channel_key, false);
        return RESULT_OK;
    }
    enum result result = direct_find(store, message->author_key, message->recipient_key, &direct);
    if (result == RESULT_OK && direct == 0) {
        result = user_lives(store, message->author_key);
        if (result == RESULT_OK)
            result = user_lives(store, message->recipient_key);
        if (result == RESULT_OK) {
            result = judge_duplicate(store, message, 0);
            if (result != RESULT_NOT_FOUND)
                return result;
            result = make_direct(store, message->author_key, message->recipient_key, &direct);
        }
    }
    *first_r = conversation_of(direct, true);
    return result;
}

/* An id of a deleted channel's message, which is still to be removed, is free: a peer may send a history anew. */
static enum result free_orphan(struct store *store, const struct message_new *message, bool *freed_r)
{
    int changes = 0;
    struct query query = query_begin(store, STATEMENT_ORPHANS_DELETE_ID);

    query_bind_uuid(&query, &message->id);
    enum result result = query_run(&query, &changes);
    *freed_r = changes > 0;
    return result;
}

/* RESULT_CONFLICT if the id exists already. */
static enum result insert_anew(struct store *store, const struct message_new *message, int64_t key)
{
    bool is_free;
    enum result result = insert(store, message, key);

    if (result != RESULT_CONFLICT)
        return result;
    result = free_orphan(store, message, &is_free);
    if (result != RESULT_OK)
        return result;
    return is_free ? insert(store, message, key) : RESULT_CONFLICT;
}

enum result store_message_add(struct store *store, struct message_new *message, bool *stored_r)
{
    int64_t first = 0, key = 0;

    assert(store->in_transaction && (message->channel_key != 0) != (message->recipient_key != 0));
    enum result result = open_conversation(store, message, &first);
    if (result == RESULT_OK)
        result = next_key(store, message, first, &key);
    if (result != RESULT_OK)
        return result;
    result = insert_anew(store, message, key);
    if (result == RESULT_CONFLICT) {
        *stored_r = false;
        return judge_duplicate(store, message, first);
    }
    if (result != RESULT_OK)
        return result;
    *stored_r = true;
    message->key = key;
    commit_note(store, key);
    if (message->is_history)
        return conversation_follow(store, key);
    result = conversation_pass(store, message->author_key, key);
    if (result != RESULT_OK)
        return result;
    return memchr(message->body, '@', message->body_length) != NULL ? mentions_note(store, message, key) : RESULT_OK;
}

/* ---- reading ---- */

/* Hands the rows of a query over MESSAGE_COLUMNS to the callback; *count_r is how many there were. */
static enum result finish_messages(struct query *query, store_message_row *row, void *argument, unsigned *count_r)
{
    *count_r = 0;
    while (query_step(query)) {
        char sent_at[CLOCK_TEXT_LENGTH + 1];
        bool is_deleted = query_integer(query, 6) != 0;
        const char *body = query_text(query, 13);
        struct message message = {
            .key = query_integer(query, 0),
            .id = query_uuid(query, 1),
            .author_key = query_integer(query, 2),
            .author_id = query_uuid(query, 3),
            .author_username = is_deleted ? USER_DELETED_USERNAME : query_text(query, 4),
            .author_display_name = is_deleted ? USER_DELETED_DISPLAY_NAME : query_text(query, 5),
            .recipient_key = query_integer(query, 7),
            .recipient_id = query_uuid(query, 8),
            .channel_key = query_integer(query, 9),
            .channel_id = query_uuid(query, 10),
            .is_direct = is_direct(query_integer(query, 0)),
            .sent_at =
                query_is_null(query, 12) ? clock_format(query_integer(query, 11), sent_at) : query_text(query, 12),
            .body = body != NULL ? body : "",
            .body_length = query_length(query, 13),
        };
        row(argument, &message);
        ++*count_r;
    }
    return query_end(query);
}

enum result message_read(struct store *store, int64_t key, store_message_row *row, void *argument)
{
    unsigned count;
    struct query query = query_begin(store, STATEMENT_MESSAGE_BY_KEY);

    query_bind_integer(&query, key);
    enum result result = finish_messages(&query, row, argument, &count);
    return result == RESULT_OK && count == 0 ? RESULT_NOT_FOUND : result;
}

enum result message_key_of(struct store *store, const struct uuid *id, int64_t first, int64_t *key_r)
{
    bool found = false;
    struct query query = query_begin(store, STATEMENT_MESSAGE_BY_ID);

    query_bind_uuid(&query, id);
    if (query_step(&query)) {
        *key_r = query_integer(&query, 0);
        found = *key_r >> CONVERSATION_SHIFT == first >> CONVERSATION_SHIFT;
    }
    enum result result = query_end(&query);
    return result == RESULT_OK && !found ? RESULT_NOT_FOUND : result;
}

/* The messages with keys above `from` and up to `to`, the oldest `limit` of them. */
static enum result read_forward(struct store *store, int64_t from, int64_t to, unsigned limit, store_message_row *row,
                                void *argument)
{
    unsigned count;
    struct query query = query_begin(store, STATEMENT_MESSAGES_FORWARD);

    query_bind_integer(&query, from);
    query_bind_integer(&query, to);
    query_bind_integer(&query, limit);
    return finish_messages(&query, row, argument, &count);
}

/* The messages with keys above `from` and below `to`, the newest `limit` of them. */
static enum result read_backward(struct store *store, int64_t from, int64_t to, unsigned limit, store_message_row *row,
                                 void *argument)
{
    unsigned count;
    struct query query = query_begin(store, STATEMENT_MESSAGES_BACKWARD);

    query_bind_integer(&query, from);
    query_bind_integer(&query, to);
    query_bind_integer(&query, limit);
    return finish_messages(&query, row, argument, &count);
}

/* The message `key` with those before it, half of `limit` together, then those after it. */
static enum result read_around(struct store *store, int64_t first, int64_t key, int64_t last, unsigned limit,
                               store_message_row *row, void *argument)
{
    unsigned half = limit / 2;
    enum result result = read_backward(store, first, key + 1, limit - half, row, argument);

    return result == RESULT_OK && half > 0 ? read_forward(store, key, last, half, row, argument) : result;
}

static bool names_a_message(const struct page *page)
{
    return page->before != NULL || page->after != NULL || page->around != NULL || page->after_key != 0;
}

enum result store_messages(struct store *store, const struct conversation *conversation, const struct page *page,
                           store_message_row *row, void *argument)
{
    int64_t direct = 0, key = 0;
    enum result result = RESULT_OK;

    assert(page->limit >= 1 && page->limit <= STORE_PAGE_MAX);
    assert((page->before != NULL) + (page->after != NULL) + (page->around != NULL) + (page->after_key != 0) <= 1);
    if (conversation->channel_key == 0) {
        result = direct_find(store, conversation->user_keys[0], conversation->user_keys[1], &direct);
        if (result != RESULT_OK)
            return result;
        if (direct == 0) /* not a word yet */
            return names_a_message(page) ? RESULT_NOT_FOUND : RESULT_OK;
    }
    bool to_channel = conversation->channel_key != 0;
    int64_t first = conversation_of(to_channel ? conversation->channel_key : direct, !to_channel);
    int64_t last = first + CONVERSATION_LAST;

    if (page->before != NULL) {
        result = message_key_of(store, page->before, first, &key);
        return result == RESULT_OK ? read_backward(store, first, key, page->limit, row, argument) : result;
    }
    if (page->after != NULL) {
        result = message_key_of(store, page->after, first, &key);
        return result == RESULT_OK ? read_forward(store, key, last, page->limit, row, argument) : result;
    }
    if (page->around != NULL) {
        result = message_key_of(store, page->around, first, &key);
        return result == RESULT_OK ? read_around(store, first, key, last, page->limit, row, argument) : result;
    }
    if (page->after_key != 0) {
        if (page->after_key < first || page->after_key > last)
            return RESULT_NOT_FOUND;
        return read_forward(store, page->after_key, last, page->limit, row, argument);
    }
    if (page->from_oldest)
        return read_forward(store, first, last, page->limit, row, argument);
    return read_backward(store, first, last, page->limit, row, argument);
}

/* ---- the inbox ---- */

/* A message that may be in the inbox. */
struct entry {
    int64_t key;
    int64_t sent_at;
};

static int compare_newest_first(const void *one, const void *other)
{
    const struct entry *a = one, *b = other;

    if (a->sent_at != b->sent_at)
        return a->sent_at > b->sent_at ? -1 : 1;
    return a->key != b->key ? (a->key > b->key ? -1 : 1) : 0;
}

/* The newest message of each conversation of the user, newest first; malloc'd. */
static enum result newest_of_each(struct store *store, int64_t user_key, struct entry **heads_r, size_t *count_r)
{
    struct entry *heads = NULL;
    size_t count = 0, capacity = 0;

    struct query query = query_begin(store, STATEMENT_INBOX_NEWEST);
    query_bind_integer(&query, user_key);
    while (query_step(&query)) {
        if (count == capacity) {
            capacity = capacity != 0 ? 2 * capacity : 32;
            heads = store_reallocate(heads, capacity * sizeof(*heads));
        }
        heads[count++] = (struct entry){query_integer(&query, 0), query_integer(&query, 1)};
    }
    if (count > 1)
        qsort(heads, count, sizeof(*heads), compare_newest_first);
    *heads_r = heads;
    *count_r = count;
    return query_end(&query);
}

/* Moves a head to the message before it in its conversation; *more_r is false if it was the first one. */
static enum result step_back(struct store *store, struct entry *head, bool *more_r)
{
    struct query query = query_begin(store, STATEMENT_INBOX_PREVIOUS);

    query_bind_integer(&query, head->key & ~CONVERSATION_LAST);
    query_bind_integer(&query, head->key);
    *more_r = query_step(&query);
    if (*more_r)
        *head = (struct entry){query_integer(&query, 0), query_integer(&query, 1)};
    return query_end(&query);
}

/* Merges the conversations into one list, newest first: at each step the newest head is taken and moved one back. */
static enum result merge(struct store *store, struct entry *heads, size_t head_count, unsigned limit,
                         struct entry *entries, unsigned *count_r)
{
    *count_r = 0;
    if (head_count > limit) /* a conversation behind `limit` newer ones has no place */
        head_count = limit;
    while (*count_r < limit && head_count > 0) {
        bool more;
        size_t newest = 0;
        for (size_t i = 1; i < head_count; i++)
            if (compare_newest_first(&heads[i], &heads[newest]) < 0)
                newest = i;
        entries[(*count_r)++] = heads[newest];
        enum result result = step_back(store, &heads[newest], &more);
        if (result != RESULT_OK)
            return result;
        if (!more)
            heads[newest] = heads[--head_count];
    }
    /* Within a conversation the order is that of arrival, which a peer's clock may contradict. */
    qsort(entries, *count_r, sizeof(*entries), compare_newest_first);
    return RESULT_OK;
}

enum result store_inbox(struct store *store, int64_t user_key, unsigned limit, store_message_row *row, void *argument)
{
    struct entry entries[STORE_PAGE_MAX];
    struct entry *heads = NULL;
    size_t head_count = 0;
    unsigned count = 0;

    assert(limit >= 1 && limit <= STORE_PAGE_MAX);
    enum result result = snapshot_begin(store);
    if (result != RESULT_OK)
        return result;
    result = newest_of_each(store, user_key, &heads, &head_count);
    if (result == RESULT_OK)
        result = merge(store, heads, head_count, limit, entries, &count);
    for (unsigned i = 0; i < count && result == RESULT_OK; i++)
        result = message_read(store, entries[i].key, row, argument);
    snapshot_end(store);
    free(heads);
    return result;
}
