# A database of the original's last version opens in place: people log in as before, and nothing is lost.
use BeringShare::Test;
use BeringShare::Database;

my $server = prepare_server(SERVER_NAME => 'local');
make_database($server->database, fixture('original-new.sql'));
$server->launch;

my %id = map { $_->[0] => "1c9e4f60-5b1a-4d3e-8a77-00000000000$_->[1]" } [admin => 1], [alice => 2], [bob => 3], [carol => 4], [bob_b => 5];
my $general = '52a1b6c4-3f0e-4e57-b1a9-000000000001';
my $faraway = '52a1b6c4-3f0e-4e57-b1a9-000000000002';
my $peer    = '7d0d7a52-0f2b-4a8c-9d54-0b7c8f1f3a02';
sub message_id ($number) { return sprintf '9f3d2a10-6c4b-4f8e-a5d1-%012d', $number }

sub everything () {
    my $nobody = $server->anonymous;
    my $alice  = $nobody->with(username => 'alice', password => 'alice-password', id => $id{alice})->login;
    is $alice->try_login->json->{user_id}, $id{alice}, 'alice logs in with the old password';
    refused $alice->try_login('wrong'), 401, 'and with no other';
    my $token = $nobody->with(token => $server->keep_secret('8b6f0d3c-alice-permanent-token'));
    status_is $token->get('/api/users'), 200, 'the old permanent token works';
    my $bob = $nobody->with(token => $server->keep_secret('2f7e9a41-bob-permanent-token'), username => 'bob');
    status_is $bob->get('/api/users'), 200, 'so does that of bob, who has no password';
    refused $bob->try_login(''), [400, 401], 'and cannot log in by password';
    refused $nobody->with(token => '4d5c6b7a-remote-token-of-carol')->get('/api/users'), [401, 403], 'nobody speaks for a remote user';
    status_is $nobody->post('/admin/login', {username => 'admin', password => 'admin-password'}), 200, 'ADMIN_PASSWORD is set';

    my %users = map { $_->{id} => $_ } @{$alice->get('/api/users')->json};
    is_deeply [sort keys %users], [sort values %id], 'all users, under their ids';
    has_fields $users{$id{alice}}, {id => $id{alice}, username => 'alice', token => '', server_id => undef, is_local => true,
        server_name => undef, is_online => false, display_name => 'Alice Änderung'}, 'a local one';
    has_fields $users{$id{carol}}, {id => $id{carol}, username => 'carol', token => '', server_id => $peer, is_local => false,
        server_name => 'server_b', is_online => false, display_name => 'Carol of B'}, 'a remote one';

    my %channels = map { $_->{id} => $_ } @{$alice->get('/api/channels')->json};
    is_deeply [sort keys %channels], [$general, $faraway], 'all channels, under their ids';
    is $channels{$general}{origin_server}, 'local', 'one of ours';
    is $channels{$faraway}{origin_server}, 'server_b', 'one of another server';
    is_deeply [sort map { $_->{id} } @{$server->admin->get("/admin/channels/$general/members")->json}],
        [@id{qw(alice bob carol)}], 'the members';

    my @history = @{$alice->get("/api/messages/channel/$general")->json};
    has_fields $history[0], {message_id => message_id(1), body => 'the very first message', author_user_id => $id{alice},
        author_username => 'alice', author_display_name => 'Alice Änderung', sent_at => '2024-03-01T12:00:00.123456789Z'}, 'the first message';
    is $history[1]{body}, "it's \"quoted\" \x{1F43B}\nand two lines long", 'the text as it was';
    is_deeply [map { $_->{message_id} } @history], [map { message_id($_) } 1, 2, 3, 9], 'all of them, in order';
    is_deeply [map { $_->{sent_at} } @history[1 .. 3]], ['2024-03-01T12:00:01.5Z', '2024-03-01T12:00:02Z', '2024-03-02T08:00:00Z'],
        'the times as they were written';
    is_deeply $alice->direct_bodies($id{bob}), ['hello bob', 'hello alice'], 'a conversation';
    is_deeply $bob->direct_bodies($id{alice}), ['hello bob', 'hello alice'], 'from its other end';
    is_deeply $alice->direct_bodies($id{carol}), ['to the other server'], 'one with a remote user';
    is_deeply $alice->direct_bodies($id{alice}), ['note to self'], 'one with oneself';
    is_deeply $alice->channel_bodies($faraway), ['where it is far away'], 'the other channel';
    is_deeply $alice->channel_bodies($general, '?limit=1&after=' . message_id(2)), ['from another server'], 'pages by old ids';
    is_deeply [map { $_->{body} } @{$alice->get('/api/messages/inbox')->json}], ['the last message', 'note to self', 'where it is far away',
        'to the other server', 'hello alice', 'hello bob', 'from another server', "it's \"quoted\" \x{1F43B}\nand two lines long",
        'the very first message'], 'the inbox';

    my $conversations = $alice->get('/api/conversations')->json;
    is scalar @$conversations, 5, 'two channels and three users to talk with' or diag explain $conversations;
    is_deeply [grep { $_->{unread} || $_->{mentions} || $_->{is_muted} } @$conversations, @{$bob->get('/api/conversations')->json}], [],
        'all of it counts as read';

    is_deeply $server->admin->get('/admin/servers')->json,
        [{id => $peer, name => 'server_b', base_url => 'http://127.0.0.1:1', token => 'token-of-server-b'}], 'the peer, and not ourselves';
    is_deeply $server->admin->get("/admin/servers/$peer/visibility")->json,
        {hidden_user_ids => [$id{bob}], hidden_channel_ids => [$general]}, 'what is hidden';
    my ($token_row, @more) = @{$server->admin->get('/admin/federation-tokens')->json};
    is_deeply \@more, [], 'one federation token';
    like delete $token_row->{created_at}, qr/^2024-02-01T00:00:00\.50*Z$/, 'its time';
    has_fields $token_row, {id => 'e0c1d2b3-0000-4000-8000-000000000001', token => '', label => 'friends'}, 'and the rest of it';
}
everything();
$server->restart;
subtest 'after a restart, the same' => sub { everything() };

my $alice = $server->anonymous->with(token => '8b6f0d3c-alice-permanent-token');
$alice->say('general', 'a new one');
is $alice->channel_bodies($general)->[-1], 'a new one', 'and it goes on';
$server->stop;
is index(read_file($server->database), 'alice-permanent-token'), -1, 'the old tokens are no longer in plain text';

finish;
