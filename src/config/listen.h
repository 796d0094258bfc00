/*
 * listen.h - the form of listening addresses; src/master/listeners.c opens them.
 */
#ifndef CONFIG_LISTEN_H
#define CONFIG_LISTEN_H

#include <stdbool.h>

/* True if every word of the list (commas and spaces separate) is host:port, [v6]:port, :port or *:port; "" is. */
bool listen_is_valid(const char *list);

/* True if the list holds no address. */
bool listen_is_empty(const char *list);

/*
 * The first address of a valid list that others may reach: anything but localhost, 127.0.0.0/8 and ::1. NULL if there
 * is none; otherwise malloc'd.
 */
char *listen_find_public(const char *list);

#endif
