/*
 * transport.h - how the bytes of a stream leave: a table for each kind of connection, and what its functions tell the
 * stream. Loop only.
 */
#ifndef STREAM_TRANSPORT_H
#define STREAM_TRANSPORT_H

#include "worker/stream/stream.h"

struct transport {
    /*
     * Gives buffers to h2o. They stay as they are until stream_written is called, which is never before this has
     * returned.
     */
    void (*write)(struct stream *stream, h2o_iovec_t *buffers, size_t count);
    /* Ends what the stream had of h2o, and calls stream_free: at once, or when h2o needs the frames no longer. */
    void (*close)(struct stream *stream);
};

/*
 * A stream that is in no hub yet; never NULL. All that it sends goes to the transport, until the caller changes
 * through_h2o.
 */
struct stream *stream_new(struct hub *hub, const struct stream_start *start, const struct transport *transport);

/* Its memory and its frames, and nothing else. */
void stream_free(struct stream *stream);

/* What was given to h2o has left; error: it has not, and nothing else will. May close the stream. */
void stream_written(struct stream *stream, const char *error);

#endif
