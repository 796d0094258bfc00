# A peer that is in trouble (5xx, 429, a closed connection) is sent the same again, in order, until it takes it.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');

my %trouble = (
    'status 500'          => {status => 500},
    'status 502'          => {status => 502, body => '<html>Bad Gateway'},
    'status 503'          => {status => 503, headers => {'Retry-After' => 1}},
    'status 429'          => {status => 429, headers => {'Retry-After' => 1}},
    'a closed connection' => {close  => 1},
    'no HTTP'             => {raw    => "SSH-2.0-OpenSSH_9.2\r\n"},
    'half an answer'      => {raw    => "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n\"o"},
);
my @all;
for my $what (sort keys %trouble) {
    my @texts = map {"$what $_"} 1 .. 3;
    push @all, @texts;
    $peer->misbehave(path => '/federation/messages', times => 2, %{$trouble{$what}});
    $alice->tell('zoe@zulu', $_) for @texts;
    eventually sub { @{$peer->bodies} == @all }, "$what: everything arrives in the end";
    is_deeply $peer->bodies, \@all, 'in order';
    cmp_ok scalar(grep { $_->{body} eq $texts[0] } @{$peer->sent('/federation/messages')}), '>=', 3, 'the first was sent again';
}
eventually sub { is_queue_empty($server, 'zulu') }, 'nothing waits';
is_deeply peer_status($server, 'zulu')->{refused}, [], 'and nothing was taken for a refusal';

finish;
