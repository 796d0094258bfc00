/*
 * main.c - beringctl: reads the command line against the table of commands, and hands over to one of them.
 *
 * Always holds: a command's function runs only with all its words and options as its row has them, and with what it
 * needs.
 */
#include "cli/client.h"
#include "cli/command.h"
#include "cli/grid.h"
#include "cli/handlers.h"
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum exit_status fail(enum exit_status status, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    fflush(stdout);
    fputs("beringctl: ", stderr);
    print_clean(stderr, text); /* it may quote what others have written */
    fputc('\n', stderr);
    free(text);
    return status;
}

enum exit_status fail_with(enum exit_status status, char *error)
{
    fail(status, "%s", error != NULL ? error : "out of memory");
    free(error);
    return status;
}

/* What the command line says besides the command's own. */
struct line {
    const struct command *command;
    const char *config_file, *server;
    bool json, help;
    const char *values[PARAMETERS_MOST];
    const char *words[PARAMETERS_MOST + 2];
    size_t word_count;
};

/* Options that every command has; `value` NULL: a flag. */
static const struct global {
    const char *name;
    bool has_value;
    size_t offset;
} globals[] = {
    {"--config", true, offsetof(struct line, config_file)},
    {"--server", true, offsetof(struct line, server)},
    {"--json", false, offsetof(struct line, json)},
    {"--help", false, offsetof(struct line, help)},
};

/* The value of an option: behind '=', or the next word. */
static const char *take_value(int argc, char **argv, int *index, const char *equals)
{
    if (equals != NULL)
        return equals + 1;
    return *index + 1 < argc ? argv[++*index] : NULL;
}

static bool is_name(const char *argument, const char *name, const char *equals)
{
    size_t length = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
    return strlen(name) == length && strncmp(argument, name, length) == 0;
}

static enum exit_status take_global(struct line *line, const struct global *global, int argc, char **argv, int *index,
                                    const char *equals)
{
    char *field = (char *)line + global->offset;

    if (!global->has_value) {
        if (equals != NULL)
            return fail(EXIT_USAGE, "%s takes no value", global->name);
        *(bool *)field = true;
        return EXIT_DONE;
    }
    const char *value = take_value(argc, argv, index, equals);
    if (value == NULL || value[0] == '\0')
        return fail(EXIT_USAGE, "%s needs a value", global->name);
    *(const char **)(void *)field = value;
    return EXIT_DONE;
}

static enum exit_status take_own(struct line *line, int argc, char **argv, int *index, const char *equals)
{
    const char *argument = argv[*index];
    const struct parameter *parameters = line->command != NULL ? line->command->parameters : NULL;

    for (size_t i = 0; parameters != NULL && parameters[i].name != NULL; i++) {
        if (parameters[i].kind < FLAG || !is_name(argument, parameters[i].name, equals))
            continue;
        if (parameters[i].kind == FLAG && equals != NULL)
            return fail(EXIT_USAGE, "%s takes no value", parameters[i].name);
        line->values[i] = parameters[i].kind == FLAG ? "" : take_value(argc, argv, index, equals);
        if (line->values[i] == NULL)
            return fail(EXIT_USAGE, "%s needs a value: %s", parameters[i].name, parameters[i].value);
        return EXIT_DONE;
    }
    return fail(EXIT_USAGE, "unknown option: %s", argument);
}

static enum exit_status take_option(struct line *line, int argc, char **argv, int *index)
{
    const char *equals = strchr(argv[*index], '=');

    for (size_t i = 0; i < sizeof(globals) / sizeof(globals[0]); i++)
        if (is_name(argv[*index], globals[i].name, equals))
            return take_global(line, &globals[i], argc, argv, index, equals);
    return take_own(line, argc, argv, index, equals);
}

/* The command is known as soon as its words are there, so that its options can be told from others. */
static enum exit_status take_word(struct line *line, const char *word)
{
    int words;

    if (line->word_count == sizeof(line->words) / sizeof(line->words[0]))
        return fail(EXIT_USAGE, "too many words: %s", word);
    line->words[line->word_count++] = word;
    if (line->command != NULL)
        return EXIT_DONE;
    line->command = command_find(line->words[0], line->words[1], &words);
    if (line->command == NULL && !(line->word_count == 1 && command_is_group(word)))
        return fail(EXIT_USAGE, "unknown command: %s%s%s; beringctl help lists them", line->words[0],
                    line->word_count > 1 ? " " : "", line->word_count > 1 ? word : "");
    if (line->command != NULL)
        line->word_count = 0; /* what follows is the command's own */
    return EXIT_DONE;
}

static enum exit_status place_words(struct line *line)
{
    const struct parameter *parameters = line->command->parameters;
    char words[COMMAND_WORDS_SIZE];
    size_t used = 0, i = 0;

    for (; parameters != NULL && parameters[i].name != NULL && parameters[i].kind < FLAG; i++) {
        if (used < line->word_count)
            line->values[i] = line->words[used++];
        else if (parameters[i].kind == WORD)
            return fail(EXIT_USAGE, "%s is missing: see beringctl help %s", parameters[i].name,
                        command_words(line->command, words));
        if (line->values[i] != NULL && line->values[i][0] == '\0')
            return fail(EXIT_USAGE, "%s must not be empty", parameters[i].name);
    }
    return used == line->word_count ? EXIT_DONE : fail(EXIT_USAGE, "too many words: %s", line->words[used]);
}

static enum exit_status read_line(struct line *line, int argc, char **argv)
{
    bool only_words = false;

    for (int i = 1; i < argc; i++) {
        enum exit_status status = EXIT_DONE;
        if (!only_words && strcmp(argv[i], "--") == 0)
            only_words = true;
        else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0')
            status = take_option(line, argc, argv, &i);
        else
            status = take_word(line, argv[i]);
        if (status != EXIT_DONE)
            return status;
    }
    if (line->command == NULL && !line->help)
        return line->word_count == 0 ? fail(EXIT_USAGE, "a command is missing; beringctl help lists them")
                                     : fail(EXIT_USAGE, "%s what? See beringctl help %s", line->words[0],
                                            line->words[0]);
    return line->help ? EXIT_DONE : place_words(line);
}

static enum exit_status run(const struct line *line)
{
    struct call call = {.command = line->command, .config_file = line->config_file, .json = line->json};
    enum need need = line->command->need;
    bool needs_config = need == NEEDS_CONFIG || (need == NEEDS_SERVER && line->server == NULL);
    struct config *config = NULL;
    char *error = NULL;

    memcpy(call.values, line->values, sizeof(call.values));
    if (line->server != NULL && need != NEEDS_SERVER)
        return fail(EXIT_USAGE, "this command works on files of this machine: --server does not go with it");
    if (call.config_file == NULL && access(BERING_CONFIG_FILE, F_OK) == 0)
        call.config_file = BERING_CONFIG_FILE; /* of the server that is installed here */
    if (needs_config && (config = config_load(call.config_file, &error)) == NULL)
        return fail_with(EXIT_FAILED, error);
    log_init(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
    call.config = config;
    enum exit_status status = EXIT_DONE;
    if (need == NEEDS_SERVER) {
        call.client = client_open(config, line->server, &error);
        if (call.client == NULL)
            status = fail_with(line->server != NULL ? EXIT_USAGE : EXIT_UNREACHABLE, error);
    }
    if (status == EXIT_DONE)
        status = line->command->run(&call);
    client_close(&call.client);
    config_free(&config);
    return status;
}

int main(int argc, char **argv)
{
    struct line line = {0};

    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write */
    signal(SIGXFSZ, SIG_IGN); /* so is a limit of file sizes */
    enum exit_status status = read_line(&line, argc, argv);
    if (status != EXIT_DONE)
        return (int)status;
    return (int)(line.help ? help_print(line.command, line.words[0]) : run(&line));
}
