# Whatever a peer of this project answers to a batch: nothing is lost, nothing is taken for delivered that was not.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe'], bering => 1);
known_user($server, 'zoe', 'zulu');
$alice->tell('zoe@zulu', 'the first');
eventually sub { $peer->count('/federation/batch') }, 'it is sent batches';

my @garbage = (
    ['text',                  body => 'garbage'],
    ['nothing',               body => ''],
    ['a list',                json => []],
    ['no results',            json => {}],
    ['results of a wrong type', json => {results => 'all fine'}],
    ['too few results',       json => {results => []}],
    ['results without status', json => {results => [({}) x 300]}],
    ['a status of a wrong type', json => {results => [({status => 'fine'}) x 300]}],
    ['a status that cannot be', json => {results => [({status => -200}) x 300]}],
    ['a huge answer',         bytes => 8_000_000],
    ['an endless answer',     endless => 1],
    ['deep nesting',          body => '[' x 100_000],
    ['a redirect',            status => 307, headers => {Location => 'http://127.0.0.1:1/federation/batch'}],
);
my @expected = ('the first');
for my $case (@garbage) {
    my ($what, %rule) = @$case;
    my $before = $peer->count('/federation/batch');
    $peer->misbehave(path => '/federation/batch', %rule);
    push @expected, map {"$what: $_"} 1, 2;
    $alice->tell('zoe@zulu', $_) for @expected[-2, -1];
    eventually sub { $peer->count('/federation/batch') > $before + 1 }, "$what: it is sent again";
    $peer->behave;
    eventually sub { is_queue_empty($server, 'zulu') }, 'until it is taken';
    is_deeply $peer->bodies, \@expected, 'all is there, in order' or last;
}
is_deeply peer_status($server, 'zulu')->{refused}, [], 'nothing was taken for a refusal';

finish;
