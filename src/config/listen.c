/*
 * listen.c - checks listening addresses without opening anything.
 *
 * Configuration: read by the master before anything else. Only the form is checked; names are resolved when they are
 * opened.
 */
#include "config/listen.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char separators[] = ", ";

enum { HOST_MAX = 255 };

/* Takes an address apart; host_r has room for HOST_MAX + 1. False if its form is wrong. */
static bool split(const char *address, char *host_r)
{
    const char *colon = strrchr(address, ':');

    if (colon == NULL || (size_t)(colon - address) > HOST_MAX)
        return false;
    size_t digits = strspn(colon + 1, "0123456789");
    if (digits == 0 || digits > 5 || colon[1 + digits] != '\0' || atoi(colon + 1) < 1 || atoi(colon + 1) > 65535)
        return false;
    memcpy(host_r, address, (size_t)(colon - address));
    host_r[colon - address] = '\0';
    return true;
}

/* [v6], its zone left out of the check. */
static bool is_bracketed_v6(const char *host)
{
    struct in6_addr address;
    char inside[HOST_MAX + 1];
    size_t length = strlen(host);

    if (length < 2 || host[0] != '[' || host[length - 1] != ']')
        return false;
    memcpy(inside, host + 1, length - 2);
    inside[length - 2] = '\0';
    inside[strcspn(inside, "%")] = '\0';
    return inet_pton(AF_INET6, inside, &address) == 1;
}

static bool is_host(const char *host)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    struct in_addr address;

    if (host[0] == '\0' || strcmp(host, "*") == 0 || is_bracketed_v6(host))
        return true;
    if (host[strspn(host, "0123456789.")] == '\0')
        return inet_pton(AF_INET, host, &address) == 1;
    return host[strspn(host, letters)] == '\0';
}

static bool is_valid(const char *address)
{
    char host[HOST_MAX + 1];

    return split(address, host) && is_host(host);
}

static bool is_public(const char *address)
{
    char host[HOST_MAX + 1];
    struct in_addr v4;
    struct in6_addr v6;

    if (!split(address, host))
        return true;
    if (strcasecmp(host, "localhost") == 0)
        return false;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 != 127;
    if (is_bracketed_v6(host)) {
        host[strcspn(host, "%]")] = '\0';
        return inet_pton(AF_INET6, host + 1, &v6) != 1 || !IN6_IS_ADDR_LOOPBACK(&v6);
    }
    return true;
}

/* The first address of the list for which test answers `answer`; malloc'd, NULL if there is none. */
static char *find(const char *list, bool (*test)(const char *), bool answer)
{
    char *copy = strdup(list), *rest, *found = NULL;

    if (copy == NULL)
        abort();
    for (char *word = strtok_r(copy, separators, &rest); word != NULL && found == NULL;
         word = strtok_r(NULL, separators, &rest))
        if (test(word) == answer)
            found = strdup(word);
    free(copy);
    return found;
}

bool listen_is_valid(const char *list)
{
    char *wrong = find(list, is_valid, false);
    bool valid = wrong == NULL;

    free(wrong);
    return valid;
}

bool listen_is_empty(const char *list)
{
    return list[strspn(list, separators)] == '\0';
}

char *listen_find_public(const char *list)
{
    return find(list, is_public, true);
}
