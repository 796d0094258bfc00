/*
 * notify.h - tells the service manager how the server is (sd_notify's protocol, over the socket that NOTIFY_SOCKET
 * names). Without one, nothing happens.
 */
#ifndef MASTER_NOTIFY_H
#define MASTER_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Sends a state: "READY=1\nSTATUS=...". Never blocks for long; a manager that is gone is no failure. */
void notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says that the configuration is being read anew; READY=1 ends it. */
void notify_reloading(const char *status);

/*
 * Shows a sign of life if one is due and there is life. Returns milliseconds until the next, -1 if nobody asks for any.
 */
int64_t notify_turn(uint64_t now_ms, bool is_alive);

#endif
