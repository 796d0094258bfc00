/*
 * audit.h - writes down what administrators do: for every action whose route has a name in its column `audit`, in the action's
 * own transaction. Writer thread.
 */
#ifndef WORKER_AUDIT_H
#define WORKER_AUDIT_H

#include "bering/result.h"

struct action;
struct store;

/* Before the action: notes what its object is called, which it may be no more afterwards. */
enum result audit_begin(struct action *action, struct store *store);

/* After it: adds the row. */
enum result audit_end(struct action *action, struct store *store);

#endif
