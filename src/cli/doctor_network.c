/*
 * doctor_network.c - what the doctor finds on the network: listeners, certificate, BASE_URL, other servers, TURN, GIFs.
 * beringctl.
 *
 * Whether others reach this server is asked by its own BASE_URL, as they do, though this machine can stand for them
 * only as far as its network does; and those of this project are asked to try.
 */
#include "bering/store.h"
#include "cli/client.h"
#include "cli/doctor.h"
#include "cli/fetch.h"
#include "cli/stun.h"
#include "config/table.h"
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TIMEOUT_MS = 5 * 1000,
    CLOCK_OFF = 30,        /* seconds: so far a clock may be off */
    EXPIRY_SOON = 14,      /* days: a certificate should have been renewed by then */
    ANSWER_MOST = 64 * 1024,
};

static const int64_t SECOND = 1000000000;

/* ---- listeners ---- */

/* Whether a name's first address can be bound: 0, or errno; -1 with the resolver's code in *code_r. */
static int try_bind(const char *host, const char *port, int *code_r)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
    int on = 1, result = 0;

    *code_r = getaddrinfo(host, port, &hints, &found);
    if (*code_r != 0)
        return -1;
    int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor != -1)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (descriptor == -1 || bind(descriptor, found->ai_addr, found->ai_addrlen) != 0)
        result = errno;
    if (descriptor != -1)
        close(descriptor);
    freeaddrinfo(found);
    return result;
}

static void check_address(struct doctor *doctor, const char *text)
{
    char *copy = strdup(text), *host = copy;
    int code;

    if (copy == NULL)
        abort();
    char *colon = strrchr(copy, ':');
    *colon = '\0'; /* the configuration has checked its form */
    if (host[0] == '[') {
        host[strlen(host) - 1] = '\0';
        host++;
    }
    int result = try_bind(host[0] == '\0' || strcmp(host, "*") == 0 ? NULL : host, colon + 1, &code);
    if (result == -1)
        finding(doctor, VERDICT_FAIL, "write an address of this machine", "%s: %s", text, gai_strerror(code));
    else if (result == EADDRINUSE && !doctor->is_running)
        finding(doctor, VERDICT_FAIL, "stop what listens there (ss -ltnp names it), or choose another port",
                "%s is in use by another program", text);
    else if (result == 0 && doctor->is_running)
        finding(doctor, VERDICT_FAIL, "restart the server: it runs with another configuration",
                "the server runs, but does not listen on %s", text);
    else if (result != 0 && result != EADDRINUSE && !(result == EACCES && doctor->is_running))
        finding(doctor, VERDICT_FAIL,
                result == EACCES ? "start the server as root or by systemd, or choose a port from 1024 on"
                                 : "write an address of this machine",
                "%s: %s", text, strerror(result));
    else
        finding(doctor, VERDICT_OK, NULL, doctor->is_running ? "the server listens on %s" : "%s is free", text);
    free(copy);
}

static void check_list(struct doctor *doctor, const char *list)
{
    char *copy = strdup(list), *rest = NULL;

    if (copy == NULL)
        abort();
    for (char *word = strtok_r(copy, ", ", &rest); word != NULL; word = strtok_r(NULL, ", ", &rest))
        check_address(doctor, word);
    free(copy);
}

static void check_answer(struct doctor *doctor)
{
    struct json_object *answer = NULL;
    char *error = NULL;
    struct client *client = client_open(doctor->config, NULL, &error);
    int status = client != NULL ? client_probe(client, "/admin/overview", &answer, &error) : 0;

    if (status == 200)
        finding(doctor, VERDICT_OK, NULL, "the server answers on %s", client_name(client));
    else if (status == 401 || status == 403)
        finding(doctor, VERDICT_FAIL, "restart the server, or give the doctor its configuration",
                "the server does not accept ADMIN_TOKEN: it runs with another configuration");
    else
        finding(doctor, VERDICT_FAIL, "look at its log, and restart it", "the server runs, but does not answer: %s",
                error != NULL ? error : "it answers something else");
    json_object_put(answer);
    free(error);
    client_close(&client);
}

void check_listeners(struct doctor *doctor)
{
    check_list(doctor, doctor->config->listen);
    check_list(doctor, doctor->config->listen_tls);
    check_list(doctor, doctor->config->metrics_listen);
    if (doctor->is_running)
        check_answer(doctor);
    else
        finding(doctor, VERDICT_WARN, "start it, and look again", "the server does not run");
}

/* ---- certificate ---- */

/* The host of a URL, without port and brackets; malloc'd. */
static char *host_of(const char *url)
{
    const char *start = strstr(url, "://");

    start = start != NULL ? start + 3 : url;
    size_t length = start[0] == '[' ? strcspn(++start, "]") : strcspn(start, ":/");
    char *host = strndup(start, length);
    if (host == NULL)
        abort();
    return host;
}

static void judge_expiry(struct doctor *doctor, const char *file, const X509 *certificate)
{
    int days = 0, seconds = 0;

    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
        finding(doctor, VERDICT_FAIL, "look at the clock, or get another one", "%s is not valid yet", file);
    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate));
    if (days < 0 || seconds < 0)
        finding(doctor, VERDICT_FAIL, "renew it; the server takes the new file without a restart", "%s has expired",
                file);
    else if (days < EXPIRY_SOON)
        finding(doctor, VERDICT_WARN, "renew it: something that should do so does not", "%s expires in %d days", file,
                days);
    else
        finding(doctor, VERDICT_OK, NULL, "%s expires in %d days", file, days);
}

static bool names_host(X509 *certificate, const char *host)
{
    return X509_check_host(certificate, host, 0, 0, NULL) == 1 || X509_check_ip_asc(certificate, host, 0) == 1;
}

/* As a client would, with the system's authorities, and FEDERATION_CA_FILE's. */
static void judge_chain(struct doctor *doctor, const char *file, SSL_CTX *context, X509 *certificate)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    X509_STORE_CTX *check = X509_STORE_CTX_new();
    STACK_OF(X509) *chain = NULL;

    X509_STORE_set_default_paths(store);
    if (doctor->config->federation_ca_file != NULL)
        X509_STORE_load_file(store, doctor->config->federation_ca_file);
    SSL_CTX_get0_chain_certs(context, &chain);
    if (check == NULL || X509_STORE_CTX_init(check, store, certificate, chain) != 1)
        abort();
    if (X509_verify_cert(check) == 1)
        finding(doctor, VERDICT_OK, NULL, "%s leads to an authority that this machine knows", file);
    else if (X509_STORE_CTX_get_error(check) != X509_V_ERR_CERT_HAS_EXPIRED)
        finding(doctor, VERDICT_WARN, "put the intermediate certificates behind it, in the same file (fullchain.pem)",
                "browsers and servers may not trust %s: %s", file,
                X509_verify_cert_error_string(X509_STORE_CTX_get_error(check)));
    X509_STORE_CTX_free(check);
}

static bool check_pair(struct doctor *doctor, const char *certificate_file, const char *key_file, const char *host)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    bool has_name = false;

    if (context == NULL)
        abort();
    if (SSL_CTX_use_certificate_chain_file(context, certificate_file) != 1) {
        finding(doctor, VERDICT_FAIL, "it must be a PEM file that begins with the server's certificate", "%s: %s",
                certificate_file, ERR_reason_error_string(ERR_peek_error()));
    } else {
        X509 *certificate = SSL_CTX_get0_certificate(context);
        if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1 ||
            SSL_CTX_check_private_key(context) != 1)
            finding(doctor, VERDICT_FAIL, "give both files of the same certificate", "%s is not the key of %s",
                    key_file,
                    certificate_file);
        judge_expiry(doctor, certificate_file, certificate);
        judge_chain(doctor, certificate_file, context, certificate);
        has_name = names_host(certificate, host);
    }
    ERR_clear_error();
    SSL_CTX_free(context);
    return has_name;
}

void check_certificate(struct doctor *doctor)
{
    const struct config *config = doctor->config;

    if (config->tls_cert_file == NULL || config->tls_key_file == NULL || config->listen_tls[0] == '\0') {
        if (strncmp(config->base_url, "https://", 8) == 0)
            finding(doctor, VERDICT_OK, NULL, "encryption is left to a reverse proxy: LISTEN_TLS is not set");
        return;
    }
    char *host = host_of(config->base_url), *rest = NULL, *key_rest = NULL;
    char *certificates = strdup(config->tls_cert_file), *keys = strdup(config->tls_key_file);
    bool has_name = false;
    if (certificates == NULL || keys == NULL)
        abort();
    char *key = strtok_r(keys, ",", &key_rest);
    char *file = strtok_r(certificates, ",", &rest);
    while (file != NULL && key != NULL) {
        has_name |= check_pair(doctor, file + strspn(file, " "), key + strspn(key, " "), host);
        file = strtok_r(NULL, ",", &rest);
        key = strtok_r(NULL, ",", &key_rest);
    }
    if (has_name)
        finding(doctor, VERDICT_OK, NULL, "a certificate names %s", host);
    else
        finding(doctor, VERDICT_FAIL, "get one for that name, or put BASE_URL right",
                "no certificate names %s, BASE_URL's host",
                host);
    free(keys);
    free(certificates);
    free(host);
}

/* ---- asking servers ---- */

/* Asks a server something, with a token that it should know. */
static void ask(struct doctor *doctor, const char *base_url, const char *token, const char *method, const char *path,
                struct fetch_answer *answer_r)
{
    char *url, *header;
    size_t length = strlen(base_url);

    while (length > 0 && base_url[length - 1] == '/')
        --length;
    if (asprintf(&url, "%.*s%s", (int)length, base_url, path) < 0 ||
        asprintf(&header, "x-federation-token: %s", token) < 0)
        abort();
    struct fetch_request request = {
        .method = method,
        .url = url,
        .header = header,
        .body = strcmp(method, "POST") == 0 ? "{}" : NULL,
        .ca_file = doctor->config->federation_ca_file,
        .most = ANSWER_MOST,
        .timeout_ms = TIMEOUT_MS,
    };
    fetch(&request, answer_r);
    free(header);
    free(url);
}

/* Asks a server who it is. */
static void ask_info(struct doctor *doctor, const char *base_url, const char *token, struct fetch_answer *answer_r)
{
    ask(doctor, base_url, token, "GET", "/federation/info", answer_r);
}

/* What an answer says of who gave it. */
static bool is_named(const struct fetch_answer *answer, const char *name)
{
    struct json_object *json = json_tokener_parse(answer->body);
    const char *server_name = json_field(json, "server_name");
    bool is_same = server_name != NULL && strcmp(server_name, name) == 0;

    json_object_put(json);
    return is_same;
}

void check_base_url(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    char *host = host_of(config->base_url);
    struct fetch_answer answer;

    int code = getaddrinfo(host, NULL, &hints, &found);
    if (code != 0) {
        finding(doctor, VERDICT_FAIL, "make the name known (an A or AAAA record), or put BASE_URL right",
                "%s, BASE_URL's host, has no address: %s", host, gai_strerror(code));
        free(host);
        return;
    }
    freeaddrinfo(found);
    finding(doctor, VERDICT_OK, NULL, "%s has an address", host);
    free(host);
    if (!doctor->is_running)
        return;
    ask_info(doctor, config->base_url, config->server_token, &answer);
    if (answer.status == 200 && is_named(&answer, config->server_name))
        finding(doctor, VERDICT_OK, NULL, "%s leads to this server", config->base_url);
    else if (answer.status != 0)
        finding(doctor, VERDICT_FAIL, "put BASE_URL right, or what forwards it to this server",
                "%s leads to something else than this server (it answers %d)", config->base_url, answer.status);
    else
        finding(doctor, VERDICT_FAIL, "put BASE_URL, the firewall, or what forwards to this server right",
                "%s cannot be reached: %s",
                config->base_url, answer.error);
    fetch_deinit(&answer);
}

/* ---- other servers ---- */

/* The answer's own time lies between question and answer, if both clocks are right. */
static void judge_clock(struct doctor *doctor, const char *name, const struct fetch_answer *answer)
{
    int64_t before = answer->asked_at / SECOND - CLOCK_OFF, after = answer->answered_at / SECOND + CLOCK_OFF;

    if (answer->date != 0 && (answer->date < before || answer->date > after))
        finding(doctor, VERDICT_WARN, "let systemd-timesyncd, chrony or ntpd keep both right",
                "the clock of %s and this one differ by %lld seconds", name,
                (long long)(answer->date - answer->answered_at / SECOND));
}

/* What it says that came of calling this server. */
static void judge_call_back(struct doctor *doctor, const char *name, const struct json_object *answer)
{
    const char *error = json_field(answer, "error");

    if (json_is_true(answer, "reached"))
        finding(doctor, VERDICT_OK, NULL, "%s reaches us, and its token is known here (%lld ms)", name,
                (long long)json_number(answer, "took_ms"));
    else if (json_is_true(answer, "refused"))
        finding(doctor, VERDICT_FAIL, "here, put its token right, which is its SERVER_TOKEN: beringctl servers update",
                "%s reaches us, but we refuse its token", name);
    else
        finding(doctor, VERDICT_FAIL,
                "there, the URL of the entry for this server must be this BASE_URL; then look at the way from there",
                "%s does not reach us: %.200s", name, error != NULL ? error : "it does not say why");
}

/* The other direction, which only that server can try. */
static void check_way_back(struct doctor *doctor, const struct server *server, const struct fetch_answer *info)
{
    struct json_object *said = json_tokener_parse(info->body), *json;
    bool calls_back = json_is_true(said, "reach");
    struct fetch_answer answer;

    json_object_put(said);
    if (!calls_back || !doctor->is_running)
        return;
    ask(doctor, server->base_url, doctor->config->server_token, "POST", "/federation/reach", &answer);
    json = json_tokener_parse(answer.body);
    if (answer.status == 200 && json_object_is_type(json, json_type_object))
        judge_call_back(doctor, server->name, json);
    else if (answer.status == 429 || answer.status == 503)
        finding(doctor, VERDICT_WARN, "look again in a minute", "%s is asked too often whether it reaches us",
                server->name);
    else if (answer.status == 409)
        finding(doctor, VERDICT_WARN, "there, give each entry a token of its own, this server's its SERVER_TOKEN",
                "%s does not know us by our token alone", server->name);
    else if (answer.status != 0)
        finding(doctor, VERDICT_WARN, "look at that server", "%s does not say whether it reaches us (it answers %d)",
                server->name, answer.status);
    else
        finding(doctor, VERDICT_WARN, "look at that server", "%s does not say whether it reaches us: %s", server->name,
                answer.error);
    json_object_put(json);
    fetch_deinit(&answer);
}

static void check_peer(void *argument, const struct server *server)
{
    struct doctor *doctor = argument;
    struct fetch_answer answer;

    ask_info(doctor, server->base_url, doctor->config->server_token, &answer);
    if (answer.status == 200 && is_named(&answer, server->name))
        finding(doctor, VERDICT_OK, NULL, "%s can be reached, and knows us", server->name);
    else if (answer.status == 200)
        finding(doctor, VERDICT_FAIL, "put its name or URL right: beringctl servers update",
                "%s is not the server at %s",
                server->name, server->base_url);
    else if (answer.status == 401 || answer.status == 403)
        finding(doctor, VERDICT_FAIL, "there, put the entry for this server right: its token is this SERVER_TOKEN",
                "%s can be reached, but refuses our token", server->name);
    else if (answer.status == 404)
        finding(doctor, VERDICT_OK, NULL, "%s can be reached; it runs the original program, or something else",
                server->name);
    else if (answer.status != 0)
        finding(doctor, VERDICT_FAIL, "look at that server", "%s answers %d", server->name, answer.status);
    else
        finding(doctor, VERDICT_FAIL, "look at that server, and at the way there: what waits for it is kept",
                "%s cannot be reached: %s",
                server->name, answer.error);
    judge_clock(doctor, server->name, &answer);
    if (answer.status == 200)
        check_way_back(doctor, server, &answer);
    fetch_deinit(&answer);
}

/* What the running server has heard of them. */
static void judge_links(struct doctor *doctor)
{
    struct json_object *overview = NULL, *links = NULL;
    char *error = NULL;
    struct client *client = client_open(doctor->config, NULL, &error);

    if (client != NULL && client_probe(client, "/admin/overview", &overview, &error) == 200)
        links = json_list(overview, "servers");
    for (size_t i = 0; links != NULL && i < json_object_array_length(links); i++) {
        struct json_object *link = json_object_array_get_idx(links, i);
        const char *name = json_field(link, "name");
        if (json_number(link, "refused") > 0)
            finding(doctor, VERDICT_WARN, "beringctl servers status shows it; retry or drop it",
                    "%s refused %lld of what we sent", name, (long long)json_number(link, "refused"));
        const char *last_request = json_field(link, "last_request");
        if (last_request == NULL)
            finding(doctor, VERDICT_WARN, "there, put the entry for this server right: its URL is this BASE_URL",
                    "nothing was heard from %s since this server was started", name);
        else
            finding(doctor, VERDICT_OK, NULL, "%s called us last at %.19sZ", name, last_request);
    }
    json_object_put(overview);
    free(error);
    client_close(&client);
}

void check_peers(struct doctor *doctor)
{
    char *error = NULL;
    const char *path = doctor->config->database_path;
    struct store *store = access(path, R_OK) == 0 ? store_open(path, &error) : NULL;

    free(error); /* the database has a check of its own */
    if (store == NULL)
        return;
    store_servers(store, check_peer, doctor);
    if (doctor->is_running)
        judge_links(doctor);
    store_close(&store);
}

/* ---- calls and GIFs ---- */

/* A text of the configuration that is there in some builds only; NULL or "" if it is not set. */
static const char *text_of(const struct config *config, const char *key)
{
    const struct config_row *row = config_find(key, strlen(key));
    return row != NULL ? *(const char *const *)(const void *)((const char *)config + row->offset) : NULL;
}

static void check_turn_url(struct doctor *doctor, const char *url)
{
    char *error = NULL;

    if (stun_probe(url, TIMEOUT_MS, &error))
        finding(doctor, VERDICT_OK, NULL, "%s answers", url);
    else
        finding(doctor, VERDICT_FAIL, "look at the TURN server, its ports and its firewall (UDP and TCP)", "%s: %s",
                url,
                error != NULL ? error : "out of memory");
    free(error);
}

void check_turn(struct doctor *doctor)
{
    static const char *const keys[] = {"STUN_URLS", "TURN_URLS"};
    const char *turn = text_of(doctor->config, keys[1]);

    if (turn == NULL || turn[0] == '\0') {
        finding(doctor, VERDICT_WARN,
                "calls fail between networks that hide their addresses: README tells how to set one up",
                "no TURN server is configured");
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *list = text_of(doctor->config, keys[i]);
        char *copy = strdup(list != NULL ? list : ""), *rest = NULL;
        if (copy == NULL)
            abort();
        for (char *url = strtok_r(copy, ", ", &rest); url != NULL; url = strtok_r(NULL, ", ", &rest))
            check_turn_url(doctor, url);
        free(copy);
    }
}

void check_gifs(struct doctor *doctor)
{
    if (doctor->config->tenor_api_key == NULL)
        finding(doctor, VERDICT_OK, NULL, "no key for the GIF search is set: there is none");
    else
        finding(doctor, VERDICT_OK, NULL, "GIFs are searched at %s", doctor->config->gif_api_url);
}
