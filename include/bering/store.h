/*
 * store.h - the database: one verb on one noun a function, free of any engine's types.
 *
 * A struct store is one connection, used by one thread at a time. Functions that change something are called between
 * store_begin and store_commit (the writer thread does); each either does all of its work or none, whatever else is in
 * the transaction. Functions that read may be called at any time. Rows come back as one malloc'd block, strings
 * included, for the caller to free(); list functions hand rows to a callback that may use them until it returns, and
 * that does not call the same list function. Row keys are the database's integers, never used twice; ids are what the
 * API speaks. Any function may return RESULT_UNAVAILABLE (disk full, read-only, busy, corrupt) or RESULT_INTERNAL (a
 * bug); it has logged why. Inside a transaction either one dooms all of it: what follows fails, too, and so does
 * store_commit. Every call may block on the disk.
 */
#ifndef BERING_STORE_H
#define BERING_STORE_H

#include "bering/result.h"
#include "bering/secret.h"
#include "bering/uuid.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* ---- life ---- */

struct store_setup {
    const char *path;
    const char *server_name;     /* the origin of channels made here */
    const char *base_url;
    const char *server_token;
    const char *admin_username;
    const char *admin_password;
    unsigned bcrypt_cost;
    bool without_snapshot;       /* no copy is kept before a migration: the file is a copy itself */
};

/*
 * Creates or migrates the database (which is copied before, backup.h) and brings the administrator's account in line
 * with the configuration. Run once,
 * before any process opens it, in a process of its own. Returns -1 with *error_r (malloc'd) if that cannot be:
 * unreadable, corrupt, read-only, of a newer version.
 */
int store_prepare(const struct store_setup *setup, char **error_r);

/*
 * Whether store_prepare would leave the schema as it is, so that another program may use the database meanwhile. In a
 * process of its own.
 */
bool store_is_current(const char *path);

/* Opens a prepared database. NULL with *error_r (malloc'd) on failure. */
struct store *store_open(const char *path, char **error_r);
void store_close(struct store **store);

/*
 * A transaction that writes. The caller holds the commit lock (bus.h). store_commit returns RESULT_OK once everything
 * is on the disk; otherwise nothing is, and the transaction has been rolled back. *commit_r is this commit's number,
 * one more than the last; `only_messages` says whether it changed nothing but messages (and memberships by posting).
 */
enum result store_begin(struct store *store);
enum result store_commit(struct store *store, bool only_messages, uint64_t *commit_r);
void store_rollback(struct store *store);

/* The number of the last commit, and whether that one changed only messages. */
enum result store_last_commit(struct store *store, uint64_t *commit_r, bool *only_messages_r);

/* ---- users ---- */

struct user {
    int64_t key;
    struct uuid id;
    const char *username;
    const char *display_name;     /* NULL: none */
    int64_t server_key;           /* 0: local */
    struct uuid server_id;        /* if server_key */
    const char *server_name;      /* NULL: local */
    bool is_local;
    bool has_password;
    bool is_deleted;              /* then the names are "deleted user" and "Deleted user" */
};

typedef void store_user_row(void *argument, const struct user *user);

/*
 * By id or key, deleted ones are found, too: their conversations can still be read. Nothing else takes them as users.
 */
enum result store_user_by_id(struct store *store, const struct uuid *id, struct user **user_r);
enum result store_user_by_key(struct store *store, int64_t key, struct user **user_r);
/* server_name NULL or "": a local user. RESULT_NOT_FOUND also for deleted ones. */
enum result store_user_by_name(struct store *store, const char *username, const char *server_name,
                               struct user **user_r);
/* All users, by name, local ones first; deleted ones are left out. */
enum result store_users(struct store *store, store_user_row *row, void *argument);

/* A part of a list. Names hold a text by text_holds (text.h). */
struct selection {
    const char *text;             /* that a name must hold; NULL or "": any */
    const char *keys;             /* of users: a JSON array of keys; NULL: any */
    bool is_among;                /* whether a user's key is to be among them, or not to be */
    int64_t limit;                /* at most so many rows; -1: all */
    int64_t offset;               /* from this one on */
};

/*
 * Those of store_users with `text` in username, display name or server's name; is_local -1: both; server_id NULL: any.
 * *total_r: how many there are beside the limit. May take long.
 */
enum result store_users_select(struct store *store, const struct selection *selection, int is_local,
                               const struct uuid *server_id, store_user_row *row, void *argument, int64_t *total_r);

struct user_change {              /* what to create or change; NULL leaves a field as it is */
    const char *username;
    const char *display_name;     /* "" clears it */
    const char *password_hash;    /* "" clears it */
    const struct digest *token;   /* the permanent token */
};

/* RESULT_CONFLICT: the name is taken by another local user. */
enum result store_user_create(struct store *store, const struct user_change *change, struct user **user_r);
enum result store_user_update(struct store *store, int64_t key, const struct user_change *change, struct user **user_r);
/* Sessions, memberships, name, token and password go; messages stay, by an author named "deleted user". */
enum result store_user_delete(struct store *store, int64_t key);
/* A local user's bcrypt hash, *hash_r NULL if there is none; malloc'd. */
enum result store_user_password(struct store *store, int64_t key, char **hash_r);

/* ---- sessions and tokens ---- */

enum session_kind { SESSION_USER = 1, SESSION_ADMIN = 2 };

enum { SESSION_AGENT_MAX = 256 }; /* bytes */

struct session {
    int64_t key;                  /* 0: the user's permanent token */
    struct uuid id;               /* if key: what the API calls it */
    enum session_kind kind;
    int64_t expires_at;           /* nanoseconds, clock.h; INT64_MAX: never */
    struct user user;             /* strings in the same block */
};

/* What a list of sessions shows of one. */
struct session_view {
    int64_t key;
    struct uuid id;
    int64_t created_at;           /* nanoseconds */
    int64_t expires_at;
    const char *user_agent;       /* NULL: none was sent */
};

typedef void store_session_row(void *argument, const struct session_view *session);

struct session_new {
    struct digest token;
    enum session_kind kind;
    int64_t user_key;
    int64_t expires_at;
    const char *user_agent;       /* at most SESSION_AGENT_MAX bytes; NULL: unknown */
};

enum result store_session_create(struct store *store, const struct session_new *session, int64_t *key_r);
/* By session token, else by a user's permanent token. RESULT_NOT_FOUND if neither, or expired at `now`. */
enum result store_session_find(struct store *store, const struct digest *token, int64_t now,
                               struct session **session_r);
/* RESULT_OK if a session (key not 0) still exists, or for key 0, if the user still does. */
enum result store_session_check(struct store *store, int64_t key, int64_t user_key);
enum result store_session_delete(struct store *store, int64_t key);
/* The sessions of a user's clients (not those of administration) that have not expired at `now`, the newest first. */
enum result store_sessions(struct store *store, int64_t user_key, int64_t now, store_session_row *row, void *argument);
/* Ends one of them. RESULT_NOT_FOUND: the user has none of this id. *key_r is the key that it had. */
enum result store_session_end(struct store *store, int64_t user_key, const struct uuid *id, int64_t *key_r);
/* Ends all of them but `except` (0: all). */
enum result store_sessions_end(struct store *store, int64_t user_key, int64_t except, int *count_r);
/* All of a user's sessions, whatever their kind, but `except` (0: all). */
enum result store_sessions_delete(struct store *store, int64_t user_key, int64_t except);
/* Removes at most `limit` sessions that expired before now. */
enum result store_sessions_expire(struct store *store, int64_t now, unsigned limit);

/* ---- servers ---- */

struct server {
    int64_t key;
    struct uuid id;
    const char *name;
    const char *base_url;
    const char *token;
    int abilities;                /* enum peer_abilities, peers.h */
};
struct server_change {            /* NULL leaves a field as it is */
    const char *name;
    const char *base_url;
    const char *token;
};

typedef void store_server_row(void *argument, const struct server *server);
typedef void store_uuid_row(void *argument, const struct uuid *id);

enum result store_server_by_id(struct store *store, const struct uuid *id, struct server **server_r);
enum result store_server_by_key(struct store *store, int64_t key, struct server **server_r);
/* Peers by name; never this server itself. */
enum result store_servers(struct store *store, store_server_row *row, void *argument);
enum result store_server_create(struct store *store, const struct server_change *change, struct server **server_r);
enum result store_server_update(struct store *store, int64_t key, const struct server_change *change,
                                struct server **server_r);
/*
 * Its users stay as authors of their messages, like deleted ones; its channels stay with their history; what
 * waits for it is forgotten.
 */
enum result store_server_delete(struct store *store, int64_t key);
enum result store_hidden_users(struct store *store, int64_t server_key, store_uuid_row *row, void *argument);
enum result store_hidden_channels(struct store *store, int64_t server_key, store_uuid_row *row, void *argument);
/* Replaces both lists. RESULT_BAD_REQUEST if an id names nothing. */
enum result store_hidden_set(struct store *store, int64_t server_key, const struct uuid *user_ids, size_t user_count,
                             const struct uuid *channel_ids, size_t channel_count);

/* ---- federation tokens ---- */

struct federation_token {
    struct uuid id;
    const char *label;
    int64_t created_at;
};

typedef void store_federation_token_row(void *argument, const struct federation_token *token);

enum result store_federation_token_create(struct store *store, const char *label, const struct digest *token,
                                          struct federation_token **token_r);
enum result store_federation_tokens(struct store *store, store_federation_token_row *row, void *argument);
enum result store_federation_token_delete(struct store *store, const struct uuid *id);

/* ---- channels ---- */

struct channel {
    int64_t key;
    struct uuid id;
    const char *name;
    const char *origin_server;
    bool is_private;
};

typedef void store_channel_row(void *argument, const struct channel *channel);

enum result store_channel_by_id(struct store *store, const struct uuid *id, struct channel **channel_r);
/* origin_server NULL or "": this server's own. */
enum result store_channel_by_name(struct store *store, const char *name, const char *origin_server,
                                  struct channel **channel_r);
/* All channels by name; for_user not 0: public ones and those the user is a member of. */
enum result store_channels(struct store *store, int64_t for_user, store_channel_row *row, void *argument);
/*
 * All channels with `text` in their name, how many members each has, and its own retention in days
 * (0: none). May take long.
 */
typedef void store_channel_size_row(void *argument, const struct channel *channel, int64_t members,
                                    int64_t retention_days);
enum result store_channels_select(struct store *store, const struct selection *selection, store_channel_size_row *row,
                                  void *argument, int64_t *total_r);
/* creator 0: nobody joins. RESULT_CONFLICT: the name is taken. */
enum result store_channel_create(struct store *store, const char *name, bool is_private, int64_t creator,
                                 struct channel **channel_r);
/* name NULL, is_private -1: as it is. */
enum result store_channel_update(struct store *store, int64_t key, const char *name, int is_private,
                                 struct channel **channel_r);
/* With its messages and memberships. */
enum result store_channel_delete(struct store *store, int64_t key);

enum result store_member_add(struct store *store, int64_t channel_key, int64_t user_key, bool *added_r);
enum result store_member_remove(struct store *store, int64_t channel_key, int64_t user_key, bool *removed_r);
enum result store_member_check(struct store *store, int64_t channel_key, int64_t user_key, bool *member_r);
enum result store_members(struct store *store, int64_t channel_key, store_user_row *row, void *argument); /* by name */
/* The keys of the channels a user is a member of; malloc'd, NULL if none. */
enum result store_channels_of_user(struct store *store, int64_t user_key, int64_t **keys_r, size_t *count_r);

/* ---- figures, for administrators ---- */

struct store_disk {
    int64_t database_bytes;       /* of the file; of its log; that its disk has left for us */
    int64_t wal_bytes;
    int64_t disk_free_bytes;
    int64_t free_page_bytes;      /* of the file: what deleted rows have left, to be used again */
    bool is_read_only;            /* the file system */
};

/* What the database takes on the disk. Short. */
void store_disk(struct store *store, struct store_disk *disk_r);

/* Why the last write failed, static text; NULL if it did not, or if there was none. */
const char *store_trouble(const struct store *store);

struct store_figures {
    int64_t local_users, remote_users; /* deleted ones are left out */
    int64_t channels;
    int64_t messages;             /* by the numbers that conversations give them: no history is read */
    struct store_disk disk;
};

/*
 * May take long: it looks at every user and every conversation, though at none of their messages. Measured: 0.13 s for
 * 100,000 users and 52,000 conversations, with a million messages.
 */
enum result store_figures(struct store *store, struct store_figures *figures_r);

/* ---- messages ---- */

enum { STORE_PAGE_MAX = 200 };    /* messages in one page */

struct message {
    int64_t key;                  /* orders a conversation's messages */
    struct uuid id;
    int64_t author_key;
    struct uuid author_id;
    const char *author_username;
    const char *author_display_name; /* NULL: none */
    int64_t recipient_key;        /* of a direct message, else 0 */
    struct uuid recipient_id;
    int64_t channel_key;          /* of a channel's message, else 0 */
    struct uuid channel_id;
    bool is_direct;
    const char *sent_at;          /* RFC 3339 text, a peer's as it came */
    const char *body;
    size_t body_length;
    bool is_history;              /* handed over by the channel's own server after a join: nobody's news */
};

typedef void store_message_row(void *argument, const struct message *message);

/* A message's number in its conversation, from 1: the later it was stored, the larger. They begin anew where all is gone. */
static inline uint32_t message_sequence(int64_t key)
{
    return (uint32_t)key;
}

struct message_new {
    int64_t key;                  /* store_message_add sets it, if it stores the message */
    struct uuid id;
    int64_t author_key;
    int64_t channel_key;          /* one of these two is not 0 */
    int64_t recipient_key;
    int64_t sent_at;              /* nanoseconds */
    const char *sent_at_text;     /* a peer's text; NULL: made from sent_at */
    const char *body;
    size_t body_length;
    bool is_history;
};

/*
 * Stores a message, and notes whom of this server's users it names; one of a history is unread to nobody. An id that
 * exists already: *stored_r false and RESULT_OK if author and conversation are the same, otherwise RESULT_CONFLICT.
 * RESULT_NOT_FOUND: the author, the recipient or the channel is gone.
 */
enum result store_message_add(struct store *store, struct message_new *message, bool *stored_r);

/* A conversation: a channel, or two users (in any order, the same one twice is allowed). */
struct conversation {
    int64_t channel_key;          /* not 0: a channel */
    int64_t user_keys[2];         /* for what one user has read, the first is that user, with a channel, too */
};

struct page {
    const struct uuid *before;    /* messages older than this one; NULL: from the newest */
    const struct uuid *after;     /* messages newer than this one */
    const struct uuid *around;    /* half a page that ends with this one, half a page that follows; one of the three */
    int64_t after_key;            /* the same by message.key; 0: none */
    bool from_oldest;             /* without before and after: start at the oldest */
    unsigned limit;               /* 1 to STORE_PAGE_MAX */
};

/*
 * One page, oldest first. RESULT_NOT_FOUND: before, after or around is not of this conversation.
 * Short: never a long read.
 */
enum result store_messages(struct store *store, const struct conversation *conversation, const struct page *page,
                           store_message_row *row, void *argument);
/* The newest messages to, from and in the channels of a user, newest first. */
enum result store_inbox(struct store *store, int64_t user_key, unsigned limit, store_message_row *row, void *argument);
/* ---- what users have read ---- */

enum { STORE_UNREAD_MOST = 1000, STORE_MENTIONS_MOST = 20 }; /* as far as it is counted; names in one message */

/* A conversation as one of its local users sees it. */
struct conversation_state {
    bool is_direct;
    struct uuid id;               /* the channel's, or the other user's */
    bool has_read;                /* false: nothing, not even the first message */
    struct uuid last_read_id;     /* if has_read */
    unsigned unread;              /* others' messages after that one */
    struct uuid first_unread_id;  /* the oldest of them, if unread */
    unsigned mentions;            /* those of them that name the user */
    bool is_muted;
    uint32_t last_sequence;       /* of its last message, 0: there is none. What is counted is counted up to it */
};

/* newest: its last message, NULL if there is none. */
typedef void store_conversation_row(void *argument, const struct conversation_state *state,
                                    const struct message *newest);

/* The channels that a user is a member of, and the users it has exchanged messages with. */
enum result store_conversations(struct store *store, int64_t user_key, store_conversation_row *row, void *argument);

/*
 * Moves the position of the user conversation->user_keys[0]: to a message, NULL being before the first, but back only
 * if `exact`. Both return RESULT_NOT_FOUND if it is not in this conversation, or the message is not. *changed_r:
 * whether there was anything to change; the state is that afterwards.
 */
enum result store_conversation_read(struct store *store, const struct conversation *conversation,
                                    const struct uuid *message_id, bool exact, bool *changed_r,
                                    struct conversation_state *state_r);
enum result store_conversation_mute(struct store *store, const struct conversation *conversation, bool is_muted,
                                    bool *changed_r, struct conversation_state *state_r);

/*
 * The messages that commits later than `commit` stored, in their order: what a dead writer may not have published. As
 * the commit lock is held through publishing, that can only be the last commit; RESULT_NOT_FOUND: it was more than that
 * one.
 */
enum result store_messages_since_commit(struct store *store, uint64_t commit, store_message_row *row, void *argument);

#endif
