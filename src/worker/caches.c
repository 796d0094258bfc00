/*
 * caches.c - the RCU hash tables of caches.h. Worker process, loop and writer thread.
 *
 * An entry is found and used within one read-side section, copied out, never handed out. A table that has grown past its
 * bound is emptied: it fills again with what is in use.
 */
#include "worker/caches.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <urcu.h>
#include <urcu/rculfhash.h>

enum { ENTRIES_MOST = 100000, KEY_SIZE = 2 * TEXT_NAME_MAX + 16 };

struct table {
    struct cds_lfht *hash;
    unsigned long count;      /* about: only bounds memory */
};

struct caches {
    struct table sessions;
    struct table channels;
    struct table members;
};

/* Each kind of entry starts with this. */
struct entry {
    struct cds_lfht_node node;
    struct rcu_head rcu;
    void *owned;              /* freed with the entry; NULL: nothing */
};

struct session_entry {
    struct entry entry;
    struct digest token;
    struct session *session;
};

struct channel_entry {
    struct entry entry;
    struct channel_view view;
    char name[];              /* what it was asked for by: see key_of */
};

struct member_entry {
    struct entry entry;
    int64_t channel_key;
    int64_t user_key;
};

static void table_init(struct table *table)
{
    table->hash = cds_lfht_new(64, 64, 0, CDS_LFHT_AUTO_RESIZE, NULL);
    assert(table->hash != NULL);
}

static void free_entry(struct rcu_head *head)
{
    struct entry *entry = caa_container_of(head, struct entry, rcu);

    free(entry->owned);
    free(entry);
}

/* Removes the entries that `matches` says, NULL: all. Inside a read-side section. */
static void table_remove(struct table *table, bool (*matches)(const struct entry *entry, const void *key), const void *key)
{
    struct cds_lfht_iter iterator;
    struct cds_lfht_node *node;

    cds_lfht_for_each(table->hash, &iterator, node) {
        struct entry *entry = caa_container_of(node, struct entry, node);
        if ((matches == NULL || matches(entry, key)) && cds_lfht_del(table->hash, node) == 0) {
            __atomic_fetch_sub(&table->count, 1, __ATOMIC_RELAXED);
            call_rcu(&entry->rcu, free_entry);
        }
    }
}

static void table_clear(struct table *table)
{
    rcu_read_lock();
    table_remove(table, NULL, NULL);
    rcu_read_unlock();
}

static void table_deinit(struct table *table)
{
    table_clear(table);
    int status = cds_lfht_destroy(table->hash, NULL);
    assert(status == 0);
}

static struct entry *table_find(struct table *table, unsigned long hash, cds_lfht_match_fct matches, const void *key)
{
    struct cds_lfht_iter iterator;

    cds_lfht_lookup(table->hash, hash, matches, key, &iterator);
    struct cds_lfht_node *node = cds_lfht_iter_get_node(&iterator);
    return node == NULL ? NULL : caa_container_of(node, struct entry, node);
}

/* Puts an entry in place of an equal one. */
static void table_put(struct table *table, unsigned long hash, cds_lfht_match_fct matches, const void *key,
                      struct entry *entry)
{
    if (__atomic_load_n(&table->count, __ATOMIC_RELAXED) >= ENTRIES_MOST)
        table_clear(table);
    cds_lfht_node_init(&entry->node);
    rcu_read_lock();
    struct cds_lfht_node *old = cds_lfht_add_replace(table->hash, hash, matches, key, &entry->node);
    if (old != NULL)
        call_rcu(&caa_container_of(old, struct entry, node)->rcu, free_entry);
    else
        __atomic_fetch_add(&table->count, 1, __ATOMIC_RELAXED);
    rcu_read_unlock();
}

struct caches *caches_new(void)
{
    struct caches *caches = calloc(1, sizeof(*caches));

    assert(caches != NULL);
    table_init(&caches->sessions);
    table_init(&caches->channels);
    table_init(&caches->members);
    return caches;
}

void caches_free(struct caches **caches_ref)
{
    struct caches *caches = *caches_ref;

    table_deinit(&caches->members);
    table_deinit(&caches->channels);
    table_deinit(&caches->sessions);
    rcu_barrier();
    free(caches);
    *caches_ref = NULL;
}

/* ---- sessions ---- */

static unsigned long hash_digest(const struct digest *digest)
{
    unsigned long hash;

    memcpy(&hash, digest->bytes, sizeof(hash)); /* SHA-256 is as random as a hash gets */
    return hash;
}

static int match_session(struct cds_lfht_node *node, const void *key)
{
    const struct session_entry *found = caa_container_of(node, struct session_entry, entry.node);

    return secret_equal(&found->token, key);
}

static const char *copy_text(h2o_mem_pool_t *pool, const char *text)
{
    return text == NULL ? NULL : h2o_strdup(pool, text, SIZE_MAX).base;
}

void principal_copy(struct principal *principal, const struct session *session, h2o_mem_pool_t *pool)
{
    *principal = (struct principal){
        .user_key = session->user.key,
        .user_id = session->user.id,
        .username = copy_text(pool, session->user.username),
        .display_name = copy_text(pool, session->user.display_name),
        .session_key = session->key,
        .session_id = session->id,
        .kind = session->kind,
        .expires_at = session->expires_at,
    };
}

bool caches_find_session(struct caches *caches, const struct digest *token, int64_t now, h2o_mem_pool_t *pool,
                         struct principal *principal_r)
{
    bool valid = false;

    rcu_read_lock();
    struct entry *entry = table_find(&caches->sessions, hash_digest(token), match_session, token);
    if (entry != NULL) {
        const struct session *session = caa_container_of(entry, struct session_entry, entry)->session;
        valid = session->expires_at > now;
        if (valid)
            principal_copy(principal_r, session, pool);
    }
    rcu_read_unlock();
    return valid;
}

void caches_put_session(struct caches *caches, const struct digest *token, struct session *session)
{
    struct session_entry *entry = calloc(1, sizeof(*entry));

    assert(entry != NULL);
    entry->entry.owned = session;
    entry->token = *token;
    entry->session = session;
    table_put(&caches->sessions, hash_digest(token), match_session, token, &entry->entry);
}

static bool is_of_user(const struct entry *entry, const void *key)
{
    return caa_container_of(entry, struct session_entry, entry)->session->user.key == *(const int64_t *)key;
}

void caches_forget_sessions(struct caches *caches, int64_t user_key)
{
    rcu_read_lock();
    table_remove(&caches->sessions, user_key == 0 ? NULL : is_of_user, &user_key);
    rcu_read_unlock();
}

/* ---- channels ---- */

static unsigned long hash_text(const char *text)
{
    unsigned long hash = 14695981039346656037UL; /* FNV-1a */

    for (; *text != '\0'; ++text)
        hash = (hash ^ (unsigned char)*text) * 1099511628211UL;
    return hash;
}

static int match_channel(struct cds_lfht_node *node, const void *key)
{
    return strcmp(caa_container_of(node, struct channel_entry, entry.node)->name, key) == 0;
}

static void put_channel(struct caches *caches, const char *name, const struct channel_view *view)
{
    size_t size = strlen(name) + 1;
    struct channel_entry *entry = calloc(1, sizeof(*entry) + size);

    assert(entry != NULL);
    entry->view = *view;
    memcpy(entry->name, name, size);
    table_put(&caches->channels, hash_text(name), match_channel, entry->name, &entry->entry);
}

static enum result load_channel(struct store *store, const char *name, size_t length, const char *origin_server,
                                struct channel **channel_r)
{
    struct uuid id;
    enum result result = RESULT_NOT_FOUND;

    if (uuid_parse(name, length, &id))
        result = store_channel_by_id(store, &id, channel_r);
    if (result == RESULT_NOT_FOUND)
        result = store_channel_by_name(store, name, origin_server, channel_r);
    return result;
}

static enum result load_view(struct store *store, const char *name, size_t length, const char *origin_server,
                             struct channel_view *view_r)
{
    struct channel *channel;
    enum result result = load_channel(store, name, length, origin_server, &channel);

    if (result != RESULT_OK)
        return result;
    *view_r = (struct channel_view){.key = channel->key, .id = channel->id, .is_private = channel->is_private};
    free(channel);
    return RESULT_OK;
}

/* Writes the key of a name and its origin, told apart by the length of the latter. False if they are too long to be cached. */
static bool key_of(const char *name, size_t length, const char *origin_server, char key[KEY_SIZE])
{
    size_t origin_length = origin_server == NULL ? 0 : strlen(origin_server);

    if (length > TEXT_NAME_MAX || origin_length > TEXT_NAME_MAX)
        return false;
    snprintf(key, KEY_SIZE, "%zu/%s/%s", origin_length, origin_server == NULL ? "" : origin_server, name);
    return true;
}

enum result caches_find_channel(struct caches *caches, struct store *store, const char *name, size_t length,
                                const char *origin_server, struct channel_view *channel_r)
{
    char key[KEY_SIZE];
    bool found = false;

    if (!key_of(name, length, origin_server, key))
        return load_view(store, name, length, origin_server, channel_r);
    rcu_read_lock();
    struct entry *entry = table_find(&caches->channels, hash_text(key), match_channel, key);
    if ((found = entry != NULL))
        *channel_r = caa_container_of(entry, struct channel_entry, entry)->view;
    rcu_read_unlock();
    if (found)
        return RESULT_OK;

    enum result result = load_view(store, name, length, origin_server, channel_r);
    if (result == RESULT_OK)
        put_channel(caches, key, channel_r);
    return result;
}

void caches_forget_channels(struct caches *caches)
{
    table_clear(&caches->channels);
}

/* ---- memberships ---- */

static unsigned long hash_pair(int64_t a, int64_t b)
{
    unsigned long hash = (unsigned long)a * 0x9E3779B97F4A7C15UL ^ (unsigned long)b;

    hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93UL; /* both keys count small numbers: spread them */
    return hash ^ (hash >> 32);
}

static int match_member(struct cds_lfht_node *node, const void *key)
{
    const struct member_entry *found = caa_container_of(node, struct member_entry, entry.node);
    const int64_t *pair = key;

    return found->channel_key == pair[0] && found->user_key == pair[1];
}


bool caches_has_member(struct caches *caches, int64_t channel_key, int64_t user_key)
{
    int64_t pair[2] = {channel_key, user_key};

    rcu_read_lock();
    bool found = table_find(&caches->members, hash_pair(channel_key, user_key), match_member, pair) != NULL;
    rcu_read_unlock();
    return found;
}

void caches_put_member(struct caches *caches, int64_t channel_key, int64_t user_key)
{
    int64_t pair[2] = {channel_key, user_key};
    struct member_entry *entry = calloc(1, sizeof(*entry));

    assert(entry != NULL);
    entry->channel_key = channel_key;
    entry->user_key = user_key;
    table_put(&caches->members, hash_pair(channel_key, user_key), match_member, pair, &entry->entry);
}

void caches_forget_member(struct caches *caches, int64_t channel_key, int64_t user_key)
{
    int64_t pair[2] = {channel_key, user_key};

    rcu_read_lock();
    struct entry *entry = table_find(&caches->members, hash_pair(channel_key, user_key), match_member, pair);
    if (entry != NULL && cds_lfht_del(caches->members.hash, &entry->node) == 0) {
        __atomic_fetch_sub(&caches->members.count, 1, __ATOMIC_RELAXED);
        call_rcu(&entry->rcu, free_entry);
    }
    rcu_read_unlock();
}

void caches_forget_members(struct caches *caches)
{
    table_clear(&caches->members);
}
