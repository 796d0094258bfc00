/*
 * conversations.c - what each user has read of its conversations, and what not. Runs in every process that opens the
 * store.
 *
 * Always holds: a position is a message's key, 0 before the first; what is unread is counted from the rows behind it,
 * at most STORE_UNREAD_MOST, so there is no counter that could be wrong. A local member has a row from joining on; in a
 * direct conversation no row means that nothing has been read.
 */
#include "store/internal.h"
#include <assert.h>

enum { PASS_EACH = 256 };         /* messages of a conversation: see conversation_pass */

/* A conversation of one user: its number, and what the user has read. */
struct place {
    int64_t user_key;
    int64_t number;               /* of the conversation: its keys are number << CONVERSATION_SHIFT and more */
    int64_t last_read;
    int64_t newest;               /* its last message, 0: there is none */
    bool is_muted;
};

static int64_t first_of(const struct place *place)
{
    return place->number << CONVERSATION_SHIFT;
}

/* Where what is unread begins. */
static int64_t position_of(const struct place *place)
{
    return place->last_read > first_of(place) ? place->last_read : first_of(place);
}

/* ---- reading ---- */

static struct query begin_after(const struct place *place, struct store *store, enum statement statement)
{
    struct query query = query_begin(store, statement);

    query_bind_integer(&query, position_of(place));
    query_bind_integer(&query, first_of(place) + CONVERSATION_LAST);
    query_bind_integer(&query, place->user_key);
    return query;
}

/* *first_r: the first of what is unread, 0 if nothing is. */
static enum result count_unread(const struct place *place, struct store *store, unsigned *count_r, int64_t *first_r)
{
    struct query query = begin_after(place, store, STATEMENT_CONVERSATION_UNREAD);
    bool found = query_step(&query);

    *count_r = found ? (unsigned)query_integer(&query, 0) : 0;
    *first_r = *count_r > 0 ? query_integer(&query, 1) : 0;
    return query_end(&query);
}

static enum result count_mentions(const struct place *place, struct store *store, unsigned *count_r)
{
    struct query query = begin_after(place, store, STATEMENT_MENTIONS_COUNT);

    *count_r = query_step(&query) ? (unsigned)query_integer(&query, 0) : 0;
    return query_end(&query);
}

static enum result find_id(struct store *store, int64_t key, bool *found_r, struct uuid *id_r)
{
    struct query query = query_begin(store, STATEMENT_MESSAGE_ID);

    query_bind_integer(&query, key);
    *found_r = query_step(&query);
    if (*found_r)
        *id_r = query_uuid(&query, 0);
    return query_end(&query);
}

static enum result read_unread(const struct place *place, struct store *store, struct conversation_state *state)
{
    int64_t first;
    bool found;
    enum result result = count_unread(place, store, &state->unread, &first);

    if (result != RESULT_OK || state->unread == 0)
        return result;
    result = find_id(store, first, &found, &state->first_unread_id);
    return result == RESULT_OK ? count_mentions(place, store, &state->mentions) : result;
}

/* All of the state but its id. */
static enum result read_state(const struct place *place, struct store *store, struct conversation_state *state_r)
{
    *state_r = (struct conversation_state){
        .is_direct = (place->number & 1) != 0,
        .is_muted = place->is_muted,
        .last_sequence = message_sequence(place->newest),
    };
    enum result result = find_id(store, place->last_read, &state_r->has_read, &state_r->last_read_id);
    return result == RESULT_OK ? read_unread(place, store, state_r) : result;
}

/* A row on its way to the caller. */
struct listing {
    struct conversation_state state;
    store_conversation_row *row;
    void *argument;
};

static void hand_over(void *argument, const struct message *newest)
{
    const struct listing *listing = argument;

    listing->row(listing->argument, &listing->state, newest);
}

static enum result list_one(struct store *store, const struct query *query, int64_t user_key, struct listing *listing)
{
    struct place place = {
        .user_key = user_key,
        .number = query_integer(query, 0),
        .last_read = query_integer(query, 2),
        .is_muted = query_integer(query, 3) != 0,
        .newest = query_integer(query, 4),
    };
    enum result result = read_state(&place, store, &listing->state);

    listing->state.id = query_uuid(query, 1);
    if (result != RESULT_OK)
        return result;
    if (place.newest != 0)
        return message_read(store, place.newest, hand_over, listing);
    hand_over(listing, NULL);
    return RESULT_OK;
}

enum result store_conversations(struct store *store, int64_t user_key, store_conversation_row *row, void *argument)
{
    struct listing listing = {.row = row, .argument = argument};
    enum result result = snapshot_begin(store);

    if (result != RESULT_OK)
        return result;
    struct query query = query_begin(store, STATEMENT_CONVERSATIONS);
    query_bind_integer(&query, user_key);
    while (result == RESULT_OK && query_step(&query))
        result = list_one(store, &query, user_key, &listing);
    enum result ended = query_end(&query);
    snapshot_end(store);
    return result == RESULT_OK ? ended : result;
}

/* ---- changing ---- */

static enum result read_place(struct store *store, int64_t user_key, int64_t number, struct place *place_r)
{
    struct query query = query_begin(store, STATEMENT_CONVERSATION_STATE);

    *place_r = (struct place){.user_key = user_key, .number = number};
    query_bind_integer(&query, user_key);
    query_bind_integer(&query, number);
    if (query_step(&query)) {
        place_r->last_read = query_integer(&query, 0);
        place_r->is_muted = query_integer(&query, 1) != 0;
        place_r->newest = query_integer(&query, 2);
    }
    return query_end(&query);
}

/* RESULT_NOT_FOUND: the user is not a member of the channel, or has not exchanged a word with the other user. */
static enum result find_place(struct store *store, const struct conversation *conversation, struct place *place_r)
{
    int64_t user_key = conversation->user_keys[0], direct = 0;
    bool is_in = false;
    enum result result;

    if (conversation->channel_key != 0) {
        result = store_member_check(store, conversation->channel_key, user_key, &is_in);
    } else {
        result = direct_find(store, user_key, conversation->user_keys[1], &direct);
        is_in = direct != 0;
    }
    if (result != RESULT_OK || !is_in)
        return result == RESULT_OK ? RESULT_NOT_FOUND : result;
    return read_place(store, user_key, direct != 0 ? direct << 1 | 1 : conversation->channel_key << 1, place_r);
}

static enum result write_place(const struct place *place, struct store *store)
{
    struct query query = query_begin(store, STATEMENT_CONVERSATION_SET);

    query_bind_integer(&query, place->user_key);
    query_bind_integer(&query, place->number);
    query_bind_integer(&query, place->last_read);
    query_bind_integer(&query, place->is_muted);
    return query_run(&query, NULL);
}

/* Moves the position; mentions up to it go, those that are unread again come back. */
static enum result move(struct place *place, struct store *store, int64_t key)
{
    int64_t before = position_of(place);

    place->last_read = key;
    int64_t after = position_of(place);
    enum result result = write_place(place, store);
    if (result != RESULT_OK || before == after)
        return result;
    return before < after ? mentions_forget(store, place->user_key, first_of(place), after)
                          : mentions_restore(store, place->user_key, after, before);
}

enum result store_conversation_read(struct store *store, const struct conversation *conversation,
                                    const struct uuid *message_id, bool exact, bool *changed_r,
                                    struct conversation_state *state_r)
{
    struct place place;
    int64_t key = 0;

    assert(store->in_transaction);
    enum result result = find_place(store, conversation, &place);
    if (result == RESULT_OK && message_id != NULL)
        result = message_key_of(store, message_id, first_of(&place), &key);
    if (result != RESULT_OK)
        return result;
    *changed_r = exact ? key != place.last_read : key > place.last_read;
    if (*changed_r)
        result = move(&place, store, key);
    return result == RESULT_OK ? read_state(&place, store, state_r) : result;
}

enum result store_conversation_mute(struct store *store, const struct conversation *conversation, bool is_muted,
                                    bool *changed_r, struct conversation_state *state_r)
{
    struct place place;

    assert(store->in_transaction);
    enum result result = find_place(store, conversation, &place);
    if (result != RESULT_OK)
        return result;
    *changed_r = place.is_muted != is_muted;
    place.is_muted = is_muted;
    if (*changed_r)
        result = write_place(&place, store);
    return result == RESULT_OK ? read_state(&place, store, state_r) : result;
}

enum result conversation_join(struct store *store, int64_t channel_key, int64_t user_key)
{
    int64_t first = conversation_of(channel_key, false);
    struct query query = query_begin(store, STATEMENT_CONVERSATION_JOIN);

    query_bind_integer(&query, channel_key);
    query_bind_integer(&query, user_key);
    enum result result = query_run(&query, NULL);
    return result == RESULT_OK ? mentions_forget(store, user_key, first, first + CONVERSATION_LAST) : result;
}

enum result conversation_follow(struct store *store, int64_t message_key)
{
    struct query query = query_begin(store, STATEMENT_CONVERSATION_FOLLOW);

    query_bind_integer(&query, message_key >> CONVERSATION_SHIFT);
    query_bind_integer(&query, message_key);
    return query_run(&query, NULL);
}

enum result conversation_pass(struct store *store, int64_t author_key, int64_t message_key)
{
    struct place place;
    bool is_local;
    int64_t first;
    unsigned unread;

    if (message_key % PASS_EACH != 0)
        return RESULT_OK;
    enum result result = user_is_local(store, author_key, &is_local);
    if (result != RESULT_OK || !is_local)
        return result;
    result = read_place(store, author_key, message_key >> CONVERSATION_SHIFT, &place);
    if (result == RESULT_OK)
        result = count_unread(&place, store, &unread, &first);
    if (result != RESULT_OK || unread > 0)
        return result;
    place.last_read = message_key;
    return write_place(&place, store);
}
