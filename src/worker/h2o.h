/*
 * h2o.h - the library's headers, once and with its own warnings left out.
 */
#ifndef WORKER_H2O_H
#define WORKER_H2O_H

#include <h2o.h>
#include <h2o/http1.h>

#endif
