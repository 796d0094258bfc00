/*
 * table.c - every key of the configuration. The parser, check-config, --help and README's table follow from this one.
 *
 * Configuration: read by the master before anything else. RUST_LOG stands before LOG_LEVEL, which overrides it.
 */
#include "config/table.h"

#include "bering/bus.h"
#include "bering/config.h"
#include "bering/retention.h"
#include "bering/secret.h"
#include <assert.h>
#include <string.h>

static_assert(sizeof(enum log_level) == sizeof(unsigned) && sizeof(enum log_format) == sizeof(unsigned),
              "CONFIG_CHOICE stores an unsigned");

static const char *const log_levels[] = {
    [LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARN] = "warn", [LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug",
    NULL,
};
static const char *const stun_schemes[] = {"stun", "stuns", NULL};
static const char *const turn_schemes[] = {"turn", "turns", NULL};
static const char *const switches[] = {"off", "on", NULL};
static const char *const log_formats[] = {[LOG_FORMAT_TEXT] = "text", [LOG_FORMAT_JSON] = "json", NULL};

#define FIELD(name) offsetof(struct config, name)
#define KILO UINT64_C(1024)
#define MEGA (KILO * 1024)

const struct config_row config_table[] = {
    {"SERVER_NAME", CONFIG_NAME, FIELD(server_name), "local", .help = "name of this server in addresses: alice@NAME"},
    {"BASE_URL", CONFIG_URL, FIELD(base_url), "http://localhost:8080", .help = "URL at which others reach this server"},
    {"DATABASE_PATH", CONFIG_PATH, FIELD(database_path), "./data.sqlite", .help = "database file, made when missing"},
    {"ADMIN_TOKEN", CONFIG_TOKEN, FIELD(admin_token), "admin-token", .secret = true, .public_secret = true,
     .help = "permanent token for the admin API"},
    {"SERVER_TOKEN", CONFIG_TOKEN, FIELD(server_token), "server-token", .secret = true, .public_secret = true,
     .help = "token that this server shows to other servers"},
    {"ADMIN_USERNAME", CONFIG_NAME, FIELD(admin_username), "admin", .help = "the administrator's name"},
    {"ADMIN_PASSWORD", CONFIG_TEXT, FIELD(admin_password), "admin", 1, SECRET_PASSWORD_MAX, .secret = true,
     .public_secret = true, .help = "the administrator's password, set at every start"},
    {"TENOR_API_KEY", CONFIG_TOKEN, FIELD(tenor_api_key), NULL, .secret = true, .help = "key for the GIF search"},
    {"GIF_API_URL", CONFIG_URL, FIELD(gif_api_url), "https://api.klipy.com/v2/search",
     .help = "where GIFs are searched: a provider that speaks Tenor's API, version 2"},
    {"LISTEN", CONFIG_LISTEN, FIELD(listen), "localhost:8080",
     .help = "addresses for HTTP, comma-separated: host:port, [v6]:port, :port or *:port; empty for none"},
    {"LISTEN_TLS", CONFIG_LISTEN, FIELD(listen_tls), "", .help = "addresses for HTTPS, written like LISTEN"},
    {"TLS_CERT_FILE", CONFIG_PATHS, FIELD(tls_cert_file), NULL, .is_live = true,
     .help = "certificate chain (PEM) for LISTEN_TLS; several, comma-separated, are chosen from by name"},
    {"TLS_KEY_FILE", CONFIG_PATHS, FIELD(tls_key_file), NULL, .is_live = true,
     .help = "its private key (PEM); as many as there are certificates, in the same order"},
    {"HTTP2", CONFIG_CHOICE, FIELD(http2), "off", .choices = switches,
     .help = "on: LISTEN_TLS speaks HTTP/2, too; README says when that is wise"},
    {"REDIRECT_HTTP", CONFIG_CHOICE, FIELD(redirect_http), "off", .choices = switches,
     .help = "on: LISTEN only leads to BASE_URL, but for /health and ACME challenges"},
    {"ACME_CHALLENGE_DIR", CONFIG_PATH, FIELD(acme_challenge_dir), NULL,
     .help = "folder of the files under /.well-known/acme-challenge/"},
    {"TRUSTED_PROXIES", CONFIG_NETWORKS, FIELD(trusted_proxies), "",
     .help = "addresses and networks whose X-Forwarded-For, X-Forwarded-Proto and PROXY lines are believed"},
    {"RUN_AS_USER", CONFIG_NAME, FIELD(run_as_user), NULL,
     .help = "user that everything but the first process runs as, if that was started by root"},
    {"RUN_AS_GROUP", CONFIG_NAME, FIELD(run_as_group), NULL, .help = "group, likewise; the user's own if unset"},
    {"FEDERATION_CA_FILE", CONFIG_PATH, FIELD(federation_ca_file), NULL,
     .help = "private authorities (PEM) that certify other servers, besides the system's"},
    {"FEDERATION_POLL_SECONDS", CONFIG_INTEGER, FIELD(federation_poll_seconds), "2", 1, 3600,
     .is_live = true,
     .help = "between two questions to another server: who is online, which users and channels it has"},
    {"STUN_URLS", CONFIG_URIS, FIELD(stun_urls), "", .choices = stun_schemes,
     .help = "STUN servers for calls, comma-separated: stun:host:port"},
    {"TURN_URLS", CONFIG_URIS, FIELD(turn_urls), "", .choices = turn_schemes,
     .help = "TURN servers for calls, comma-separated: turn:host:port?transport=udp"},
    {"TURN_SECRET", CONFIG_TOKEN, FIELD(turn_secret), NULL, .secret = true,
     .help = "secret shared with the TURN server (coturn: static-auth-secret), for credentials that expire"},
    {"TURN_USERNAME", CONFIG_TOKEN, FIELD(turn_username), NULL, .help = "user of a TURN server without such a secret"},
    {"TURN_PASSWORD", CONFIG_TOKEN, FIELD(turn_password), NULL, .secret = true, .help = "and its password"},
    {"CALL_VIDEO_MOST", CONFIG_INTEGER, FIELD(call_video_most), "6", 2, 100, .is_live = true,
     .help = "people in a channel's call up to which who joins may send video: each sends to each"},
    {"CALL_AUDIO_MOST", CONFIG_INTEGER, FIELD(call_audio_most), "8", 2, 100, .is_live = true,
     .help = "people up to which others join at all, then with sound alone"},
    {"HTDOCS_DIR", CONFIG_PATH, FIELD(htdocs_dir), BERING_HTDOCS_DIR, .help = "folder of the static files"},
    {"WORKERS", CONFIG_INTEGER, FIELD(workers), "0", 0, BUS_PROCESSES - 2, .help = "worker processes; 0: one a core"},
    {"JOB_THREADS", CONFIG_INTEGER, FIELD(job_threads), "2", 1, 64,
     .help = "threads of each worker for password hashing and long reads"},
    {"BCRYPT_COST", CONFIG_INTEGER, FIELD(bcrypt_cost), "12", 4, 16, .is_live = true,
     .help = "cost of new password hashes"},
    {"MAX_MESSAGE_BYTES", CONFIG_SIZE, FIELD(max_message_bytes), "65536", 1, 16 * MEGA, .help = "longest message body"},
    {"RING_SIZE", CONFIG_POWER, FIELD(ring_size), "16m", 64 * KILO, 1024 * MEGA,
     .help = "bytes of events that the processes share, and that a client can resume from"},
    {"STREAM_QUEUE_BYTES", CONFIG_SIZE, FIELD(stream_queue_bytes), "1m", 16 * KILO, 64 * MEGA,
     .help = "what may wait for a slow reader before it is cut"},
    {"MAX_CONNECTIONS", CONFIG_INTEGER, FIELD(max_connections), "0", 0, 10000000,
     .help = "connections of each worker; 0: as many as there are descriptors"},
    {"KEEPALIVE_SECONDS", CONFIG_INTEGER, FIELD(keepalive_seconds), "25", 1, 3600,
     .is_live = true, .help = "between comments or pings on a quiet stream"},
    {"REQUEST_TIMEOUT_SECONDS", CONFIG_INTEGER, FIELD(request_timeout_seconds), "10", 1, 3600,
     .help = "for a request to arrive whole"},
    {"DRAIN_SECONDS", CONFIG_INTEGER, FIELD(drain_seconds), "10", 0, 3600, .is_live = true,
     .help = "that a shutdown may take"},
    {"HANG_SECONDS", CONFIG_INTEGER, FIELD(hang_seconds), "60", 0, 86400, .is_live = true,
     .help = "without a sign of life, after which a process is replaced; 0: never"},
    {"LOGIN_ATTEMPTS", CONFIG_INTEGER, FIELD(login_attempts), "10", 1, 1000000,
     .is_live = true, .help = "a minute for an account; an address gets ten times as many"},
    {"RETENTION_DAYS", CONFIG_INTEGER, FIELD(retention_days), "0", 0, RETENTION_DAYS_MOST,
     .help = "for which messages in channels are kept, unless a channel has a number of its own; 0: for ever"},
    {"RETENTION_DIRECT_DAYS", CONFIG_INTEGER, FIELD(retention_direct_days), "0", 0, RETENTION_DAYS_MOST,
     .help = "for which direct messages are kept; 0: for ever"},
    {"AUDIT_DAYS", CONFIG_INTEGER, FIELD(audit_days), "365", 0, RETENTION_DAYS_MOST,
     .help = "for which is kept what administrators did; 0: for ever"},
    {"METRICS_TOKEN", CONFIG_TOKEN, FIELD(metrics_token), NULL, .secret = true,
     .help = "token with which monitoring reads /metrics"},
    {"METRICS_LISTEN", CONFIG_LISTEN, FIELD(metrics_listen), "",
     .help = "addresses for monitoring alone, written like LISTEN; on loopback ones /metrics needs no token"},
    {"ACCESS_LOG_FILE", CONFIG_PATH, FIELD(access_log_file), NULL,
     .help = "file for one line a request, in the format of LOG_FORMAT"},
    {"RUST_LOG", CONFIG_RUST_LOG, FIELD(log_level), NULL, .choices = log_levels,
     .is_live = true, .help = "the original's log level, where LOG_LEVEL is not set"},
    {"LOG_LEVEL", CONFIG_CHOICE, FIELD(log_level), "info", .choices = log_levels, .is_live = true,
     .help = "error, warn, info or debug"},
    {"LOG_FILE", CONFIG_PATH, FIELD(log_file), NULL, .help = "where the log goes; standard error if unset"},
    {"LOG_FORMAT", CONFIG_CHOICE, FIELD(log_format), "text", .choices = log_formats, .is_live = true,
     .help = "text or json"},
};

const size_t config_rows = sizeof(config_table) / sizeof(config_table[0]);

const struct config_row *config_find(const char *key, size_t length)
{
    for (size_t i = 0; i < config_rows; i++)
        if (strlen(config_table[i].key) == length && memcmp(config_table[i].key, key, length) == 0)
            return &config_table[i];
    return NULL;
}
