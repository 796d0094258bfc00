# Who is online: counted over all connections of all workers, announced when it changes.
use BeringShare::Test;

my $server = start_server();
my ($first, $second) = $server->worker_pids;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);

my %asking = map { $_ => $bob->on_worker($_) } $first, $second;

sub is_online ($worker, $user) {
    my ($entry) = grep { $_->{id} eq $user->id } @{$asking{$worker}->get('/api/users')->json};
    return !!$entry->{is_online};
}
ok !is_online($_, $alice), 'nobody is online at first' for $first, $second;

my $watch = $bob->events_on($second);
my @alice = ($alice->events_on($first));
my $event = $watch->wait_presence($alice->id, 1);
ok $event, 'bob is told that alice came, on another worker';
ok exists $event->{data}{$_}, "the event has $_" for qw(user_id channel_id);
for my $worker ($first, $second) {
    eventually sub { is_online($worker, $alice) }, 'every worker says so';
}

push @alice, $alice->websocket_on($second), $alice->events_on($second);
$alice[0]->close;
$alice[1]->close;
$bob->tell('bob', 'a marker');
$watch->wait_message('a marker');
ok is_online($_, $alice), 'one connection of three is enough' for $first, $second;

$alice[2]->close;
ok $watch->wait_presence($alice->id, 0), 'bob is told that alice left';
for my $worker ($first, $second) {
    eventually sub { !is_online($worker, $alice) }, 'every worker says so';
}
my @about = map { !!$_->{is_online} } grep { $_->{user_id} eq $alice->id } map { @{$_->{data}{users} // []} } $watch->named('presence_changed');
is $about[-1], !!0, 'the last word is: offline';
my @repeated = grep { $about[$_] eq $about[$_ - 1] } 1 .. $#about;
is_deeply \@repeated, [], 'nothing was announced twice';

my $socket = $alice->websocket;
eventually sub { is_online($first, $alice) }, 'a WebSocket makes online, too';
$socket->finish;
eventually sub { !is_online($first, $alice) }, 'and its end offline';

finish;
