# HTTP/2: who only holds on is let go of, whatever it sends to keep the connection: pings, half a request, half an answer taken.
use BeringShare::Test;
use BeringShare::Http2 qw(frame);
use BeringShare::Peer;
use BeringShare::Tls;

my $provider = BeringShare::Peer->start('gifs');
my $server   = prepare_tls_server(HTTP2 => 'on', LOG_LEVEL => 'debug', REQUEST_TIMEOUT_SECONDS => 1, KEEPALIVE_SECONDS => 1,
    WORKERS => 1, JOB_THREADS => 1, TENOR_API_KEY => 'key-of-the-gif-provider', GIF_API_URL => $provider->url)->launch;
my $alice    = $server->user('alice');
$alice->tell('alice', 'x' x 60000);

# Pings now and then, far fewer than would be too many by themselves, until the connection is ended.
sub ended_despite_pings ($http2, $what, $reason) {
    my ($round, $before) = (0, length $server->log);
    ok $http2->wait_for(sub { $http2->send(frame('ping', 0, 0, 'x' x 8)) if ++$round % 20 == 0; $http2->closed }), "$what: it is ended";
    eventually sub { substr($server->log, $before) =~ $reason }, 'for that reason';
}

my $listening = BeringShare::Http2->open($server);
my $stream    = $listening->events($alice);

ended_despite_pings(BeringShare::Http2->open($server), 'no request', qr/it asks for nothing/);
my $http2 = BeringShare::Http2->open($server);
is $http2->ask(GET => '/health')->{status}, 200, 'a request';
ended_despite_pings($http2, 'and no other', qr/it asks for nothing/);

$http2 = BeringShare::Http2->open($server);
$http2->events($alice);
$http2->request(POST => '/api/login', open => 1, type => 'application/json') for 1 .. 90;
ended_despite_pings($http2, 'requests without their ends', qr/a request does not arrive/);

$http2 = BeringShare::Http2->open($server, settings => {4 => 1000});
$http2->is_greedy(0);
$http2->request(GET => '/api/messages/dm/' . $alice->id, token => $alice->token) for 1 .. 50;
ended_despite_pings($http2, 'answers that nobody takes', qr/an answer is not taken/);

my $silent = BeringShare::Http2->open($server, silent => 1);
ok $silent->wait_closed, 'one that never begins is ended';

ok !$listening->closed, 'one that listens stays';
$alice->tell('alice', 'still there?');
ok $listening->wait_for(sub { $listening->seen($stream)->bodies->[-1] // '' eq 'still there?' }), 'and hears';
cmp_ok $listening->seen($stream)->comments, '>=', 1, 'with comments in between';

# ---- requests that are reset, but whose work goes on ----

$provider->misbehave(hang => 1);
$http2 = BeringShare::Http2->open($server);
my $bytes = '';
for my $number (1 .. 100) {
    my ($id, $frames) = $http2->request_frames(GET => "/api/gif/search?q=cat$number", token => $alice->token);
    $bytes .= $frames . frame('reset', 0, $id, pack 'N', 8);
}
$http2->send($bytes);
eventually sub { $provider->count >= 1 }, 'a hundred searches, of which the first keeps its thread waiting';
my $more = $http2->ask(GET => '/api/users', token => $alice->token);
is $more->{status}, 503, 'the connection gets nothing else done';
like $more->{json}{error}, qr/too much of this connection/, 'and is told why';
is(BeringShare::Http2->open($server)->ask(GET => '/health')->{status}, 200, 'others do');
$provider->behave;
$provider->release;
ok $http2->wait_for(sub { $http2->closed || $http2->ask(GET => '/api/users', token => $alice->token)->{status} == 200 }), 'when that is done, it can ask again';
ok !$http2->closed, 'on the same connection';

finish;
