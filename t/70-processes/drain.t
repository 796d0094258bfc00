# SIGTERM and SIGINT: requests are finished, streams are told, and the server exits with status 0.
use BeringShare::Test;

for my $signal (qw(TERM INT)) {
    my $server = start_server(BCRYPT_COST => 10);
    my $alice  = $server->user('alice', password => 'correct horse');
    my $stream = $alice->events;
    my $socket = $alice->websocket;
    my $idle   = raw_connection($server)->send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    status_is $idle->answer, 200, 'a connection that stays open, idle';
    my $silent = raw_connection($server);
    my @logins;
    $alice->anonymous->request_p('POST', '/api/login', {username => 'alice', password => 'correct horse'})
        ->then(sub ($answer) { push @logins, $answer }) for 1 .. 8;
    # The logins are on their way once the server has taken all their connections; some may be answered already.
    wait_until(sub { @logins >= 1 });

    $server->stop(signal => $signal);
    eventually sub { @logins == 8 }, "$signal: every login has ended";
    my @cut = grep { $_->status != 200 && $_->status != 0 && $_->status != 503 } @logins;
    is scalar @cut, 0, 'whatever was taken was finished' or diag map { $_->summary } @cut;
    ok $stream->wait_end, 'the event stream has ended';
    ok $stream->ended_cleanly, 'as a complete answer';
    ok $socket->wait_end, 'the WebSocket has ended';
    is $socket->close_code, 1001, 'saying that the server goes away';
    $idle->read_to_end;
    ok $idle->closed, 'the idle connection is closed';
}

# Nothing that a client does holds up the end.
my $server = start_server(DRAIN_SECONDS => 3, STREAM_QUEUE_BYTES => '16m');
my $alice  = $server->user('alice');
my $stuck  = raw_connection($server, receive_buffer => 4096)
    ->send("GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " . $alice->token . "\r\n\r\n");
wait_until(sub { $stuck->take; $stuck->received =~ /\r\n\r\n/ });
$alice->tell('alice', 'x' x 60000) for 1 .. 100;
my $half = raw_connection($server)->send("POST /api/messages/dm HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n");
$server->stop;

finish;
