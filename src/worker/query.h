/*
 * query.h - reads a request's query parameters into the values that its route's table of parameters names, as body.h
 * does for the body. query_read is the loop's, query_value any thread's.
 */
#ifndef WORKER_QUERY_H
#define WORKER_QUERY_H

#include "worker/request.h"

/*
 * Fills request->parameters; unknown ones are ignored, of several of a name the first counts. RESULT_BAD_REQUEST: one
 * is missing, of another form or out of its bounds (the error names it).
 */
enum result query_read(struct request *request);

/*
 * Reads the decoded text of one. Returns NULL, or what is wrong with it (in `pool`, or static). The text is not copied.
 */
const char *query_value(h2o_mem_pool_t *pool, const struct parameter *parameter, const char *text,
                        struct value *value_r);

#endif
