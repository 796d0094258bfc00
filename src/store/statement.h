/*
 * statement.h - all SQL of the running server: one table of statements, prepared once a connection, at first use.
 *
 *     struct query query = query_begin(store, STATEMENT_USER_BY_KEY);
 *     query_bind_integer(&query, key);
 *     while (query_step(&query))
 *         ... query_integer(&query, 0) ...
 *     return query_end(&query);
 *
 * A failure is remembered by the query: later calls do nothing, query_end returns it. What is bound or read is
 * borrowed: bound values must live until query_end, columns until the next step.
 */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

#include "bering/result.h"
#include "bering/secret.h"
#include "bering/uuid.h"
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum statement {
    STATEMENT_BEGIN,
    STATEMENT_COMMIT,
    STATEMENT_SNAPSHOT,
    STATEMENT_COMMIT_RECORD,
    STATEMENT_COMMIT_LAST,
    STATEMENT_COMMIT_KEYS,

    STATEMENT_USER_BY_ID,
    STATEMENT_USER_BY_KEY,
    STATEMENT_USER_BY_LOCAL_NAME,
    STATEMENT_USER_BY_REMOTE_NAME,
    STATEMENT_USERS,
    STATEMENT_USERS_SELECT,
    STATEMENT_USERS_SELECT_COUNT,
    STATEMENT_USERS_COUNT,
    STATEMENT_USERS_VISIBLE,
    STATEMENT_USER_INSERT,
    STATEMENT_USER_UPDATE,
    STATEMENT_USER_DELETE,
    STATEMENT_USER_DELETE_SESSIONS,
    STATEMENT_USER_DELETE_MEMBERS,
    STATEMENT_USER_DELETE_HIDDEN,
    STATEMENT_USER_DELETE_STATES,
    STATEMENT_USER_DELETE_MENTIONS,
    STATEMENT_USER_PASSWORD,
    STATEMENT_USER_LIVES,
    STATEMENT_USER_OF_SERVER,
    STATEMENT_USER_OF_SERVER_INSERT,
    STATEMENT_USER_OF_SERVER_RENAME,

    STATEMENT_SESSION_INSERT,
    STATEMENT_SESSION_FIND,
    STATEMENT_SESSION_FIND_PERMANENT,
    STATEMENT_SESSION_CHECK,
    STATEMENT_SESSION_DELETE,
    STATEMENT_SESSIONS_DELETE,
    STATEMENT_SESSIONS,
    STATEMENT_SESSION_END,
    STATEMENT_SESSIONS_END,
    STATEMENT_SESSIONS_EXPIRE,

    STATEMENT_SERVER_BY_ID,
    STATEMENT_SERVER_BY_KEY,
    STATEMENT_SERVERS,
    STATEMENT_SERVER_INSERT,
    STATEMENT_SERVER_UPDATE,
    STATEMENT_SERVER_RENAME_CLASH,
    STATEMENT_SERVER_RENAME_CHANNELS,
    STATEMENT_SERVER_DELETE,
    STATEMENT_SERVER_DELETE_MEMBERS,
    STATEMENT_SERVER_DELETE_SESSIONS,
    STATEMENT_SERVER_DELETE_HIDDEN,
    STATEMENT_SERVER_DELETE_USERS,
    STATEMENT_SERVER_DELETE_OUTBOX,
    STATEMENT_SERVER_ABILITIES,
    STATEMENT_HIDDEN_USERS,
    STATEMENT_HIDDEN_USERS_DELETE,
    STATEMENT_HIDDEN_USER_INSERT,
    STATEMENT_HIDDEN_CHANNELS,
    STATEMENT_HIDDEN_CHANNELS_DELETE,
    STATEMENT_HIDDEN_CHANNEL_INSERT,
    STATEMENT_OUTBOX_TAKE_BACK,

    STATEMENT_TOKEN_INSERT,
    STATEMENT_TOKENS,
    STATEMENT_TOKEN_DELETE,
    STATEMENT_TOKEN_EXISTS,

    STATEMENT_CHANNEL_BY_ID,
    STATEMENT_CHANNEL_BY_KEY,
    STATEMENT_CHANNEL_BY_NAME,
    STATEMENT_CHANNELS,
    STATEMENT_CHANNELS_SELECT,
    STATEMENT_CHANNELS_SELECT_COUNT,
    STATEMENT_CHANNELS_COUNT,
    STATEMENT_MESSAGES_COUNT,
    STATEMENT_CHANNELS_FOR_USER,
    STATEMENT_CHANNELS_VISIBLE,
    STATEMENT_CHANNEL_INSERT,
    STATEMENT_CHANNEL_UPDATE,
    STATEMENT_CHANNEL_DELETE,
    STATEMENT_CHANNEL_DELETE_MEMBERS,
    STATEMENT_CHANNEL_DELETE_HIDDEN,
    STATEMENT_CHANNEL_DELETE_MESSAGES,
    STATEMENT_CHANNEL_DELETE_STATES,
    STATEMENT_CHANNEL_DELETE_MENTIONS,
    STATEMENT_RETENTION_SET,
    STATEMENT_RETENTION_CHANNEL,
    STATEMENT_RETENTION_DIRECT,
    STATEMENT_RETENTION_OLDEST,
    STATEMENT_RETENTION_FIRST,
    STATEMENT_RETENTION_MENTIONS,
    STATEMENT_RETENTION_POSITIONS,
    STATEMENT_ORPHANS_INSERT,
    STATEMENT_ORPHANS_FIRST,
    STATEMENT_ORPHANS_DELETE,
    STATEMENT_ORPHANS_FORGET,
    STATEMENT_ORPHANS_DELETE_ID,
    STATEMENT_LEFTOVERS,
    STATEMENT_LEFTOVERS_AUTHORS,
    STATEMENT_LEFTOVERS_CHECK,
    STATEMENT_LEFTOVERS_DELETE_STATES,
    STATEMENT_LEFTOVERS_DELETE_DIRECT,
    STATEMENT_LEFTOVERS_DELETE,
    STATEMENT_AUDIT_INSERT,
    STATEMENT_AUDIT,
    STATEMENT_AUDIT_EXPIRE,
    STATEMENT_MEMBER_INSERT,
    STATEMENT_MEMBER_DELETE,
    STATEMENT_MEMBER_CHECK,
    STATEMENT_MEMBERS,
    STATEMENT_MEMBERS_TAKE_OVER,
    STATEMENT_CHANNELS_OF_USER,

    STATEMENT_CONVERSATIONS,
    STATEMENT_CONVERSATION_STATE,
    STATEMENT_CONVERSATION_SET,
    STATEMENT_CONVERSATION_UNREAD,
    STATEMENT_CONVERSATION_JOIN,
    STATEMENT_CONVERSATION_FOLLOW,
    STATEMENT_MENTION_INSERT,
    STATEMENT_MENTIONS_COUNT,
    STATEMENT_MENTIONS_DELETE,
    STATEMENT_MENTIONS_SEEK,
    STATEMENT_MESSAGE_ID,

    STATEMENT_DIRECT_FIND,
    STATEMENT_DIRECT_INSERT,
    STATEMENT_MESSAGE_LAST_IN_CHANNEL,
    STATEMENT_MESSAGE_LAST_IN_DIRECT,
    STATEMENT_MESSAGE_INSERT,
    STATEMENT_MESSAGE_BY_ID,
    STATEMENT_MESSAGE_BY_KEY,
    STATEMENT_MESSAGES_FORWARD,
    STATEMENT_MESSAGES_BACKWARD,
    STATEMENT_INBOX_NEWEST,
    STATEMENT_INBOX_PREVIOUS,

    STATEMENT_PEER_USER_BY_ID,
    STATEMENT_PEER_USER_ID,
    STATEMENT_PEER_USER_SET_ID,
    STATEMENT_PEER_USER_REVIVE,
    STATEMENT_PEER_USERS,
    STATEMENT_PEER_CHANNEL_BY_ID,
    STATEMENT_PEER_CHANNEL_ID,
    STATEMENT_PEER_CHANNEL_SET_ID,
    STATEMENT_PEER_CHANNELS,

    STATEMENT_HIDDEN_USER_CHECK,
    STATEMENT_HIDDEN_CHANNEL_CHECK,
    STATEMENT_MEMBERS_NEXT_SERVER,
    STATEMENT_PEER_MESSAGES,
    STATEMENT_PEER_MESSAGE_NEWEST,

    STATEMENT_OUTBOX_INSERT,
    STATEMENT_OUTBOX_WAITING,
    STATEMENT_OUTBOX_REFUSED,
    STATEMENT_OUTBOX_STATE,
    STATEMENT_OUTBOX_DELETE,
    STATEMENT_OUTBOX_EXPIRE,
    STATEMENT_OUTBOX_REFUSE,
    STATEMENT_OUTBOX_REPLACE,
    STATEMENT_OUTBOX_RETRY,
    STATEMENT_OUTBOX_RETRY_ALL,
    STATEMENT_OUTBOX_DROP,
    STATEMENT_OUTBOX_DROP_ALL,
    STATEMENTS
};

/* The SQL of a statement; static storage. */
const char *statement_sql(enum statement statement);

struct query {
    struct store *store;
    sqlite3_stmt *statement; /* NULL once something failed */
    enum result result;      /* what query_end will return */
    int bound;               /* parameters bound so far */
};

/* The statement must not be in use: a row callback may use the store, but not the function that calls it. */
struct query query_begin(struct store *store, enum statement statement);

/* Binds the next parameter. NULL pointers bind NULL. */
void query_bind_integer(struct query *query, int64_t value);
void query_bind_key(struct query *query, int64_t key); /* 0 binds NULL */
void query_bind_text(struct query *query, const char *text);
void query_bind_text_n(struct query *query, const char *text, size_t length);
void query_bind_blob(struct query *query, const void *bytes, size_t length);
void query_bind_uuid(struct query *query, const struct uuid *id);
void query_bind_digest(struct query *query, const struct digest *digest);

/* True if there is another row. */
bool query_step(struct query *query);

/*
 * Ends the query, and with it the read transaction it may have opened. RESULT_CONFLICT: a unique name or id is taken;
 * RESULT_NOT_FOUND: a row it refers to is missing; RESULT_UNAVAILABLE, RESULT_INTERNAL: logged.
 */
enum result query_end(struct query *query);

/* Steps through all rows and ends; *changes_r (unless NULL) is how many rows it changed. */
enum result query_run(struct query *query, int *changes_r);

/* The columns of the row, from 0. */
int64_t query_integer(const struct query *query, int column);
bool query_is_null(const struct query *query, int column);
const char *query_text(const struct query *query, int column); /* NULL for NULL */
size_t query_length(const struct query *query, int column);    /* bytes of a text or blob just read */
const void *query_blob(const struct query *query, int column);
struct uuid query_uuid(const struct query *query, int column); /* all zero for NULL */

#endif
