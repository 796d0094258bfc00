# Who joins a call in which this server has them already: nobody here hears of it twice, but other servers are told again, because
# they may have lost sight of somebody who was gone for a moment.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server  = start_federated('a');
my $alice   = $server->user('alice');
my $peer    = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe'], online => ['zoe']);
my $channel = $server->channel('general', [$alice]);
add_member($server, $channel, 'zoe@zulu');
my $stream = $alice->events;

sub joins ($name) {
    my $answer = $alice->post("/api/channels/$channel/call/join");
    status_is $answer, 200, $name;
    is_deeply [map { $_->{username} } @{$answer->json->{participants}}], ['alice'], 'and is in the call, once';
}
joins('alice joins');
eventually sub { $peer->count('/channel-call-event$') == 1 }, 'another server is told';
joins('she joins again');
eventually sub { $peer->count('/channel-call-event$') == 2 }, 'it is told again';
my $last = $peer->sent('/channel-call-event$')->[-1];
is "$last->{event} $last->{participant}{username}", 'join alice', 'that she is in it';
$alice->tell('alice', 'the end');
$stream->wait_message('the end');
is scalar $stream->named('channel_call_join'), 1, 'here, it is one event';

finish;
