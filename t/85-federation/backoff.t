# A peer in trouble is tried less and less often; as soon as it speaks to us, what waits is sent at once.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;
use Mojo::Date;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');
$peer->misbehave(status => 503);
$alice->tell('zoe@zulu', $_) for qw(one two);

# The next attempt: seconds since 1970.
my $next;
sub next_attempt () {
    my $text = peer_status($server, 'zulu')->{next_attempt};
    return $next = defined $text ? Mojo::Date->new($text)->epoch : 0;
}
eventually sub { next_attempt() > time + 7 }, 'the next attempt moves away';
cmp_ok peer_status($server, 'zulu')->{failures}, '>=', 3, 'as the failures become more';
is_deeply $peer->bodies, [], 'nothing has been taken so far';

$peer->behave;
$peer->misbehave(method => 'GET', status => 503);
status_is $peer->get($server, '/federation/presence'), 200, 'the peer speaks to us';
eventually sub { @{$peer->bodies} == 2 }, 'what waits is sent';
cmp_ok time, '<', $next, 'before its time had come';
is_deeply $peer->bodies, [qw(one two)], 'in order';
$peer->behave;
eventually sub { peer_status($server, 'zulu')->{failures} == 0 }, 'the failures are forgotten once all is well';
is peer_status($server, 'zulu')->{next_attempt}, undef, 'and no attempt is due';

finish;
