# GET /admin/overview: the server at one glance.
use BeringShare::Test;
use BeringShare::Peer;
use List::Util qw(sum);

my $server = start_server();
my $admin  = $server->admin;
my $alice  = $server->user('alice');
my $bob    = $server->user('bob');

my $answer = $admin->get('/admin/overview');
status_is $answer, 200, 'the overview';
my $first = $answer->json;
has_fields $first, {
    server_name => 'local', base_url => 'http://localhost:8080', workers => 2, channels => 0, messages => 0, servers => [],
    users => {local => 3, remote => 0, online => 0},
}, 'of a new server';
like_time $first->{$_}, $_ for qw(started_at now);
ok $first->{started_at} lt $first->{now}, 'it has started before now';
like $first->{version}, qr/^\d+\.\d+/, 'a version';
is scalar @{$first->{messages_per_minute}}, 60, 'sixty minutes';
is sum(@{$first->{messages_per_minute}}), 0, 'in which nothing happened';
is $first->{database_bytes}, -s $server->database, 'the size of the database';
cmp_ok $first->{wal_bytes}, '>', 0, 'of its log';
cmp_ok $first->{disk_free_bytes}, '>', 1 << 20, 'and what the disk has left';
cmp_ok $first->{connections}, '>=', 1, 'at least our own connection';

my $general = $server->channel('general', [$alice, $bob]);
my $doomed  = $server->channel('doomed', [$alice]);
$alice->say('general', "message $_") for 1 .. 5;
$alice->say('doomed', 'soon gone') for 1 .. 3;
status_is $alice->post('/api/messages/dm', {recipient => $_, body => 'psst'}), 200, "a direct message to $_" for qw(bob bob alice);
my $stream = $bob->events;
eventually sub { $admin->get('/admin/overview')->json->{users}{online} == 1 }, 'bob is online';
my $busy = $admin->get('/admin/overview')->json;
is $busy->{messages}, 11, 'messages of channels, and direct ones';
is $busy->{channels}, 2, 'channels';
is sum(@{$busy->{messages_per_minute}}), 11, 'each message counts in its minute';
is sum(@{$busy->{messages_per_minute}}[-10 .. -1]), 11, 'which is one of the last';
is $busy->{started_at}, $first->{started_at}, 'the start is the same in every worker';
status_is $admin->delete("/admin/channels/$doomed"), 200, 'a channel goes';
is $admin->get('/admin/overview')->json->{messages}, 8, 'with its messages';

my $peer = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
my $id   = $admin->get('/admin/servers')->json->[0]{id};
$admin->post('/admin/users/sync-federated', {});
eventually sub { defined $admin->get('/admin/overview')->json->{servers}[0]{last_contact} }, 'a server that answers';
my $linked = $admin->get('/admin/overview')->json;
has_fields $linked->{servers}, [{id => $id, name => 'zulu', queue_depth => 0, refused => 0, oldest_waiting_at => undef, last_error => undef,
    failures => 0}], 'the link to it is well';
is $linked->{users}{remote}, 1, 'with a user';
$peer->misbehave(path => '/federation/messages', status => 503);
status_is $alice->post('/api/messages/dm', {recipient => 'zoe@zulu', body => 'waits'}), 200, 'a message that waits';
eventually sub {
    my $link = $admin->get('/admin/overview')->json->{servers}[0];
    return $link->{queue_depth} == 1 && $link->{failures} >= 1 && defined $link->{oldest_waiting_at} && defined $link->{last_error}
        && defined $link->{next_attempt};
}, 'is seen, and why it does';

refused $alice->get('/admin/overview'), [401, 403], 'nothing for users';
refused $server->anonymous->get('/admin/overview'), 401, 'nor for strangers';

finish;
