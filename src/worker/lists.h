/*
 * lists.h - GET /api/users: everybody asks for it, and it is the same for everybody until an event changes it. Loop only.
 */
#ifndef WORKER_LISTS_H
#define WORKER_LISTS_H

#include "bering/result.h"
#include "worker/h2o.h"

struct lists;
struct request;
struct worker;

struct lists *lists_new(struct worker *worker);
void lists_free(struct lists **lists);

/* An event came that changes who there is or who is online. */
void lists_changed(struct lists *lists);

/* Answers with all users and their presence: from memory, or made by a job thread, once for all who wait. */
enum result lists_answer_users(struct request *request);

#endif
