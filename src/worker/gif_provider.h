/*
 * gif_provider.h - what the GIF provider is asked, and what its answer means: Tenor's API, version 2, which others
 * speak, too. Any thread; holds no state.
 */
#ifndef WORKER_GIF_PROVIDER_H
#define WORKER_GIF_PROVIDER_H

#include "bering/json.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The address of a search, base_url having no query yet; malloc'd. It holds the key: not for the log. */
char *gif_provider_url(const char *base_url, const char *key, const char *words, int64_t limit);

/*
 * Appends the GIFs of an answer to the writer, as one list of at most `limit`: only those with an https URL that can
 * stand in a message. False, the writer as it was, if it is no answer of such a provider.
 */
bool gif_provider_read(const char *text, size_t length, int64_t limit, struct json *json);

#endif
