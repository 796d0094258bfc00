/*
 * mentions.c - whom a message names: "@name" or "@name@server" somewhere in its text. Runs on writers.
 *
 * Always holds: only local users have rows, only of what is unread, and only of conversations that they are in; a text
 * costs a bounded number of look-ups, whatever it holds.
 */
#include "bering/text.h"
#include "store/internal.h"
#include <assert.h>
#include <string.h>

enum { GUESSES_MOST = 4 };        /* ends that a name may have: "bob's." is that, "bob's", or "bob" */

/* A message that is looked through. */
struct naming {
    int64_t key;
    int64_t author_key;
    int64_t channel_key;          /* 0: a direct one */
    int64_t recipient_key;
    int64_t only_user;            /* 0: whoever is named is noted */
    bool is_author_local;
};

struct word {
    const char *text;
    size_t length;
};

/* ---- the text ---- */

static bool is_letter(char byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

/* What no name contains: text_is_username. */
static bool ends_name(char byte)
{
    unsigned char code = (unsigned char)byte;

    return code <= 0x20 || code == 0x7f || byte == '@' || byte == '/' || byte == '\\';
}

/* Where a name may end although it could go on: before punctuation, of which U+2000 and U+3000 begin a block each. */
static bool may_end_before(const char *at, const char *end)
{
    unsigned char byte = (unsigned char)*at;

    if (byte < 0x80)
        return !is_letter(*at) && *at != '_' && *at != '-';
    return (byte == 0xe2 || byte == 0xe3) && at + 1 < end && (unsigned char)at[1] == 0x80;
}

/* The longest text at `at` that could be a name. */
static struct word word_at(const char *at, const char *end)
{
    struct word word = {at, 0};

    while (at + word.length < end && !ends_name(at[word.length]))
        word.length++;
    return word;
}

/* Shortens a word to the next end that it may have; false if there is none. */
static bool shorten(struct word *word)
{
    const char *end = word->text + word->length;

    while (word->length > 1)
        if (may_end_before(word->text + --word->length, end))
            return true;
    return false;
}

/* The next "@" that a name may follow, not one inside an address of electronic mail; *at moves behind it. */
static bool next_name(const char *start, const char **at, const char *end)
{
    while (*at < end) {
        const char *sign = memchr(*at, '@', (size_t)(end - *at));
        if (sign == NULL)
            return false;
        *at = sign + 1;
        if (sign == start || !(is_letter(sign[-1]) || strchr("_-+@", sign[-1]) != NULL))
            return true;
    }
    return false;
}

/* ---- who that is ---- */

/* *key_r is 0 if there is no local user of that name. */
static enum result find_user(struct store *store, const struct word *name, int64_t *key_r)
{
    struct query query = query_begin(store, STATEMENT_USER_BY_LOCAL_NAME);

    query_bind_text_n(&query, name->text, name->length);
    *key_r = query_step(&query) ? query_integer(&query, 0) : 0;
    return query_end(&query);
}

static enum result note(struct store *store, const struct naming *naming, int64_t user_key)
{
    bool is_meant = naming->only_user == 0 || naming->only_user == user_key;

    if (!is_meant || user_key == naming->author_key || (naming->channel_key == 0 && user_key != naming->recipient_key))
        return RESULT_OK;
    struct query query = query_begin(store, STATEMENT_MENTION_INSERT);
    query_bind_integer(&query, user_key);
    query_bind_integer(&query, naming->key);
    query_bind_key(&query, naming->channel_key);
    return query_run(&query, NULL);
}

/* Looks for the longest beginning of a word that is a user's name. */
static enum result note_word(struct store *store, const struct naming *naming, struct word word)
{
    int64_t user_key = 0;
    enum result result = RESULT_OK;

    for (int guess = 0; guess < GUESSES_MOST && result == RESULT_OK;) {
        if (word.length <= TEXT_NAME_MAX) {
            guess++;
            result = find_user(store, &word, &user_key);
            if (result == RESULT_OK && user_key != 0)
                return note(store, naming, user_key);
        }
        if (!shorten(&word))
            break;
    }
    return result;
}

/* Whether a word is this server's name, but for the punctuation behind it: "home," is, "home.example" is not. */
static bool is_own_server(const struct store *store, struct word word)
{
    size_t length = strlen(store->server_name);

    if (word.length < length || memcmp(word.text, store->server_name, length) != 0)
        return false;
    if (word.length > length && !may_end_before(word.text + length, word.text + word.length))
        return false;
    for (size_t i = length; i < word.length; i++)
        if (is_letter(word.text[i]))
            return false;
    return true;
}

/* A name without a server is of the author's: of another server's users it means one of theirs. */
static enum result note_name(struct store *store, const struct naming *naming, const char **at, const char *end)
{
    struct word name = word_at(*at, end), server = {NULL, 0};

    *at += name.length;
    if (name.length == 0)
        return RESULT_OK;
    if (*at < end && **at == '@')
        server = word_at(*at + 1, end);
    if (server.length == 0)
        return naming->is_author_local ? note_word(store, naming, name) : RESULT_OK;
    *at += 1 + server.length;
    if (!is_own_server(store, server) || name.length > TEXT_NAME_MAX)
        return RESULT_OK;
    int64_t user_key;
    enum result result = find_user(store, &name, &user_key);
    return result == RESULT_OK && user_key != 0 ? note(store, naming, user_key) : result;
}

static enum result look_through(struct store *store, struct naming *naming, const char *body, size_t length)
{
    const char *at = body, *end = body + length;
    enum result result = user_is_local(store, naming->author_key, &naming->is_author_local);

    for (int count = 0; count < STORE_MENTIONS_MOST && result == RESULT_OK && next_name(body, &at, end); count++)
        result = note_name(store, naming, &at, end);
    return result;
}

/* ---- what the other files ask for ---- */

enum result mentions_note(struct store *store, const struct message_new *message, int64_t key)
{
    struct naming naming = {
        .key = key,
        .author_key = message->author_key,
        .channel_key = message->channel_key,
        .recipient_key = message->recipient_key,
    };

    assert(store->in_transaction);
    return look_through(store, &naming, message->body, message->body_length);
}

static struct query begin_range(struct store *store, enum statement statement, int64_t user_key, int64_t from,
                                int64_t to)
{
    struct query query = query_begin(store, statement);

    query_bind_integer(&query, from);
    query_bind_integer(&query, to);
    query_bind_integer(&query, user_key);
    return query;
}

enum result mentions_restore(struct store *store, int64_t user_key, int64_t from, int64_t to)
{
    enum result result = RESULT_OK;

    assert(store->in_transaction);
    struct query query = begin_range(store, STATEMENT_MENTIONS_SEEK, user_key, from, to);
    while (result == RESULT_OK && query_step(&query)) {
        const char *body = query_text(&query, 3);
        size_t length = query_length(&query, 3);
        struct naming naming = {
            .key = query_integer(&query, 0),
            .author_key = query_integer(&query, 1),
            .channel_key = query_integer(&query, 2),
            .recipient_key = user_key, /* others' messages in a direct conversation are to this one */
            .only_user = user_key,
        };
        if (memchr(body, '@', length) != NULL)
            result = look_through(store, &naming, body, length);
    }
    enum result ended = query_end(&query);
    return result == RESULT_OK ? ended : result;
}

enum result mentions_forget(struct store *store, int64_t user_key, int64_t from, int64_t to)
{
    struct query query = begin_range(store, STATEMENT_MENTIONS_DELETE, user_key, from, to);

    return query_run(&query, NULL);
}
