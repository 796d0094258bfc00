/*
 * confine.h - what a child cannot do any more, whoever makes it do what: write anywhere but where it has to, execute
 * programs, open TCP ports, and signal others.
 */
#ifndef MASTER_CONFINE_H
#define MASTER_CONFINE_H

#include "bering/config.h"

/*
 * A child, before it does anything: confines this thread, and those to come, for good. Reading stays as it is, since what is
 * read may move while the server runs. What the kernel does not know of is left out; without Landlock nothing happens, but
 * that no program gets more rights than this one.
 */
void confine(const struct config *config);

#endif
