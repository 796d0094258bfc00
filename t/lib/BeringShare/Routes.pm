package BeringShare::Routes;

# The routes of the admin and user API as rows: method, path, a good body (undef: none). Words with a colon stand for ids:
# :user, :channel, :server, :token, :other (another user). Tests that hold for every route walk over them.

use Mojo::Base -strict, -signatures;
use Exporter qw(import);
use Mojo::JSON ();

our @EXPORT = qw(admin_routes user_routes fill_route fill_body);

sub admin_routes () {
    return (
        ['POST',   '/admin/logout'],
        ['POST',   '/admin/users', {username => 'somebody'}],
        ['GET',    '/admin/users'],
        ['PUT',    '/admin/users/:user', {username => 'renamed'}],
        ['DELETE', '/admin/users/:user'],
        ['POST',   '/admin/users/:user/token'],
        ['GET',    '/admin/users/:user/sessions'],
        ['DELETE', '/admin/users/:user/sessions'],
        ['DELETE', '/admin/users/:user/sessions/:token'],
        ['POST',   '/admin/servers', {name => 'peer', base_url => 'http://peer.example:8080'}],
        ['GET',    '/admin/servers'],
        ['PUT',    '/admin/servers/:server', {name => 'peer', base_url => 'http://peer.example:8080'}],
        ['DELETE', '/admin/servers/:server'],
        ['GET',    '/admin/servers/:server/visibility'],
        ['PUT',    '/admin/servers/:server/visibility', {hidden_user_ids => [], hidden_channel_ids => []}],
        ['GET',    '/admin/servers/:server/status'],
        ['GET',    '/admin/servers/:server/reach'],
        ['POST',   '/admin/servers/:server/retry'],
        ['POST',   '/admin/servers/:server/drop'],
        ['POST',   '/admin/channels', {name => 'news'}],
        ['GET',    '/admin/channels'],
        ['PUT',    '/admin/channels/:channel', {name => 'renamed'}],
        ['DELETE', '/admin/channels/:channel'],
        ['GET',    '/admin/channels/:channel/members'],
        ['POST',   '/admin/channels/:channel/members', {username => 'alice'}],
        ['DELETE', '/admin/channels/:channel/members/:user'],
        ['PUT',    '/admin/channels/:channel/retention', {days => 30}],
        ['GET',    '/admin/audit'],
        ['GET',    '/admin/overview'],
        ['GET',    '/admin/server-info'],
        ['GET',    '/admin/me'],
        ['GET',    '/admin/events'],
        ['GET',    '/admin/federation-tokens'],
        ['POST',   '/admin/federation-tokens', {label => 'friends'}],
        ['DELETE', '/admin/federation-tokens/:token'],
    );
}

sub user_routes () {
    return (
        ['POST',   '/api/logout'],
        ['GET',    '/api/me'],
        ['GET',    '/api/sessions'],
        ['DELETE', '/api/sessions/:token'],
        ['DELETE', '/api/sessions'],
        ['GET',    '/api/users'],
        ['GET',    '/api/channels'],
        ['POST',   '/api/channels', {name => 'news'}],
        ['GET',    '/api/channels/active-calls'],
        ['GET',    '/api/channels/:channel/members'],
        ['POST',   '/api/channels/:channel/members', {user_id => ':other'}],
        ['DELETE', '/api/channels/:channel/members/:user'],
        ['GET',    '/api/channels/:channel/messages'],
        ['POST',   '/api/channels/:channel/messages', {body => 'hello'}],
        ['POST',   '/api/messages/dm', {recipient => 'bob', body => 'hello'}],
        ['POST',   '/api/messages/channel', {channel => 'general', body => 'hello'}],
        ['GET',    '/api/messages/inbox'],
        ['GET',    '/api/messages/channel/:channel'],
        ['GET',    '/api/messages/dm/:user'],
        ['GET',    '/api/conversations'],
        ['PUT',    '/api/conversations/channel/:channel', {is_muted => Mojo::JSON->true}],
        ['PUT',    '/api/conversations/channel/:channel/read', {message_id => '00000000-0000-4000-8000-000000000000'}],
        ['PUT',    '/api/conversations/dm/:user', {is_muted => Mojo::JSON->true}],
        ['PUT',    '/api/conversations/dm/:user/read', {message_id => '00000000-0000-4000-8000-000000000000'}],
        ['PUT',    '/api/profile', {display_name => 'Alice'}],
        ['PUT',    '/api/profile/password', {new_password => 'another-password'}],
        ['GET',    '/api/gif/search'],
        ['POST',   '/api/channels/:channel/call/join'],
        ['POST',   '/api/channels/:channel/call/leave'],
        ['GET',    '/api/channels/:channel/call/participants'],
        ['POST',   '/api/call/signal', {target => 'bob', signal_type => 'offer', payload => '{}'}],
        ['GET',    '/api/events'],
        ['GET',    '/api/ws'],
    );
}

# Puts ids in the place of the words of a path or a body.
sub fill_route ($text, %ids) { return $text =~ s/:(user|channel|server|token|other)\b/$ids{$1}/gr }

sub fill_body ($body, %ids) {
    return $body && {map { $_ => ref $body->{$_} || $body->{$_} =~ /^\d+$/ ? $body->{$_} : fill_route($body->{$_}, %ids) } keys %$body};
}

1;
