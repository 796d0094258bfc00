/*
 * events.h - makes the events that are published with a commit: one function a kind. Any process, any thread.
 */
#ifndef BERING_EVENTS_H
#define BERING_EVENTS_H

#include "bering/event.h"
#include "bering/json.h"
#include "bering/store.h"

/* The message as it stands in events and in the answers to whoever asks for it. */
void message_write(struct json *json, const struct message *message);

void events_new_message(struct event_batch *events, const struct message *message);

/* Clients that show them forget them: all before `first_id`, or all. */
struct retention_cut;
void events_messages_expired(struct event_batch *events, const struct retention_cut *cut);

/* What a user has read of a conversation, as it stands in events and answers. */
void conversation_write(struct json *json, const struct conversation_state *state);
void conversation_write_fields(struct json *json, const struct conversation_state *state); /* inside an object */

/* The user's other devices are to show it like this one. */
void events_conversation(struct event_batch *events, int64_t user_key, const struct uuid *user_id,
                         const struct conversation_state *state);

/* How a channel or user changed, as clients see it. */
enum change { CHANGE_CREATED, CHANGE_UPDATED, CHANGE_DELETED };

/* A public channel's change is for all, a private one's for its members (and `also`, a user's key, 0: nobody). */
void events_channel(struct event_batch *events, enum change change, const struct channel *channel, int64_t also);
void events_user(struct event_batch *events, enum change change, const struct user *user);

/* What a peer has said (peers.h), as far as it changed something. */
struct peer_user_learned;
struct peer_channel_learned;
void events_user_learned(struct event_batch *events, const struct peer_user_learned *learned);
void events_channel_learned(struct event_batch *events, const struct peer_channel_learned *learned);

/* A member came or went; the member is told in any case. */
void events_member(struct event_batch *events, bool added, const struct channel *channel, const struct user *user);

/*
 * All of a user's cached tokens are stale (user_key 0: everybody's), and the streams need checking; permanent_token:
 * streams opened with that token end.
 */
void events_session_revoked(struct event_batch *events, int64_t user_key, bool permanent_token);

/* Everybody may have missed something. */
void events_resync(struct event_batch *events);

/* Rows wait for a server (0: for any), or it has been made, changed or deleted (0: any may have been). */
void events_outbox(struct event_batch *events, int64_t server_key);
void events_server_changed(struct event_batch *events, int64_t server_key);

/* Administrators are to look at the servers again; part of events_server_changed, too. */
void events_link_changed(struct event_batch *events);

/* A call's participant came or went. */
struct call_participant;
void events_call(struct event_batch *events, bool joined, const struct call_participant *participant);

/* A user who is gone is taken out of all calls. */
struct bus;
void events_leave_calls(struct event_batch *events, struct bus *bus, int64_t user_key);

/* What one caller's client says to another's: only the user with this key and id hears it. */
struct peer_signal;
void events_signal(struct event_batch *events, int64_t target_key, const struct uuid *target_id,
                   const struct peer_signal *signal);

#endif
