/*
 * slow_sync.c - LD_PRELOADed into the server under test: each fsync and fdatasync takes 2 ms longer, as on a common
 * disk whose cache is no use. Runs in every process of that server.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void be_slow(void)
{
    struct timespec wait = {.tv_sec = 0, .tv_nsec = 2000000};

    nanosleep(&wait, NULL);
}

/* A pointer to a function cannot be had from dlsym's void * in ISO C but through a union. */
static int call_next(const char *name, int fd)
{
    union {
        void *symbol;
        int (*function)(int);
    } next = {.symbol = dlsym(RTLD_NEXT, name)};

    if (next.symbol == NULL)
        abort();
    be_slow();
    return next.function(fd);
}

int fsync(int fd)
{
    return call_next("fsync", fd);
}

int fdatasync(int fd)
{
    return call_next("fdatasync", fd);
}
