/*
 * link.c - links between streams and their tasks. Worker, loop only. A link lives as long as a task holds it.
 */
#include "worker/stream/link.h"

#include "worker/stream/stream.h"
#include "worker/stream/websocket.h"
#include <assert.h>
#include <stdlib.h>

enum { PAUSE_AT = 32, RESUME_AT = 16 };

struct stream_link {
    struct stream *stream;
    unsigned tasks;
};

struct stream_link *stream_link_hold(struct stream *stream)
{
    struct stream_link *link = stream->link;

    if (link == NULL) {
        link = stream->link = calloc(1, sizeof(*link));
        assert(link != NULL);
        link->stream = stream;
    }
    if (++link->tasks >= PAUSE_AT)
        websocket_pause(stream);
    return link;
}

void stream_link_release(struct stream_link **link_ref)
{
    struct stream_link *link = *link_ref;
    struct stream *stream = link->stream;

    *link_ref = NULL;
    if (--link->tasks == 0) {
        if (stream != NULL)
            stream->link = NULL;
        free(link);
    }
    if (stream != NULL && (stream->link == NULL || stream->link->tasks == RESUME_AT))
        websocket_resume(stream);
}

struct stream *stream_link_stream(const struct stream_link *link)
{
    return link->stream;
}

void stream_link_cut(struct stream *stream)
{
    if (stream->link != NULL)
        stream->link->stream = NULL;
    stream->link = NULL;
}
