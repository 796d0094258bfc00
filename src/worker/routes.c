/*
 * routes.c - every endpoint, one row each: this is where one is added. Read by the dispatcher only.
 *
 * A handler answers on the loop; work and write are steps of an action (action.h). A literal path wins over ":id". What
 * administrators change is written down, under the name in AUDIT.
 */
#include "worker/routes.h"

#include "worker/api/api.h"

#define GET "GET"
#define POST "POST"
#define PUT "PUT"
#define DELETE "DELETE"

#define HANDLER(function) .handler = function
#define WORK(function) .work = function
#define WRITE(function) .write = function
#define AUDIT(name) .audit = name
#define MONITORING .is_monitoring = true

const struct route routes[] = {
    {GET, "/health", AUTHORITY_NONE, HANDLER(health)},
    {GET, "/livez", AUTHORITY_NONE, MONITORING, HANDLER(health)},
    {GET, "/readyz", AUTHORITY_NONE, MONITORING, HANDLER(ready)},
    {GET, "/metrics", AUTHORITY_METRICS, MONITORING, WORK(metrics)},

    /* signing in and out */
    {POST, "/api/login", AUTHORITY_NONE, ROUTE_LOGIN, sign_in_fields, WORK(user_sign_in_check), WRITE(user_sign_in)},
    {POST, "/api/logout", AUTHORITY_USER, WRITE(sign_out)},
    {POST, "/admin/login", AUTHORITY_NONE, ROUTE_LOGIN, sign_in_fields, WORK(admin_sign_in_check), WRITE(admin_sign_in),
     AUDIT("session.begin")},
    {POST, "/admin/logout", AUTHORITY_ADMIN, WRITE(sign_out), AUDIT("session.end")},

    /* who asks, and where one is signed in */
    {GET, "/api/me", AUTHORITY_USER, HANDLER(me)},
    {GET, "/api/sessions", AUTHORITY_USER, WORK(sessions_list)},
    {DELETE, "/api/sessions", AUTHORITY_USER, WRITE(sessions_end_others)},
    {DELETE, "/api/sessions/:id", AUTHORITY_USER, WRITE(session_end)},
    {GET, "/admin/me", AUTHORITY_ADMIN, HANDLER(admin_me)},

    /* administration: users */
    {GET, "/admin/users", AUTHORITY_ADMIN, .query = accounts_parameters, WORK(accounts_list)},
    {POST, "/admin/users", AUTHORITY_ADMIN, .body = account_create_fields, WORK(account_hash_password), WRITE(account_create),
     AUDIT("user.create")},
    {PUT, "/admin/users/:id", AUTHORITY_ADMIN, .body = account_update_fields, WORK(account_hash_password), WRITE(account_update),
     AUDIT("user.update")},
    {DELETE, "/admin/users/:id", AUTHORITY_ADMIN, WRITE(account_delete), AUDIT("user.delete")},
    {POST, "/admin/users/:id/token", AUTHORITY_ADMIN, WRITE(account_rotate_token), AUDIT("user.new-token")},
    {GET, "/admin/users/:id/sessions", AUTHORITY_ADMIN, WORK(admin_sessions_list)},
    {DELETE, "/admin/users/:id/sessions", AUTHORITY_ADMIN, WRITE(admin_sessions_end), AUDIT("user.end-sessions")},
    {DELETE, "/admin/users/:id/sessions/:id", AUTHORITY_ADMIN, WRITE(admin_session_end), AUDIT("user.end-session")},

    /* administration: servers */
    {GET, "/admin/audit", AUTHORITY_ADMIN, .query = audit_parameters, WORK(audit_list)},
    {GET, "/admin/overview", AUTHORITY_ADMIN, WORK(overview)},
    {GET, "/admin/server-info", AUTHORITY_ADMIN, WORK(admin_server_info)},
    {GET, "/admin/servers", AUTHORITY_ADMIN, .query = servers_parameters, WORK(servers_list)},
    {POST, "/admin/servers", AUTHORITY_ADMIN, .body = server_create_fields, WRITE(server_create),
     AUDIT("server.create")},
    {PUT, "/admin/servers/:id", AUTHORITY_ADMIN, .body = server_update_fields, .query = servers_parameters,
     WRITE(server_update), AUDIT("server.update")},
    {DELETE, "/admin/servers/:id", AUTHORITY_ADMIN, WRITE(server_delete), AUDIT("server.delete")},
    {GET, "/admin/servers/:id/visibility", AUTHORITY_ADMIN, WORK(visibility_list)},
    {PUT, "/admin/servers/:id/visibility", AUTHORITY_ADMIN, .body = visibility_fields, WRITE(visibility_set),
     AUDIT("server.visibility")},
    {GET, "/admin/servers/:id/status", AUTHORITY_ADMIN, WORK(link_status)},
    {GET, "/admin/servers/:id/reach", AUTHORITY_ADMIN, WORK(link_try)},
    {POST, "/admin/servers/:id/retry", AUTHORITY_ADMIN, .body = link_row_fields, WRITE(link_retry),
     AUDIT("server.retry")},
    {POST, "/admin/servers/:id/drop", AUTHORITY_ADMIN, .body = link_row_fields, WRITE(link_drop), AUDIT("server.drop")},
    {POST, "/admin/users/sync-federated", AUTHORITY_ADMIN, HANDLER(sync_users), AUDIT("server.sync-users")},
    {POST, "/admin/channels/sync-federated", AUTHORITY_ADMIN, HANDLER(sync_channels), AUDIT("server.sync-channels")},
    {GET, "/admin/federation-tokens", AUTHORITY_ADMIN, WORK(federation_tokens_list)},
    {POST, "/admin/federation-tokens", AUTHORITY_ADMIN, .body = federation_token_fields, WRITE(federation_token_create),
     AUDIT("federation-token.create")},
    {DELETE, "/admin/federation-tokens/:id", AUTHORITY_ADMIN, WRITE(federation_token_delete),
     AUDIT("federation-token.delete")},

    {GET, "/admin/events", AUTHORITY_ADMIN_STREAM, HANDLER(open_events)},

    /* administration: channels */
    {GET, "/admin/channels", AUTHORITY_ADMIN, .query = admin_channels_parameters, WORK(admin_channels_list)},
    {POST, "/admin/channels", AUTHORITY_ADMIN, .body = channel_create_fields, WRITE(admin_channel_create),
     AUDIT("channel.create")},
    {PUT, "/admin/channels/:id", AUTHORITY_ADMIN, .body = channel_update_fields, WRITE(channel_update),
     AUDIT("channel.update")},
    {DELETE, "/admin/channels/:id", AUTHORITY_ADMIN, WRITE(channel_delete), AUDIT("channel.delete")},
    {PUT, "/admin/channels/:id/retention", AUTHORITY_ADMIN, .body = retention_fields, WRITE(channel_retention),
     AUDIT("channel.retention")},
    {GET, "/admin/channels/:id/members", AUTHORITY_ADMIN, WORK(admin_members_list)},
    {POST, "/admin/channels/:id/members", AUTHORITY_ADMIN, .body = admin_member_fields, WRITE(admin_member_add),
     AUDIT("channel.add-member")},
    {DELETE, "/admin/channels/:id/members/:id", AUTHORITY_ADMIN, WRITE(admin_member_remove),
     AUDIT("channel.remove-member")},

    /* users and their profile */
    {GET, "/api/users", AUTHORITY_USER, HANDLER(users_list)},
    {PUT, "/api/profile", AUTHORITY_USER, .body = profile_fields, WRITE(profile_update)},
    {PUT, "/api/profile/password", AUTHORITY_USER, .body = password_fields, WORK(password_check), WRITE(password_change)},

    /* channels */
    {GET, "/api/channels", AUTHORITY_USER, WORK(channels_list)},
    {POST, "/api/channels", AUTHORITY_USER, .body = channel_create_fields, WRITE(channel_create)},
    {GET, "/api/channels/:id/members", AUTHORITY_USER, WORK(members_list)},
    {POST, "/api/channels/:id/members", AUTHORITY_USER, .body = member_fields, WRITE(member_add)},
    {DELETE, "/api/channels/:id/members/:id", AUTHORITY_USER, WRITE(member_remove)},

    /* messages */
    {POST, "/api/messages/dm", AUTHORITY_USER, .body = direct_fields, HANDLER(post_direct)},
    {POST, "/api/messages/channel", AUTHORITY_USER, .body = channel_post_fields, HANDLER(post_channel)},
    {POST, "/api/channels/:id/messages", AUTHORITY_USER, .body = channel_id_post_fields, HANDLER(post_channel_id)},
    {GET, "/api/messages/inbox", AUTHORITY_USER, WORK(inbox)},
    {GET, "/api/messages/channel/:id", AUTHORITY_USER, HANDLER(channel_history)},
    {GET, "/api/channels/:id/messages", AUTHORITY_USER, HANDLER(channel_history)},
    {GET, "/api/messages/dm/:id", AUTHORITY_USER, HANDLER(direct_history)},

    /* what one has read of one's conversations */
    {GET, "/api/conversations", AUTHORITY_USER, WORK(conversations_list)},
    {PUT, "/api/conversations/channel/:id", AUTHORITY_USER, .body = conversation_mute_fields, WRITE(channel_mute)},
    {PUT, "/api/conversations/channel/:id/read", AUTHORITY_USER, .body = conversation_read_fields, WRITE(channel_read)},
    {PUT, "/api/conversations/dm/:id", AUTHORITY_USER, .body = conversation_mute_fields, WRITE(direct_mute)},
    {PUT, "/api/conversations/dm/:id/read", AUTHORITY_USER, .body = conversation_read_fields, WRITE(direct_read)},

    /* calls */
    {GET, "/api/channels/active-calls", AUTHORITY_USER, HANDLER(active_calls)},
    {GET, "/api/channels/:id/call/participants", AUTHORITY_USER, HANDLER(call_participants)},
    {POST, "/api/channels/:id/call/join", AUTHORITY_USER, WRITE(call_join)},
    {POST, "/api/channels/:id/call/leave", AUTHORITY_USER, WRITE(call_leave)},
    {GET, "/api/call/ice-servers", AUTHORITY_USER, HANDLER(call_ice_servers)},
    {POST, "/api/call/signal", AUTHORITY_USER, ROUTE_SIGNAL, .body = signal_fields, HANDLER(call_signal)},

    /* GIFs */
    {GET, "/api/gif/search", AUTHORITY_USER, .query = gif_search_parameters, WORK(gif_search)},

    /* streams */
    {GET, "/api/events", AUTHORITY_STREAM, HANDLER(open_events)},
    {GET, "/api/ws", AUTHORITY_STREAM, HANDLER(open_socket)},

    /* other servers; what they send is read by tables of its own (api/peer_read.c) */
    {GET, "/federation/info", AUTHORITY_PEER, HANDLER(peer_info)},
    {GET, "/federation/presence", AUTHORITY_PEER, HANDLER(peer_presence)},
    {GET, "/federation/users", AUTHORITY_PEER, HANDLER(peer_users_list)},
    {GET, "/federation/channels", AUTHORITY_PEER, HANDLER(peer_channels_list)},
    {POST, "/federation/messages", AUTHORITY_PEER, HANDLER(peer_messages)},
    {POST, "/federation/channel-memberships", AUTHORITY_PEER, HANDLER(peer_memberships)},
    {POST, "/federation/channel-call-event", AUTHORITY_PEER, HANDLER(peer_calls)},
    {POST, "/federation/webrtc-signal", AUTHORITY_PEER, HANDLER(peer_signals)},
    {POST, "/federation/changes", AUTHORITY_PEER, HANDLER(peer_changes)},
    {POST, "/federation/batch", AUTHORITY_PEER, HANDLER(peer_batch)},
    {POST, "/federation/reach", AUTHORITY_PEER, ROUTE_REACH, WORK(peer_reach)},
};

const size_t route_count = sizeof(routes) / sizeof(routes[0]);
