# Who is online on another server is seen here: in the list and by events, when it changes and only then.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my $peer = BeringShare::Peer->start('zulu', servers => [$server_a], users => [qw(zoe zak)]);
my $watch = $alice->events;
my %id = (bob => known_user($server_a, 'bob', 'b'), map { $_ => known_user($server_a, $_, 'zulu') } qw(zoe zak));
ok !is_online($alice, 'bob', 'b'), 'nobody is there at first';

my $stream = $bob->events;
my $event  = $watch->wait_presence($id{bob}, 1);
ok $event, 'alice is told that bob came, at his server';
ok is_online($alice, 'bob', 'b'), 'the list says so';
my $second = $bob->websocket;
$stream->close;
$peer->set(online => [qw(zoe zak)]);
ok $watch->wait_presence($id{$_}, 1), "$_ of an original comes" for qw(zoe zak);
ok is_online($alice, 'bob', 'b'), 'one connection of two is enough';
$peer->set(online => ['zak']);
ok $watch->wait_presence($id{zoe}, 0), 'zoe leaves';
ok is_online($alice, 'zak', 'zulu') && !is_online($alice, 'zoe', 'zulu'), 'zak stays';
$second->finish;
ok $watch->wait_presence($id{bob}, 0), 'bob leaves';
ok !is_online($alice, 'bob', 'b'), 'the list says so';

polls_more_often($peer, 2);
for my $name (sort keys %id) {
    my @about = map { !!$_->{is_online} } grep { $_->{user_id} eq $id{$name} } map { @{$_->{data}{users} // []} } $watch->named('presence_changed');
    is_deeply \@about, [$name eq 'zak' ? (!!1) : (!!1, !!0)], "$name: nothing was announced twice";
}
my $known = $bob->events;
eventually sub { is_online($bob, 'alice', 'a') }, 'the other way round it works, too';

finish;
