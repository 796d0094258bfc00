/*
 * network.c - IP addresses and lists of networks. Base: any process and thread; a list is only read once it is made.
 */
#include "bering/network.h"

#include "bering/text.h"
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { V4_PREFIX = 96, BITS = 128, TEXT_MOST = 63 };

struct network {
    struct network_address address;
    unsigned bits;
};

struct network_list {
    size_t count;
    struct network networks[];
};

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static void set_v4(struct network_address *address, const struct in_addr *v4)
{
    memcpy(address->bytes, mapped, sizeof(mapped));
    memcpy(address->bytes + sizeof(mapped), v4, sizeof(*v4));
}

bool network_is_v4(const struct network_address *address)
{
    return memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
}

bool network_is_loopback(const struct network_address *address)
{
    static const uint8_t loopback[16] = {[15] = 1};

    if (network_is_v4(address))
        return address->bytes[sizeof(mapped)] == 127;
    return memcmp(address->bytes, loopback, sizeof(loopback)) == 0;
}

/* An address alone. */
static bool parse_host(const char *text, struct network_address *address_r)
{
    struct in_addr v4;

    if (inet_pton(AF_INET, text, &v4) == 1) {
        set_v4(address_r, &v4);
        return true;
    }
    return inet_pton(AF_INET6, text, address_r->bytes) == 1;
}

bool network_parse(const char *text, size_t length, struct network_address *address_r)
{
    char copy[TEXT_MOST + 1], *end;

    if (length == 0 || length > TEXT_MOST || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (copy[0] == '[') {
        end = strchr(copy, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        *end = '\0';
        return parse_host(copy + 1, address_r);
    }
    end = strchr(copy, ':');
    if (end != NULL && strchr(end + 1, ':') == NULL)
        *end = '\0'; /* one colon: a port */
    return parse_host(copy, address_r);
}

/* "ADDRESS" or "ADDRESS/BITS". */
static bool parse_network(char *text, struct network *network_r)
{
    char *slash = strchr(text, '/'), *end = NULL;

    if (slash != NULL)
        *slash = '\0';
    if (!parse_host(text, &network_r->address))
        return false;
    unsigned most = network_is_v4(&network_r->address) ? BITS - V4_PREFIX : BITS;
    unsigned long bits = most;
    if (slash != NULL) {
        if (slash[1] < '0' || slash[1] > '9')
            return false;
        bits = strtoul(slash + 1, &end, 10);
        if (*end != '\0' || bits > most)
            return false;
    }
    network_r->bits = (unsigned)bits + BITS - most;
    return true;
}

struct network_list *network_list_new(const char *text)
{
    struct network_list *list = calloc(1, sizeof(*list));
    bool right = true;
    char *word;

    assert(list != NULL);
    while (right && (word = text_next_word(&text, ',')) != NULL) {
        list = realloc(list, sizeof(*list) + (list->count + 1) * sizeof(list->networks[0]));
        assert(list != NULL);
        right = parse_network(word, &list->networks[list->count++]);
        free(word);
    }
    if (!right)
        network_list_free(&list);
    return list;
}

void network_list_free(struct network_list **list)
{
    free(*list);
    *list = NULL;
}

bool network_list_is_empty(const struct network_list *list)
{
    return list->count == 0;
}

static bool is_in(const struct network *network, const struct network_address *address)
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;

    if (memcmp(network->address.bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 || (network->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

bool network_list_contains(const struct network_list *list, const struct network_address *address)
{
    for (size_t i = 0; i < list->count; i++)
        if (is_in(&list->networks[i], address))
            return true;
    return false;
}

bool network_of_socket(const struct sockaddr *address, struct network_address *address_r)
{
    switch (address->sa_family) {
    case AF_INET:
        set_v4(address_r, &((const struct sockaddr_in *)(const void *)address)->sin_addr);
        return true;
    case AF_INET6:
        memcpy(address_r->bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, sizeof(address_r->bytes));
        return true;
    default:
        return false;
    }
}

const char *network_format(const struct network_address *address, char text[NETWORK_TEXT_SIZE])
{
    bool is_v4 = network_is_v4(address);

    return inet_ntop(is_v4 ? AF_INET : AF_INET6, address->bytes + (is_v4 ? sizeof(mapped) : 0), text, NETWORK_TEXT_SIZE);
}
