/*
 * value.c - one value of the configuration: from text into its field, and back.
 *
 * Configuration: read by the master before anything else. A field is only touched by a value that is right.
 */
#include "config/value.h"

#include "bering/network.h"
#include "bering/text.h"
#include "config/listen.h"
#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static char *wanted(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *wanted(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    return text;
}

static void *field(const struct config *config, const struct config_row *row)
{
    return (char *)(uintptr_t)config + row->offset;
}

static bool holds_text(enum config_type type)
{
    return type <= CONFIG_LISTEN;
}

static void set_text(struct config *config, const struct config_row *row, const char *text, size_t length)
{
    char *copy = strndup(text, length);

    if (copy == NULL)
        abort();
    config_value_free(config, row);
    memcpy(field(config, row), &copy, sizeof(copy));
}

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static char *set_bounded(struct config *config, const struct config_row *row, const char *text)
{
    size_t length = strlen(text);

    if (!text_is_utf8(text, length) || has_control(text) || length < row->minimum || length > row->maximum)
        return wanted("%" PRIu64 " to %" PRIu64 " bytes of UTF-8 text", row->minimum, row->maximum);
    set_text(config, row, text, length);
    return NULL;
}

static char *set_name(struct config *config, const struct config_row *row, const char *text)
{
    if (!text_is_username(text, strlen(text)))
        return wanted("1 to %d bytes of UTF-8 without spaces, '@', '/' and '\\'", TEXT_NAME_MAX);
    set_text(config, row, text, strlen(text));
    return NULL;
}

static char *set_token(struct config *config, const struct config_row *row, const char *text)
{
    enum { TOKEN_MAX = 1024 };
    size_t length = strlen(text);
    bool right = length > 0 && length <= TOKEN_MAX && text[0] != ' ' && text[length - 1] != ' ';

    for (size_t i = 0; i < length; i++)
        right = right && text[i] >= ' ' && text[i] <= '~';
    if (!right)
        return wanted("1 to %d printable ASCII characters", TOKEN_MAX);
    set_text(config, row, text, length);
    return NULL;
}

static char *set_url(struct config *config, const struct config_row *row, const char *text)
{
    size_t length = strlen(text);
    size_t scheme = strncasecmp(text, "https://", 8) == 0 ? 8 : strncasecmp(text, "http://", 7) == 0 ? 7 : 0;

    while (length > scheme && text[length - 1] == '/')
        length--;
    if (scheme == 0 || length == scheme || text[scheme] == '/' || strpbrk(text, " \"<>\\^`{|}?#@") != NULL ||
        has_control(text) || !text_is_utf8(text, length))
        return wanted("http://host or https://host, with :port and /path as needed");
    set_text(config, row, text, length);
    return NULL;
}

static char *set_path(struct config *config, const struct config_row *row, const char *text)
{
    if (text[0] == '\0' || has_control(text))
        return wanted("a path");
    set_text(config, row, text, strlen(text));
    return NULL;
}

static char *set_paths(struct config *config, const struct config_row *row, const char *text)
{
    const char *rest = text;
    char *first = text_next_word(&rest, ',');
    bool right = first != NULL && !has_control(text);

    free(first);
    if (!right)
        return wanted("one path, or several with commas between");
    set_text(config, row, text, strlen(text));
    return NULL;
}

static char *set_networks(struct config *config, const struct config_row *row, const char *text)
{
    struct network_list *list = network_list_new(text);

    if (list == NULL)
        return wanted("addresses or networks such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32, with commas between");
    network_list_free(&list);
    set_text(config, row, text, strlen(text));
    return NULL;
}

static char *set_listen(struct config *config, const struct config_row *row, const char *text)
{
    if (!listen_is_valid(text))
        return wanted("addresses such as localhost:8080, 192.0.2.1:80, [::1]:8080, :8080 or *:8080, "
                      "separated by commas or spaces, with ports from 1 to 65535");
    set_text(config, row, text, strlen(text));
    return NULL;
}

/* Reads decimal digits; *end_r is what follows. False if there are none, or too many. */
static bool read_number(const char *text, uint64_t *value_r, const char **end_r)
{
    uint64_t value = 0;
    const char *at = text;

    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
            return false;
    *value_r = value;
    *end_r = at;
    return at > text;
}

static char *set_integer(struct config *config, const struct config_row *row, const char *text)
{
    uint64_t value;
    const char *end;

    if (!read_number(text, &value, &end) || *end != '\0' || value < row->minimum || value > row->maximum)
        return wanted("a number from %" PRIu64 " to %" PRIu64, row->minimum, row->maximum);
    unsigned number = (unsigned)value;
    memcpy(field(config, row), &number, sizeof(number));
    return NULL;
}

/* Bytes with the largest suffix that fits. */
static void size_text(uint64_t size, char text[24])
{
    if (size >= 1 << 20 && size % (1 << 20) == 0)
        snprintf(text, 24, "%" PRIu64 "m", size >> 20);
    else if (size >= 1 << 10 && size % (1 << 10) == 0)
        snprintf(text, 24, "%" PRIu64 "k", size >> 10);
    else
        snprintf(text, 24, "%" PRIu64, size);
}

static char *set_size(struct config *config, const struct config_row *row, const char *text)
{
    uint64_t value;
    const char *end;
    char minimum[24], maximum[24];
    bool right = read_number(text, &value, &end);

    if (right && *end != '\0') {
        unsigned shift = tolower((unsigned char)*end) == 'k' ? 10 : tolower((unsigned char)*end) == 'm' ? 20 : 0;
        right = shift > 0 && end[1] == '\0' && value <= row->maximum >> shift;
        value <<= right ? shift : 0;
    }
    if (!right || value < row->minimum || value > row->maximum) {
        size_text(row->minimum, minimum);
        size_text(row->maximum, maximum);
        return wanted("bytes from %s to %s, with k for 1024 or m for 1048576 of them if you like", minimum, maximum);
    }
    size_t size = value;
    if (row->type == CONFIG_POWER)
        while (size & (size - 1)) /* raise the lowest bit until one is left: the next power of two */
            size += size & -size;
    memcpy(field(config, row), &size, sizeof(size));
    return NULL;
}

static char *set_choice(struct config *config, const struct config_row *row, const char *text)
{
    char *all = NULL;
    size_t length;

    for (unsigned i = 0; row->choices[i] != NULL; i++)
        if (strcasecmp(text, row->choices[i]) == 0) {
            memcpy(field(config, row), &i, sizeof(i));
            return NULL;
        }
    FILE *list = open_memstream(&all, &length);
    if (list == NULL)
        abort();
    for (unsigned i = 0; row->choices[i] != NULL; i++)
        fprintf(list, "%s%s", i == 0 ? "" : row->choices[i + 1] == NULL ? " or " : ", ", row->choices[i]);
    fclose(list);
    return all;
}

/*
 * "info", "debug,hyper=warn", "federated_server=debug": the first level in it counts. Whatever names none is somebody
 * else's, so nothing is wrong here.
 */
static char *set_rust_log(struct config *config, const struct config_row *row, const char *text)
{
    static const struct {
        const char *word;
        enum log_level level;
    } words[] = {
        {"off", LOG_LEVEL_ERROR}, {"error", LOG_LEVEL_ERROR}, {"warn", LOG_LEVEL_WARN},   {"info", LOG_LEVEL_INFO},
        {"debug", LOG_LEVEL_DEBUG}, {"trace", LOG_LEVEL_DEBUG},
    };

    while (*text != '\0') {
        size_t length = strcspn(text, ",=");
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            if (text[length] != '=' && strlen(words[i].word) == length &&
                strncasecmp(text, words[i].word, length) == 0) {
                memcpy(field(config, row), &words[i].level, sizeof(words[i].level));
                return NULL;
            }
        text += length + (text[length] != '\0');
    }
    return NULL;
}

char *config_value_set(struct config *config, const struct config_row *row, const char *text)
{
    static char *(*const setters[])(struct config *, const struct config_row *, const char *) = {
        [CONFIG_TEXT] = set_bounded, [CONFIG_NAME] = set_name,       [CONFIG_TOKEN] = set_token,
        [CONFIG_URL] = set_url,      [CONFIG_PATH] = set_path,       [CONFIG_LISTEN] = set_listen,
        [CONFIG_PATHS] = set_paths,  [CONFIG_NETWORKS] = set_networks,
        [CONFIG_SIZE] = set_size,    [CONFIG_POWER] = set_size,      [CONFIG_INTEGER] = set_integer,
        [CONFIG_CHOICE] = set_choice, [CONFIG_RUST_LOG] = set_rust_log,
    };

    return setters[row->type](config, row, text);
}

void config_value_print(const struct config *config, const struct config_row *row, FILE *out)
{
    const void *value = field(config, row);
    char size[24];

    if (holds_text(row->type)) {
        const char *text = *(const char *const *)value;
        fputs(text == NULL ? "" : row->secret ? "********" : text, out);
        return;
    }
    switch (row->type) {
    case CONFIG_SIZE:
    case CONFIG_POWER:
        size_text(*(const size_t *)value, size);
        fputs(size, out);
        break;
    case CONFIG_CHOICE:
        fputs(row->choices[*(const unsigned *)value], out);
        break;
    default:
        assert(row->type == CONFIG_INTEGER);
        fprintf(out, "%u", *(const unsigned *)value);
    }
}

static size_t field_size(const struct config_row *row)
{
    if (holds_text(row->type))
        return sizeof(const char *);
    return row->type == CONFIG_SIZE || row->type == CONFIG_POWER ? sizeof(size_t) : sizeof(unsigned);
}

bool config_value_is_text(const struct config_row *row)
{
    return holds_text(row->type);
}

void config_value_copy(struct config *config, const struct config *source, const struct config_row *row)
{
    assert(!holds_text(row->type));
    memcpy(field(config, row), field(source, row), field_size(row));
}

bool config_value_equal(const struct config *one, const struct config *other, const struct config_row *row)
{
    if (!holds_text(row->type))
        return memcmp(field(one, row), field(other, row), field_size(row)) == 0;
    const char *text = *(const char *const *)field(one, row), *other_text = *(const char *const *)field(other, row);
    return text == NULL || other_text == NULL ? text == other_text : strcmp(text, other_text) == 0;
}

void config_value_swap(struct config *one, struct config *other, const struct config_row *row)
{
    char kept[sizeof(uint64_t)];
    size_t size = field_size(row);

    assert(size <= sizeof(kept));
    memcpy(kept, field(one, row), size);
    memcpy(field(one, row), field(other, row), size);
    memcpy(field(other, row), kept, size);
}

void config_value_free(struct config *config, const struct config_row *row)
{
    if (holds_text(row->type)) {
        char **text = field(config, row);
        free(*text);
        *text = NULL;
    }
}
