# What is sent to a peer goes over one connection that is kept open.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');
for my $number (1 .. 40) {
    $alice->tell('zoe@zulu', "message $number");
    eventually sub { @{$peer->bodies} == $number }, "message $number arrives" if $number % 10 == 0;
}
my $posts = $peer->requests('/federation/messages');
my %connections = map { $_->{connection} => 1 } @$posts;
is scalar @$posts, 40, 'forty posts to an original';
is scalar keys %connections, 1, 'over one connection';
for my $request (@$posts) {
    my $headers = $request->{headers};
    my $ok = $request->{token} eq $server->environment->{SERVER_TOKEN} && $headers->{'content-type'} =~ m{^application/json};
    ok $ok, 'with our own token and as JSON' or last;
}
my %polls = map { $_->{connection} => 1 } grep { $_->{method} eq 'GET' } @{$peer->requests};
cmp_ok scalar keys %polls, '<=', 4, 'polls keep theirs, too';

finish;
