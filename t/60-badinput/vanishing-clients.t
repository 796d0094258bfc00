# Clients that vanish before their answer is there: the late answer harms nobody, and what was written stays written.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice', password => 'correct horse');
my $channel = $server->channel('general', [$alice]);
my $stream  = $alice->events;
my $token   = $alice->token;
$alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => "old $_ " . 'x' x 2000}] } 1 .. 300]);

sub request ($method, $path, $json = undef) {
    my $body = defined $json ? encode_json($json) : '';
    return "$method $path HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token\r\nContent-Type: application/json\r\nContent-Length: "
        . length($body) . "\r\n\r\n$body";
}
for my $round (1 .. 20) {
    raw_connection($server)->send(request(POST => '/api/login', {username => 'alice', password => 'correct horse'}))->close;
    raw_connection($server)->send(request(POST => '/api/messages/channel', {channel => $channel, body => "vanished $round"}))->close;
    raw_connection($server, receive_buffer => 4096)->send(request(GET => "/api/messages/channel/$channel"))->close;
    raw_connection($server)->send(request(GET => '/api/events'))->close;
    my $reading = raw_connection($server, receive_buffer => 4096)->send(request(GET => "/api/messages/channel/$channel"));
    $reading->take(5);
    $reading->close;
}
status_is $alice->get('/api/users'), 200, 'the server is well';
$alice->say($channel, 'the end');
ok $stream->wait_message('the end'), 'so is a stream';
eventually sub { encode_json($alice->channel_bodies($channel)) eq encode_json($stream->bodies) }, 'what the history has is what was announced';

finish;
