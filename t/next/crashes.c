/*
 * crashes.c - a program that passes the trial of an upgrade, and then crashes before it has done anything.
 */
#include "master/guard.h"
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    guard_set(argv); /* as the server does */
    if (argc > 1 && strcmp(argv[1], "check-upgrade") == 0)
        return 0;
    abort();
}
