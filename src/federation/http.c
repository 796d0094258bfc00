/*
 * http.c - requests to other servers, with libcurl. Federation process (http_, exchange_) and job threads (transfer_).
 *
 * Always holds, whatever the other side does: certificates are verified, no redirect is followed, nothing but http and
 * https is spoken, no proxy is taken from the environment, and each answer ends at its bound of bytes and time.
 */
#include "federation/http.h"

#include "bering/log.h"
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_TIMEOUT_MS = 3000,
    HEADERS_MOST = 64 * 1024,
    WAIT_DESCRIPTORS = 4,
    WAIT_MOST_MS = 60000,
};

struct transfer {
    const struct config *config;
    CURL *easy;
    struct curl_slist *headers;
    char *url;
    char *body;                      /* the answer's */
    size_t length, capacity, most;
    size_t header_length;
    bool is_too_long;
    char curl_error[CURL_ERROR_SIZE];
    char error[HTTP_ERROR_SIZE];
};

struct exchange {
    struct http *http;
    struct transfer *transfer;
    CURL *running;                   /* NULL: none */
    exchange_done *done;
    void *argument;
};

struct http {
    const struct config *config;
    CURLM *multi;
};

/* ---- the library ---- */

static bool library_is_ready;

static void start_library(void)
{
    library_is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool http_library_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start_library);
    return library_is_ready;
}

/* ---- a transfer ---- */

static size_t take_body(char *bytes, size_t size, size_t count, void *argument)
{
    struct transfer *transfer = argument;
    size_t length = size * count;

    if (length > transfer->most - transfer->length) {
        transfer->is_too_long = true;
        return 0;
    }
    if (transfer->length + length + 1 > transfer->capacity) {
        transfer->capacity = 2 * (transfer->length + length + 1);
        transfer->body = realloc(transfer->body, transfer->capacity);
        assert(transfer->body != NULL);
    }
    memcpy(transfer->body + transfer->length, bytes, length);
    transfer->length += length;
    transfer->body[transfer->length] = '\0';
    return length;
}

/* libcurl keeps all headers: somebody who never stops sending them must not fill the memory. */
static size_t count_header(char *bytes, size_t size, size_t count, void *argument)
{
    struct transfer *transfer = argument;

    (void)bytes;
    transfer->header_length += size * count;
    if (transfer->header_length <= HEADERS_MOST)
        return size * count;
    transfer->is_too_long = true;
    return 0;
}

/* The rules that hold for every request. */
static void set_rules(struct transfer *transfer)
{
    CURL *easy = transfer->easy;

    curl_easy_reset(easy); /* connections stay */
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* none from the environment either */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (transfer->config->federation_ca_file != NULL) /* the system's authorities remain, by their directory */
        curl_easy_setopt(easy, CURLOPT_CAINFO, transfer->config->federation_ca_file);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* who gives up does not wait for a resolver that hangs */
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "BeringShare/" PACKAGE_VERSION);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, count_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, NULL);
}

static void add_line(struct transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, line);

    assert(longer != NULL);
    transfer->headers = longer;
}

static void add_header(struct transfer *transfer, const char *name, const char *value)
{
    char *line;
    int length = asprintf(&line, "%s: %s", name, value);

    assert(length > 0);
    add_line(transfer, line);
    free(line);
}

static void set_headers(struct transfer *transfer, const struct http_request *request)
{
    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
    add_header(transfer, "accept", "application/json");
    if (request->token != NULL)
        add_header(transfer, "x-federation-token", request->token);
    if (request->body != NULL) {
        add_header(transfer, "content-type", "application/json");
        add_line(transfer, "Expect:"); /* no waiting for a 100 */
    }
    if (request->if_none_match != NULL && request->if_none_match[0] != '\0')
        add_header(transfer, "if-none-match", request->if_none_match);
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static void set_url(struct transfer *transfer, const struct http_request *request)
{
    size_t length = strlen(request->base_url);

    while (length > 0 && request->base_url[length - 1] == '/')
        --length;
    free(transfer->url);
    int written = asprintf(&transfer->url, "%.*s%s", (int)length, request->base_url, request->path);
    assert(written >= 0);
    curl_easy_setopt(transfer->easy, CURLOPT_URL, transfer->url);
}

CURL *transfer_prepare(struct transfer *transfer, const struct http_request *request)
{
    transfer->length = transfer->header_length = 0;
    transfer->most = request->most;
    transfer->is_too_long = false;
    transfer->curl_error[0] = '\0';
    set_rules(transfer);
    set_url(transfer, request);
    set_headers(transfer, request);
    curl_easy_setopt(transfer->easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    if (request->body != NULL) {
        curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
        curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, request->body);
    }
    return transfer->easy;
}

static const struct {
    CURLcode code;
    const char *text;
} causes[] = {
    {CURLE_OK, ""},
    {CURLE_COULDNT_RESOLVE_HOST, "its name has no address"},
    {CURLE_COULDNT_CONNECT, "no connection can be made"},
    {CURLE_OPERATION_TIMEDOUT, "it does not answer in time"},
    {CURLE_PEER_FAILED_VERIFICATION, "its certificate is not trusted"},
    {CURLE_SSL_CONNECT_ERROR, "no encrypted connection can be made"},
    {CURLE_GOT_NOTHING, "it closes the connection without an answer"},
};

static const char *cause_of(const struct transfer *transfer, CURLcode code)
{
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]) && !transfer->is_too_long; ++i)
        if (causes[i].code == code)
            return causes[i].text;
    return transfer->is_too_long ? "its answer is too long" : "its answer cannot be read";
}

/* libcurl's words may quote what the other side sent. */
static void write_error(struct transfer *transfer, CURLcode code)
{
    const char *text = transfer->curl_error[0] != '\0' ? transfer->curl_error : curl_easy_strerror(code);

    if (transfer->is_too_long)
        text = "its answer is too long";
    snprintf(transfer->error, sizeof(transfer->error), "%.*s", HTTP_ERROR_SIZE - 1, text);
    for (char *at = transfer->error; *at != '\0'; ++at)
        if (*at < ' ' || *at > '~')
            *at = '?';
}

/* An ETag that can be sent back as it is. */
static void read_tag(CURL *easy, char tag[HTTP_TAG_SIZE])
{
    struct curl_header *header;

    tag[0] = '\0';
    if (curl_easy_header(easy, "etag", 0, CURLH_HEADER, -1, &header) != CURLHE_OK ||
        strlen(header->value) >= HTTP_TAG_SIZE)
        return;
    for (const char *at = header->value; *at != '\0'; ++at)
        if (*at < ' ' || *at > '~')
            return;
    strcpy(tag, header->value);
}

void transfer_answer(struct transfer *transfer, CURLcode code, struct http_answer *answer_r)
{
    long status = 0;
    curl_off_t retry_after = 0;
    const char *type = NULL;

    *answer_r = (struct http_answer){
        .error = "", .cause = cause_of(transfer, code), .body = "", .is_too_long = transfer->is_too_long};
    if (code != CURLE_OK) {
        write_error(transfer, code);
        answer_r->error = transfer->error;
        return;
    }
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &type);
    answer_r->status = (int)status;
    answer_r->retry_after = retry_after > 0 ? (uint64_t)retry_after : 0;
    answer_r->is_page = type != NULL && strncasecmp(type, "text/html", strlen("text/html")) == 0;
    if (transfer->length > 0) {
        answer_r->body = transfer->body;
        answer_r->length = transfer->length;
    }
    read_tag(transfer->easy, answer_r->tag);
}

CURL *transfer_handle(const struct transfer *transfer)
{
    return transfer->easy;
}

struct transfer *transfer_new(const struct config *config)
{
    struct transfer *transfer = calloc(1, sizeof(*transfer));

    assert(transfer != NULL);
    transfer->config = config;
    transfer->easy = http_library_start() ? curl_easy_init() : NULL;
    if (transfer->easy == NULL)
        transfer_free(&transfer);
    return transfer;
}

void transfer_free(struct transfer **transfer)
{
    if (*transfer == NULL)
        return;
    curl_easy_cleanup((*transfer)->easy);
    curl_slist_free_all((*transfer)->headers);
    free((*transfer)->url);
    free((*transfer)->body);
    free(*transfer);
    *transfer = NULL;
}

/* ---- many of them, on one loop ---- */

struct http *http_new(const struct config *config)
{
    struct http *http = calloc(1, sizeof(*http));

    assert(http != NULL);
    http->config = config;
    http->multi = http_library_start() ? curl_multi_init() : NULL;
    if (http->multi == NULL) {
        free(http);
        return NULL;
    }
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return http;
}

void http_free(struct http **http)
{
    if (*http == NULL)
        return;
    curl_multi_cleanup((*http)->multi);
    free(*http);
    *http = NULL;
}

struct exchange *exchange_new(struct http *http, exchange_done *done, void *argument)
{
    struct exchange *exchange = calloc(1, sizeof(*exchange));

    assert(exchange != NULL);
    *exchange = (struct exchange){
        .http = http, .done = done, .argument = argument, .transfer = transfer_new(http->config)};
    assert(exchange->transfer != NULL);
    return exchange;
}

void exchange_free(struct exchange **exchange)
{
    if (*exchange == NULL)
        return;
    if ((*exchange)->running != NULL)
        curl_multi_remove_handle((*exchange)->http->multi, (*exchange)->running);
    transfer_free(&(*exchange)->transfer);
    free(*exchange);
    *exchange = NULL;
}

void exchange_start(struct exchange *exchange, const struct http_request *request)
{
    assert(exchange->running == NULL);
    exchange->running = transfer_prepare(exchange->transfer, request);
    curl_easy_setopt(exchange->running, CURLOPT_PRIVATE, exchange);
    CURLMcode code = curl_multi_add_handle(exchange->http->multi, exchange->running);
    assert(code == CURLM_OK);
}

bool exchange_is_running(const struct exchange *exchange)
{
    return exchange->running != NULL;
}

static void finish(struct http *http, const CURLMsg *message)
{
    struct exchange *exchange;
    struct http_answer answer;
    CURLcode code = message->data.result;

    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
    transfer_answer(exchange->transfer, code, &answer);
    curl_multi_remove_handle(http->multi, message->easy_handle);
    exchange->running = NULL;
    exchange->done(exchange->argument, &answer);
}

void http_wait(struct http *http, const int *descriptors, unsigned count, uint64_t timeout_ms)
{
    struct curl_waitfd waits[WAIT_DESCRIPTORS];

    assert(count <= WAIT_DESCRIPTORS);
    for (unsigned i = 0; i < count; ++i)
        waits[i] = (struct curl_waitfd){.fd = descriptors[i], .events = CURL_WAIT_POLLIN};
    curl_multi_poll(http->multi, waits, count, timeout_ms < WAIT_MOST_MS ? (int)timeout_ms : WAIT_MOST_MS, NULL);
}

void http_perform(struct http *http)
{
    CURLMsg *message;
    int running, left;

    curl_multi_perform(http->multi, &running);
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE)
            finish(http, message);
}
