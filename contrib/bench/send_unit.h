/*
 * send_unit.h - the unit of CPU time: what one 200-byte loopback send() costs, sampled while a scenario runs.
 *
 * Times on a shared machine move by 1.5 to 2 x from minute to minute; ratios to this unit do not.
 */
#ifndef BENCH_SEND_UNIT_H
#define BENCH_SEND_UNIT_H

/* Starts the sampling thread (once, by main). Returns 0, or -1 if sockets or the thread could not be had. */
int send_unit_init(void);
void send_unit_deinit(void);

/* Forgets the samples so far: what follows is the run. */
void send_unit_begin(void);

/* The cost of one send() in ns of CPU: the median of the samples since send_unit_begin(), at least one of them. */
double send_unit_end(void);

#endif
