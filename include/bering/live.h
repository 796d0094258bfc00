/*
 * live.h - what changes while the server runs, from the master to the other processes: numbers of the configuration,
 * and the certificates, through memory that they share.
 *
 * The master publishes, then sends SIGHUP; who gets it takes. A process that is forked later has it all from the
 * master.
 */
#ifndef BERING_LIVE_H
#define BERING_LIVE_H

#include "bering/config.h"
#include <stdbool.h>
#include <stddef.h>

enum { LIVE_TEXT_MOST = 1024 * 1024 };  /* bytes of certificates and keys */

struct live;

/* Master, before it forks. NULL if there is no memory. */
struct live *live_new(void);
void live_free(struct live **live);

/*
 * The descriptor of that memory, and the memory of such a descriptor, which then belongs to it; NULL if it is another.
 */
int live_descriptor(const struct live *live);
struct live *live_adopt(int descriptor);

/* Master: what others find from now on; length is at most LIVE_TEXT_MOST. */
void live_publish(struct live *live, const struct config *config, const char *text, size_t length);

/*
 * Copies the numbers into the caller's configuration, and the text (malloc'd, the caller wipes and frees it; NULL if it
 * is empty). False, and nothing is changed, while the master publishes: its signal is still to come then. Threads that
 * read a number meanwhile see the old or the new one.
 */
bool live_take(const struct live *live, struct config *config, char **text_r, size_t *length_r);

#endif
