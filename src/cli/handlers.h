/*
 * handlers.h - the functions of the commands, one file a group; commands.c has the table. Each explains what it cannot
 * do.
 *
 * The parameters of a command are a table beside its function, which finds their values at the same places.
 */
#ifndef CLI_HANDLERS_H
#define CLI_HANDLERS_H

#include "cli/command.h"

/* ---- status.c ---- */
enum exit_status status_show(struct call *call);
enum exit_status peers_show(struct call *call);

/* ---- users.c ---- */
extern const struct parameter users_list_parameters[], users_create_parameters[], users_update_parameters[],
    users_password_parameters[], users_one_parameters[], users_delete_parameters[];
enum exit_status users_list(struct call *call);
enum exit_status users_create(struct call *call);
enum exit_status users_update(struct call *call);
enum exit_status users_password(struct call *call);
enum exit_status users_token(struct call *call);
enum exit_status users_delete(struct call *call);
enum exit_status users_sync(struct call *call);

/* ---- channels.c ---- */
extern const struct parameter channels_list_parameters[], channels_create_parameters[], channels_update_parameters[],
    channels_delete_parameters[], channels_one_parameters[], channels_member_parameters[];
enum exit_status channels_list(struct call *call);
enum exit_status channels_create(struct call *call);
enum exit_status channels_update(struct call *call);
enum exit_status channels_delete(struct call *call);
enum exit_status channels_members(struct call *call);
enum exit_status channels_add(struct call *call);
enum exit_status channels_remove(struct call *call);
enum exit_status channels_sync(struct call *call);

/* ---- servers.c ---- */
extern const struct parameter servers_create_parameters[], servers_update_parameters[], servers_delete_parameters[],
    servers_one_parameters[], servers_row_parameters[], servers_hide_parameters[];
enum exit_status servers_list(struct call *call);
enum exit_status servers_create(struct call *call);
enum exit_status servers_update(struct call *call);
enum exit_status servers_delete(struct call *call);
enum exit_status servers_status(struct call *call);
enum exit_status servers_test(struct call *call);
enum exit_status servers_retry(struct call *call);
enum exit_status servers_drop(struct call *call);
enum exit_status servers_hidden(struct call *call);
enum exit_status servers_hide(struct call *call);
enum exit_status servers_unhide(struct call *call);

/* ---- federation_tokens.c ---- */
extern const struct parameter federation_tokens_create_parameters[], federation_tokens_delete_parameters[];
enum exit_status federation_tokens_list(struct call *call);
enum exit_status federation_tokens_create(struct call *call);
enum exit_status federation_tokens_delete(struct call *call);

/* ---- sessions.c ---- */
extern const struct parameter sessions_list_parameters[], sessions_end_parameters[];
enum exit_status sessions_list(struct call *call);
enum exit_status sessions_end(struct call *call);

/* ---- copies.c ---- */
extern const struct parameter backup_parameters[], verify_parameters[], restore_parameters[], rollback_parameters[],
    import_parameters[];
enum exit_status backup(struct call *call);
enum exit_status verify(struct call *call);
enum exit_status restore(struct call *call);
enum exit_status snapshots(struct call *call);
enum exit_status rollback(struct call *call);
enum exit_status import(struct call *call);
enum exit_status compact(struct call *call);

/* ---- doctor.c ---- */
enum exit_status doctor(struct call *call);

/* ---- completion.c, help.c ---- */
extern const struct parameter completion_parameters[], help_parameters[];
enum exit_status completion(struct call *call);
enum exit_status help(struct call *call);
enum exit_status version(struct call *call);

/* The help of a command; of a group; of all, if both are NULL. */
enum exit_status help_print(const struct command *command, const char *group);

#endif
