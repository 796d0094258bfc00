/*
 * events.h - the events that workers make are those of all processes.
 */
#ifndef WORKER_EVENTS_H
#define WORKER_EVENTS_H

#include "bering/events.h"

#endif
