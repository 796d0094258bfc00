/*
 * peer_news.h - keeps what a worker remembers for other servers (peer_tokens.h, peer_lists.h) in step with the bus. Loop only.
 */
#ifndef WORKER_PEER_NEWS_H
#define WORKER_PEER_NEWS_H

struct worker;

/*
 * Reads all that has been published up to now. To be called before a peer's request is looked at: from the moment on in which
 * somebody is hidden or a token taken away, no worker answers as before.
 */
void peer_news_read(struct worker *worker);

#endif
