# Idle streams are kept alive: comments over SSE, pings over a WebSocket.
use BeringShare::Test;

my $server = start_server(KEEPALIVE_SECONDS => 1);
my $alice  = $server->user('alice');
my $stream = $alice->events;
my $socket = $alice->websocket;
eventually sub { $stream->comments >= 3 }, 'comments come';
eventually sub { $socket->pings >= 3 }, 'pings come';
ok !$stream->ended && !$socket->ended, 'both go on';
$alice->tell('alice', 'still here');
ok $_->wait_message('still here'), 'and are live' for $stream, $socket;

finish;
