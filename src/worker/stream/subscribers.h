/*
 * subscribers.h - the users that have streams on this worker, and the channels that they are members of. Loop only.
 *
 * An event for a channel is handed to the streams of the channel's subscribers: nobody else is looked at, and nothing is read
 * from the database. Membership events keep the lists true.
 */
#ifndef STREAM_SUBSCRIBERS_H
#define STREAM_SUBSCRIBERS_H

#include "bering/event.h"
#include "worker/stream/stream.h"

struct store;
struct subscribers;

struct subscribers *subscribers_new(void);
void subscribers_free(struct subscribers **subscribers);

/*
 * The subscriber for a user with a stream that is opened: found, or made with the channels that the store says. Returns NULL
 * if the store fails. *first_r: it was made.
 */
struct subscriber *subscribers_enter(struct subscribers *subscribers, struct store *store, const struct user *user,
                                     bool *first_r);
/* Links a stream to its subscriber, and back; unlinking returns true if that was the last one: the subscriber is gone. */
void subscriber_link(struct subscriber *subscriber, struct stream *stream);
bool subscribers_unlink(struct subscribers *subscribers, struct stream *stream, int64_t *user_key_r);

/*
 * The one that stands for all administrators' streams: it is always there, is no user, and no event is sent to it by
 * its scope. subscribers_observe calls `visit` for each of them, and returns how many.
 */
struct subscriber *subscribers_observer(struct subscribers *subscribers);

/* A membership came or went; users without streams here do not matter. */
void subscribers_join(struct subscribers *subscribers, int64_t channel_key, int64_t user_key);
void subscribers_leave(struct subscribers *subscribers, int64_t channel_key, int64_t user_key);
void subscribers_drop_channel(struct subscribers *subscribers, int64_t channel_key);

/* Reads everybody's channels again, after membership events may have been missed. */
void subscribers_reload(struct subscribers *subscribers, struct store *store);

/* Calls `visit` for each stream that an event with this scope and these subjects concerns. Returns how many. */
typedef void subscribers_visit(struct stream *stream, void *argument);
size_t subscribers_each(struct subscribers *subscribers, enum event_scope scope, const int64_t subject[2],
                        subscribers_visit *visit, void *argument);

size_t subscribers_observe(struct subscribers *subscribers, subscribers_visit *visit, void *argument);

/* Whether it concerns this one subscriber. */
bool subscriber_is_concerned(const struct subscriber *subscriber, enum event_scope scope, const int64_t subject[2]);

/* stream_user and stream_user_id are implemented here, too: a stream's user is its subscriber's. */

/* The streams of one user (0: administrators'), each with its sibling, or NULL. */
struct stream *subscribers_streams(struct subscribers *subscribers, int64_t user_key);

#endif
