/*
 * completion.c - a shell's completion, made from the table of commands. beringctl.
 *
 * The script asks nobody: it holds all words, so that completing costs nothing and needs no server.
 */
#include "cli/grid.h"
#include "cli/handlers.h"
#include <stdio.h>
#include <string.h>

enum { SHELL };

const struct parameter completion_parameters[] = {
    {WORD, "SHELL", NULL, "bash"},
    {0},
};

/* The first words: each group once. */
static void print_first_words(void)
{
    const char *group = NULL;

    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        if (command->group == NULL)
            printf(" %s", command->name);
        else if (group == NULL || strcmp(command->group, group) != 0)
            printf(" %s", command->group);
        group = command->group;
    }
}

/* A case for each group with its second words, and one for each command with its options. */
static void print_groups(void)
{
    const char *group = NULL;

    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        bool is_same = command->group != NULL && group != NULL && strcmp(command->group, group) == 0;
        if (group != NULL && !is_same)
            fputs("\" ;;\n", stdout);
        if (command->group != NULL && !is_same)
            printf("        '%s') words=\"", command->group);
        if (command->group != NULL)
            printf("%s%s", is_same ? " " : "", command->name);
        group = command->group;
    }
    if (group != NULL)
        fputs("\" ;;\n", stdout);
}

static void print_options(void)
{
    char words[COMMAND_WORDS_SIZE];

    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        printf("        '%s') words=\"", command_words(command, words));
        for (const struct parameter *parameter = command->parameters; parameter != NULL && parameter->name != NULL;
             parameter++)
            if (parameter->kind >= FLAG)
                printf("%s ", parameter->name);
        fputs("--config --json --help", stdout);
        fputs(command->need == NEEDS_SERVER ? " --server\" ;;\n" : "\" ;;\n", stdout);
    }
}

/* The commands whose words are files. */
static void print_files(void)
{
    bool is_first = true;

    for (size_t i = 0; i < command_count; i++)
        for (const struct parameter *parameter = commands[i].parameters; parameter != NULL && parameter->name != NULL;
             parameter++)
            if (parameter->kind < FLAG && strcmp(parameter->name, "FILE") == 0) {
                printf("%s'%s'", is_first ? "        " : " | ", commands[i].name);
                is_first = false;
            }
    puts(") files=yes ;;");
}

static void print_bash(void)
{
    puts("# beringctl's completion for bash, printed by `beringctl completion bash`\n"
         "_beringctl() {\n"
         "    local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "    local words='' files='' first='' second='' i\n"
         "    COMPREPLY=()\n"
         "    if [ \"$previous\" = --config ]; then\n"
         "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
         "        return\n"
         "    fi\n"
         "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "        case \"${COMP_WORDS[i]}\" in\n"
         "        --config | --server) ((i++)) ;;\n"
         "        -*) ;;\n"
         "        *)\n"
         "            if [ -n \"$first\" ]; then second=\"${second:-${COMP_WORDS[i]}}\"; else first=\"${COMP_WORDS[i]}\"; fi\n"
         "            ;;\n"
         "        esac\n"
         "    done\n"
         "    if [ -z \"$first\" ]; then");
    fputs("        words=\"", stdout);
    print_first_words();
    puts(" --config --json --server --help\"\n"
         "    else\n"
         "        case \"$first\" in");
    print_groups();
    puts("        'completion') words='bash' ;;\n"
         "        esac\n"
         "        [ -z \"$second\" ] || words=''\n"
         "        case \"$first\" in");
    print_files();
    fputs("        'help')\n            words=\"", stdout);
    print_first_words();
    puts("\" ;;\n"
         "        esac\n"
         "        if [ \"${current#-}\" != \"$current\" ]; then\n"
         "            words=''\n"
         "            for i in \"$first $second\" \"$first\"; do\n"
         "                case \"$i\" in");
    print_options();
    puts("                esac\n"
         "                [ -z \"$words\" ] || break\n"
         "            done\n"
         "            files=''\n"
         "        fi\n"
         "    fi\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "    [ -z \"$files\" ] || COMPREPLY+=($(compgen -f -- \"$current\"))\n"
         "}\n"
         "complete -F _beringctl beringctl");
}

enum exit_status completion(struct call *call)
{
    if (strcmp(call->values[SHELL], "bash") != 0)
        return fail(EXIT_USAGE, "there is a completion for bash alone, not for \"%s\"", call->values[SHELL]);
    print_bash();
    return finish_output();
}
