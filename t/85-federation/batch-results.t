# What a peer of this project answers to the items of a batch is taken like single answers: refused ones are set aside, a failed
# one stops there, and what was lost on the way is sent again.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe'], bering => 1);
known_user($server, 'zoe', 'zulu');

# Lets a queue of these texts build up before it is sent.
sub send_all (@texts) {
    $peer->down;
    $alice->tell('zoe@zulu', $_) for @texts;
    $peer->up;
}
my @expected;
sub arrives (@texts) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    push @expected, @texts;
    eventually sub { is_queue_empty($server, 'zulu') }, 'the queue runs dry';
    is_deeply $peer->bodies, \@expected, 'all that is good arrived, in order';
}

$peer->misbehave(path => '/federation/messages', contains => 'poor', status => 400);
send_all('good 1', 'poor 1', 'good 2', 'poor 2', 'good 3');
arrives('good 1', 'good 2', 'good 3');
my $refused = peer_status($server, 'zulu')->{refused};
is_deeply [map { $_->{status} } @$refused], [400, 400], 'the poor ones are set aside';
like $refused->[0]{answer}, qr/told to refuse/, 'with the answer';
$peer->behave;
status_is retry_peer($server, 'zulu'), 200, 'try them again';
arrives('poor 1', 'poor 2');

$peer->misbehave(path => '/federation/messages', contains => 'later', status => 503, times => 2);
send_all('before', 'later', 'behind 1', 'behind 2');
arrives('before', 'later', 'behind 1', 'behind 2');
is_deeply peer_status($server, 'zulu')->{refused}, [], 'a failed one is not a refused one';

my @many = map {"many $_"} 1 .. 700;
$peer->misbehave(path => '/federation/batch', lose_after => 100, times => 2);
send_all(@many);
arrives(@many);
my ($largest) = sort { $b <=> $a } map { scalar @{$_->{body}{items}} } @{$peer->requests('/federation/batch')};
cmp_ok $largest, '>', 1, 'batches have several items';
cmp_ok $largest, '<=', 256, 'but not too many';

my @large = map { "large $_ " . 'x' x 60_000 } 1 .. 30;
send_all(@large);
arrives(@large);
my ($heaviest) = sort { $b <=> $a } map { $_->{headers}{'content-length'} } @{$peer->requests('/federation/batch')};
cmp_ok $heaviest, '<=', 600 * 1024, 'nor too many bytes';

# The peer is replaced by an original: single posts then.
$peer->set(bering => 0);
send_all('single 1', 'single 2');
arrives('single 1', 'single 2');
is_deeply [map { $_->{body}{body} } grep { ($_->{status} // 0) == 200 } @{$peer->requests('/federation/messages')}],
    ['single 1', 'single 2'], 'in single posts';

finish;
