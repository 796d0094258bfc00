/*
 * api.h - the endpoints, by file: what routes.c puts into the table. A file's tables of fields
 * say what its bodies hold.
 */
#ifndef API_API_H
#define API_API_H

#include "worker/action.h"
#include "worker/request.h"
#include "worker/routes.h"

/* health.c */
route_handler health, ready;

/* audit.c: what administrators did */
extern const struct parameter audit_parameters[];
route_work audit_list;

/* retention.c */
extern const struct field retention_fields[];
route_write channel_retention;

/* metrics.c */
route_work metrics;
route_work admin_server_info;

/* sign_in.c */
extern const struct field sign_in_fields[];
route_work user_sign_in_check, admin_sign_in_check;
route_write user_sign_in, admin_sign_in, sign_out;

/* sessions.c */
route_handler me, admin_me;
route_work sessions_list, admin_sessions_list;
route_write session_end, sessions_end_others, admin_session_end, admin_sessions_end;

/* accounts.c: users, as administrators see them */
extern const struct field account_create_fields[], account_update_fields[];
route_work account_hash_password;
route_write account_create, account_update, account_delete, account_rotate_token;

/* overview.c: what administrators look at */
extern const struct parameter accounts_parameters[], admin_channels_parameters[];
route_work accounts_list, admin_channels_list, overview;

/* profile.c: users, as they see themselves */
extern const struct field profile_fields[], password_fields[];
route_handler users_list;
route_work password_check;
route_write profile_update, password_change;

/* servers.c */
extern const struct parameter servers_parameters[];
extern const struct field server_create_fields[], server_update_fields[], visibility_fields[];
route_work servers_list, visibility_list;
route_write server_create, server_update, server_delete, visibility_set;

/* links.c: how the links to other servers are */
extern const struct field link_row_fields[];
route_work link_status;
route_write link_retry, link_drop;

/* reach.c: whether this server and another one reach each other */
route_work link_try, peer_reach;

/* sync.c */
route_handler sync_users, sync_channels;

/* federation_tokens.c */
extern const struct field federation_token_fields[];
route_work federation_tokens_list;
route_write federation_token_create, federation_token_delete;

/* channels.c */
extern const struct field channel_create_fields[], channel_update_fields[];
route_work channels_list;
route_write admin_channel_create, channel_create, channel_update, channel_delete;

/* members.c */
extern const struct field admin_member_fields[], member_fields[];
route_work admin_members_list, members_list;
route_write admin_member_add, admin_member_remove, member_add, member_remove;

/* post.c */
extern const struct field direct_fields[], channel_post_fields[], channel_id_post_fields[];
route_handler post_direct, post_channel, post_channel_id;

/* history.c */
route_handler channel_history, direct_history;
route_work inbox;

/* conversations.c: what a user has read */
extern const struct field conversation_read_fields[], conversation_mute_fields[];
route_work conversations_list;
route_write channel_read, direct_read, channel_mute, direct_mute;

/* gifs.c */
extern const struct parameter gif_search_parameters[];
route_work gif_search;

/* streams.c */
route_handler open_events, open_socket;

/* calls.c */
route_handler active_calls, call_participants;
route_write call_join, call_leave;

/* ice.c */
route_handler call_ice_servers;

/* signals.c */
extern const struct field signal_fields[];
route_handler call_signal;

/* peers.c: what other servers ask and send */
route_handler peer_info, peer_presence, peer_users_list, peer_channels_list;
route_handler peer_messages, peer_memberships, peer_calls, peer_signals, peer_changes, peer_batch;

#endif
