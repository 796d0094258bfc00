# The WebSocket: the first frame, the same events as over SSE, and a polite end.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);

my $socket = $bob->websocket;
has_fields $socket->connected, {type => 'connected', user_id => $bob->id}, 'the first frame';
my $in_url = $bob->websocket(token_in_url => 1);
is $in_url->connected->{user_id}, $bob->id, 'the token may be in the URL';
my $stream = $bob->events;

$alice->say($channel, "hello \x{1F43B}");
$alice->tell('bob', 'in private');
for my $reader ($socket, $in_url) {
    reads_bodies $reader, ["hello \x{1F43B}", 'in private'], 'the messages arrive';
}
$stream->wait_message('in private');
for my $number (0, 1) {
    my ($sse)       = ($stream->named('new_message'))[$number];
    my ($websocket) = ($socket->named('new_message'))[$number];
    my %data = %{$websocket->{data}};
    is delete $data{id}, $sse->{id}, 'the id is that of the SSE event';
    is_deeply \%data, $sse->{data}, 'and the rest is the same';
}

$socket->finish;
is $socket->close_code, 1000, 'the closing is answered';
my $refused = $server->anonymous->with(token => 'x' x 43)->websocket(wait_open => 0);
$refused->wait_end;
is $refused->status, 401, 'an unknown token gets no WebSocket';
refused $bob->get('/api/ws'), [400, 426], 'a plain request is told off';

finish;
