/*
 * commands.c - every command of beringctl, one row each: this is where one is added. The parser, `help` and the shell's
 * completion follow from this table.
 */
#include "cli/command.h"
#include "cli/handlers.h"
#include <stdio.h>
#include <string.h>

const struct command commands[] = {
    {NULL, "status", NULL, NEEDS_SERVER, status_show, "how the server is",
     "Shows whether it is ready, who is there, how much it holds, and which other servers are in trouble."},
    {NULL, "peers", NULL, NEEDS_SERVER, peers_show, "how the links to other servers are",
     "`waiting` is how much waits to be sent, `refused` what the other server did not take (servers status SERVER\n"
     "lists it)."},
    {NULL, "doctor", NULL, NEEDS_NOTHING, doctor, "look for everything that could be wrong, and say what to do",
     "Looks at the configuration, the database and its disk, permissions and limits, listeners, certificate,\n"
     "BASE_URL, clock, other servers, TURN and GIFs; the server may run or not. If it does, other servers of this project\n"
     "are asked to call it, so that both directions are known. Exit status 1 if anything fails; warnings do not count."},

    {NULL, "backup", backup_parameters, NEEDS_CONFIG, backup,
     "copy the database to a file, while the server runs or not",
     "FILE holds everything that was acknowledged before the command began, is readable by its owner alone, and appears when\n"
     "it is whole and on the disk. It keeps the configuration, too, secrets masked. Not in it: ADMIN_TOKEN, ADMIN_PASSWORD and\n"
     "other secrets of the configuration file, the certificate and its key. It does hold what is secret in the database:\n"
     "messages, password hashes, the tokens that servers show each other."},
    {NULL, "verify", verify_parameters, NEEDS_NOTHING, verify, "check a backup, or the database",
     "Reads every page, and checks that pages, indexes and rows fit together. Without FILE: the database of the\n"
     "configuration."},
    {NULL, "restore", restore_parameters, NEEDS_CONFIG, restore, "put a backup in the place of the database",
     "The server must not run. The backup is checked first, and brought to this program's version if it is older.\n"
     "The old database stays beside the new one, as DATABASE_PATH.replaced-DATE."},
    {NULL, "snapshots", NULL, NEEDS_CONFIG, snapshots, "list the copies that were made before upgrades",
     "Before the database is changed for a new version, it is copied to DATABASE_PATH.before-N; the newest two are\n"
     "kept."},
    {NULL, "rollback", rollback_parameters, NEEDS_CONFIG, rollback, "go back to the copy from before the last upgrade",
     "The server must not run. Everything written since the upgrade is lost to the server, but stays in the file\n"
     "that the command names. Install the older version before the next start: this one would upgrade the database\n"
     "again."},
    {NULL, "import", import_parameters, NEEDS_CONFIG, import, "take over the database of the original program",
     "FILE is read, never changed. DATABASE_PATH must not exist, or be empty."},
    {NULL, "compact", NULL, NEEDS_CONFIG, compact, "rewrite the database without the room that deleted rows have left",
     "The server must not run. The disk must have room for twice what the database holds; if it is interrupted, the\n"
     "database is as it was. Worth it after an import, and once for a database that has grown much with an older\n"
     "version: from then on the server itself gives back what becomes free."},

    {"users", "list", users_list_parameters, NEEDS_SERVER, users_list, "list users", NULL},
    {"users", "create", users_create_parameters, NEEDS_SERVER, users_create, "make a user",
     "Prints the user's permanent token, which is shown this once."},
    {"users", "update", users_update_parameters, NEEDS_SERVER, users_update, "rename a user", NULL},
    {"users", "password", users_password_parameters, NEEDS_SERVER, users_password, "set a user's password",
     "It is read from standard input, one line. The user's sessions end. The administrator's own password is set by\n"
     "ADMIN_PASSWORD at every start."},
    {"users", "token", users_one_parameters, NEEDS_SERVER, users_token, "give a user a new permanent token",
     "Prints it, this once. The old one is void, and the user's sessions end."},
    {"users", "delete", users_delete_parameters, NEEDS_SERVER, users_delete, "delete a user; messages stay", NULL},
    {"users", "sync", NULL, NEEDS_SERVER, users_sync, "ask other servers for their users now", NULL},

    {"channels", "list", channels_list_parameters, NEEDS_SERVER, channels_list, "list channels", NULL},
    {"channels", "create", channels_create_parameters, NEEDS_SERVER, channels_create, "make a channel", NULL},
    {"channels", "update", channels_update_parameters, NEEDS_SERVER, channels_update, "rename, hide or open a channel",
     NULL},
    {"channels", "delete", channels_delete_parameters, NEEDS_SERVER, channels_delete,
     "delete a channel and its messages", NULL},
    {"channels", "members", channels_one_parameters, NEEDS_SERVER, channels_members, "list a channel's members", NULL},
    {"channels", "add", channels_member_parameters, NEEDS_SERVER, channels_add, "make a user a member",
     "USER may be one of another server: name@server."},
    {"channels", "remove", channels_member_parameters, NEEDS_SERVER, channels_remove, "take a member out of a channel",
     NULL},
    {"channels", "sync", NULL, NEEDS_SERVER, channels_sync, "ask other servers for their channels now", NULL},

    {"servers", "list", NULL, NEEDS_SERVER, servers_list, "list the other servers", "With --json their tokens, too."},
    {"servers", "create", servers_create_parameters, NEEDS_SERVER, servers_create, "register another server",
     "Its SERVER_TOKEN is read from standard input with --token; without, a token is made, and printed."},
    {"servers", "update", servers_update_parameters, NEEDS_SERVER, servers_update, "change what is known of a server",
     NULL},
    {"servers", "delete", servers_delete_parameters, NEEDS_SERVER, servers_delete,
     "forget a server, its users and channels", NULL},
    {"servers", "status", servers_one_parameters, NEEDS_SERVER, servers_status, "how the link to one server is", NULL},
    {"servers", "test", servers_one_parameters, NEEDS_SERVER, servers_test,
     "try whether this server and another one reach each other",
     "The other one is asked to call back, which an original cannot do. Exit status 1 if it is known that one of them does\n"
     "not reach the other, or refuses its token."},
    {"servers", "retry", servers_row_parameters, NEEDS_SERVER, servers_retry, "send again what waits or was refused",
     NULL},
    {"servers", "drop", servers_row_parameters, NEEDS_SERVER, servers_drop, "forget what was refused", NULL},
    {"servers", "hidden", servers_one_parameters, NEEDS_SERVER, servers_hidden, "list what is hidden from a server",
     NULL},
    {"servers", "hide", servers_hide_parameters, NEEDS_SERVER, servers_hide, "hide a user or a channel from a server",
     NULL},
    {"servers", "unhide", servers_hide_parameters, NEEDS_SERVER, servers_unhide, "show it again", NULL},

    {"federation-tokens", "list", NULL, NEEDS_SERVER, federation_tokens_list, "list tokens that other servers may use",
     NULL},
    {"federation-tokens", "create", federation_tokens_create_parameters, NEEDS_SERVER, federation_tokens_create,
     "make such a token", "Prints it, this once."},
    {"federation-tokens", "delete", federation_tokens_delete_parameters, NEEDS_SERVER, federation_tokens_delete,
     "make one void", NULL},

    {"sessions", "list", sessions_list_parameters, NEEDS_SERVER, sessions_list, "list where a user is signed in", NULL},
    {"sessions", "end", sessions_end_parameters, NEEDS_SERVER, sessions_end, "sign a user out, there or everywhere",
     "The permanent token stays valid: users token USER makes a new one."},

    {NULL, "completion", completion_parameters, NEEDS_NOTHING, completion,
     "print what makes a shell complete these commands",
     "For bash: source <(beringctl completion bash), or the output in /usr/share/bash-completion/completions/beringctl."},
    {NULL, "version", NULL, NEEDS_NOTHING, version, "print the version", NULL},
    {NULL, "help", help_parameters, NEEDS_NOTHING, help, "explain a command, a group, or all of it", NULL},
};

const size_t command_count = sizeof(commands) / sizeof(commands[0]);

const struct command *command_find(const char *first, const char *second, int *words_r)
{
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        bool is_one = command->group == NULL && strcmp(command->name, first) == 0;
        bool is_two = command->group != NULL && second != NULL && strcmp(command->group, first) == 0 &&
                      strcmp(command->name, second) == 0;
        *words_r = is_one ? 1 : 2;
        if (is_one || is_two)
            return command;
    }
    return NULL;
}

const char *command_words(const struct command *command, char room[COMMAND_WORDS_SIZE])
{
    snprintf(room, COMMAND_WORDS_SIZE, "%s%s%s", command->group != NULL ? command->group : "",
             command->group != NULL ? " " : "", command->name);
    return room;
}

bool command_is_group(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (commands[i].group != NULL && strcmp(commands[i].group, name) == 0)
            return true;
    return false;
}
