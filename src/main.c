/*
 * main.c - the commands of the beringshare program.
 *
 * Reads the command line and the configuration, then hands over to one command. Only this file decides that the program
 * ends because of a bad start.
 */
#include "bering/config.h"
#include "master/guard.h"
#include "master/master.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    bool needs_config;
    int (*run)(struct config *config, const char *file);
    const char *help;
};

static int check_config(struct config *config, const char *file);
static int print_version(struct config *config, const char *file);
static int print_help(struct config *config, const char *file);

static const struct command commands[] = {
    {"serve", true, master_run, "run the server; the default"},
    {"check-config", true, check_config, "print the effective configuration, secrets masked"},
    {"check-upgrade", true, master_check, "whether this program could take a running server's place"},
    {"--version", false, print_version, "print the version"},
    {"--help", false, print_help, "print this"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

/* Output that does not arrive is a failure: a full disk, a closed pipe. */
static int finish_output(void)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_DONE : EXIT_FAILED;
}

static int check_config(struct config *config, const char *file)
{
    (void)file;
    config_print(config, stdout);
    return finish_output();
}

static int print_version(struct config *config, const char *file)
{
    (void)config, (void)file;
    puts("beringshare " PACKAGE_VERSION);
    return finish_output();
}

static void print_usage(FILE *out)
{
    fputs("usage: beringshare [COMMAND] [--config FILE]\n", out);
}

static int print_help(struct config *config, const char *file)
{
    (void)config, (void)file;
    print_usage(stdout);
    puts("\nA chat server for people who run their own.\n\ncommands:");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-24s %s\n", commands[i].name, commands[i].help);
    puts("\noptions:\n  --config FILE            read KEY=value lines from FILE; the environment overrides them\n");
    puts("exit status:\n"
         "  0                        done; for serve: shut down in order by SIGTERM or SIGINT\n"
         "  1                        a wrong configuration, or the server could not start; standard error says why\n"
         "  2                        a wrong command line\n");
    puts("configuration, in the file or the environment (key, default, meaning; SIGHUP changes what is live):");
    config_help(stdout);
    return finish_output();
}

static int fail_usage(const char *problem, const char *argument)
{
    fprintf(stderr, "beringshare: %s%s\n", problem, argument);
    print_usage(stderr);
    return EXIT_USAGE;
}

static int run(const struct command *command, const char *file)
{
    struct config *config = NULL;
    char *error = NULL;

    if (command->needs_config) {
        config = config_load(file, &error);
        if (config == NULL) {
            fprintf(stderr, "beringshare: %s\n", error);
            free(error);
            return EXIT_FAILED;
        }
    }
    int status = command->run(config, file);
    config_free(&config);
    return status;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const struct command *command = NULL;
    const char *file = NULL;

    guard_set(argv);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--config") == 0) {
            if (++i == argc || argv[i][0] == '\0')
                return fail_usage("--config needs a file", "");
            file = argv[i];
        } else if (strncmp(argv[i], "--config=", 9) == 0 && argv[i][9] != '\0') {
            file = argv[i] + 9;
        } else if (command != NULL) {
            return fail_usage("one command at a time; not understood: ", argv[i]);
        } else {
            command = find_command(argv[i]);
            if (command == NULL)
                return fail_usage("unknown command or option: ", argv[i]);
        }
    }
    return run(command != NULL ? command : &commands[0], file);
}
