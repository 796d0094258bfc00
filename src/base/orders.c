/*
 * orders.c - signals that are read from a descriptor. Children of the master; the master itself only asks for numbers.
 */
#include "bering/orders.h"

#include <assert.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Not SIGUSR1: liburcu has threads that leave it open. */
static const int signals[] = {
    [ORDER_STOP] = SIGTERM, [ORDER_HAND_OVER] = SIGUSR2, [ORDER_TAKE_LIVE] = SIGHUP, [ORDER_REOPEN_LOG] = SIGWINCH,
};

static const size_t orders = sizeof(signals) / sizeof(signals[0]);

int orders_signal(enum order order)
{
    return signals[order];
}

int orders_open(void)
{
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = ORDER_STOP; i < orders; i++)
        sigaddset(&set, signals[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    assert(descriptor != -1);
    return descriptor;
}

enum order orders_next(int descriptor)
{
    struct signalfd_siginfo info;

    while (read(descriptor, &info, sizeof(info)) == sizeof(info))
        for (size_t order = ORDER_STOP; order < orders; order++)
            if ((uint32_t)signals[order] == info.ssi_signo)
                return (enum order)order;
    return ORDER_NONE;
}
