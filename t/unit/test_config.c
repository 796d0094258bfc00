/*
 * test_config.c - the configuration: defaults, file, environment, and what is refused
 */
#include "bering/bus.h"
#include "bering/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char file[] = "/tmp/test_config.XXXXXX";

static int start_clean(void **state)
{
    (void)state;
    clearenv();
    return 0;
}

static int make_file(void **state)
{
    int descriptor = mkstemp(file);

    (void)state;
    return descriptor == -1 ? -1 : close(descriptor);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(file);
}

static const char *write_file(const char *text)
{
    FILE *out = fopen(file, "we");

    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
    return file;
}

static struct config *load(const char *path)
{
    char *error = NULL;
    struct config *config = config_load(path, &error);

    if (config == NULL)
        fail_msg("not loaded: %s", error);
    return config;
}

/* Loading fails, and the error holds all these words. */
static void refuse(const char *path, const char *const *words)
{
    char *error = NULL;

    assert_null(config_load(path, &error));
    assert_non_null(error);
    for (; *words != NULL; words++)
        if (strstr(error, *words) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error, *words);
    free(error);
}

#define REFUSE(path, ...) refuse((path), (const char *const[]){__VA_ARGS__, NULL})

static void set(const char *key, const char *value)
{
    assert_int_equal(setenv(key, value, 1), 0);
}

static void defaults_are_those_of_the_table(void **state)
{
    (void)state;
    struct config *config = load(NULL);

    assert_string_equal(config->server_name, "local");
    assert_string_equal(config->base_url, "http://localhost:8080");
    assert_string_equal(config->database_path, "./data.sqlite");
    assert_string_equal(config->admin_token, "admin-token");
    assert_string_equal(config->server_token, "server-token");
    assert_string_equal(config->admin_username, "admin");
    assert_string_equal(config->admin_password, "admin");
    assert_null(config->tenor_api_key);
    assert_string_equal(config->listen, "localhost:8080");
    assert_string_equal(config->listen_tls, "");
    assert_null(config->tls_cert_file);
    assert_null(config->tls_key_file);
    assert_true(config->workers >= 1);
    assert_true(config->workers <= BUS_PROCESSES - 2);
    assert_int_equal(config->job_threads, 2);
    assert_int_equal(config->bcrypt_cost, 12);
    assert_int_equal(config->max_message_bytes, 65536);
    assert_int_equal(config->ring_size, 16 << 20);
    assert_int_equal(config->stream_queue_bytes, 1048576);
    assert_int_equal(config->max_connections, 0);
    assert_int_equal(config->keepalive_seconds, 25);
    assert_int_equal(config->request_timeout_seconds, 10);
    assert_int_equal(config->drain_seconds, 10);
    assert_int_equal(config->login_attempts, 10);
    assert_int_equal(config->log_level, LOG_LEVEL_INFO);
    assert_int_equal(config->log_format, LOG_FORMAT_TEXT);
    config_free(&config);
    assert_null(config);
}

static void the_environment_wins_over_the_file(void **state)
{
    (void)state;
    set("SERVER_NAME", "from-environment");
    set("BASE_URL", "");
    struct config *config = load(write_file("SERVER_NAME=from-file\nBASE_URL=http://file\nWORKERS=3\n"));

    assert_string_equal(config->server_name, "from-environment");
    assert_string_equal(config->base_url, "http://file");
    assert_int_equal(config->workers, 3);
    config_free(&config);
}

static void a_file_may_hold_comments_quotes_and_spaces(void **state)
{
    (void)state;
    struct config *config = load(write_file("# a comment\r\n\n   \n  SERVER_NAME = alpha  \r\n"
                                            "ADMIN_PASSWORD=\"two words # all\"\nDATABASE_PATH='/srv/a \"b\"'\n"
                                            "TENOR_API_KEY=\nADMIN_TOKEN=a=b\nWORKERS=5"));

    assert_string_equal(config->server_name, "alpha");
    assert_string_equal(config->admin_password, "two words # all");
    assert_string_equal(config->database_path, "/srv/a \"b\"");
    assert_null(config->tenor_api_key);
    assert_string_equal(config->admin_token, "a=b");
    assert_int_equal(config->workers, 5);
    config_free(&config);
}

static void wrong_files_are_refused_with_the_line(void **state)
{
    (void)state;
    REFUSE(write_file("\n# x\nSERVER=local\n"), ":3:", "\"SERVER\"", "--help");
    REFUSE(write_file("server_name=local\n"), ":1:", "\"server_name\"");
    REFUSE(write_file("SERVER_NAME\n"), ":1:", "\"SERVER_NAME\"", "KEY=value");
    REFUSE(write_file("WORKERS=1\nWORKERS=2\n"), ":2:", "WORKERS", "line 1");
    REFUSE(write_file("ADMIN_PASSWORD=\"open\n"), ":1:", "ADMIN_PASSWORD", "quote");
    REFUSE(write_file("ADMIN_PASSWORD='a' b\n"), ":1:", "ADMIN_PASSWORD", "quote");
    REFUSE(write_file("\nWORKERS=many\n"), ":2:", "WORKERS", "\"many\"", "0 to 62");
    REFUSE("/nonexistent/file", "/nonexistent/file", "No such file");
    REFUSE("/tmp", "/tmp", "directory");
}

static void wrong_values_are_refused_with_what_would_be_right(void **state)
{
    static const char *const wrong[][3] = {
        {"SERVER_NAME", "a b", "without spaces"},
        {"SERVER_NAME", "a@b", "without spaces"},
        {"ADMIN_USERNAME", "a/b", "without spaces"},
        {"BASE_URL", "localhost:8080", "http://"},
        {"BASE_URL", "http://", "http://"},
        {"BASE_URL", "http:///x", "http://"},
        {"BASE_URL", "http://a b", "http://"},
        {"BASE_URL", "http://user@host", "http://"},
        {"BASE_URL", "http://host/?x", "http://"},
        {"WORKERS", "63", "0 to 62"},
        {"WORKERS", "-1", "0 to 62"},
        {"WORKERS", "2x", "0 to 62"},
        {"WORKERS", " 2", "0 to 62"},
        {"WORKERS", "99999999999999999999999", "0 to 62"},
        {"JOB_THREADS", "0", "1 to 64"},
        {"BCRYPT_COST", "3", "4 to 16"},
        {"BCRYPT_COST", "17", "4 to 16"},
        {"RING_SIZE", "1k", "64k to 1024m"},
        {"RING_SIZE", "2000m", "64k to 1024m"},
        {"RING_SIZE", "16g", "64k to 1024m"},
        {"RING_SIZE", "16mb", "64k to 1024m"},
        {"RING_SIZE", "99999999999999m", "64k to 1024m"},
        {"RING_SIZE", "m", "64k to 1024m"},
        {"MAX_MESSAGE_BYTES", "0", "1 to 16m"},
        {"KEEPALIVE_SECONDS", "0", "1 to 3600"},
        {"LOG_LEVEL", "loud", "error, warn, info or debug"},
        {"LOG_FORMAT", "xml", "text or json"},
        {"DATABASE_PATH", "a\nb", "a path"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        clearenv();
        set(wrong[i][0], wrong[i][1]);
        REFUSE(NULL, wrong[i][0], wrong[i][2]);
    }
}

static void errors_do_not_show_secrets(void **state)
{
    char *error = NULL;

    (void)state;
    set("ADMIN_TOKEN", "hidden\ttoken");
    assert_null(config_load(NULL, &error));
    assert_non_null(strstr(error, "ADMIN_TOKEN: \"********\""));
    assert_null(strstr(error, "hidden"));
    free(error);
}

static void a_password_fits_bcrypt(void **state)
{
    char text[74];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[73] = '\0';
    set("ADMIN_PASSWORD", text);
    REFUSE(NULL, "ADMIN_PASSWORD", "1 to 72 bytes");
    text[72] = '\0';
    set("ADMIN_PASSWORD", text);
    struct config *config = load(NULL);
    assert_string_equal(config->admin_password, text);
    config_free(&config);
}

static void sizes_take_suffixes_and_rings_powers_of_two(void **state)
{
    (void)state;
    set("MAX_MESSAGE_BYTES", "1k");
    set("RING_SIZE", "65537");
    set("STREAM_QUEUE_BYTES", "1M");
    struct config *config = load(NULL);

    assert_int_equal(config->max_message_bytes, 1024);
    assert_int_equal(config->ring_size, 131072);
    assert_int_equal(config->stream_queue_bytes, 1048576);
    config_free(&config);
}

static void a_url_has_no_slash_at_its_end(void **state)
{
    (void)state;
    set("BASE_URL", "https://chat.example.org/path//");
    struct config *config = load(NULL);

    assert_string_equal(config->base_url, "https://chat.example.org/path");
    config_free(&config);
}

static enum log_level level_of(const char *rust_log, const char *log_level)
{
    clearenv();
    if (rust_log != NULL)
        set("RUST_LOG", rust_log);
    if (log_level != NULL)
        set("LOG_LEVEL", log_level);
    struct config *config = load(NULL);
    enum log_level level = config->log_level;
    config_free(&config);
    return level;
}

static void rust_log_counts_where_log_level_is_not_set(void **state)
{
    (void)state;
    assert_int_equal(level_of("debug", NULL), LOG_LEVEL_DEBUG);
    assert_int_equal(level_of("federated_server=debug", NULL), LOG_LEVEL_DEBUG);
    assert_int_equal(level_of("warn,foo=info", NULL), LOG_LEVEL_WARN);
    assert_int_equal(level_of("foo,bar=ERROR", NULL), LOG_LEVEL_ERROR);
    assert_int_equal(level_of("trace", NULL), LOG_LEVEL_DEBUG);
    assert_int_equal(level_of("off", NULL), LOG_LEVEL_ERROR);
    assert_int_equal(level_of("debug=warn", NULL), LOG_LEVEL_WARN);
    assert_int_equal(level_of("nonsense", NULL), LOG_LEVEL_INFO);
    assert_int_equal(level_of("debug", "error"), LOG_LEVEL_ERROR);
    assert_int_equal(level_of(NULL, "Warn"), LOG_LEVEL_WARN);
}

static void addresses_are_checked(void **state)
{
    static const char *const right[] = {
        "localhost:8080", "127.0.0.1:80", "[::1]:65535", "127.0.0.1:1,127.9.9.9:2", " localhost:1 , [::1]:2 ",
    };
    static const char *const wrong[] = {
        "localhost", "8080", "localhost:", "localhost:0", "localhost:65536", "localhost:99999999999", "localhost:8o",
        "::1:8080", "[::1]", "[::1:80", "[::g]:80", "[]:80", "1.2.3:80", "256.1.1.1:80", "http://localhost:80",
        "localhost:80;localhost:81", "localhost:80 x", "a b:80", "localhost:+80", "localhost:-80",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        set("LISTEN", right[i]);
        struct config *config = load(NULL);
        assert_string_equal(config->listen, right[i]);
        config_free(&config);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        set("LISTEN", wrong[i]);
        REFUSE(NULL, "LISTEN:", wrong[i], "localhost:8080");
    }
}

static void the_server_must_listen_somewhere(void **state)
{
    (void)state;
    set("LISTEN", "");
    REFUSE(NULL, "LISTEN", "somewhere");
    REFUSE(write_file("LISTEN=localhost:80\n"), "LISTEN", "somewhere");
    set("LISTEN", " , ");
    REFUSE(NULL, "LISTEN", "somewhere");
}

static void tls_needs_readable_files(void **state)
{
    (void)state;
    set("LISTEN_TLS", "localhost:8443");
    REFUSE(NULL, "TLS_CERT_FILE is not set");
    set("TLS_CERT_FILE", "/nonexistent/cert.pem");
    set("TLS_KEY_FILE", file);
    REFUSE(NULL, "TLS_CERT_FILE", "/nonexistent/cert.pem", "No such file");
    set("TLS_CERT_FILE", file);
    unsetenv("TLS_KEY_FILE");
    REFUSE(NULL, "TLS_KEY_FILE is not set");
    set("TLS_KEY_FILE", file);
    set("LISTEN", "");
    struct config *config = load(NULL);
    assert_string_equal(config->listen, "");
    assert_string_equal(config->listen_tls, "localhost:8443");
    config_free(&config);
}

static void public_addresses_refuse_unset_secrets(void **state)
{
    static const char *const addresses[] = {
        ":8080", "*:8080", "0.0.0.0:8080", "[::]:8080", "chat.example.org:80", "localhost:80,192.0.2.1:80",
        "128.0.0.1:80", "localhost.example.org:80",
    };
    static const char *const keys[] = {"ADMIN_TOKEN", "SERVER_TOKEN", "ADMIN_PASSWORD"};

    (void)state;
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
        for (size_t missing = 0; missing < 3; missing++) {
            clearenv();
            set("LISTEN", addresses[i]);
            for (size_t j = 0; j < 3; j++)
                set(keys[j], j == missing ? "" : "long and random");
            REFUSE(NULL, keys[missing], "not set", strrchr(addresses[i], ',') ? "192.0.2.1:80" : addresses[i]);
        }
}

static void monitoring_for_others_needs_a_token(void **state)
{
    (void)state;
    set("METRICS_LISTEN", "nonsense");
    REFUSE(NULL, "METRICS_LISTEN", "nonsense");
    set("METRICS_LISTEN", "localhost:9100, 192.0.2.1:9100");
    REFUSE(NULL, "METRICS_LISTEN", "\"192.0.2.1:9100\"", "METRICS_TOKEN");
    set("METRICS_TOKEN", "long-and-random");
    struct config *config = load(NULL);
    assert_string_equal(config->metrics_listen, "localhost:9100, 192.0.2.1:9100");
    config_free(&config);
    set("METRICS_TOKEN", "");
    set("METRICS_LISTEN", "localhost:9100, [::1]:9100, 127.0.0.2:9100");
    config = load(NULL);
    assert_null(config->metrics_token);
    config_free(&config);
}

static void secrets_that_are_set_open_public_addresses(void **state)
{
    (void)state;
    set("LISTEN", "0.0.0.0:8080");
    set("LOG_LEVEL", "error"); /* the warning is t/00-command/secrets.t's */
    set("ADMIN_TOKEN", "a");
    set("SERVER_TOKEN", "b");
    struct config *config = load(write_file("ADMIN_PASSWORD=admin\n")); /* weak, but said: it is only warned about */

    assert_string_equal(config->admin_token, "a");
    assert_string_equal(config->admin_password, "admin");
    config_free(&config);
}

static void other_servers_authorities_must_be_readable(void **state)
{
    (void)state;
    set("FEDERATION_CA_FILE", "/nonexistent/ca.pem");
    REFUSE(NULL, "FEDERATION_CA_FILE", "/nonexistent/ca.pem", "No such file");
    set("FEDERATION_CA_FILE", file);
    set("FEDERATION_POLL_SECONDS", "0");
    REFUSE(NULL, "FEDERATION_POLL_SECONDS", "a number from 1 to 3600");
    set("FEDERATION_POLL_SECONDS", "7");
    struct config *config = load(NULL);
    assert_string_equal(config->federation_ca_file, file);
    assert_int_equal(config->federation_poll_seconds, 7);
    config_free(&config);
}

static void a_public_tls_address_is_public_too(void **state)
{
    (void)state;
    set("LISTEN_TLS", "[2001:db8::1]:443");
    set("TLS_CERT_FILE", file);
    set("TLS_KEY_FILE", file);
    REFUSE(NULL, "ADMIN_TOKEN", "not set", "[2001:db8::1]:443");
}

static void printing_masks_secrets_and_can_be_read_again(void **state)
{
    char *first = NULL, *second = NULL;
    size_t length;

    (void)state;
    set("SERVER_NAME", "alpha");
    set("ADMIN_PASSWORD", "hunter2");
    set("RUST_LOG", "debug");
    set("RING_SIZE", "32m");
    set("WORKERS", "7");
    struct config *config = load(NULL);
    FILE *out = open_memstream(&first, &length);
    config_print(config, out);
    fclose(out);
    config_free(&config);
    assert_null(strstr(first, "hunter2"));
    assert_null(strstr(first, "admin-token"));
    assert_non_null(strstr(first, "ADMIN_PASSWORD=********\n"));
    assert_non_null(strstr(first, "TENOR_API_KEY=\n"));
    assert_non_null(strstr(first, "SERVER_NAME=alpha\n"));
    assert_non_null(strstr(first, "LOG_LEVEL=debug\n"));
    assert_non_null(strstr(first, "RING_SIZE=32m\n"));
    assert_null(strstr(first, "RUST_LOG"));

    clearenv();
    config = load(write_file(first));
    out = open_memstream(&second, &length);
    config_print(config, out);
    fclose(out);
    config_free(&config);
    assert_string_equal(second, first);
    free(first);
    free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults_are_those_of_the_table, start_clean),
        cmocka_unit_test_setup(the_environment_wins_over_the_file, start_clean),
        cmocka_unit_test_setup(a_file_may_hold_comments_quotes_and_spaces, start_clean),
        cmocka_unit_test_setup(wrong_files_are_refused_with_the_line, start_clean),
        cmocka_unit_test_setup(wrong_values_are_refused_with_what_would_be_right, start_clean),
        cmocka_unit_test_setup(errors_do_not_show_secrets, start_clean),
        cmocka_unit_test_setup(a_password_fits_bcrypt, start_clean),
        cmocka_unit_test_setup(sizes_take_suffixes_and_rings_powers_of_two, start_clean),
        cmocka_unit_test_setup(a_url_has_no_slash_at_its_end, start_clean),
        cmocka_unit_test_setup(rust_log_counts_where_log_level_is_not_set, start_clean),
        cmocka_unit_test_setup(addresses_are_checked, start_clean),
        cmocka_unit_test_setup(the_server_must_listen_somewhere, start_clean),
        cmocka_unit_test_setup(tls_needs_readable_files, start_clean),
        cmocka_unit_test_setup(other_servers_authorities_must_be_readable, start_clean),
        cmocka_unit_test_setup(public_addresses_refuse_unset_secrets, start_clean),
        cmocka_unit_test_setup(monitoring_for_others_needs_a_token, start_clean),
        cmocka_unit_test_setup(secrets_that_are_set_open_public_addresses, start_clean),
        cmocka_unit_test_setup(a_public_tls_address_is_public_too, start_clean),
        cmocka_unit_test_setup(printing_masks_secrets_and_can_be_read_again, start_clean),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
