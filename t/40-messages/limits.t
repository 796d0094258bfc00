# How long a message may be, and that it holds something.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice]);

my %ways = (
    channel => sub ($body) { return $alice->post('/api/messages/channel', {channel => $channel, body => $body}) },
    direct  => sub ($body) { return $alice->post('/api/messages/dm', {recipient => 'bob', body => $body}) },
    desktop => sub ($body) { return $alice->post("/api/channels/$channel/messages", {body => $body}) },
);
for my $way (sort keys %ways) {
    my $send = $ways{$way};
    status_is $send->('x' x 65536), 200, "$way: as long as may be";
    status_is $send->('é' x 32768), 200, "$way: bytes count";
    status_is $send->("\x{1}\n" x 32768), 200, "$way: the text counts, not how it is escaped";
    refused $send->('x' x 65537), [400, 413], "$way: one byte more";
    refused $send->('é' x 32769), [400, 413], "$way: one letter more";
    refused $send->(''), 400, "$way: empty";
    refused $send->(" \t\r\n"), 400, "$way: only white space";
}
is scalar @{$alice->channel_bodies($channel)}, 6, 'what was refused is not in the channel';
is $alice->channel_bodies($channel)->[2], "\x{1}\n" x 32768, 'what was not is there unchanged';
is scalar @{$alice->direct_bodies($bob->id)}, 3, 'nor in the conversation';

my $socket = $alice->websocket;
for my $body ('x' x 65537, '', "\n") {
    my $answer = $socket->ask({kind => 'send_channel_message', channel_id => $channel, body => $body});
    is $answer->{type}, 'error', 'over a WebSocket: ' . length($body) . ' bytes are refused';
}
is $socket->ask({kind => 'send_channel_message', channel_id => $channel, body => 'x' x 65536})->{type}, 'ok', 'as long as may be';

my $small = start_server(MAX_MESSAGE_BYTES => 1024);
my $carol = $small->user('carol');
status_is $carol->post('/api/messages/dm', {recipient => 'carol', body => 'x' x 1024}), 200, 'MAX_MESSAGE_BYTES';
refused $carol->post('/api/messages/dm', {recipient => 'carol', body => 'x' x 1025}), [400, 413], 'and one more';

finish;
