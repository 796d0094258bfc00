/*
 * hang.h - whether a thread of a child hangs: works, and does not go on.
 *
 * Time is counted in looks of the master's, one a second at most: while it is stopped itself, or the machine sleeps, none
 * passes.
 */
#ifndef MASTER_HANG_H
#define MASTER_HANG_H

#include "bering/pulse.h"
#include <stdbool.h>
#include <sys/types.h>

/* What has been seen of one thread; all zero at its start. */
struct hang_watch {
    uint32_t beats;
    unsigned looks;           /* in a row at which it worked and had not gone on */
};

/* Whether it works and has not gone on since the last look. */
bool hang_is_suspect(const struct hang_watch *watch, const struct pulse_view *view);

/*
 * One look. True if it hangs: `most` looks in a row it was suspect, and not held (hang_is_held). `most` 0: nothing ever
 * hangs.
 */
bool hang_look(struct hang_watch *watch, const struct pulse_view *view, bool is_held, unsigned most);

/*
 * Whether a thread is in the hands of the kernel, where it waits for a disk and no signal reaches it, or in those of a
 * debugger. False if nobody can say.
 */
bool hang_is_held(pid_t process, int thread);

#endif
