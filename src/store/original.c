/*
 * original.c - takes over a database of the original, where ids are UUID text everywhere. Runs in the process that
 * prepares the database, inside the transaction of migration 1.
 *
 * Always holds: no user, channel, message, server or federation token is lost. An id that is no UUID becomes one by its
 * hash; who or what a message refers to in vain becomes a deleted user or a private channel; a name that is there twice
 * gets a free number. Memberships and hidden rows that refer to nothing are the only rows left out, counted in the log.
 */
#include "bering/clock.h"
#include "bering/log.h"
#include "store/internal.h"
#include <string.h>

/* The original's tables, with the columns that we read. Those of older files may lack the optional ones. */
static const struct {
    const char *name;
    const char *columns;
    const char *set_aside;
    const char *make_missing; /* NULL: without this table it is not the original's database */
} originals[] = {
    {"servers", "id, name, base_url, token", "ALTER TABLE servers RENAME TO original_servers", NULL},
    {"users", "id, username, token, server_id, is_local", "ALTER TABLE users RENAME TO original_users", NULL},
    {"channels", "id, name, origin_server", "ALTER TABLE channels RENAME TO original_channels", NULL},
    {"channel_members", "channel_id, user_id", "ALTER TABLE channel_members RENAME TO original_channel_members", NULL},
    {"messages", "id, kind, body, author_user_id, recipient_user_id, channel_id, sent_at",
     "ALTER TABLE messages RENAME TO original_messages", NULL},
    {"federation_tokens", "id, token, label, created_at",
     "ALTER TABLE federation_tokens RENAME TO original_federation_tokens",
     "CREATE TABLE original_federation_tokens (id TEXT, token TEXT, label TEXT, created_at TEXT)"},
    {"server_hidden_users", "server_id, user_id",
     "ALTER TABLE server_hidden_users RENAME TO original_server_hidden_users",
     "CREATE TABLE original_server_hidden_users (server_id TEXT, user_id TEXT)"},
    {"server_hidden_channels", "server_id, channel_id",
     "ALTER TABLE server_hidden_channels RENAME TO original_server_hidden_channels",
     "CREATE TABLE original_server_hidden_channels (server_id TEXT, channel_id TEXT)"},
};

enum { ORIGINALS = sizeof(originals) / sizeof(originals[0]) };

static bool has_columns(sqlite3 *database, const char *table, const char *columns)
{
    sqlite3_stmt *statement = NULL;
    char *sql = sqlite3_mprintf("SELECT %s FROM \"%w\"", columns, table);
    bool has = sql != NULL && sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK;

    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return has;
}

bool original_detect(sqlite3 *database)
{
    for (size_t i = 0; i < ORIGINALS; i++)
        if (originals[i].make_missing == NULL && !has_columns(database, originals[i].name, originals[i].columns))
            return false;
    return true;
}

/* The original's indexes go first: their names must not be in the way of ours. */
static int drop_indexes(sqlite3 *database)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(database,
                                  "SELECT 'DROP INDEX \"' || replace(name, '\"', '\"\"') || '\"' FROM sqlite_master "
                                  "WHERE type = 'index' AND sql IS NOT NULL LIMIT 1",
                                  -1, &statement, NULL);

    while (code == SQLITE_OK) {
        char *drop = NULL;
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
            drop = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
        sqlite3_reset(statement);
        if (drop == NULL)
            break;
        code = database_run(database, drop);
        sqlite3_free(drop);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

int original_set_aside(sqlite3 *database)
{
    /* Plain renaming: nothing that mentions the tables is rewritten, as all of it goes. */
    int code = database_run(database, "PRAGMA legacy_alter_table = ON");

    if (code == SQLITE_OK)
        code = drop_indexes(database);
    for (size_t i = 0; i < ORIGINALS && code == SQLITE_OK; i++) {
        bool is_there = has_columns(database, originals[i].name, originals[i].columns);
        code = database_run(database, is_there ? originals[i].set_aside : originals[i].make_missing);
    }
    if (code == SQLITE_OK && !has_columns(database, "original_users", "display_name"))
        code = database_run(database, "ALTER TABLE original_users ADD COLUMN display_name TEXT");
    if (code == SQLITE_OK && !has_columns(database, "original_users", "password_hash"))
        code = database_run(database, "ALTER TABLE original_users ADD COLUMN password_hash TEXT");
    return code;
}

/* ---- functions that the steps below use ---- */

static struct uuid derive(const void *text, size_t length)
{
    struct digest digest = secret_digest(text, length);
    struct uuid id;

    memcpy(id.bytes, digest.bytes, sizeof(id.bytes));
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x80); /* version 8: made by a rule of our own */
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

/* uuid_derived(text): a UUID that the text, which is none or not the only one of its value, always leads to. */
static void uuid_derived(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const void *text = sqlite3_value_text(values[0]);
    struct uuid id = derive(text != NULL ? text : "", (size_t)sqlite3_value_bytes(values[0]));
    sqlite3_result_blob(context, id.bytes, sizeof(id.bytes), SQLITE_TRANSIENT);
}

/* uuid_of(text): the UUID that the text is, or else uuid_derived(text). */
static void uuid_of(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct uuid id;
    const char *text = (const char *)sqlite3_value_text(values[0]);

    if (text != NULL && uuid_parse(text, (size_t)sqlite3_value_bytes(values[0]), &id))
        sqlite3_result_blob(context, id.bytes, sizeof(id.bytes), SQLITE_TRANSIENT);
    else
        uuid_derived(context, count, values);
}

/* token_digest(text): SHA-256; NULL for an empty token. */
static void token_digest(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const void *text = sqlite3_value_text(values[0]);
    int length = sqlite3_value_bytes(values[0]);

    if (text == NULL || length == 0) {
        sqlite3_result_null(context);
        return;
    }
    struct digest digest = secret_digest(text, (size_t)length);
    sqlite3_result_blob(context, digest.bytes, sizeof(digest.bytes), SQLITE_TRANSIENT);
}

/* nanoseconds(text): of an RFC 3339 time; NULL if it is none. */
static void nanoseconds(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    int64_t time;
    const char *text = (const char *)sqlite3_value_text(values[0]);

    if (text != NULL && clock_parse(text, (size_t)sqlite3_value_bytes(values[0]), &time))
        sqlite3_result_int64(context, time);
    else
        sqlite3_result_null(context);
}

/* odd_time(text, nanoseconds): the text, if it is not the one that the number is written as; NULL otherwise. */
static void odd_time(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    char canonical[CLOCK_TEXT_LENGTH + 1];
    const char *text = (const char *)sqlite3_value_text(values[0]);

    if (text == NULL || strcmp(text, clock_format(sqlite3_value_int64(values[1]), canonical)) == 0)
        sqlite3_result_null(context);
    else
        sqlite3_result_value(context, values[0]);
}

static int register_functions(sqlite3 *database)
{
    static const struct {
        const char *name;
        int arguments;
        void (*function)(sqlite3_context *context, int count, sqlite3_value **values);
    } functions[] = {
        {"uuid_derived", 1, uuid_derived}, {"uuid_of", 1, uuid_of},   {"token_digest", 1, token_digest},
        {"nanoseconds", 1, nanoseconds},   {"odd_time", 2, odd_time},
    };
    int code = SQLITE_OK;

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]) && code == SQLITE_OK; i++)
        code = sqlite3_create_function_v2(database, functions[i].name, functions[i].arguments,
                                          SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, functions[i].function, NULL, NULL,
                                          NULL);
    return code;
}

/* ---- the steps ---- */

/* A message that is not to a channel: by its kind, or, if that says nothing, by what it names. */
#define IS_DIRECT "(ifnull(kind, '') = 'dm' OR (ifnull(kind, '') <> 'channel' AND channel_id IS NULL))"

/*
 * Columns of a map from the original's id text to our key and id. Of two texts with the same UUID the second is
 * derived.
 */
#define MAP                                                                                                            \
    "SELECT row_number() OVER (ORDER BY is_made, row), text, CASE row_number() OVER (PARTITION BY uuid_of(text) "      \
    "ORDER BY is_made, row) WHEN 1 THEN uuid_of(text) ELSE uuid_derived(text) END, CASE WHEN is_made THEN NULL "       \
    "ELSE row END FROM "
#define MAP_COLUMNS "(key INTEGER PRIMARY KEY, text TEXT NOT NULL, id BLOB NOT NULL, row INTEGER)"

/*
 * What the other tables are joined by: keys for id texts. Rows without `row` are made for what is referred to in vain.
 */
static const char make_maps[] =
    "CREATE TEMP TABLE server_map " MAP_COLUMNS ";"
    "INSERT INTO server_map " MAP "(SELECT 0 AS is_made, rowid AS row, ifnull(id, 'server ' || rowid) AS text "
    " FROM original_servers);"
    "CREATE UNIQUE INDEX temp.server_map_text ON server_map (text);"

    "CREATE TEMP TABLE user_map " MAP_COLUMNS ";"
    "INSERT INTO user_map " MAP "(SELECT 0 AS is_made, rowid AS row, ifnull(id, 'user ' || rowid) AS text "
    " FROM original_users UNION ALL SELECT 1, min(row), text FROM ("
    "  SELECT rowid AS row, ifnull(author_user_id, '') AS text FROM original_messages UNION ALL"
    "  SELECT rowid, recipient_user_id FROM original_messages WHERE recipient_user_id IS NOT NULL AND " IS_DIRECT ")"
    " WHERE text NOT IN (SELECT id FROM original_users WHERE id IS NOT NULL) GROUP BY text);"
    "CREATE UNIQUE INDEX temp.user_map_text ON user_map (text);"

    "CREATE TEMP TABLE channel_map " MAP_COLUMNS ";"
    "INSERT INTO channel_map " MAP "(SELECT 0 AS is_made, rowid AS row, ifnull(id, 'channel ' || rowid) AS text "
    " FROM original_channels UNION ALL SELECT 1, min(row), text FROM ("
    "  SELECT rowid AS row, ifnull(channel_id, '') AS text FROM original_messages WHERE NOT " IS_DIRECT ")"
    " WHERE text NOT IN (SELECT id FROM original_channels WHERE id IS NOT NULL) GROUP BY text);"
    "CREATE UNIQUE INDEX temp.channel_map_text ON channel_map (text);";

static const char convert_servers[] =
    "INSERT INTO servers (key, id, name, base_url, token, is_self)"
    " SELECT m.key, m.id, ifnull(o.name, 'unnamed-' || m.key), ifnull(o.base_url, ''), ifnull(o.token, ''),"
    " ifnull(o.name = (SELECT server_name FROM setup), 0)"
    " FROM server_map m JOIN original_servers o ON o.rowid = m.row ORDER BY m.key;";

/* A user of a server that is gone is one of a deleted server: shown as deleted, but its name is kept in the row. */
static const char prepare_users[] =
    "CREATE TEMP TABLE user_rows (key INTEGER PRIMARY KEY, id, name, token, server_id, is_local, display_name,"
    " password_hash, deleted_at);"
    "CREATE INDEX temp.user_rows_name ON user_rows (name);"
    "INSERT INTO user_rows SELECT m.key, m.id, ifnull(o.username, 'unnamed-' || m.key), token_digest(o.token),"
    " s.key, o.server_id IS NULL OR ifnull(x.is_self, 0), o.display_name, nullif(o.password_hash, ''), NULL"
    " FROM user_map m JOIN original_users o ON o.rowid = m.row"
    " LEFT JOIN server_map p ON p.text = o.server_id"
    " LEFT JOIN servers x ON x.key = p.key LEFT JOIN servers s ON s.key = p.key AND NOT s.is_self;"
    "UPDATE user_rows SET deleted_at = (SELECT now FROM setup), token = NULL, password_hash = NULL"
    " WHERE NOT is_local AND server_id IS NULL;"
    "INSERT INTO user_rows SELECT key, id, 'deleted-' || text, NULL, NULL, 0, '" USER_DELETED_DISPLAY_NAME "', NULL,"
    " (SELECT now FROM setup) FROM user_map WHERE row IS NULL;";

static const char prepare_channels[] =
    "CREATE TEMP TABLE channel_rows (key INTEGER PRIMARY KEY, id, name, origin_server, is_private);"
    "CREATE INDEX temp.channel_rows_name ON channel_rows (name);"
    "INSERT INTO channel_rows SELECT m.key, m.id, ifnull(o.name, 'recovered-' || lower(substr(hex(m.id), 1, 8))),"
    " ifnull(nullif(o.origin_server, ''), (SELECT server_name FROM setup)), m.row IS NULL"
    " FROM channel_map m LEFT JOIN original_channels o ON o.rowid = m.row;";

/* Sent when nothing tells: with the message before it. */
static const char prepare_messages[] =
    "CREATE TEMP TABLE ends (row INTEGER PRIMARY KEY, id BLOB, author INTEGER, recipient INTEGER, channel INTEGER,"
    " conversation INTEGER, sent_at INTEGER);"
    "INSERT INTO ends SELECT rowid, CASE row_number() OVER (PARTITION BY uuid_of(id) ORDER BY rowid) WHEN 1"
    " THEN uuid_of(id) ELSE uuid_derived(ifnull(id, 'message ' || rowid)) END,"
    " (SELECT key FROM user_map WHERE text = ifnull(author_user_id, '')),"
    " CASE WHEN " IS_DIRECT
    " THEN (SELECT key FROM user_map WHERE text = coalesce(recipient_user_id, author_user_id, ''))"
    " END,"
    " CASE WHEN NOT " IS_DIRECT " THEN (SELECT key FROM channel_map WHERE text = ifnull(channel_id, '')) END,"
    " NULL, nanoseconds(sent_at) FROM original_messages;"
    "UPDATE ends SET sent_at = ifnull((SELECT e.sent_at FROM ends e WHERE e.row < ends.row AND e.sent_at IS NOT NULL"
    " ORDER BY e.row DESC LIMIT 1), 0) WHERE sent_at IS NULL;"
    "INSERT INTO direct_conversations (user_a, user_b) SELECT min(author, recipient) AS a, max(author, recipient) AS b"
    " FROM ends WHERE recipient IS NOT NULL GROUP BY a, b ORDER BY min(row);"
    "UPDATE ends SET conversation = CASE WHEN channel IS NOT NULL THEN channel << 1 ELSE (SELECT key << 1 | 1"
    " FROM direct_conversations WHERE user_a = min(author, recipient) AND user_b = max(author, recipient)) END;";

static const char convert_messages[] =
    "INSERT INTO messages (key, id, kind, author_user_id, recipient_user_id, channel_id, sent_at, sent_at_text, body)"
    " SELECT e.conversation << 32 | e.sequence, e.id, CASE WHEN e.channel IS NULL THEN 'dm' ELSE 'channel' END, "
    "e.author,"
    " e.recipient, e.channel, e.sent_at, odd_time(o.sent_at, e.sent_at), ifnull(o.body, '') FROM (SELECT *,"
    " row_number() OVER (PARTITION BY conversation ORDER BY sent_at, row) AS sequence FROM ends) e"
    " JOIN original_messages o ON o.rowid = e.row;";

static const char convert_rest[] =
    "INSERT OR IGNORE INTO channel_members (channel_id, user_id, joined_at) SELECT c.key, u.key, 0"
    " FROM original_channel_members o JOIN channel_map c ON c.text = o.channel_id"
    " JOIN user_map m ON m.text = o.user_id JOIN users u ON u.key = m.key AND u.deleted_at IS NULL;"
    "INSERT OR IGNORE INTO server_hidden_users (server_id, user_id) SELECT s.key, u.key"
    " FROM original_server_hidden_users o JOIN server_map s ON s.text = o.server_id"
    " JOIN user_map m ON m.text = o.user_id JOIN users u ON u.key = m.key AND u.deleted_at IS NULL;"
    "INSERT OR IGNORE INTO server_hidden_channels (server_id, channel_id) SELECT s.key, c.key"
    " FROM original_server_hidden_channels o JOIN server_map s ON s.text = o.server_id"
    " JOIN channel_map c ON c.text = o.channel_id;"
    "INSERT INTO federation_tokens (id, token, label, created_at) SELECT CASE row_number() OVER (PARTITION BY "
    "uuid_of(id)"
    " ORDER BY rowid) WHEN 1 THEN uuid_of(id) ELSE uuid_derived('token ' || rowid) END,"
    " ifnull(token_digest(token), randomblob(32)), ifnull(label, ''),"
    " ifnull(nanoseconds(created_at), (SELECT now FROM setup)) FROM original_federation_tokens;";

static const char drop_originals[] =
    "DROP TABLE original_server_hidden_channels; DROP TABLE original_server_hidden_users;"
    "DROP TABLE original_federation_tokens; DROP TABLE original_messages; DROP TABLE original_channel_members;"
    "DROP TABLE original_channels; DROP TABLE original_users; DROP TABLE original_servers;";

static int note_setup(sqlite3 *database, const struct store_setup *setup)
{
    sqlite3_stmt *statement = NULL;
    int code = database_run(database, "CREATE TEMP TABLE setup (server_name TEXT, now INTEGER)");

    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(database, "INSERT INTO setup VALUES (?1, ?2)", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, setup->server_name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 2, clock_now());
        code = sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/*
 * Tables whose rows have names that may be there twice: only NULLs and our own merging of servers make that possible.
 */
struct named {
    const char *noun;
    const char *insert; /* all rows whose names are free */
    const char *left;   /* key and name of the first row that was left, from key ?1 on */
    const char *rename; /* of row ?1 to ?2 */
};

static const struct named named_users = {
    "user",
    "INSERT OR IGNORE INTO users (key, id, username, token, server_id, is_local, display_name, password_hash, "
    "deleted_at)"
    " SELECT * FROM user_rows ORDER BY key",
    "SELECT key, name FROM user_rows WHERE key >= ?1 AND key NOT IN (SELECT key FROM users) ORDER BY key LIMIT 1",
    "UPDATE user_rows SET name = ?2 WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM user_rows o WHERE o.name = ?2"
    " AND ifnull(o.server_id, 0) = ifnull(user_rows.server_id, 0))",
};

static const struct named named_channels = {
    "channel",
    "INSERT OR IGNORE INTO channels (key, id, name, origin_server, is_private) SELECT * FROM channel_rows ORDER BY key",
    "SELECT key, name FROM channel_rows WHERE key >= ?1 AND key NOT IN (SELECT key FROM channels) ORDER BY key LIMIT 1",
    "UPDATE channel_rows SET name = ?2 WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM channel_rows o WHERE o.name = ?2"
    " AND o.origin_server = channel_rows.origin_server)",
};

/* Gives row `key` the first free name-2, name-3, ... */
static int rename_row(sqlite3 *database, const struct named *named, int64_t key, const char *name)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(database, named->rename, -1, &statement, NULL);

    for (unsigned number = 2; code == SQLITE_OK; number++) {
        char *candidate = sqlite3_mprintf("%s-%u", name, number);
        sqlite3_bind_int64(statement, 1, key);
        sqlite3_bind_text(statement, 2, candidate, -1, SQLITE_STATIC);
        code = sqlite3_step(statement);
        sqlite3_reset(statement);
        code = code == SQLITE_DONE ? SQLITE_OK : code;
        bool is_free = code == SQLITE_OK && sqlite3_changes(database) == 1;
        if (is_free)
            log_warn("there were two %ss \"%s\": one is now \"%s\"", named->noun, name, candidate);
        sqlite3_free(candidate);
        if (is_free)
            break;
    }
    sqlite3_finalize(statement);
    return code;
}

/* The first of several rows with a name keeps it; the others are renamed, and then there is room for them. */
static int convert_named(sqlite3 *database, const struct named *named)
{
    sqlite3_stmt *statement = NULL;
    int64_t key = 0;
    int code = database_run(database, named->insert);

    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(database, named->left, -1, &statement, NULL);
    while (code == SQLITE_OK) {
        sqlite3_bind_int64(statement, 1, key + 1);
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
            break;
        key = sqlite3_column_int64(statement, 0);
        char *name = sqlite3_mprintf("%s", sqlite3_column_text(statement, 1));
        sqlite3_reset(statement);
        code = name != NULL ? rename_row(database, named, key, name) : SQLITE_NOMEM;
        sqlite3_free(name);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? database_run(database, named->insert) : code;
}

/* Counts before and after must agree, or the transaction is not committed. */
static int check_nothing_lost(sqlite3 *database)
{
    static const char *const differences[] = {
        "SELECT (SELECT count(*) FROM original_servers) - (SELECT count(*) FROM servers)",
        "SELECT (SELECT count(*) FROM user_map) - (SELECT count(*) FROM users)",
        "SELECT (SELECT count(*) FROM channel_map) - (SELECT count(*) FROM channels)",
        "SELECT (SELECT count(*) FROM original_messages) - (SELECT count(*) FROM messages)",
        "SELECT (SELECT count(*) FROM original_federation_tokens) - (SELECT count(*) FROM federation_tokens)",
    };

    for (size_t i = 0; i < sizeof(differences) / sizeof(differences[0]); i++)
        if (database_integer(database, differences[i], -1) != 0)
            return SQLITE_INTERNAL;
    int64_t left_out = database_integer(
        database,
        "SELECT (SELECT count(*) FROM original_channel_members) - (SELECT count(*) FROM channel_members)"
        " + (SELECT count(*) FROM original_server_hidden_users) - (SELECT count(*) FROM server_hidden_users)"
        " + (SELECT count(*) FROM original_server_hidden_channels) - (SELECT count(*) FROM server_hidden_channels)",
        0);
    if (left_out != 0)
        log_warn("%lld memberships or hidden rows referred to nothing and were left out", (long long)left_out);
    return SQLITE_OK;
}

int original_convert(sqlite3 *database, const struct store_setup *setup)
{
    int code = register_functions(database);

    if (code == SQLITE_OK)
        code = note_setup(database, setup);
    if (code == SQLITE_OK)
        code = database_run(database, make_maps);
    if (code == SQLITE_OK)
        code = database_run(database, convert_servers);
    if (code == SQLITE_OK)
        code = database_run(database, prepare_users);
    if (code == SQLITE_OK)
        code = convert_named(database, &named_users);
    if (code == SQLITE_OK)
        code = database_run(database, prepare_channels);
    if (code == SQLITE_OK)
        code = convert_named(database, &named_channels);
    if (code == SQLITE_OK)
        code = database_run(database, prepare_messages);
    if (code == SQLITE_OK)
        code = database_run(database, convert_messages);
    if (code == SQLITE_OK)
        code = database_run(database, convert_rest);
    if (code == SQLITE_OK)
        code = check_nothing_lost(database);
    if (code == SQLITE_OK)
        code = database_run(database, drop_originals);
    if (code == SQLITE_OK)
        log_info("database %s: took over %lld users, %lld channels and %lld messages of the original", setup->path,
                 (long long)database_integer(database, "SELECT count(*) FROM users", 0),
                 (long long)database_integer(database, "SELECT count(*) FROM channels", 0),
                 (long long)database_integer(database, "SELECT count(*) FROM messages", 0));
    return code;
}
