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
 * A user of a peer: found, or made. display_name NULL: not said, as it was; "": none. *changed_r: made, or the display
 * name is another one now. RESULT_NOT_FOUND: there is no such peer. Within a transaction.
 */
enum result peer_user_put(struct store *store, int64_t server_key, const char *username, const char *display_name,
                          struct user **user_r, bool *changed_r);
/*
 * The peer says that a user has another name now. RESULT_CONFLICT: that name exists: then the old one is deleted
 * instead, and that user is a member wherever the old one was. Within a transaction.
 */
enum result peer_user_rename(struct store *store, int64_t user_key, const char *username, struct user **user_r);

/* A channel of another origin: found, or made (public, without members). RESULT_BAD_REQUEST: the origin is this server.
   Within a transaction. */
enum result peer_channel_put(struct store *store, const char *name, const char *origin_server,
                             struct channel **channel_r, bool *created_r);

/* The peers that have members in a channel: their keys, malloc'd, NULL if none. */
enum result peers_of_channel(struct store *store, int64_t channel_key, int64_t **keys_r, size_t *count_r);

/* Whether a user or channel is hidden from a peer. */
enum result peer_is_user_hidden(struct store *store, int64_t server_key, int64_t user_key, bool *hidden_r);
enum result peer_is_channel_hidden(struct store *store, int64_t server_key, int64_t channel_key, bool *hidden_r);

/*
 * What a peer may see: local users that are not hidden from it, by name; this server's own channels that are not hidden
 * from it and are public or have a member of it, by name.
 */
enum result peer_visible_users(struct store *store, int64_t server_key, store_user_row *row, void *argument);
enum result peer_visible_channels(struct store *store, int64_t server_key, store_channel_row *row, void *argument);

/* ---- what a peer calls its own ---- */

/* The users of one peer, or the channels of one origin, that are known here, by name. */
struct peer_known {
    int64_t key;
    const char *name;
    const char *display_name;     /* of users; NULL: none */
    bool has_id;
    struct uuid id;               /* the peer's own */
};

typedef void peer_known_row(void *argument, const struct peer_known *known);

enum result peer_known_users(struct store *store, int64_t server_key, peer_known_row *row, void *argument);
enum result peer_known_channels(struct store *store, const char *origin_server, peer_known_row *row, void *argument);

/*
 * What a peer of this project says of a user or channel. The id is the peer's own: it means
 * nothing beside the peer's name.
 */
struct peer_claim {
    const char *name;
    const char *display_name;     /* of users; NULL: not said; "": none */
    const struct uuid *id;        /* NULL: not said */
};

struct peer_user_learned {
    struct user *user;
    struct user *displaced;       /* had the name before: renamed or deleted now; NULL: nobody */
    bool is_new;                  /* or deleted before */
    bool is_changed;              /* something that clients see */
};

struct peer_channel_learned {
    struct channel *channel;
    struct channel *displaced;
    bool is_displaced_gone;       /* deleted; false: renamed */
    bool is_new;
    bool is_changed;
};

/*
 * Takes over what a peer says: who has the id is that user, also under another name and if deleted before; without an
 * id, or if nobody has it, the name counts, unless who has it has another id. A name that somebody else had is taken
 * from there: one that is known by the name alone is the same user, and given up; another one gets a name that nobody
 * has, until the peer says which. RESULT_NOT_FOUND: there is no such peer. Within a transaction; both users
 * are the caller's to free.
 */
enum result peer_user_learn(struct store *store, int64_t server_key, const struct peer_claim *claim,
                            struct peer_user_learned *learned_r);
/*
 * The same for channels. One that is known by the name alone is given up only if nobody ever wrote in it or joined it;
 * otherwise all stays as it is. RESULT_BAD_REQUEST: the origin is this server.
 */
enum result peer_channel_learn(struct store *store, const char *origin_server, const struct peer_claim *claim,
                               struct peer_channel_learned *learned_r);

/* For one that was found by its name: the id that it has from now on. RESULT_CONFLICT: another one has it. */
enum result peer_user_set_id(struct store *store, int64_t key, const struct uuid *id);
enum result peer_channel_set_id(struct store *store, int64_t key, const struct uuid *id);

/*
 * Whom or what a peer means: by the id, also if that user is deleted, else by the name, unless who
 * has that has another id.
 */
enum result peer_user_find(struct store *store, int64_t server_key, const struct peer_claim *claim,
                           struct user **user_r);
enum result peer_channel_find(struct store *store, const char *origin_server, const struct peer_claim *claim,
                              struct channel **channel_r);

/*
 * A channel's messages for a server that joins it: after_key < key <= until_key, oldest first, with their authors'
 * servers; without those of users who are hidden from it.
 */
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

enum result peer_channel_messages(struct store *store, int64_t server_key, int64_t channel_key, int64_t after_key,
                                  int64_t until_key, unsigned limit, peer_message_row *row, void *argument);
/* The key of a channel's newest message; 0: none. */
enum result peer_channel_newest(struct store *store, int64_t channel_key, int64_t *key_r);
/*
 * The channel (0: a direct conversation) and the author of the message with this id. RESULT_NOT_FOUND: there is none.
 */
enum result peer_message_find(struct store *store, const struct uuid *id, int64_t *channel_key_r,
                              int64_t *author_key_r);

#endif
