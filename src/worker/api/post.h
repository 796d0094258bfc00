/*
 * post.h - sending a message, by HTTP or WebSocket: one task for both.
 */
#ifndef API_POST_H
#define API_POST_H

#include "worker/caches.h"
#include "worker/task.h"

struct stream_link;

struct post {
    struct task task;
    int64_t author_key;
    struct uuid author_id;
    char *author_username;        /* NULL: the write step looks it up */
    char *author_display_name;
    struct channel_view channel;  /* key 0: a direct message */
    char *recipient;              /* "name" or "name@server" */
    struct uuid id;
    char *body;
    size_t body_length;
    struct stream_link *link;     /* the WebSocket that asked; NULL: HTTP */
    char *reference;              /* its own name for this message; NULL: none */
};

/*
 * A post to be submitted with task_submit or request_submit; `done` is the caller's. who->username NULL: only the keys
 * are known. Texts are copied. message_id NULL: a new one.
 */
struct post *post_new(const struct principal *who, const char *body, size_t body_length, const struct uuid *message_id,
                      task_done *done);

/* Sets where it goes: one of the two. */
void post_to_channel(struct post *post, const struct channel_view *channel);
void post_to_user(struct post *post, const char *recipient);

#endif
