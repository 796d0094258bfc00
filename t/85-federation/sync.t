# The admin's sync endpoints ask all peers now: what is new is answered, and a peer that hangs or is dead neither delays nor
# fails the others.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

# Polls are an hour apart, so that they find nothing before we ask.
my $server_a = start_federated('a', FEDERATION_POLL_SECONDS => 3600);
my $server_b = start_federated('b');
introduce($server_b, $server_a);    # first, so that the only poll finds an open door
introduce($server_a, $server_b);
known_user($server_a, 'admin', 'b');
my $peer = BeringShare::Peer->start('zulu', servers => [$server_a], users => ['zoe'], channels => ['zoology']);
known_user($server_a, 'zoe', 'zulu');
known_channel($server_a, 'zoology', 'zulu');

$server_b->user('bob');
$server_b->channel('general');
$peer->set(users => [qw(zoe zak)], channels => [qw(zoology zebras)]);
my $slow = BeringShare::Peer->start('slow', users => ['sam']);
my $dead = BeringShare::Peer->start('dead', users => ['sam']);
$slow->misbehave(hang => 1);
$dead->down;
$_->register($server_a) for $slow, $dead;

my $admin = $server_a->admin;
my $users = $admin->post('/admin/users/sync-federated');
status_is $users, 200, 'users: those that answer are enough';
is_deeply [sort map { $_->{username} } @{$users->json}], [qw(bob zak)], 'the answer has the new users of all that are well'
    or diag $users->summary;
has_fields $users->json->[0], {is_local => false, token => ''}, 'as users of other servers, without a token';
ok user_entry($server_a, 'bob', 'b') && user_entry($server_a, 'zak', 'zulu'), 'they are known now';
is_deeply $admin->post('/admin/users/sync-federated')->json, [], 'a second time there is nothing new';

my $channels = $admin->post('/admin/channels/sync-federated');
status_is $channels, 200, 'channels: the same';
is_deeply [sort map { join ' of ', @$_{qw(name origin_server)} } @{$channels->json}], ['general of b', 'zebras of zulu'],
    'the answer has the new channels' or diag $channels->summary;
is_deeply $admin->post('/admin/channels/sync-federated')->json, [], 'a second time there is nothing new';
like peer_status($server_a, $_)->{last_error}, qr/\S/, "the status says what is wrong with the $_ peer" for qw(slow dead);
my $told = join ' ', map { $_->body, $_->headers->to_string } $users, $channels;
like $told, qr/slow/, 'the answers name the peer that hangs';
like $told, qr/dead/, 'and the dead one';

# Without any peer that works.
$peer->down;
$server_b->stop;
status_is $admin->post('/admin/users/sync-federated'), [200, 502], 'no peer works at all';
status_is $admin->get('/admin/users'), 200, 'the server is well';

finish;
