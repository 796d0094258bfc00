/*
 * proc.h - what /proc tells about processes: who forked whom, CPU time, memory, sockets.
 */
#ifndef BENCH_PROC_H
#define BENCH_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The process and its living descendants, ascending by id but root first. Returns how many, at most `most`. */
unsigned proc_family(pid_t root, pid_t *pids, unsigned most);

/* CPU time of all threads that the process has, ns; 0 if it is gone. */
uint64_t proc_cpu_ns(pid_t pid);

/* Adds the process's share (PSS, bytes) of anonymous memory to *anonymous, of shared memory to *shared. */
void proc_memory(pid_t pid, uint64_t *anonymous, uint64_t *shared);

/* The inode of the socket at the other end of our loopback TCP connection, 0 if it is not there. */
uint64_t proc_peer_inode(int fd);

/* Whether the process has that socket open. */
bool proc_holds(pid_t pid, uint64_t inode);

#endif
