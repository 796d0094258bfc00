/*
 * server.c - starts and stops the server under test. The main process; proc.c reads what /proc tells about it.
 *
 * Always holds: only the process started here is ever signalled; its directory is removed at the end.
 */
#include "server.h"
#include "client.h"
#include "loop.h"
#include "proc.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_SECONDS = 20, STOP_SECONDS = 15, FIRST_PORT = 20000, LAST_PORT = 30000 };

/* A port below the range that connect() takes from, so that our own clients cannot have it. */
static int free_port(struct sockaddr_in *address)
{
    static unsigned next;

    if (next == 0)
        next = (unsigned)getpid() % (LAST_PORT - FIRST_PORT);
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (unsigned i = 0; i < LAST_PORT - FIRST_PORT; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), result;

        next = (next + 1) % (LAST_PORT - FIRST_PORT);
        address->sin_port = htons((uint16_t)(FIRST_PORT + next));
        result = bind(fd, (struct sockaddr *)address, sizeof(*address));
        close(fd);
        if (result == 0)
            return 0;
    }
    return -1;
}

/* Chosen at the first start, kept for the next. */
static int find_ports(struct server *server)
{
    if (server->plain.address.sin_port != 0)
        return 0;
    if (free_port(&server->plain.address) == 0 && free_port(&server->tls.address) == 0) {
        server->http2.address = server->tls.address;
        return 0;
    }
    snprintf(server->problem, sizeof(server->problem), "no free port");
    return -1;
}

static void set_number(const char *key, const char *format, unsigned value)
{
    char text[64];

    snprintf(text, sizeof(text), format, value);
    setenv(key, text, 1);
}

static void set_path(const char *key, const char *directory, const char *name)
{
    char path[SERVER_PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    setenv(key, path, 1);
}

static void set_environment(const struct server *server, const struct server_options *options)
{
    char token[64];

    snprintf(token, sizeof(token), SERVER_TOKEN_PREFIX "%s", options->name);
    set_number("LISTEN", "127.0.0.1:%u", ntohs(server->plain.address.sin_port));
    if (options->tls) {
        set_number("LISTEN_TLS", "127.0.0.1:%u", ntohs(server->tls.address.sin_port));
        set_path("TLS_CERT_FILE", server->directory, "cert.pem");
        set_path("TLS_KEY_FILE", server->directory, "key.pem");
        setenv("HTTP2", "on", 1); /* which those who do not ask for it do not notice */
    } else {
        unsetenv("LISTEN_TLS");
    }
    set_path("DATABASE_PATH", server->directory, "data.sqlite");
    set_number("WORKERS", "%u", options->workers);
    setenv("BCRYPT_COST", "4", 1);
    setenv("ADMIN_TOKEN", SERVER_ADMIN_TOKEN, 1);
    setenv("ADMIN_PASSWORD", "bench-password", 1);
    setenv("SERVER_NAME", options->name, 1);
    setenv("SERVER_TOKEN", token, 1);
    setenv("LOG_LEVEL", "warn", 1);
    unsetenv("LOG_FORMAT");
    if (options->preload != NULL)
        setenv("LD_PRELOAD", options->preload, 1);
}

static _Noreturn void become_server(const struct server *server, const struct server_options *options)
{
    char log[SERVER_PATH_MAX + 32];
    int fd;

    snprintf(log, sizeof(log), "%s/log", server->directory);
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
        _exit(127);
    signal(SIGPIPE, SIG_DFL);
    set_environment(server, options);
    execl(options->path, options->path, "serve", (char *)NULL);
    fprintf(stderr, "cannot run %s: %s\n", options->path, strerror(errno));
    _exit(127);
}

/* The end of the server's log, for whoever must find out why. */
static void show_log(const struct server *server)
{
    char path[SERVER_PATH_MAX + 32], text[2049];
    FILE *file;
    size_t got;

    snprintf(path, sizeof(path), "%s/log", server->directory);
    file = fopen(path, "re");
    if (file == NULL)
        return;
    if (fseek(file, -(long)(sizeof(text) - 1), SEEK_END) != 0)
        rewind(file);
    got = fread(text, 1, sizeof(text) - 1, file);
    text[got] = '\0';
    if (got > 0)
        fprintf(stderr, "--- the end of the server's log:\n%s---\n", text);
    fclose(file);
}

static int make_directory(struct server *server, const struct server_options *options)
{
    char key[SERVER_PATH_MAX + 32], certificate[SERVER_PATH_MAX + 32];

    if (server->directory[0] != '\0')
        return 0;
    if (snprintf(server->directory, sizeof(server->directory), "%s/server-XXXXXX", options->directory) >=
            (int)sizeof(server->directory) ||
        mkdtemp(server->directory) == NULL) {
        snprintf(server->problem, sizeof(server->problem), "cannot make a directory in %s: %s", options->directory,
                 strerror(errno));
        server->directory[0] = '\0';
        return -1;
    }
    snprintf(key, sizeof(key), "%s/key.pem", server->directory);
    snprintf(certificate, sizeof(certificate), "%s/cert.pem", server->directory);
    if (link_tls_certificate(key, certificate) != 0) {
        snprintf(server->problem, sizeof(server->problem), "cannot make a certificate");
        return -1;
    }
    if (server->tls.tls == NULL)
        server->tls.tls = link_tls_client(false);
    if (server->http2.tls == NULL)
        server->http2.tls = link_tls_client(true);
    return 0;
}

static int wait_healthy(struct server *server)
{
    uint64_t end = now_ns() + START_SECONDS * NS_PER_SECOND;

    while (now_ns() < end) {
        int status;

        if (waitpid(server->pid, &status, WNOHANG) == server->pid) {
            server->pid = 0;
            snprintf(server->problem, sizeof(server->problem), "the server ended at its start (wait status %d)",
                     status);
            return -1;
        }
        if (client_ask(&server->plain, "GET", "/health", NULL, NULL, NULL) == 200)
            return 0;
        sleep_ns(20 * NS_PER_MS);
    }
    snprintf(server->problem, sizeof(server->problem), "the server did not answer within %d s", START_SECONDS);
    return -1;
}

const struct target *server_plain(const struct server *server)
{
    return &server->plain;
}

const struct target *server_tls(const struct server *server)
{
    return &server->tls;
}

const struct target *server_http2(const struct server *server)
{
    return &server->http2;
}

int server_start(struct server *server, const struct server_options *options)
{
    pid_t parent = getpid();

    server->problem[0] = '\0';
    if (make_directory(server, options) != 0 || find_ports(server) != 0)
        return -1;
    fflush(NULL);
    server->pid = fork();
    if (server->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(1);
        become_server(server, options);
    }
    if (server->pid < 0 || wait_healthy(server) != 0) {
        show_log(server);
        if (server->pid > 0)
            server_stop(server);
        return -1;
    }
    sleep_ns(300 * NS_PER_MS); /* all workers are up, then */
    server->process_count = proc_family(server->pid, server->processes, SERVER_PROCESSES);
    return 0;
}

int server_stop(struct server *server)
{
    uint64_t end = now_ns() + STOP_SECONDS * NS_PER_SECOND;
    int status = 0;
    pid_t ended;

    if (server->pid <= 0)
        return 0;
    kill(server->pid, SIGTERM);
    while ((ended = waitpid(server->pid, &status, WNOHANG)) == 0 && now_ns() < end)
        sleep_ns(10 * NS_PER_MS);
    if (ended == 0) {
        kill(server->pid, SIGKILL);
        waitpid(server->pid, &status, 0);
    }
    server->pid = 0;
    if (ended == 0)
        snprintf(server->problem, sizeof(server->problem), "the server did not end within %d s", STOP_SECONDS);
    else if (status != 0)
        snprintf(server->problem, sizeof(server->problem), "the server ended with wait status %d", status);
    else
        return 0;
    show_log(server);
    return -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

void server_deinit(struct server *server)
{
    server_stop(server);
    if (server->directory[0] != '\0')
        nftw(server->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    server->directory[0] = '\0';
    SSL_CTX_free(server->tls.tls);
    SSL_CTX_free(server->http2.tls);
    server->tls.tls = server->http2.tls = NULL;
}

int server_check(struct server *server)
{
    pid_t now[SERVER_PROCESSES];
    unsigned count = proc_family(server->pid, now, SERVER_PROCESSES);

    if (count == server->process_count && memcmp(now, server->processes, count * sizeof(*now)) == 0)
        return 0;
    snprintf(server->problem, sizeof(server->problem), "a process of the server died during the run");
    show_log(server);
    return -1;
}

uint64_t server_cpu_ns(const struct server *server)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < server->process_count; i++)
        sum += proc_cpu_ns(server->processes[i]);
    return sum;
}

struct server_memory server_memory(const struct server *server)
{
    struct server_memory memory = {0, 0};

    for (unsigned i = 0; i < server->process_count; i++)
        proc_memory(server->processes[i], &memory.process, &memory.shared);
    return memory;
}

pid_t server_holder(const struct server *server, int fd)
{
    uint64_t inode = proc_peer_inode(fd);

    for (unsigned i = 0; i < server->process_count && inode != 0; i++) {
        /* The master only listens: what it holds of ours, it does not serve. */
        if (server->processes[i] != server->pid && proc_holds(server->processes[i], inode))
            return server->processes[i];
    }
    return 0;
}
