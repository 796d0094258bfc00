/*
 * request.c - what handlers do with a request, besides answering it. Loop only.
 */
#include "worker/request.h"

#include "worker/http2.h"
#include "worker/trace.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERROR_TEXT_MOST = 256 };

enum result request_fail(struct request *request, enum result result, const char *format, ...)
{
    char *text = h2o_mem_alloc_pool(&request->http->pool, ERROR_TEXT_MOST);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, ERROR_TEXT_MOST, format, arguments);
    va_end(arguments);
    request->error = text;
    return result;
}

static int hexadecimal(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Decodes %XX and '+'; a broken or NUL escape stays as it is written. */
static const char *decode(h2o_mem_pool_t *pool, const char *text, size_t length)
{
    char *decoded = h2o_mem_alloc_pool(pool, length + 1), *out = decoded;

    for (size_t i = 0; i < length; ++i) {
        int high = -1, low = -1;
        if (text[i] == '%' && i + 2 < length) {
            high = hexadecimal(text[i + 1]);
            low = hexadecimal(text[i + 2]);
        }
        if (high >= 0 && low >= 0 && (high | low) != 0) {
            *out++ = (char)(high << 4 | low);
            i += 2;
        } else {
            *out++ = text[i] == '+' ? ' ' : text[i];
        }
    }
    *out = '\0';
    return decoded;
}

const char *request_query(struct request *request, const char *name)
{
    h2o_req_t *http = request->http;
    size_t name_length = strlen(name);

    if (http->query_at == SIZE_MAX)
        return NULL;
    const char *at = http->path.base + http->query_at + 1, *end = http->path.base + http->path.len;
    while (at < end) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        if (next == NULL)
            next = end;
        if ((size_t)(next - at) > name_length && at[name_length] == '=' && memcmp(at, name, name_length) == 0)
            return decode(&http->pool, at + name_length + 1, (size_t)(next - at) - name_length - 1);
        at = next + 1;
    }
    return NULL;
}

void *task_new(size_t size, task_work *work, task_write *write, task_done *done, void (*dispose)(struct task *task))
{
    struct task *task = calloc(1, size);

    assert(task != NULL && size >= sizeof(*task));
    task->work = work;
    task->write = write;
    task->done = done;
    task->dispose = dispose;
    return task;
}

enum result request_submit(struct request *request, struct task *task)
{
    assert(request->task == NULL);
    request->task = task;
    task->request = request;
    if (request->trace != NULL) {
        strcpy(task->trace_id, request->trace->id);
        task->connection = http2_task_begin(request->trace->connection);
    }
    task_submit(request->worker->tasks, task);
    return RESULT_PENDING;
}

struct request *task_succeeded(struct task *task)
{
    struct request *request = task->request;

    if (request == NULL)
        return NULL;
    request->task = NULL; /* the task is freed after this */
    if (task->result == RESULT_OK)
        return request;
    answer_error(request->http, task->result, task->error, task->retry_after);
    return NULL;
}
