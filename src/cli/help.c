/*
 * help.c - what beringctl says of itself, all of it from the table of commands. beringctl.
 */
#include "cli/client.h"
#include "cli/grid.h"
#include "cli/handlers.h"
#include <stdio.h>
#include <string.h>

enum { FIRST, SECOND };

const struct parameter help_parameters[] = {
    {OPTIONAL_WORD, "COMMAND", NULL, "the command, or the group of commands"},
    {OPTIONAL_WORD, "SUBCOMMAND", NULL, "one command of a group"},
    {0},
};

static const struct {
    enum exit_status status;
    const char *meaning;
} statuses[] = {
    {EXIT_DONE, "done"},
    {EXIT_FAILED, "it failed; standard error says why. For doctor and verify: something is wrong"},
    {EXIT_USAGE, "a wrong command line, or what was to be confirmed was not"},
    {EXIT_UNREACHABLE, "the server cannot be reached"},
    {EXIT_REFUSED, "the server does not accept the token, or refuses what it is asked to do"},
    {EXIT_MISSING, "there is no such user, channel, server, token, session or snapshot"},
    {EXIT_BUSY, "a server runs on this database, which must not be for this command"},
};

static const struct parameter global_parameters[] = {
    {OPTION, "--config", "FILE", "the server's configuration, instead of the installed server's"},
    {OPTION, "--server", "URL", "a server elsewhere, its administration's token in the environment as " CLIENT_TOKEN},
    {FLAG, "--json", NULL, "output for programs"},
    {FLAG, "--help", NULL, "explain the command"},
    {0},
};

static void print_usage(const struct command *command)
{
    static const char *const forms[] = {[WORD] = " %s", [OPTIONAL_WORD] = " [%s]", [FLAG] = " [%s]", [OPTION] = " [%s"};

    char words[COMMAND_WORDS_SIZE];

    printf("usage: beringctl %s", command_words(command, words));
    for (const struct parameter *parameter = command->parameters; parameter != NULL && parameter->name != NULL;
         parameter++) {
        printf(forms[parameter->kind], parameter->name);
        if (parameter->kind == OPTION)
            printf(" %s]", parameter->value);
    }
    putchar('\n');
}

static void print_parameters(const struct parameter *parameter)
{
    char name[64];

    for (; parameter != NULL && parameter->name != NULL; parameter++) {
        snprintf(name, sizeof(name), "%s%s%s", parameter->name, parameter->value != NULL ? " " : "",
                 parameter->value != NULL ? parameter->value : "");
        printf("  %-28s %s\n", name, parameter->help);
    }
}

static void print_statuses(void)
{
    puts("\nexit status:");
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        printf("  %-28d %s\n", (int)statuses[i].status, statuses[i].meaning);
}

static void print_command(const struct command *command)
{
    static const char *const needs[] = {
        [NEEDS_NOTHING] = NULL,
        [NEEDS_CONFIG] = "Works on the files of the server whose configuration it is given.",
        [NEEDS_SERVER] = "Speaks to the running server of the configuration, or to that of --server.",
    };

    print_usage(command);
    printf("\n%s\n", command->help);
    if (command->more != NULL)
        printf("\n%s\n", command->more);
    if (needs[command->need] != NULL)
        printf("\n%s\n", needs[command->need]);
    if (command->parameters != NULL) {
        puts("\narguments:");
        print_parameters(command->parameters);
    }
    puts("\noptions of every command:");
    print_parameters(global_parameters);
    print_statuses();
}

/* The commands of a group; NULL: all. */
static void print_list(const char *group)
{
    char words[COMMAND_WORDS_SIZE];

    puts("commands:");
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        if (group != NULL && (command->group == NULL || strcmp(command->group, group) != 0))
            continue;
        printf("  %-28s %s\n", command_words(command, words), command->help);
    }
}

enum exit_status help_print(const struct command *command, const char *group)
{
    if (command != NULL) {
        print_command(command);
        return finish_output();
    }
    puts("usage: beringctl COMMAND [ARGUMENT...] [--config FILE] [--json]\n");
    if (group == NULL)
        puts("Looks after a BeringShare server. beringctl help COMMAND explains a command.\n");
    print_list(group);
    puts("\noptions of every command:");
    print_parameters(global_parameters);
    print_statuses();
    return finish_output();
}

enum exit_status help(struct call *call)
{
    const char *first = call->values[FIRST], *second = call->values[SECOND];
    int words;

    if (first == NULL)
        return help_print(NULL, NULL);
    const struct command *command = command_find(first, second, &words);
    if (command == NULL && second == NULL && command_is_group(first))
        return help_print(NULL, first);
    if (command == NULL || (second != NULL && words == 1))
        return fail(EXIT_USAGE, "unknown command: %s %s", first, second != NULL ? second : "");
    return help_print(command, NULL);
}

enum exit_status version(struct call *call)
{
    (void)call;
    puts("beringctl " PACKAGE_VERSION);
    return finish_output();
}
