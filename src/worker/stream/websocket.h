/*
 * websocket.h - reading what a WebSocket's client sends (RFC 6455; frames by wslay). Loop only.
 *
 * A reader holds wslay's context, some 9 kB, and exists only while a client's frame or message is incomplete.
 */
#ifndef STREAM_WEBSOCKET_H
#define STREAM_WEBSOCKET_H

#include "worker/h2o.h"

struct reader;
struct stream;

/* The read callback of a WebSocket stream's socket. May close the stream. */
void websocket_on_read(h2o_socket_t *socket, const char *error);

/* Stops reading from it, and goes on. Resuming may close the stream. */
void websocket_pause(struct stream *stream);
void websocket_resume(struct stream *stream);

void websocket_reader_free(struct reader **reader);

enum { WEBSOCKET_ACCEPT_LENGTH = 28 };

/* The Sec-WebSocket-Accept of a handshake's 24-character key. */
void websocket_accept_key(const char *key, char accept[WEBSOCKET_ACCEPT_LENGTH + 1]);

/* A message from the client: what the rest of the worker makes of it (src/worker/api/socket.c). */
void websocket_on_message(struct stream *stream, const char *text, size_t length);

#endif
