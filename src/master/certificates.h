/*
 * certificates.h - the TLS certificates in use: read at the start, read again on demand or when a file has changed.
 */
#ifndef MASTER_CERTIFICATES_H
#define MASTER_CERTIFICATES_H

#include "bering/inheritance.h"
#include "bering/tls.h"

struct certificates {
    struct tls_bundle bundle;     /* in use; empty: the server has no TLS listener */
    uint64_t fingerprint;         /* of the files when they were last looked at */
    uint64_t look_at;             /* clock_monotonic_ms */
};

/*
 * Reads them for the first time and sets inheritance->tls. Returns -1 with *error_r (malloc'd). Expired ones are a
 * warning.
 */
int certificates_init(struct certificates *certificates, struct inheritance *inheritance, char **error_r);
void certificates_deinit(struct certificates *certificates, struct inheritance *inheritance);

/*
 * Reads them again. Returns true if others are in use now, which the caller tells the workers. What is unreadable, does
 * not fit together or has expired is logged, and those that were there stay.
 */
bool certificates_reload(struct certificates *certificates, struct inheritance *inheritance);

/*
 * True if a file has changed since it was last looked at; looks every few seconds. *wait_r: milliseconds until it will
 * look again, -1: never.
 */
bool certificates_have_changed(struct certificates *certificates, const struct inheritance *inheritance, int64_t *wait_r);

#endif
