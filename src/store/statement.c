/*
 * statement.c - the table of statements and the cache of prepared ones. Runs in every process that opens the store.
 *
 * Always holds: a statement is reset before the function that used it returns, so that no read transaction stays open;
 * inside a transaction that failed, or that SQLite rolled back by itself, nothing runs any more.
 */
#include "store/internal.h"
#include <assert.h>
#include <string.h>

#define USERS           "users u LEFT JOIN servers s ON s.key = u.server_id"
#define CHANNEL_COLUMNS "c.key, c.id, c.name, c.origin_server, c.is_private"
#define SERVER_COLUMNS  "key, id, name, base_url, token, abilities"
#define OUTBOX_COLUMNS  "key, kind, created_at, expires_at, refused_status, refused_answer, payload"

#define UUID_TEXT(id)                                                                                                  \
    "lower(substr(hex(" id "), 1, 8) || '-' || substr(hex(" id "), 9, 4) || '-' || substr(hex(" id "), 13, 4) || '-' " \
    "|| substr(hex(" id "), 17, 4) || '-' || substr(hex(" id "), 21))"

/* What a deleted user's row becomes. */
#define DELETED_USER                                                                                                   \
    "username = 'deleted-' || " UUID_TEXT("id") ", "                                                                   \
    "display_name = '" USER_DELETED_DISPLAY_NAME "', token = NULL, password_hash = NULL"

/* Of a user u who is gone: nothing names it, as far as an index can tell. */
#define NO_DIRECT(column)                                                                                              \
    "NOT EXISTS (SELECT 1 FROM direct_conversations d WHERE d." column " = u.key AND EXISTS "                          \
    "(SELECT 1 FROM messages o WHERE o.key BETWEEN (d.key << 1 | 1) << 32 AND ((d.key << 1 | 1) << 32) + 4294967295))"
#define IS_UNNEEDED                                                                                                    \
    NO_DIRECT("user_a") " AND " NO_DIRECT("user_b")                                                                    \
    " AND NOT EXISTS (SELECT 1 FROM channel_members WHERE user_id = u.key)"                                            \
    " AND NOT EXISTS (SELECT 1 FROM conversation_states WHERE user_id = u.key)"                                        \
    " AND NOT EXISTS (SELECT 1 FROM mentions WHERE user_id = u.key)"                                                   \
    " AND NOT EXISTS (SELECT 1 FROM server_hidden_users WHERE user_id = u.key)"                                        \
    " AND NOT EXISTS (SELECT 1 FROM sessions WHERE user_id = u.key)"

/* body is last in the row and here, so that its overflow pages are read last; users are joined by integer key. */
#define MESSAGE_COLUMNS                                                                                                \
    "m.key, m.id, m.author_user_id, a.id, a.username, a.display_name, a.deleted_at IS NOT NULL, "                      \
    "m.recipient_user_id, r.id, m.channel_id, c.id, m.sent_at, m.sent_at_text, m.body"
#define MESSAGES                                                                                                       \
    "messages m LEFT JOIN users a ON a.key = m.author_user_id LEFT JOIN users r ON r.key = m.recipient_user_id "       \
    "LEFT JOIN channels c ON c.key = m.channel_id"

/* One arm of a user's conversations: what a row of it is, and what the user (?1) has read there. */
#define CONVERSATIONS(number, id, tables)                                                                              \
    "SELECT " number ", " id ", ifnull(s.last_read_key, 0), ifnull(s.is_muted, 0), " NEWEST("(" number ") << 32")      \
    " FROM " tables " LEFT JOIN conversation_states s ON s.user_id = ?1 AND s.conversation = " number

/* The newest message of the conversation whose keys start at `first`. */
#define NEWEST(first)                                                                                                  \
    "(SELECT key FROM messages WHERE key BETWEEN " first " AND (" first ") + 4294967295 ORDER BY key DESC LIMIT 1)"

#define OLDEST(first)                                                                                                  \
    "(SELECT key FROM messages WHERE key BETWEEN " first " AND (" first ") + 4294967295 ORDER BY key LIMIT 1)"

/* Those that an administrator looks for. */
#define SELECTED_USERS                                                                                                 \
    USERS " WHERE u.deleted_at IS NULL AND (?1 IS NULL OR holds(u.username, ?1) OR holds(u.display_name, ?1) "         \
          "OR holds(s.name, ?1)) AND (?2 IS NULL OR u.is_local = ?2) "                                                 \
          "AND (?3 IS NULL OR u.server_id = (SELECT key FROM servers WHERE id = ?3)) "                                \
          "AND (?4 IS NULL OR (u.key IN (SELECT value FROM json_each(?4))) = ?5)"
#define SELECTED_CHANNELS "channels c WHERE (?1 IS NULL OR holds(c.name, ?1))"

static const char *const table[STATEMENTS] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_SNAPSHOT] = "BEGIN",
    [STATEMENT_COMMIT_RECORD] =
        "UPDATE meta SET commit_number = commit_number + 1, only_messages = ?1, message_keys = ?2 "
        "WHERE key = 1 RETURNING commit_number",
    [STATEMENT_COMMIT_LAST] = "SELECT commit_number, only_messages FROM meta WHERE key = 1",
    [STATEMENT_COMMIT_KEYS] = "SELECT commit_number, message_keys FROM meta WHERE key = 1",

    [STATEMENT_USER_BY_ID] = "SELECT " USER_COLUMNS " FROM " USERS " WHERE u.id = ?1",
    [STATEMENT_USER_BY_KEY] = "SELECT " USER_COLUMNS " FROM " USERS " WHERE u.key = ?1",
    [STATEMENT_USER_BY_LOCAL_NAME] = "SELECT " USER_COLUMNS " FROM " USERS
                                     " WHERE u.username = ?1 AND ifnull(u.server_id, 0) = 0 AND u.deleted_at IS NULL "
                                     "AND u.is_local",
    [STATEMENT_USER_BY_REMOTE_NAME] = "SELECT " USER_COLUMNS " FROM servers s CROSS JOIN users u WHERE s.name = ?2 "
                                      "AND u.username = ?1 AND ifnull(u.server_id, 0) = s.key AND u.deleted_at IS NULL",
    [STATEMENT_USERS] = "SELECT " USER_COLUMNS " FROM " USERS " WHERE u.deleted_at IS NULL "
                        "ORDER BY u.is_local DESC, u.username, s.name",
    [STATEMENT_USERS_SELECT] = "SELECT " USER_COLUMNS " FROM " SELECTED_USERS
                               " ORDER BY u.is_local DESC, u.username, s.name LIMIT ?6 OFFSET ?7",
    [STATEMENT_USERS_SELECT_COUNT] = "SELECT count(*) FROM " SELECTED_USERS,
    [STATEMENT_USERS_COUNT] = "SELECT count(*) FILTER (WHERE is_local), count(*) FROM users WHERE deleted_at IS NULL",
    [STATEMENT_USERS_VISIBLE] = "SELECT " USER_COLUMNS " FROM " USERS " WHERE u.deleted_at IS NULL AND u.is_local "
                                "AND NOT EXISTS (SELECT 1 FROM server_hidden_users h WHERE h.server_id = ?1 "
                                "AND h.user_id = u.key) ORDER BY u.username",
    [STATEMENT_USER_INSERT] = "INSERT INTO users (id, username, display_name, password_hash, token, is_local) "
                              "VALUES (?1, ?2, nullif(?3, ''), nullif(?4, ''), ?5, 1)",
    [STATEMENT_USER_UPDATE] = "UPDATE users SET username = ifnull(?2, username), "
                              "display_name = CASE WHEN ?3 IS NULL THEN display_name ELSE nullif(?3, '') END, "
                              "password_hash = CASE WHEN ?4 IS NULL THEN password_hash ELSE nullif(?4, '') END, "
                              "token = ifnull(?5, token) WHERE key = ?1 AND deleted_at IS NULL",
    [STATEMENT_USER_DELETE] =
        "UPDATE users SET " DELETED_USER ", deleted_at = ?2 WHERE key = ?1 AND deleted_at IS NULL",
    [STATEMENT_USER_DELETE_SESSIONS] = "DELETE FROM sessions WHERE user_id = ?1",
    [STATEMENT_USER_DELETE_MEMBERS] = "DELETE FROM channel_members WHERE user_id = ?1",
    [STATEMENT_USER_DELETE_HIDDEN] = "DELETE FROM server_hidden_users WHERE user_id = ?1",
    [STATEMENT_USER_DELETE_STATES] = "DELETE FROM conversation_states WHERE user_id = ?1",
    [STATEMENT_USER_DELETE_MENTIONS] = "DELETE FROM mentions WHERE user_id = ?1",
    [STATEMENT_USER_PASSWORD] = "SELECT password_hash FROM users WHERE key = ?1 AND is_local AND deleted_at IS NULL",
    [STATEMENT_USER_LIVES] = "SELECT 1 FROM users WHERE key = ?1 AND deleted_at IS NULL",
    [STATEMENT_USER_OF_SERVER] = "SELECT " USER_COLUMNS " FROM " USERS " WHERE u.username = ?2 "
                                 "AND ifnull(u.server_id, 0) = ?1 AND u.deleted_at IS NULL",
    [STATEMENT_USER_OF_SERVER_INSERT] = "INSERT INTO users (id, username, display_name, server_id, is_local) "
                                        "SELECT ?1, ?2, nullif(?3, ''), key, 0 FROM servers WHERE key = ?4 "
                                        "AND NOT is_self",
    [STATEMENT_USER_OF_SERVER_RENAME] = "UPDATE users SET username = ?2 WHERE key = ?1 AND deleted_at IS NULL "
                                        "AND NOT is_local",

    [STATEMENT_SESSION_INSERT] = "INSERT INTO sessions (token_hash, kind, user_id, created_at, expires_at, id, "
                                 "user_agent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [STATEMENT_SESSION_FIND] = "SELECT x.key, x.kind, x.expires_at, x.id, " USER_COLUMNS
                               " FROM sessions x JOIN users u ON u.key = x.user_id LEFT JOIN servers s "
                               "ON s.key = u.server_id WHERE x.token_hash = ?1 AND x.expires_at > ?2 "
                               "AND u.deleted_at IS NULL",
    [STATEMENT_SESSION_FIND_PERMANENT] = "SELECT 0, 1, 9223372036854775807, NULL, " USER_COLUMNS " FROM " USERS
                                         " WHERE u.token = ?1 AND u.is_local AND u.deleted_at IS NULL",
    [STATEMENT_SESSION_CHECK] = "SELECT 1 FROM sessions WHERE key = ?1",
    [STATEMENT_SESSION_DELETE] = "DELETE FROM sessions WHERE key = ?1",
    [STATEMENT_SESSIONS_DELETE] = "DELETE FROM sessions WHERE user_id = ?1 AND key <> ?2",
    /* kind 1: a user's; few enough to be sorted */
    [STATEMENT_SESSIONS] = "SELECT key, id, created_at, expires_at, user_agent FROM sessions WHERE user_id = ?1 "
                           "AND kind = 1 AND expires_at > ?2 ORDER BY key DESC",
    [STATEMENT_SESSION_END] = "DELETE FROM sessions WHERE user_id = ?1 AND id = ?2 AND kind = 1 RETURNING key",
    [STATEMENT_SESSIONS_END] = "DELETE FROM sessions WHERE user_id = ?1 AND key <> ?2 AND kind = 1",
    [STATEMENT_SESSIONS_EXPIRE] = "DELETE FROM sessions WHERE key IN "
                                  "(SELECT key FROM sessions WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)",

    [STATEMENT_SERVER_BY_ID] = "SELECT " SERVER_COLUMNS " FROM servers WHERE id = ?1 AND NOT is_self",
    [STATEMENT_SERVER_BY_KEY] = "SELECT " SERVER_COLUMNS " FROM servers WHERE key = ?1 AND NOT is_self",
    [STATEMENT_SERVERS] = "SELECT " SERVER_COLUMNS " FROM servers WHERE NOT is_self ORDER BY name",
    [STATEMENT_SERVER_INSERT] = "INSERT INTO servers (id, name, base_url, token, is_self) VALUES (?1, ?2, ?3, ?4, 0)",
    [STATEMENT_SERVER_UPDATE] = "UPDATE servers SET name = ifnull(?2, name), base_url = ifnull(?3, base_url), "
                                "token = ifnull(?4, token) WHERE key = ?1 AND NOT is_self",
    [STATEMENT_SERVER_RENAME_CLASH] = "SELECT 1 FROM channels a JOIN channels b ON b.name = a.name "
                                      "WHERE a.origin_server = ?1 AND b.origin_server = ?2 LIMIT 1",
    [STATEMENT_SERVER_RENAME_CHANNELS] = "UPDATE channels SET origin_server = ?2 WHERE origin_server = ?1",
    [STATEMENT_SERVER_DELETE] = "DELETE FROM servers WHERE key = ?1 AND NOT is_self",
    [STATEMENT_SERVER_DELETE_MEMBERS] = "DELETE FROM channel_members WHERE user_id IN "
                                        "(SELECT key FROM users WHERE server_id = ?1)",
    [STATEMENT_SERVER_DELETE_SESSIONS] = "DELETE FROM sessions WHERE user_id IN "
                                         "(SELECT key FROM users WHERE server_id = ?1)",
    [STATEMENT_SERVER_DELETE_HIDDEN] = "DELETE FROM server_hidden_users WHERE user_id IN "
                                       "(SELECT key FROM users WHERE server_id = ?1)",
    [STATEMENT_SERVER_DELETE_USERS] = "UPDATE users SET " DELETED_USER ", server_id = NULL, "
                                      "deleted_at = ifnull(deleted_at, ?2) WHERE server_id = ?1",
    [STATEMENT_SERVER_DELETE_OUTBOX] = "DELETE FROM outbox WHERE server_id = ?1",
    [STATEMENT_SERVER_ABILITIES] = "UPDATE servers SET abilities = ?2 WHERE key = ?1 AND NOT is_self",
    [STATEMENT_HIDDEN_USERS] = "SELECT u.id FROM server_hidden_users h JOIN users u ON u.key = h.user_id "
                               "WHERE h.server_id = ?1 ORDER BY u.username",
    [STATEMENT_HIDDEN_USERS_DELETE] = "DELETE FROM server_hidden_users WHERE server_id = ?1",
    [STATEMENT_HIDDEN_USER_INSERT] = "INSERT OR IGNORE INTO server_hidden_users (server_id, user_id) VALUES (?1, ?2)",
    [STATEMENT_HIDDEN_CHANNELS] = "SELECT c.id FROM server_hidden_channels h JOIN channels c ON c.key = h.channel_id "
                                  "WHERE h.server_id = ?1 ORDER BY c.name",
    [STATEMENT_HIDDEN_CHANNELS_DELETE] = "DELETE FROM server_hidden_channels WHERE server_id = ?1",
    [STATEMENT_HIDDEN_CHANNEL_INSERT] = "INSERT OR IGNORE INTO server_hidden_channels (server_id, channel_id) "
                                        "VALUES (?1, ?2)",
    /*
     * Payloads name people and channels (peer_json.c), in changes also by id, a history's channel by its key. All that
     * waits for the server is read: only what an administrator does may take so long.
     */
    [STATEMENT_OUTBOX_TAKE_BACK] =
        "WITH hidden_user AS MATERIALIZED (SELECT u.username AS name, " UUID_TEXT("u.id") " AS id "
        "FROM server_hidden_users h "
        "CROSS JOIN users u ON u.key = h.user_id WHERE h.server_id = ?1 AND u.is_local), "
        "hidden_channel AS MATERIALIZED (SELECT c.key, c.name, " UUID_TEXT("c.id") " AS id "
        "FROM server_hidden_channels h "
        "CROSS JOIN channels c ON c.key = h.channel_id WHERE h.server_id = ?1 AND c.origin_server = ?2), "
        "told AS MATERIALIZED (SELECT key, json_extract(payload, '$.channel') AS channel, "
        "json_extract(payload, '$.id') AS id, json_extract(payload, '$.channel_key') AS channel_key, "
        "coalesce(json_extract(payload, '$.author'), json_extract(payload, '$.member'), "
        "json_extract(payload, '$.participant'), json_extract(payload, '$.from_user'), "
        "json_extract(payload, '$.user')) AS person FROM outbox WHERE server_id = ?1) "
        "DELETE FROM outbox WHERE key IN (SELECT key FROM told "
        "WHERE (json_extract(person, '$.server') = ?2 AND json_extract(person, '$.username') IN "
        "(SELECT name FROM hidden_user)) OR (json_extract(channel, '$.origin_server') = ?2 "
        "AND json_extract(channel, '$.name') IN (SELECT name FROM hidden_channel)) "
        "OR id IN (SELECT id FROM hidden_user UNION ALL SELECT id FROM hidden_channel) "
        "OR channel_key IN (SELECT key FROM hidden_channel))",

    [STATEMENT_TOKEN_INSERT] = "INSERT INTO federation_tokens (id, token, label, created_at) VALUES (?1, ?2, ?3, ?4)",
    [STATEMENT_TOKENS] = "SELECT id, label, created_at FROM federation_tokens ORDER BY created_at, id",
    [STATEMENT_TOKEN_DELETE] = "DELETE FROM federation_tokens WHERE id = ?1",
    [STATEMENT_TOKEN_EXISTS] = "SELECT 1 FROM federation_tokens WHERE token = ?1",

    [STATEMENT_CHANNEL_BY_ID] = "SELECT " CHANNEL_COLUMNS " FROM channels c WHERE c.id = ?1",
    [STATEMENT_CHANNEL_BY_KEY] = "SELECT " CHANNEL_COLUMNS " FROM channels c WHERE c.key = ?1",
    [STATEMENT_CHANNEL_BY_NAME] =
        "SELECT " CHANNEL_COLUMNS " FROM channels c WHERE c.name = ?1 AND c.origin_server = ?2",
    [STATEMENT_CHANNELS] = "SELECT " CHANNEL_COLUMNS " FROM channels c ORDER BY c.name, c.origin_server",
    [STATEMENT_CHANNELS_SELECT] =
        "SELECT " CHANNEL_COLUMNS ", (SELECT count(*) FROM channel_members m WHERE m.channel_id = c.key), "
        "c.retention_days "
        "FROM " SELECTED_CHANNELS " ORDER BY c.name, c.origin_server LIMIT ?2 OFFSET ?3",
    [STATEMENT_CHANNELS_SELECT_COUNT] = "SELECT count(*) FROM " SELECTED_CHANNELS,
    [STATEMENT_CHANNELS_COUNT] = "SELECT count(*) FROM channels",
    /* Two seeks a conversation: its newest and its oldest message's number say how many there are. */
    [STATEMENT_MESSAGES_COUNT] =
        "SELECT (SELECT ifnull(sum(" NEWEST("c.key << 33") " - " OLDEST("c.key << 33") " + 1), 0) FROM channels c) + "
        "(SELECT ifnull(sum(" NEWEST("(d.key << 1 | 1) << 32") " - " OLDEST("(d.key << 1 | 1) << 32") " + 1), 0) "
        "FROM direct_conversations d)",
    [STATEMENT_CHANNELS_FOR_USER] = "SELECT " CHANNEL_COLUMNS " FROM channels c WHERE NOT c.is_private OR EXISTS "
                                    "(SELECT 1 FROM channel_members m WHERE m.channel_id = c.key AND m.user_id = ?1) "
                                    "ORDER BY c.name, c.origin_server",
    [STATEMENT_CHANNELS_VISIBLE] =
        "SELECT " CHANNEL_COLUMNS " FROM channels c WHERE c.origin_server = ?2 AND (NOT c.is_private OR EXISTS "
        "(SELECT 1 FROM channel_members m WHERE m.channel_id = c.key AND m.server_id = ?1)) AND NOT EXISTS "
        "(SELECT 1 FROM server_hidden_channels h WHERE h.server_id = ?1 AND h.channel_id = c.key) ORDER BY c.name",
    [STATEMENT_CHANNEL_INSERT] = "INSERT INTO channels (id, name, origin_server, is_private) VALUES (?1, ?2, ?3, ?4)",
    [STATEMENT_CHANNEL_UPDATE] = "UPDATE channels SET name = ifnull(?2, name), is_private = ifnull(?3, is_private) "
                                 "WHERE key = ?1",
    [STATEMENT_CHANNEL_DELETE] = "DELETE FROM channels WHERE key = ?1",
    [STATEMENT_CHANNEL_DELETE_MEMBERS] = "DELETE FROM channel_members WHERE channel_id = ?1",
    [STATEMENT_CHANNEL_DELETE_HIDDEN] = "DELETE FROM server_hidden_channels WHERE channel_id = ?1",
    [STATEMENT_CHANNEL_DELETE_MESSAGES] = "DELETE FROM messages WHERE key BETWEEN ?1 AND ?2",
    [STATEMENT_CHANNEL_DELETE_STATES] = "DELETE FROM conversation_states WHERE conversation = ?1 << 1",
    [STATEMENT_CHANNEL_DELETE_MENTIONS] =
        "DELETE FROM mentions WHERE message_key BETWEEN ?1 << 33 AND (?1 << 33) + 4294967295",
    [STATEMENT_RETENTION_SET] = "UPDATE channels SET retention_days = ?2 WHERE key = ?1",
    [STATEMENT_RETENTION_CHANNEL] = "SELECT key, id, retention_days FROM channels WHERE key > ?1 ORDER BY key LIMIT 1",
    [STATEMENT_RETENTION_DIRECT] = "SELECT d.key, a.key, a.id, b.key, b.id FROM direct_conversations d "
                                   "CROSS JOIN users a ON a.key = d.user_a CROSS JOIN users b ON b.key = d.user_b "
                                   "WHERE d.key > ?1 ORDER BY d.key LIMIT 1",
    [STATEMENT_RETENTION_OLDEST] = "SELECT key, sent_at FROM messages WHERE key > ?1 AND key <= ?2 "
                                   "ORDER BY key LIMIT ?3",
    [STATEMENT_RETENTION_FIRST] = "SELECT id FROM messages WHERE key > ?1 AND key <= ?2 ORDER BY key LIMIT 1",
    [STATEMENT_RETENTION_MENTIONS] = "DELETE FROM mentions WHERE message_key BETWEEN ?1 AND ?2",
    [STATEMENT_RETENTION_POSITIONS] = "UPDATE conversation_states SET last_read_key = 0 "
                                      "WHERE conversation = ?1 >> 32 AND last_read_key BETWEEN 1 AND ?2",
    [STATEMENT_ORPHANS_INSERT] = "INSERT OR IGNORE INTO orphans (conversation) VALUES (?1)",
    [STATEMENT_ORPHANS_FIRST] = "SELECT conversation FROM orphans ORDER BY conversation LIMIT 1",
    [STATEMENT_ORPHANS_DELETE] = "DELETE FROM messages WHERE key IN (SELECT key FROM messages WHERE key BETWEEN ?1 "
                                 "AND ?2 ORDER BY key LIMIT ?3)",
    [STATEMENT_ORPHANS_FORGET] = "DELETE FROM orphans WHERE conversation = ?1",
    [STATEMENT_ORPHANS_DELETE_ID] = "DELETE FROM messages WHERE id = ?1 "
                                    "AND key >> 32 IN (SELECT conversation FROM orphans)",
    [STATEMENT_LEFTOVERS] = "SELECT u.key, u.deleted_at FROM users u WHERE u.key > ?1 AND u.deleted_at IS NOT NULL "
                            "AND " IS_UNNEEDED " ORDER BY u.key LIMIT ?2",
    [STATEMENT_LEFTOVERS_AUTHORS] = "SELECT key, author_user_id FROM messages WHERE key > ?1 ORDER BY key LIMIT ?2",
    [STATEMENT_LEFTOVERS_CHECK] =
        "SELECT 1 FROM users u WHERE u.key = ?1 AND u.deleted_at = ?2 AND " IS_UNNEEDED,
    [STATEMENT_LEFTOVERS_DELETE_STATES] =
        "DELETE FROM conversation_states WHERE conversation IN "
        "(SELECT key << 1 | 1 FROM direct_conversations WHERE user_a = ?1 OR user_b = ?1)",
    [STATEMENT_LEFTOVERS_DELETE_DIRECT] = "DELETE FROM direct_conversations WHERE user_a = ?1 OR user_b = ?1",
    [STATEMENT_LEFTOVERS_DELETE] = "DELETE FROM users WHERE key = ?1",
    [STATEMENT_AUDIT_INSERT] = "INSERT INTO audit_log (at, actor, action, object, details, address) "
                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STATEMENT_AUDIT] = "SELECT key, at, actor, action, object, details, address FROM audit_log WHERE key < ?1 "
                        "AND (?2 IS NULL OR holds(actor, ?2) OR holds(action, ?2) OR holds(object, ?2) "
                        "OR holds(details, ?2) OR holds(address, ?2)) ORDER BY key DESC LIMIT ?3",
    [STATEMENT_AUDIT_EXPIRE] = "DELETE FROM audit_log WHERE key IN "
                               "(SELECT key FROM audit_log WHERE at < ?1 ORDER BY at LIMIT ?2)",
    [STATEMENT_MEMBER_INSERT] = "INSERT INTO channel_members (channel_id, user_id, joined_at, server_id) "
                                "VALUES (?1, ?2, ?3, (SELECT server_id FROM users WHERE key = ?2)) "
                                "ON CONFLICT (channel_id, user_id) DO NOTHING",
    [STATEMENT_MEMBER_DELETE] = "DELETE FROM channel_members WHERE channel_id = ?1 AND user_id = ?2",
    [STATEMENT_MEMBER_CHECK] = "SELECT 1 FROM channel_members WHERE channel_id = ?1 AND user_id = ?2",
    [STATEMENT_MEMBERS] = "SELECT " USER_COLUMNS " FROM channel_members m CROSS JOIN users u ON u.key = m.user_id "
                          "LEFT JOIN servers s ON s.key = u.server_id WHERE m.channel_id = ?1 "
                          "ORDER BY u.username, s.name",
    [STATEMENT_MEMBERS_TAKE_OVER] =
        "INSERT OR IGNORE INTO channel_members (channel_id, user_id, joined_at, server_id) SELECT m.channel_id, n.key, "
        "m.joined_at, n.server_id FROM users o CROSS JOIN users n CROSS JOIN channel_members m WHERE o.key = ?1 "
        "AND n.username = ?2 AND ifnull(n.server_id, 0) = o.server_id AND n.deleted_at IS NULL AND m.user_id = o.key",
    [STATEMENT_CHANNELS_OF_USER] = "SELECT channel_id FROM channel_members WHERE user_id = ?1 ORDER BY channel_id",

    [STATEMENT_CONVERSATIONS] =
        CONVERSATIONS("o.channel_id << 1", "c.id", "channel_members o CROSS JOIN channels c ON c.key = o.channel_id")
        " WHERE o.user_id = ?1 UNION ALL "
        CONVERSATIONS("(o.key << 1 | 1)", "u.id", "direct_conversations o CROSS JOIN users u ON u.key = o.user_b")
        " WHERE o.user_a = ?1 UNION ALL "
        CONVERSATIONS("(o.key << 1 | 1)", "u.id", "direct_conversations o CROSS JOIN users u ON u.key = o.user_a")
        " WHERE o.user_b = ?1 AND o.user_a <> ?1",
    [STATEMENT_CONVERSATION_STATE] =
        "SELECT ifnull(s.last_read_key, 0), ifnull(s.is_muted, 0), " NEWEST("?2 << 32")
        " FROM (SELECT 1) LEFT JOIN conversation_states s ON s.user_id = ?1 AND s.conversation = ?2",
    [STATEMENT_CONVERSATION_SET] =
        "INSERT INTO conversation_states (user_id, conversation, last_read_key, is_muted) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (user_id, conversation) DO UPDATE SET last_read_key = ?3, is_muted = ?4",
    /* What is counted comes before the body in a row, and no more than STORE_UNREAD_MOST rows are. */
    [STATEMENT_CONVERSATION_UNREAD] =
        "SELECT count(*), min(key) FROM (SELECT n.key FROM messages n WHERE n.key > ?1 AND n.key <= ?2 "
        "AND n.author_user_id <> ?3 AND n.kind <> 'history' ORDER BY n.key LIMIT 1000)",
    [STATEMENT_CONVERSATION_JOIN] =
        "INSERT INTO conversation_states (user_id, conversation, last_read_key) SELECT key, ?1 << 1, ifnull("
        NEWEST("?1 << 33") ", 0) FROM users WHERE key = ?2 AND is_local "
        "ON CONFLICT (user_id, conversation) DO UPDATE SET last_read_key = excluded.last_read_key",
    [STATEMENT_CONVERSATION_FOLLOW] =
        "UPDATE conversation_states SET last_read_key = ?2 WHERE conversation = ?1 AND NOT EXISTS (SELECT 1 FROM "
        "messages n WHERE n.key > max(conversation_states.last_read_key, ?1 << 32) AND n.key < ?2 "
        "AND n.author_user_id <> conversation_states.user_id AND n.kind <> 'history')",
    [STATEMENT_MENTION_INSERT] =
        "INSERT OR IGNORE INTO mentions (user_id, message_key) SELECT ?1, ?2 WHERE ?3 IS NULL OR EXISTS "
        "(SELECT 1 FROM channel_members WHERE channel_id = ?3 AND user_id = ?1)",
    [STATEMENT_MENTIONS_COUNT] = "SELECT count(*) FROM (SELECT 1 FROM mentions WHERE message_key > ?1 "
                                 "AND message_key <= ?2 AND user_id = ?3 LIMIT 1000)",
    [STATEMENT_MENTIONS_DELETE] = "DELETE FROM mentions WHERE user_id = ?3 AND message_key > ?1 AND message_key <= ?2",
    [STATEMENT_MENTIONS_SEEK] = "SELECT n.key, n.author_user_id, n.channel_id, n.body FROM messages n WHERE n.key > ?1 "
                                "AND n.key <= ?2 AND n.author_user_id <> ?3 AND n.kind <> 'history' "
                                "ORDER BY n.key LIMIT 1000",
    [STATEMENT_MESSAGE_ID] = "SELECT id FROM messages WHERE key = ?1",

    [STATEMENT_DIRECT_FIND] = "SELECT key FROM direct_conversations WHERE user_a = ?1 AND user_b = ?2",
    [STATEMENT_DIRECT_INSERT] = "INSERT INTO direct_conversations (user_a, user_b) VALUES (?1, ?2) RETURNING key",
    [STATEMENT_MESSAGE_LAST_IN_CHANNEL] =
        "SELECT " NEWEST("?3") " FROM channels c CROSS JOIN users a "
                               "WHERE a.key = ?1 AND a.deleted_at IS NULL AND c.key = ?2",
    [STATEMENT_MESSAGE_LAST_IN_DIRECT] = "SELECT " NEWEST("?3") " FROM users a CROSS JOIN users r "
                                                                "WHERE a.key = ?1 AND a.deleted_at IS NULL "
                                                                "AND r.key = ?2 AND r.deleted_at IS NULL",
    [STATEMENT_MESSAGE_INSERT] = "INSERT INTO messages (key, id, kind, author_user_id, recipient_user_id, channel_id, "
                                 "sent_at, sent_at_text, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [STATEMENT_MESSAGE_BY_ID] = "SELECT key, author_user_id FROM messages WHERE id = ?1",
    [STATEMENT_MESSAGE_BY_KEY] = "SELECT " MESSAGE_COLUMNS " FROM " MESSAGES " WHERE m.key = ?1",
    [STATEMENT_MESSAGES_FORWARD] =
        "SELECT " MESSAGE_COLUMNS " FROM " MESSAGES " WHERE m.key > ?1 AND m.key <= ?2 ORDER BY m.key LIMIT ?3",
    /* The page's first key is looked up first: then its rows are read in order, and no body is ever sorted. */
    [STATEMENT_MESSAGES_BACKWARD] =
        "SELECT " MESSAGE_COLUMNS " FROM " MESSAGES " WHERE m.key >= ifnull((SELECT key FROM "
        "messages WHERE key > ?1 AND key < ?2 ORDER BY key DESC LIMIT 1 OFFSET ?3 - 1), ?1) "
        "AND m.key < ?2 ORDER BY m.key",
    [STATEMENT_INBOX_NEWEST] =
        "SELECT n.key, n.sent_at FROM channel_members o CROSS JOIN messages n "
        "WHERE o.user_id = ?1 AND n.key = " NEWEST(
            "o.channel_id << 33") " UNION ALL "
                                  "SELECT n.key, n.sent_at FROM direct_conversations o CROSS JOIN messages n "
                                  "WHERE o.user_a = ?1 AND n.key = " NEWEST(
                                      "(o.key << 1 | 1) << 32") " UNION ALL "
                                                                "SELECT n.key, n.sent_at FROM direct_conversations o "
                                                                "CROSS JOIN messages n "
                                                                "WHERE o.user_b = ?1 AND o.user_a <> ?1 AND n.key "
                                                                "= " NEWEST("(o.key << 1 | 1) << 32"),
    [STATEMENT_INBOX_PREVIOUS] =
        "SELECT key, sent_at FROM messages WHERE key > ?1 AND key < ?2 ORDER BY key DESC LIMIT 1",

    [STATEMENT_PEER_USER_BY_ID] = "SELECT " USER_COLUMNS " FROM " USERS " WHERE u.server_id = ?1 AND u.peer_id = ?2",
    [STATEMENT_PEER_USER_ID] = "SELECT peer_id FROM users WHERE key = ?1",
    [STATEMENT_PEER_USER_SET_ID] = "UPDATE users SET peer_id = ?2 WHERE key = ?1 AND NOT is_local",
    [STATEMENT_PEER_USER_REVIVE] = "UPDATE users SET username = ?2, display_name = NULL, deleted_at = NULL "
                                   "WHERE key = ?1 AND deleted_at IS NOT NULL AND NOT is_local",
    [STATEMENT_PEER_USERS] = "SELECT key, username, display_name, peer_id FROM users WHERE server_id = ?1 "
                             "AND deleted_at IS NULL ORDER BY username",
    [STATEMENT_PEER_CHANNEL_BY_ID] =
        "SELECT " CHANNEL_COLUMNS " FROM channels c WHERE c.origin_server = ?1 AND c.peer_id = ?2",
    [STATEMENT_PEER_CHANNEL_ID] = "SELECT peer_id FROM channels WHERE key = ?1",
    [STATEMENT_PEER_CHANNEL_SET_ID] = "UPDATE channels SET peer_id = ?2 WHERE key = ?1",
    [STATEMENT_PEER_CHANNELS] = "SELECT key, name, NULL, peer_id FROM channels WHERE origin_server = ?1 ORDER BY name",

    [STATEMENT_HIDDEN_USER_CHECK] = "SELECT 1 FROM server_hidden_users WHERE server_id = ?1 AND user_id = ?2",
    [STATEMENT_HIDDEN_CHANNEL_CHECK] = "SELECT 1 FROM server_hidden_channels WHERE server_id = ?1 AND channel_id = ?2",
    [STATEMENT_MEMBERS_NEXT_SERVER] =
        "SELECT server_id FROM channel_members WHERE channel_id = ?1 AND server_id > ?2 ORDER BY server_id LIMIT 1",
    [STATEMENT_PEER_MESSAGES] =
        "SELECT m.key, m.id, a.username, s.name, a.display_name, m.sent_at, m.sent_at_text, m.body "
        "FROM messages m CROSS JOIN users a ON a.key = m.author_user_id LEFT JOIN servers s ON s.key = a.server_id "
        "WHERE m.key > ?1 AND m.key <= ?2 AND NOT EXISTS (SELECT 1 FROM server_hidden_users h WHERE h.server_id = ?4 "
        "AND h.user_id = m.author_user_id) ORDER BY m.key LIMIT ?3",
    [STATEMENT_PEER_MESSAGE_NEWEST] = "SELECT key FROM messages WHERE key > ?1 AND key <= ?2 ORDER BY key DESC LIMIT 1",

    [STATEMENT_OUTBOX_INSERT] = "INSERT INTO outbox (server_id, kind, created_at, expires_at, payload) "
                                "VALUES (?1, ?2, ?3, ?4, ?5)",
    [STATEMENT_OUTBOX_WAITING] = "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE server_id = ?1 AND refused_status = 0 "
                                 "ORDER BY key LIMIT ?2",
    [STATEMENT_OUTBOX_REFUSED] = "SELECT " OUTBOX_COLUMNS " FROM outbox INDEXED BY outbox_refused "
                                 "WHERE server_id = ?1 AND refused_status > 0 ORDER BY key LIMIT ?2",
    /* One statement, as its parts must tell of the same moment. */
    [STATEMENT_OUTBOX_STATE] = "SELECT (SELECT count(*) FROM outbox WHERE server_id = ?1 AND refused_status = 0), "
                               "(SELECT count(*) FROM outbox WHERE server_id = ?1 AND refused_status > 0), "
                               "(SELECT created_at FROM outbox WHERE server_id = ?1 AND refused_status = 0 "
                               "ORDER BY key LIMIT 1)",
    [STATEMENT_OUTBOX_DELETE] = "DELETE FROM outbox WHERE key BETWEEN ?1 AND ?2",
    [STATEMENT_OUTBOX_EXPIRE] = "DELETE FROM outbox WHERE expires_at <> 0 AND expires_at < ?1",
    [STATEMENT_OUTBOX_REFUSE] = "UPDATE outbox SET refused_status = ?2, refused_answer = ?3 WHERE key = ?1",
    [STATEMENT_OUTBOX_REPLACE] = "UPDATE outbox SET payload = ?2 WHERE key = ?1",
    [STATEMENT_OUTBOX_RETRY] = "UPDATE outbox SET refused_status = 0, refused_answer = NULL "
                               "WHERE key = ?2 AND server_id = ?1 AND refused_status > 0",
    [STATEMENT_OUTBOX_RETRY_ALL] = "UPDATE outbox SET refused_status = 0, refused_answer = NULL "
                                   "WHERE server_id = ?1 AND refused_status > 0",
    [STATEMENT_OUTBOX_DROP] = "DELETE FROM outbox WHERE key = ?2 AND server_id = ?1 AND refused_status > 0",
    [STATEMENT_OUTBOX_DROP_ALL] = "DELETE FROM outbox WHERE server_id = ?1 AND refused_status > 0",
};

const char *statement_sql(enum statement statement)
{
    assert(statement < STATEMENTS && table[statement] != NULL);
    return table[statement];
}

/* A query belongs to the writer's side if it is in a transaction, or begins one. */
static bool is_writing(const struct query *query)
{
    return query->store->in_transaction || query->statement == query->store->statements[STATEMENT_BEGIN];
}

static void fail(struct query *query, int code)
{
    query->result = store_failure(query->store, code, is_writing(query));
}

struct query query_begin(struct store *store, enum statement statement)
{
    struct query query = {.store = store, .result = RESULT_OK};

    if (store->in_transaction && (store->has_failed || sqlite3_get_autocommit(store->database))) {
        store->has_failed = true;
        query.result = RESULT_UNAVAILABLE;
        return query;
    }
    if (store->statements[statement] == NULL) {
        int code = sqlite3_prepare_v3(store->database, statement_sql(statement), -1, SQLITE_PREPARE_PERSISTENT,
                                      &store->statements[statement], NULL);
        if (code != SQLITE_OK) {
            query.result = store_failure(store, code, store->in_transaction || statement == STATEMENT_BEGIN);
            return query;
        }
    }
    query.statement = store->statements[statement];
    assert(!sqlite3_stmt_busy(query.statement));
    return query;
}

static void check_bound(struct query *query, int code)
{
    assert(code != SQLITE_MISUSE && code != SQLITE_RANGE);
    if (code != SQLITE_OK && query->result == RESULT_OK)
        fail(query, code);
}

void query_bind_integer(struct query *query, int64_t value)
{
    if (query->statement != NULL)
        check_bound(query, sqlite3_bind_int64(query->statement, ++query->bound, value));
}

void query_bind_key(struct query *query, int64_t key)
{
    if (query->statement == NULL)
        return;
    if (key != 0)
        query_bind_integer(query, key);
    else
        check_bound(query, sqlite3_bind_null(query->statement, ++query->bound));
}

void query_bind_text(struct query *query, const char *text)
{
    query_bind_text_n(query, text, text != NULL ? strlen(text) : 0);
}

void query_bind_text_n(struct query *query, const char *text, size_t length)
{
    if (query->statement != NULL)
        check_bound(query,
                    sqlite3_bind_text64(query->statement, ++query->bound, text, length, SQLITE_STATIC, SQLITE_UTF8));
}

void query_bind_blob(struct query *query, const void *bytes, size_t length)
{
    if (query->statement != NULL)
        check_bound(query, sqlite3_bind_blob64(query->statement, ++query->bound, bytes, length, SQLITE_STATIC));
}

void query_bind_uuid(struct query *query, const struct uuid *id)
{
    query_bind_blob(query, id != NULL ? id->bytes : NULL, sizeof(id->bytes));
}

void query_bind_digest(struct query *query, const struct digest *digest)
{
    query_bind_blob(query, digest != NULL ? digest->bytes : NULL, sizeof(digest->bytes));
}

bool query_step(struct query *query)
{
    if (query->statement == NULL || query->result != RESULT_OK)
        return false;
    int code = sqlite3_step(query->statement);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        fail(query, code);
    return false;
}

enum result query_end(struct query *query)
{
    if (query->statement != NULL) {
        sqlite3_reset(query->statement); /* repeats the code of the step, which is known */
        sqlite3_clear_bindings(query->statement);
        query->statement = NULL;
    }
    if (query->result == RESULT_OK && !query->store->in_transaction)
        store_success(query->store, false);
    return query->result;
}

enum result query_run(struct query *query, int *changes_r)
{
    while (query_step(query))
        ;
    if (changes_r != NULL)
        *changes_r =
            query->result == RESULT_OK && query->statement != NULL ? sqlite3_changes(query->store->database) : 0;
    return query_end(query);
}

int64_t query_integer(const struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

bool query_is_null(const struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

const char *query_text(const struct query *query, int column)
{
    return (const char *)sqlite3_column_text(query->statement, column);
}

size_t query_length(const struct query *query, int column)
{
    return (size_t)sqlite3_column_bytes(query->statement, column);
}

const void *query_blob(const struct query *query, int column)
{
    return sqlite3_column_blob(query->statement, column);
}

struct uuid query_uuid(const struct query *query, int column)
{
    struct uuid id = {{0}};
    const void *bytes = query_blob(query, column);

    if (bytes != NULL && query_length(query, column) == sizeof(id.bytes))
        memcpy(id.bytes, bytes, sizeof(id.bytes));
    return id;
}
