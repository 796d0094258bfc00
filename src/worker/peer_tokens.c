/*
 * peer_tokens.c - a list of the peers' tokens, as digests. Worker, loop only.
 *
 * A token is compared with every one of them, each in constant time: how long it takes says nothing of what matched.
 */
#include "worker/peer_tokens.h"

#include "bering/peers.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CONTACT_MS = 1000 };

struct known_token {
    struct digest digest;
    struct peer_identity peer;
    uint64_t contact_ms;      /* when a contact was announced last */
};

struct peer_tokens {
    struct digest own;
    struct known_token *known;
    size_t count, capacity;
    bool loaded;
};

struct peer_tokens *peer_tokens_new(const char *own_token)
{
    struct peer_tokens *tokens = calloc(1, sizeof(*tokens));

    assert(tokens != NULL);
    tokens->own = secret_digest(own_token, strlen(own_token));
    return tokens;
}

void peer_tokens_free(struct peer_tokens **tokens)
{
    free((*tokens)->known);
    free(*tokens);
    *tokens = NULL;
}

void peer_tokens_forget(struct peer_tokens *tokens)
{
    tokens->loaded = false;
    tokens->count = 0;
}

static void add(void *argument, const struct server *server)
{
    struct peer_tokens *tokens = argument;

    if (tokens->count == tokens->capacity) {
        tokens->capacity = tokens->capacity == 0 ? 8 : 2 * tokens->capacity;
        tokens->known = realloc(tokens->known, tokens->capacity * sizeof(*tokens->known));
        assert(tokens->known != NULL);
    }
    tokens->known[tokens->count++] = (struct known_token){
        .digest = secret_digest(server->token, strlen(server->token)),
        .peer = {.server_key = server->key},
    };
}

static void note_hidden(void *argument, const struct uuid *id)
{
    bool *sees_everybody = argument;

    (void)id;
    *sees_everybody = false;
}

static enum result load(struct peer_tokens *tokens, struct store *store)
{
    tokens->count = 0;
    enum result result = store_servers(store, add, tokens);

    for (size_t i = 0; i < tokens->count && result == RESULT_OK; ++i) {
        struct peer_identity *peer = &tokens->known[i].peer;
        peer->sees_everybody = true;
        result = store_hidden_users(store, peer->server_key, note_hidden, &peer->sees_everybody);
    }
    tokens->loaded = result == RESULT_OK;
    return result;
}

/* How many peers have this token; *peer_r is the last of them. */
static size_t count_matches(const struct peer_tokens *tokens, const struct digest *token, struct peer_identity *peer_r)
{
    size_t matches = 0;

    for (size_t i = 0; i < tokens->count; ++i)
        if (secret_equal(&tokens->known[i].digest, token)) {
            *peer_r = tokens->known[i].peer;
            ++matches;
        }
    return matches;
}

enum result peer_tokens_find(struct peer_tokens *tokens, struct store *store, const struct digest *token,
                             struct peer_identity *peer_r)
{
    enum result result = tokens->loaded ? RESULT_OK : load(tokens, store);
    bool is_valid = false;

    if (result != RESULT_OK)
        return result;
    size_t matches = count_matches(tokens, token, peer_r);
    if (matches == 1)
        return RESULT_OK;
    *peer_r = (struct peer_identity){.server_key = 0};
    if (matches > 1 || secret_equal(&tokens->own, token))
        return RESULT_OK;
    result = peer_token_exists(store, token, &is_valid);
    return result == RESULT_OK && !is_valid ? RESULT_NOT_FOUND : result;
}

bool peer_tokens_contact(struct peer_tokens *tokens, int64_t server_key, uint64_t now_ms)
{
    for (size_t i = 0; i < tokens->count; ++i) {
        struct known_token *known = &tokens->known[i];
        if (known->peer.server_key != server_key)
            continue;
        if (known->contact_ms != 0 && now_ms < known->contact_ms + CONTACT_MS)
            return false;
        known->contact_ms = now_ms;
        return true;
    }
    return false;
}
