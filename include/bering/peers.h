/*
 * peers.h - what the database knows of other servers, their users and channels. Like store.h, and with the same rules.
 */
#ifndef BERING_PEERS_H
#define BERING_PEERS_H

#include "bering/store.h"

/* What a peer can do, as it last said itself; kept, so that it holds while the peer is away. struct server.abilities */
enum peer_abilities {
    PEER_UNKNOWN = 0,         /* never reached: treated like an original */
    PEER_ORIGINAL = 1,        /* answered, but knows no /federation/info */
    PEER_BERING = 2,          /* this project: batches, changes, joining */
};

enum result peer_set_abilities(struct store *store, int64_t server_key, enum peer_abilities abilities);

/* Whether a custom federation token exists. */
enum result peer_token_exists(struct store *store, const struct digest *token, bool *exists_r);

/*
 * A user of a peer: found, or made. display_name NULL: not said, as it was; "": none. *changed_r: made, or the display name
 * is another one now. RESULT_NOT_FOUND: there is no such peer. Within a transaction.
 */
enum result peer_user_put(struct store *store, int64_t server_key, const char *username, const char *display_name,
                          struct user **user_r, bool *changed_r);
/* The peer says that a user has another name now. RESULT_CONFLICT: that name exists: then the old one is deleted instead,
   and that user is a member wherever the old one was. Within a transaction. */
enum result peer_user_rename(struct store *store, int64_t user_key, const char *username, struct user **user_r);

/* A channel of another origin: found, or made (public, without members). RESULT_BAD_REQUEST: the origin is this server.
   Within a transaction. */
enum result peer_channel_put(struct store *store, const char *name, const char *origin_server, struct channel **channel_r,
                             bool *created_r);

/* The peers that have members in a channel: their keys, malloc'd, NULL if none. */
enum result peers_of_channel(struct store *store, int64_t channel_key, int64_t **keys_r, size_t *count_r);

/* Whether a user or channel is hidden from a peer. */
enum result peer_is_user_hidden(struct store *store, int64_t server_key, int64_t user_key, bool *hidden_r);
enum result peer_is_channel_hidden(struct store *store, int64_t server_key, int64_t channel_key, bool *hidden_r);

/* What a peer may see: local users that are not hidden from it, by name; this server's own channels that are not hidden from it
   and are public or have a member of it, by name. */
enum result peer_visible_users(struct store *store, int64_t server_key, store_user_row *row, void *argument);
enum result peer_visible_channels(struct store *store, int64_t server_key, store_channel_row *row, void *argument);

/* The users of one peer that are known here, by name. */
enum result peer_users(struct store *store, int64_t server_key, store_user_row *row, void *argument);

/* A channel's messages for a server that joins it: after_key < key <= until_key, oldest first, with their authors' servers. */
struct peer_message {
    int64_t key;
    struct uuid id;
    const char *author_username;
    const char *author_server;        /* this server's own name for local users */
    const char *author_display_name;  /* NULL: none */
    const char *sent_at;
    const char *body;
    size_t body_length;
};

typedef void peer_message_row(void *argument, const struct peer_message *message);

enum result peer_channel_messages(struct store *store, int64_t channel_key, int64_t after_key, int64_t until_key,
                                  unsigned limit, peer_message_row *row, void *argument);
/* The key of a channel's newest message; 0: none. */
enum result peer_channel_newest(struct store *store, int64_t channel_key, int64_t *key_r);
/* The channel (0: a direct conversation) and the author of the message with this id. RESULT_NOT_FOUND: there is none. */
enum result peer_message_find(struct store *store, const struct uuid *id, int64_t *channel_key_r, int64_t *author_key_r);

#endif
