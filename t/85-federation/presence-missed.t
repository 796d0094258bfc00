# A peer that misses a poll or two changes nothing; with the third its users go offline, whatever way it fails. They come back
# with it.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe'], online => ['zoe']);
my $zoe    = known_user($server, 'zoe', 'zulu');
eventually sub { is_online($alice, 'zoe', 'zulu') }, 'somebody of a peer is there';
my $watch = $alice->events;

$peer->misbehave(path => '/federation/presence', status => 503, times => 2);
polls_more_often($peer, 4);
ok is_online($alice, 'zoe', 'zulu'), 'two missed polls change nothing';
is_deeply [grep { grep { $_->{user_id} eq $zoe } @{$_->{data}{users} // []} } $watch->named('presence_changed')], [],
    'nor is anything announced';

my %failures = (
    'an error'          => sub { $peer->misbehave(status => 500) },
    'a hanging peer'    => sub { $peer->misbehave(hang => 1) },
    'garbage'           => sub { $peer->misbehave(body => 'garbage') },
    'a refused link'    => sub { $peer->misbehave(status => 401) },
    'nobody listens'    => sub { $peer->down },
);
for my $what (sort keys %failures) {
    my $before = @{$watch->events};
    $failures{$what}->();
    eventually sub { !is_online($alice, 'zoe', 'zulu') }, "$what: the peer's users go offline";
    $peer->behave;
    $peer->up;
    eventually sub { is_online($alice, 'zoe', 'zulu') }, 'and come back';
    my @about;
    eventually sub {
        @about = map { $_->{is_online} ? 'on' : 'off' } grep { $_->{user_id} eq $zoe } map { @{$_->{data}{users} // []} }
            grep { $_->{data}{event} eq 'presence_changed' } @{$watch->events}[$before .. $#{$watch->events}];
        return @about >= 2;
    }, 'who watches is told';
    is_deeply \@about, [qw(off on)], 'once each' or diag "@about";
}

# The federation process dies: who was online through it is again, once it is back.
my $pid = federation_process($server);
$server->kill_expected($pid);
eventually sub { (federation_process($server) // $pid) != $pid }, 'the federation process is replaced';
$peer->set(online => []);
eventually sub { !is_online($alice, 'zoe', 'zulu') }, 'who left meanwhile is gone';
$peer->set(online => ['zoe']);
eventually sub { is_online($alice, 'zoe', 'zulu') }, 'and who comes is there';

finish;
