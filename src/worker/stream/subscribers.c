/*
 * subscribers.c - users with streams here, and topics: the channels that they listen to. Worker, loop only.
 *
 * A subscriber lists its topics, a topic lists its subscribers; both lists are unordered and removal moves the last entry
 * into the gap. A topic without subscribers does not exist.
 */
#include "worker/stream/subscribers.h"

#include "bering/store.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { AHEAD = 8 };

struct topic {
    int64_t channel_key;
    struct subscriber **list;
    uint32_t count, capacity;
    UT_hash_handle hh;
};

struct subscriber {
    int64_t user_key;
    struct uuid user_id;
    struct stream *streams;       /* linked by sibling */
    struct topic **topics;
    uint32_t count, capacity;
    UT_hash_handle hh;
};

struct subscribers {
    struct subscriber *users;     /* by user_key */
    struct topic *topics;         /* by channel_key */
    struct subscriber observer;   /* administrators: user_key 0, in no topic */
};

/* Makes room for one more element of a list of pointers. */
static void *grow(void *list, uint32_t count, uint32_t *capacity)
{
    if (count < *capacity)
        return list;
    *capacity = *capacity == 0 ? 1 : *capacity * 2; /* most people are in few channels: start small */
    list = reallocarray(list, *capacity, sizeof(void *));
    assert(list != NULL);
    return list;
}

static struct topic *find_topic(struct subscribers *subscribers, int64_t channel_key)
{
    struct topic *topic;

    HASH_FIND(hh, subscribers->topics, &channel_key, sizeof(channel_key), topic);
    return topic;
}

static struct subscriber *find_user(struct subscribers *subscribers, int64_t user_key)
{
    struct subscriber *user;

    HASH_FIND(hh, subscribers->users, &user_key, sizeof(user_key), user);
    return user;
}

static void subscribe(struct subscribers *subscribers, struct subscriber *user, int64_t channel_key)
{
    struct topic *topic = find_topic(subscribers, channel_key);

    for (uint32_t i = 0; i < user->count; ++i)
        if (user->topics[i]->channel_key == channel_key)
            return;
    if (topic == NULL) {
        topic = calloc(1, sizeof(*topic));
        assert(topic != NULL);
        topic->channel_key = channel_key;
        HASH_ADD(hh, subscribers->topics, channel_key, sizeof(topic->channel_key), topic);
    }
    topic->list = grow(topic->list, topic->count, &topic->capacity);
    topic->list[topic->count++] = user;
    user->topics = grow(user->topics, user->count, &user->capacity);
    user->topics[user->count++] = topic;
}

static void free_topic_if_empty(struct subscribers *subscribers, struct topic *topic)
{
    if (topic->count > 0)
        return;
    HASH_DEL(subscribers->topics, topic);
    free(topic->list);
    free(topic);
}

static void remove_from_topic(struct topic *topic, const struct subscriber *user)
{
    for (uint32_t i = 0; i < topic->count; ++i)
        if (topic->list[i] == user) {
            topic->list[i] = topic->list[--topic->count];
            return;
        }
    assert(false && "a subscriber's topic does not list it");
}

static void unsubscribe(struct subscribers *subscribers, struct subscriber *user, int64_t channel_key)
{
    for (uint32_t i = 0; i < user->count; ++i) {
        struct topic *topic = user->topics[i];
        if (topic->channel_key != channel_key)
            continue;
        user->topics[i] = user->topics[--user->count];
        remove_from_topic(topic, user);
        free_topic_if_empty(subscribers, topic);
        return;
    }
}

static void unsubscribe_all(struct subscribers *subscribers, struct subscriber *user)
{
    while (user->count > 0)
        unsubscribe(subscribers, user, user->topics[user->count - 1]->channel_key);
}

static int load(struct subscribers *subscribers, struct store *store, struct subscriber *user)
{
    int64_t *keys;
    size_t count;

    if (store_channels_of_user(store, user->user_key, &keys, &count) != RESULT_OK)
        return -1;
    for (size_t i = 0; i < count; ++i)
        subscribe(subscribers, user, keys[i]);
    free(keys);
    return 0;
}

static void free_user(struct subscribers *subscribers, struct subscriber *user)
{
    unsubscribe_all(subscribers, user);
    HASH_DEL(subscribers->users, user);
    free(user->topics);
    free(user);
}

struct subscribers *subscribers_new(void)
{
    struct subscribers *subscribers = calloc(1, sizeof(*subscribers));

    assert(subscribers != NULL);
    return subscribers;
}

void subscribers_free(struct subscribers **subscribers)
{
    assert((*subscribers)->users == NULL && (*subscribers)->topics == NULL && (*subscribers)->observer.streams == NULL);
    free(*subscribers);
    *subscribers = NULL;
}

struct subscriber *subscribers_enter(struct subscribers *subscribers, struct store *store, const struct user *user,
                                     bool *first_r)
{
    struct subscriber *found = find_user(subscribers, user->key);

    *first_r = found == NULL;
    if (found != NULL)
        return found;
    found = calloc(1, sizeof(*found));
    assert(found != NULL);
    found->user_key = user->key;
    found->user_id = user->id;
    HASH_ADD(hh, subscribers->users, user_key, sizeof(found->user_key), found);
    if (load(subscribers, store, found) != 0) {
        free_user(subscribers, found);
        return NULL;
    }
    return found;
}

struct subscriber *subscribers_observer(struct subscribers *subscribers)
{
    return &subscribers->observer;
}

void subscriber_link(struct subscriber *subscriber, struct stream *stream)
{
    stream->subscriber = subscriber;
    stream->sibling = subscriber->streams;
    subscriber->streams = stream;
}

bool subscribers_unlink(struct subscribers *subscribers, struct stream *stream, int64_t *user_key_r)
{
    struct subscriber *user = stream->subscriber;
    struct stream **link = &user->streams;

    while (*link != stream)
        link = &(*link)->sibling;
    *link = stream->sibling;
    stream->subscriber = NULL;
    if (user->streams != NULL || user == &subscribers->observer)
        return false;
    *user_key_r = user->user_key;
    free_user(subscribers, user);
    return true;
}

void subscribers_join(struct subscribers *subscribers, int64_t channel_key, int64_t user_key)
{
    struct subscriber *user = find_user(subscribers, user_key);

    if (user != NULL)
        subscribe(subscribers, user, channel_key);
}

void subscribers_leave(struct subscribers *subscribers, int64_t channel_key, int64_t user_key)
{
    struct subscriber *user = find_user(subscribers, user_key);

    if (user != NULL)
        unsubscribe(subscribers, user, channel_key);
}

void subscribers_drop_channel(struct subscribers *subscribers, int64_t channel_key)
{
    struct topic *topic;

    while ((topic = find_topic(subscribers, channel_key)) != NULL)
        unsubscribe(subscribers, topic->list[topic->count - 1], channel_key);
}

void subscribers_reload(struct subscribers *subscribers, struct store *store)
{
    struct subscriber *user, *next;

    HASH_ITER(hh, subscribers->users, user, next) {
        unsubscribe_all(subscribers, user);
        load(subscribers, store, user); /* a failure is logged by the store; the next membership event adds to what there is */
    }
}

static size_t visit_user(struct subscriber *user, subscribers_visit *visit, void *argument)
{
    size_t visited = 0;

    if (user == NULL)
        return 0;
    for (struct stream *stream = user->streams; stream != NULL; stream = stream->sibling, ++visited)
        visit(stream, argument);
    return visited;
}

static bool lists(const struct topic *topic, const struct subscriber *user)
{
    for (uint32_t i = 0; i < user->count; ++i)
        if (user->topics[i] == topic)
            return true;
    return false;
}

static size_t visit_topic(struct subscribers *subscribers, const int64_t subject[2], subscribers_visit *visit, void *argument)
{
    struct topic *topic = find_topic(subscribers, subject[0]);
    struct subscriber *also = find_user(subscribers, subject[1]);
    size_t visited = 0;

    for (uint32_t i = 0; topic != NULL && i < topic->count; ++i) {
        /* ten thousand streams do not fit the cache: fetch ahead what the next ones touch */
        if (i + 2 * AHEAD < topic->count) {
            __builtin_prefetch(topic->list[i + 2 * AHEAD]);
            __builtin_prefetch(topic->list[i + AHEAD]->streams);
        }
        visited += visit_user(topic->list[i], visit, argument);
    }
    if (also != NULL && (topic == NULL || !lists(topic, also)))
        visited += visit_user(also, visit, argument);
    return visited;
}

static size_t visit_all(struct subscribers *subscribers, subscribers_visit *visit, void *argument)
{
    struct subscriber *user, *next;
    size_t visited = 0;

    HASH_ITER(hh, subscribers->users, user, next)
        visited += visit_user(user, visit, argument);
    return visited;
}

size_t subscribers_each(struct subscribers *subscribers, enum event_scope scope, const int64_t subject[2],
                        subscribers_visit *visit, void *argument)
{
    size_t visited;

    switch (scope) {
    case EVENT_TO_ALL:
        return visit_all(subscribers, visit, argument);
    case EVENT_TO_CHANNEL:
        return visit_topic(subscribers, subject, visit, argument);
    case EVENT_TO_USERS:
        visited = visit_user(find_user(subscribers, subject[0]), visit, argument);
        if (subject[1] != subject[0])
            visited += visit_user(find_user(subscribers, subject[1]), visit, argument);
        return visited;
    case EVENT_TO_ADMINISTRATORS:
    case EVENT_TO_WORKERS:
        break;
    }
    return 0;
}

size_t subscribers_observe(struct subscribers *subscribers, subscribers_visit *visit, void *argument)
{
    return visit_user(&subscribers->observer, visit, argument);
}

bool subscriber_is_concerned(const struct subscriber *subscriber, enum event_scope scope, const int64_t subject[2])
{
    switch (scope) {
    case EVENT_TO_ALL:
        return true;
    case EVENT_TO_USERS:
        return subject[0] == subscriber->user_key || subject[1] == subscriber->user_key;
    case EVENT_TO_CHANNEL:
        for (uint32_t i = 0; i < subscriber->count; ++i)
            if (subscriber->topics[i]->channel_key == subject[0])
                return true;
        return subject[1] == subscriber->user_key;
    case EVENT_TO_ADMINISTRATORS:
    case EVENT_TO_WORKERS:
        break;
    }
    return false;
}

struct stream *subscribers_streams(struct subscribers *subscribers, int64_t user_key)
{
    struct subscriber *user = user_key == 0 ? &subscribers->observer : find_user(subscribers, user_key);

    return user == NULL ? NULL : user->streams;
}

int64_t stream_user(const struct stream *stream)
{
    return stream->subscriber->user_key;
}

const struct uuid *stream_user_id(const struct stream *stream)
{
    return &stream->subscriber->user_id;
}
