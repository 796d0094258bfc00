/*
 * orders.h - what the master tells its children, as signals.
 */
#ifndef BERING_ORDERS_H
#define BERING_ORDERS_H

enum order {
    ORDER_NONE,
    ORDER_STOP,               /* SIGTERM: finish what has begun, and end */
    ORDER_HAND_OVER,          /* SIGUSR2: likewise, but others serve already: nobody is hurried */
    ORDER_TAKE_LIVE,          /* SIGHUP: live.h has something new */
    ORDER_REOPEN_LOG,         /* SIGWINCH: the log's file was moved away */
};

/*
 * A descriptor that is readable when there is an order; before any thread starts, since all must block these signals.
 */
int orders_open(void);

/* The next order, ORDER_NONE if there is none. Does not block. */
enum order orders_next(int descriptor);

/* The signal of an order. */
int orders_signal(enum order order);

#endif
