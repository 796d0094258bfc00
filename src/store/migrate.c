/*
 * migrate.c - the schema, and the numbered steps that lead to it. Runs in the process that prepares the database.
 *
 * Always holds: a migration is done in one transaction with the number that says so (PRAGMA user_version), so a file is
 * always of one version, wherever a start was interrupted.
 */
#include "bering/log.h"
#include "store/internal.h"
#include <stdio.h>

/*
 * Keys are AUTOINCREMENT where something outside may still hold the key of a row that is gone: caches, events, and a
 * deleted channel's range of message keys. In messages the columns that pages are ordered and judged by come before the
 * body, which may fill many pages.
 */
static const char schema[] =
    "CREATE TABLE meta ("
    " key INTEGER PRIMARY KEY CHECK (key = 1),"
    " commit_number INTEGER NOT NULL,"
    " only_messages INTEGER NOT NULL,"
    " message_keys BLOB NOT NULL);"
    "INSERT INTO meta VALUES (1, 0, 0, x'');"

    "CREATE TABLE servers ("
    " key INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id BLOB NOT NULL UNIQUE,"
    " name TEXT NOT NULL UNIQUE,"
    " base_url TEXT NOT NULL,"
    " token TEXT NOT NULL,"
    " is_self INTEGER NOT NULL DEFAULT 0);"

    "CREATE TABLE users ("
    " key INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id BLOB NOT NULL UNIQUE,"
    " username TEXT NOT NULL,"
    " token BLOB,"
    " server_id INTEGER REFERENCES servers (key),"
    " is_local INTEGER NOT NULL,"
    " display_name TEXT,"
    " password_hash TEXT,"
    " deleted_at INTEGER);"
    "CREATE UNIQUE INDEX users_name ON users (username, ifnull(server_id, 0)) WHERE deleted_at IS NULL;"
    "CREATE INDEX users_token ON users (token) WHERE token IS NOT NULL;"
    "CREATE INDEX users_server ON users (server_id) WHERE server_id IS NOT NULL;"

    "CREATE TABLE sessions ("
    " key INTEGER PRIMARY KEY AUTOINCREMENT,"
    " token_hash BLOB NOT NULL UNIQUE,"
    " kind INTEGER NOT NULL,"
    " user_id INTEGER NOT NULL REFERENCES users (key),"
    " created_at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL);"
    "CREATE INDEX sessions_user ON sessions (user_id);"
    "CREATE INDEX sessions_expiry ON sessions (expires_at);"

    "CREATE TABLE channels ("
    " key INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id BLOB NOT NULL UNIQUE,"
    " name TEXT NOT NULL,"
    " origin_server TEXT NOT NULL,"
    " is_private INTEGER NOT NULL DEFAULT 0,"
    " UNIQUE (name, origin_server));"
    "CREATE INDEX channels_origin ON channels (origin_server);"

    "CREATE TABLE channel_members ("
    " channel_id INTEGER NOT NULL REFERENCES channels (key),"
    " user_id INTEGER NOT NULL REFERENCES users (key),"
    " joined_at INTEGER NOT NULL,"
    " PRIMARY KEY (channel_id, user_id)) WITHOUT ROWID;"
    "CREATE INDEX channel_members_user ON channel_members (user_id, channel_id);"

    "CREATE TABLE direct_conversations ("
    " key INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user_a INTEGER NOT NULL REFERENCES users (key),"
    " user_b INTEGER NOT NULL REFERENCES users (key),"
    " CHECK (user_a <= user_b),"
    " UNIQUE (user_a, user_b));"
    "CREATE INDEX direct_conversations_b ON direct_conversations (user_b);"

    "CREATE TABLE messages ("
    " key INTEGER PRIMARY KEY,"
    " id BLOB NOT NULL,"
    " kind TEXT NOT NULL,"
    " author_user_id INTEGER NOT NULL,"
    " recipient_user_id INTEGER,"
    " channel_id INTEGER,"
    " sent_at INTEGER NOT NULL,"
    " sent_at_text TEXT,"
    " body TEXT NOT NULL);"
    "CREATE UNIQUE INDEX messages_id ON messages (id);"

    "CREATE TABLE federation_tokens ("
    " id BLOB PRIMARY KEY NOT NULL,"
    " token BLOB NOT NULL UNIQUE,"
    " label TEXT NOT NULL,"
    " created_at INTEGER NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE server_hidden_users ("
    " server_id INTEGER NOT NULL REFERENCES servers (key),"
    " user_id INTEGER NOT NULL REFERENCES users (key),"
    " PRIMARY KEY (server_id, user_id)) WITHOUT ROWID;"
    "CREATE INDEX server_hidden_users_user ON server_hidden_users (user_id);"

    "CREATE TABLE server_hidden_channels ("
    " server_id INTEGER NOT NULL REFERENCES servers (key),"
    " channel_id INTEGER NOT NULL REFERENCES channels (key),"
    " PRIMARY KEY (server_id, channel_id)) WITHOUT ROWID;"
    "CREATE INDEX server_hidden_channels_channel ON server_hidden_channels (channel_id);";

/*
 * A row that waits is found by server, in the order of keys; what was refused is out of the way of that. From which
 * servers a channel has members is asked for every message to it: the answer is beside the memberships.
 */
static const char federation[] =
    "ALTER TABLE servers ADD COLUMN abilities INTEGER NOT NULL DEFAULT 0;"

    "CREATE TABLE outbox ("
    " key INTEGER PRIMARY KEY AUTOINCREMENT,"
    " server_id INTEGER NOT NULL REFERENCES servers (key),"
    " kind INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL DEFAULT 0,"
    " refused_status INTEGER NOT NULL DEFAULT 0,"
    " refused_answer TEXT,"
    " payload TEXT NOT NULL);"
    "CREATE INDEX outbox_waiting ON outbox (server_id, refused_status);"
    "CREATE INDEX outbox_refused ON outbox (server_id) WHERE refused_status > 0;"
    "CREATE INDEX outbox_expiry ON outbox (expires_at) WHERE expires_at <> 0;"

    "ALTER TABLE channel_members ADD COLUMN server_id INTEGER;"
    "UPDATE channel_members SET server_id = (SELECT server_id FROM users WHERE key = user_id)"
    " WHERE user_id IN (SELECT key FROM users WHERE server_id IS NOT NULL);"
    "CREATE INDEX channel_members_server ON channel_members (channel_id, server_id) WHERE server_id IS NOT NULL;"

    "DROP INDEX channels_origin;"
    "CREATE INDEX channels_origin ON channels (origin_server, name);"
    "DROP INDEX users_server;"
    "CREATE INDEX users_server ON users (server_id, username) WHERE server_id IS NOT NULL;"
    "CREATE INDEX users_local ON users (username) WHERE is_local AND deleted_at IS NULL;";

/*
 * What each user has read. A conversation is the number that its messages' keys start with (internal.h); what was there
 * before anybody could say so counts as read. Of mentions only those that are unread are kept.
 */
static const char read_positions[] =
    "ALTER TABLE sessions ADD COLUMN id BLOB;"
    "ALTER TABLE sessions ADD COLUMN user_agent TEXT;"
    "UPDATE sessions SET id = randomblob(16);"

    "CREATE TABLE conversation_states ("
    " user_id INTEGER NOT NULL REFERENCES users (key),"
    " conversation INTEGER NOT NULL,"
    " last_read_key INTEGER NOT NULL DEFAULT 0,"
    " is_muted INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY (user_id, conversation)) WITHOUT ROWID;"
    "CREATE INDEX conversation_states_conversation ON conversation_states (conversation);"

    "CREATE TABLE mentions ("
    " user_id INTEGER NOT NULL REFERENCES users (key),"
    " message_key INTEGER NOT NULL,"
    " PRIMARY KEY (user_id, message_key)) WITHOUT ROWID;"
    "CREATE INDEX mentions_message ON mentions (message_key);"

    "INSERT INTO conversation_states (user_id, conversation) SELECT m.user_id, m.channel_id << 1"
    " FROM channel_members m JOIN users u ON u.key = m.user_id AND u.is_local AND u.deleted_at IS NULL;"
    "INSERT INTO conversation_states (user_id, conversation) SELECT d.user_a, d.key << 1 | 1"
    " FROM direct_conversations d JOIN users u ON u.key = d.user_a AND u.is_local AND u.deleted_at IS NULL;"
    "INSERT INTO conversation_states (user_id, conversation) SELECT d.user_b, d.key << 1 | 1"
    " FROM direct_conversations d JOIN users u ON u.key = d.user_b AND u.is_local AND u.deleted_at IS NULL"
    " WHERE d.user_a <> d.user_b;"
    "UPDATE conversation_states SET last_read_key = ifnull((SELECT key FROM messages WHERE key BETWEEN"
    " conversation << 32 AND (conversation << 32) + 4294967295 ORDER BY key DESC LIMIT 1), 0);";

/* Peers of this project say by which id they know a user or a channel: it is recognised by that under another name. */
static const char peer_ids[] =
    "ALTER TABLE users ADD COLUMN peer_id BLOB;"
    "ALTER TABLE channels ADD COLUMN peer_id BLOB;"
    "CREATE UNIQUE INDEX users_peer_id ON users (server_id, peer_id) WHERE peer_id IS NOT NULL;"
    "CREATE UNIQUE INDEX channels_peer_id ON channels (origin_server, peer_id) WHERE peer_id IS NOT NULL;";

/*
 * What administrators do, and how long messages are kept. The messages of a deleted channel go in pieces: until then
 * the number that their keys start with is among the orphans.
 */
static const char upkeep[] =
    "CREATE TABLE audit_log ("
    " key INTEGER PRIMARY KEY AUTOINCREMENT,"
    " at INTEGER NOT NULL,"
    " actor TEXT NOT NULL,"
    " action TEXT NOT NULL,"
    " object TEXT,"
    " details TEXT,"
    " address TEXT NOT NULL);"
    "CREATE INDEX audit_log_at ON audit_log (at);"
    "CREATE TABLE orphans (conversation INTEGER PRIMARY KEY);"
    "ALTER TABLE channels ADD COLUMN retention_days INTEGER;";

/* Makes the tables, and fills them from the original's, if that is what the file holds. A SQLite result code. */
static int make_schema(sqlite3 *database, const struct store_setup *setup)
{
    bool is_original = original_detect(database);
    int code = is_original ? original_set_aside(database) : SQLITE_OK;

    if (code == SQLITE_OK)
        code = database_run(database, schema);
    if (code == SQLITE_OK && is_original)
        code = original_convert(database, setup);
    return code;
}

/*
 * In order; a migration is either SQL or a function that returns a SQLite result code. The number is the index plus
 * one.
 */
static const struct {
    const char *name;
    const char *sql;
    int (*function)(sqlite3 *database, const struct store_setup *setup);
} migrations[] = {
    {"make the schema", NULL, make_schema},
    {"federation: what waits for other servers", federation, NULL},
    {"what everybody has read, and where they are signed in", read_positions, NULL},
    {"federation: the ids that other servers have", peer_ids, NULL},
    {"what administrators do, and how long messages are kept", upkeep, NULL},
#ifdef STORE_NEXT_MIGRATION /* the program that tests upgrade to: ../../t/70-processes/upgrade-schema.t */
    {"what comes next", "CREATE TABLE next (key INTEGER PRIMARY KEY)", NULL},
#endif
};

int migrate_newest(void)
{
    return (int)(sizeof(migrations) / sizeof(migrations[0]));
}

static int migrate_one(sqlite3 *database, const struct store_setup *setup, int number)
{
    char mark[96];
    int code = database_run(database, "BEGIN EXCLUSIVE");

    if (code != SQLITE_OK)
        return code;
    if (migrations[number - 1].sql != NULL)
        code = database_run(database, migrations[number - 1].sql);
    else
        code = migrations[number - 1].function(database, setup);
    snprintf(mark, sizeof(mark), "PRAGMA application_id = %d; PRAGMA user_version = %d;", STORE_APPLICATION, number);
    if (code == SQLITE_OK)
        code = database_run(database, mark);
    return code == SQLITE_OK ? database_run(database, "COMMIT") : code;
}

/* What somebody has filled is kept as it was: an upgrade can be taken back (beringctl rollback). */
static bool needs_snapshot(sqlite3 *database, const struct store_setup *setup, int version)
{
    return !setup->without_snapshot && version < migrate_newest() && (version > 0 || original_detect(database));
}

int migrate_run(sqlite3 *database, const struct store_setup *setup, int version, char **error_r)
{
    if (needs_snapshot(database, setup, version) && snapshot_make(setup->path, version + 1, error_r) != 0)
        return -1;
    for (int number = version + 1; number <= migrate_newest(); number++) {
        int code = migrate_one(database, setup, number);
        if (code != SQLITE_OK) {
            if (asprintf(error_r, "cannot migrate the database %s to version %d (%s): %s (%s); it is as it was",
                         setup->path, number, migrations[number - 1].name, store_explain(code),
                         sqlite3_errmsg(database)) < 0)
                *error_r = NULL;
            if (!sqlite3_get_autocommit(database))
                database_run(database, "ROLLBACK");
            return -1;
        }
        log_info("database %s: version %d: %s", setup->path, number, migrations[number - 1].name);
    }
    return 0;
}
