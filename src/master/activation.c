/*
 * activation.c - sockets from the service manager. Master only.
 */
#include "master/activation.h"

#include "bering/text.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST = 3, MOST = 64 };

unsigned activation_count(void)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

    if (pid == NULL || count == NULL || strtol(pid, NULL, 10) != getpid())
        return 0;
    unsigned long number = strtoul(count, NULL, 10);
    return number > MOST ? MOST : (unsigned)number;
}

/* The name of a socket, or its number if it has none. */
static char *name_of(unsigned index)
{
    const char *names = getenv("LISTEN_FDNAMES");
    char *name = NULL;

    for (unsigned i = 0; names != NULL && i <= index; i++) {
        free(name);
        name = text_next_word(&names, ':');
        if (name == NULL)
            break;
    }
    if (name == NULL && asprintf(&name, "socket %u", index + 1) < 0)
        abort();
    return name;
}

int activation_socket(unsigned index, char **name_r, bool *tls_r)
{
    int descriptor = FIRST + (int)index, listens = 0;
    socklen_t length = sizeof(listens);

    *name_r = name_of(index);
    *tls_r = strncmp(*name_r, "tls", 3) == 0 || strncmp(*name_r, "https", 5) == 0;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || !listens)
        return -1;
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    return descriptor;
}
