# An administrator's stream tells how things change, in private channels, too; never what people say; and it makes nobody online.
use BeringShare::Test;
use Mojo::JSON qw(encode_json);

my $server = start_server();
my ($first, $second) = $server->worker_pids;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $login   = $server->anonymous->post('/admin/login', {username => 'admin', password => 'admin-password'});
my $session = $server->anonymous->with(token => $server->keep_secret($login->json->{token}));
my %path    = (path => '/admin/events');

refused $server->anonymous->get('/admin/events'), 401, 'no token';
refused $alice->get('/admin/events'), 403, 'a user';
refused $server->anonymous->get('/admin/events?token=' . $alice->token), 403, 'a user\'s token in the URL';
refused $session->get('/api/events'), 403, 'an administrator on the users\' stream';

my @streams = (
    $session->events_on($first, %path),
    $session->events_on($second, %path),
    $server->admin->events(%path, token_in_url => 1),
    $server->anonymous->events(%path, headers => {Cookie => 'bering_admin=' . $session->token}),
    $server->anonymous->events(%path, headers => {'x-admin-token' => $server->admin->token}),
);
is_deeply [grep { $_->{is_online} } @{$alice->get('/api/users')->json}], [], 'nobody is online by that';
my $of_bob = $bob->events;
ok $_->wait_presence($bob->id, 1), 'who comes online' for @streams;

my $private = $server->channel('private', [$alice], is_private => true);
my ($message) = map { $alice->say($private, $_) } 'a secret of the channel';
$alice->tell('bob', 'a secret of two');
status_is $alice->post("/api/channels/$private/call/join"), 200, 'a call begins';
$alice->post('/api/call/signal', {target => 'alice', signal_type => 'offer', payload => 'a secret of a call'});
$alice->put("/api/conversations/channel/$private/read", {message_id => $message});
status_is $alice->post("/api/channels/$private/call/leave"), 200, 'it ends';
$alice->post("/api/channels/$private/members", {user_id => $bob->id});
$alice->delete("/api/channels/$private/members/" . $bob->id);
$bob->put('/api/profile', {display_name => 'Bob'});
my $peer = $server->admin->post('/admin/servers', {name => 'peer', base_url => 'http://127.0.0.1:1'})->json->{id};
$server->admin->delete("/admin/channels/$private");
for my $stream (@streams) {
    my $deleted = $stream->wait_event(sub ($data) { $data->{event} eq 'channel_changed' && $data->{change} eq 'deleted' });
    is $deleted->{data}{channel_id}, $private, 'a private channel\'s end';
    my %seen = map { $_->{data}{event} => 1 } @{$stream->events};
    is_deeply [sort keys %seen],
        [qw(channel_call_join channel_call_leave channel_changed member_added member_removed presence_changed server_changed user_changed)],
        'all that administrators see, and nothing else';
    unlike encode_json([map { $_->{data} } @{$stream->events}]), qr/secret/, 'nothing that anybody said';
}
is scalar(grep { $_->{data}{event} eq 'server_changed' } @{$of_bob->events}), 0, 'users hear nothing of servers';

# One that was away goes on where it was.
my @missing = map { $_->{data}{event} } @{$streams[0]->events};
my $middle  = $streams[0]->events->[3];
my $resumed = $session->events_on($second, %path, last_event_id => $middle->{id});
$bob->put('/api/profile', {display_name => 'Robert'});
my $is_robert = sub ($data) { $data->{event} eq 'user_changed' && ($data->{display_name} // '') eq 'Robert' };
ok $_->wait_event($is_robert), 'what is new' for $resumed, @streams;
my $tail = sub ($stream) { my $seen = 0; return [map { $_->{id} } grep { $seen ||= $_->{id} eq $middle->{id} } @{$stream->events}] };
my $expected = $tail->($streams[0]);
is_deeply [map { $_->{id} } @{$resumed->events}], [@$expected[1 .. $#$expected]], 'after what was missed, exactly';
ok $session->events(%path, last_event_id => 'nonsense')->wait_named('resync'), 'an unknown position: a resync';

# It ends with its session, and with no other.
my $other = $server->anonymous->post('/admin/login', {username => 'admin', password => 'admin-password'})->json->{token};
my $staying = $server->anonymous->with(token => $server->keep_secret($other))->events(%path);
status_is $session->post('/admin/logout'), 200, 'log out';
ok $_->wait_end, 'the session\'s stream ends' for @streams[0, 1, 3], $resumed;
$bob->put('/api/profile', {display_name => 'Bobby'});
my $is_bobby = sub ($data) { $data->{event} eq 'user_changed' && ($data->{display_name} // '') eq 'Bobby' };
ok $_->wait_event($is_bobby), 'that of ADMIN_TOKEN or another session goes on' for @streams[2, 4], $staying;

finish;
