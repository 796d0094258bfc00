/*
 * link.h - a stream as a task sees it: the stream may end before the task does. Loop only.
 *
 * The link also counts what the stream waits for: above a bound the socket is no longer read from.
 */
#ifndef STREAM_LINK_H
#define STREAM_LINK_H

struct stream;
struct stream_link;

/* One more task waits. */
struct stream_link *stream_link_hold(struct stream *stream);
/* One task is done; the link goes with the last. */
void stream_link_release(struct stream_link **link);

/* NULL if the stream has ended. */
struct stream *stream_link_stream(const struct stream_link *link);

/* For the stream: it ends. */
void stream_link_cut(struct stream *stream);

#endif
