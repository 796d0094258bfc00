/*
 * call_news.h - tells other servers again and again who of this worker's clients is in their calls, so that a server
 * that has missed somebody's coming or going knows it soon. Loop; the rows are the writer's.
 */
#ifndef WORKER_CALL_NEWS_H
#define WORKER_CALL_NEWS_H

struct worker;

/* Sets the timer; it ends with the loop. */
void call_news_start(struct worker *worker);

#endif
