/*
 * bundle.h - taking a bundle apart; for src/tls only.
 */
#ifndef TLS_BUNDLE_H
#define TLS_BUNDLE_H

#include "bering/tls.h"

/* The next part of a bundle, *at counting from 0; NULL at its end. Borrowed from the bundle. */
const char *tls_bundle_next(const struct tls_bundle *bundle, size_t *at);

/* Sets *error_r (malloc'd). Returns -1. */
int tls_fail(char **error_r, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
