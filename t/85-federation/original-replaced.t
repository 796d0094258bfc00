# What a peer is can change: an original that is replaced by this project is found out, and the other way round, and messages
# arrive throughout.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');
my @texts;
for my $kind (1, 0, 1) {
    my $before = peer_status($server, 'zulu')->{abilities};
    $peer->down;
    $peer->set(bering => $kind);
    $server->restart;    # asks at once what its peers are
    $peer->up;
    push @texts, map {"$_ when bering is $kind"} 1 .. 5;
    $alice->tell('zoe@zulu', $_) for @texts[-5 .. -1];
    eventually sub { @{$peer->bodies} == @texts }, 'messages arrive';
    is_deeply $peer->bodies, \@texts, 'in order';
    eventually sub { peer_status($server, 'zulu')->{abilities} ne $before }, 'and what it is now is known';
}

finish;
