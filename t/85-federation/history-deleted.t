# A channel's history is handed over with the messages of users who have been deleted since, wherever they were: of the origin,
# of a server that the joining one does not know, of the joining one itself. They come as a deleted user's.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b, $server_c) = map { start_federated($_) } qw(a b c);
connect_servers($server_a, $server_b);
connect_servers($server_a, $server_c);
my ($alice, $anton) = map { $server_a->user($_) } qw(alice anton);
my ($bob, $bruno, $carol) = ((map { $server_b->user($_) } qw(bob bruno)), $server_c->user('carol'));
my $channel = $server_a->channel('general', [$alice, $anton]);
add_member($server_a, $channel, $_) for 'bruno@b', 'carol@c';
my ($at_b, $at_c) = (known_channel($server_b, 'general', 'a'), known_channel($server_c, 'general', 'a'));
eventually sub { is_member($server_b, $at_b, 'bruno') && is_member($server_c, $at_c, 'carol') }, 'members of three servers';

my @texts;
for my $round (1 .. 2) {
    for my $side ([$alice, $channel], [$anton, $channel], [$bruno, $at_b], [$carol, $at_c]) {
        my ($who, $where) = @$side;
        push @texts, $who->username . " $round";
        $who->say($where, $texts[-1]);
        eventually sub { ($alice->channel_bodies($channel)->[-1] // '') eq $texts[-1] }, "$texts[-1] is written";
    }
}

# The joining server has nothing of it any more, and all but one author are gone.
status_is $server_b->admin->delete("/admin/channels/$at_b"), 200, 'one server drops its copy';
eventually sub { !is_member($server_a, $channel, 'bruno@b') }, 'and leaves';
status_is $server_a->admin->delete('/admin/users/' . $anton->id), 200, 'a user of the origin is deleted';
status_is $server_b->admin->delete('/admin/users/' . $bruno->id), 200, 'one of the joining server';
status_is $server_c->admin->delete('/admin/users/' . $carol->id), 200, 'one of a server that it does not know';
eventually sub { !user_entry($server_a, 'bruno', 'b') && !user_entry($server_a, 'carol', 'c') }, 'which the origin knows';

my $again = known_channel($server_b, 'general', 'a');
status_is $bob->post("/api/channels/$again/members", {user_id => $bob->id}), 200, 'a user joins';
eventually sub { @{$bob->channel_bodies($again)} == @texts }, 'and is handed all' or diag explain $bob->channel_bodies($again);
is_deeply $bob->channel_bodies($again), \@texts, 'in order';
is_deeply [map { $_->{author_username} } @{$bob->get("/api/messages/channel/$again")->json}],
    [map { /alice/ ? 'alice' : 'deleted user' } @texts], 'of those who are gone as a deleted user\'s';
is_deeply [grep {/^deleted/} map { $_->{username} } @{$server_b->admin->get('/admin/users')->json}], [], 'none of whom is listed';
eventually sub { is_queue_empty($server_a, 'b') }, 'nothing is left waiting';

# The origin alone may do so, and for nobody who is there.
my $forged = 'deleted-' . BeringShare::Test::random_uuid();
my $message = {
    message_id => BeringShare::Test::random_uuid(), sent_at => '2026-01-01T00:00:00Z', kind => 'channel', body => 'forged', recipient => undef,
    author => {username => $forged, server => 'c', display_name => undef}, channel => {name => 'general', origin_server => 'a'},
};
for my $case ([{%$message, channel => {name => 'general', origin_server => 'b'}}, 'a'], [{%$message, author => {%{$message->{author}}, server => 'b', username => 'bob'}}, 'a']) {
    my ($body, $speaker) = @$case;
    my $answer = $server_b->anonymous->request(POST => '/federation/messages', $body,
        headers => {'x-federation-token' => $server_a->environment->{SERVER_TOKEN}});
    refused $answer, [400, 401, 403], 'who is not gone, or where it is not the origin, is not spoken for';
}
is_deeply [grep {/forged/} @{$bob->channel_bodies($again)}], [], 'nothing of that is stored';

finish;
