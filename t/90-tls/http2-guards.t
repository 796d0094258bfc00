# HTTP/2: what would crash or exhaust h2o ends the connection that sends it, and nothing else.
use BeringShare::Test;
use BeringShare::Http2 qw(frame header_block);
use BeringShare::Tls;

my $server = prepare_tls_server(HTTP2 => 'on', LOG_LEVEL => 'debug', METRICS_TOKEN => 'metrics-token-of-the-tests');
my $lines  = $server->overrides->{ACCESS_LOG_FILE} = $server->directory . '/access.log';
$server->launch;
my $alice  = $server->user('alice');
my ($END_STREAM, $END_HEADERS, $PADDED, $PRIORITY) = (1, 4, 8, 0x20);

sub connection (%options) { return BeringShare::Http2->open($server, %options) }
sub metric ($name) {
    my $answer = $server->anonymous->with(token => 'metrics-token-of-the-tests')->get('/metrics');
    return $answer->body =~ /^beringshare_${name}_total (\d+)/m ? $1 : undef;
}
sub is_well ($what) { is(connection()->ask(GET => '/health')->{status}, 200, "$what: others are served") }

# The connection is ended, with a word if there is time for one; the log says why.
sub is_ended ($http2, $what, $reason) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok $http2->wait_closed, "$what: the connection is ended";
    eventually sub { $server->log =~ $reason }, 'for that reason';
    is_well($what);
}

# ---- requests that are reset ----

my $http2 = connection();
my $bytes = '';
for (1 .. 90) {
    my ($id, $frames) = $http2->request_frames(GET => '/api/users', token => $alice->token);
    $bytes .= $frames . frame('reset', 0, $id, pack 'N', 8);
}
$http2->send($bytes);
is $http2->ask(GET => '/api/users', token => $alice->token)->{status}, 200, 'who leaves a page resets ninety requests: served';

for (1 .. 50) {
    last if $http2->closed;
    $bytes = '';
    for (1 .. 100) {
        my ($id, $frames) = $http2->request_frames(GET => '/api/users', token => $alice->token);
        $bytes .= $frames . frame('reset', 0, $id, pack 'N', 8);
    }
    $http2->send($bytes);
}
is_ended $http2, 'five thousand', qr/too many requests that end early|too many requests end early/;
cmp_ok scalar(() = read_file($lines) =~ m{ GET /api/users }g), '<', 2500, 'most of them never were requests';
cmp_ok metric('connections_cut'), '>=', 1, 'the metrics count it';

# ---- too many fields, and blocks of them in pieces ----

sub fields ($count) { return header_block(map { ["x-field-$_", 'x'] } 1 .. $count) }
$http2 = connection();
my $head = $http2->head(GET => '/health');
is $http2->wait_answer($http2->request(GET => '/health', headers => [map { ["x-field-$_", 'x'] } 1 .. 96]))->{status}, 200, 'a hundred fields';
my %bombs = (
    'a field more'               => frame('headers', $END_HEADERS | $END_STREAM, 1, $head . fields(97)),
    'one field, many times'      => frame('headers', $END_HEADERS | $END_STREAM, 1, $head . "\x40\x01x\x7f\xa1\x1e" . ('y' x 4000) . "\xbe" x 12000),
    'behind padding and a priority' =>
        frame('headers', $END_HEADERS | $END_STREAM | $PADDED | $PRIORITY, 1, "\x03" . pack('NC', 0, 15) . $head . fields(97) . "\0\0\0"),
    'in a request with a body'   => frame('headers', $END_HEADERS, 1, $head . fields(97)),
    'of indexed names'           => frame('headers', $END_HEADERS | $END_STREAM, 1, $head . "\x0f\x10\x01x" x 97),
    'sizes of the table'         => frame('headers', $END_HEADERS | $END_STREAM, 1, ("\x20" x 101) . $head),
);
is_ended connection()->send($bombs{$_}), $_, qr/too many header fields/ for sort keys %bombs;
is_ended connection()->send(frame('headers', $END_STREAM, 1, $head)), 'a block in pieces', qr/a header block of several frames/;
my %malformed = (
    'a frame that is too long'    => frame('headers', $END_HEADERS | $END_STREAM, 1, $head . "\0" x 17000),
    'a continuation of nothing'   => frame('continuation', $END_HEADERS, 1, $head),
    'a promise'                   => frame('promise', $END_HEADERS, 1, pack('N', 2) . $head),
    'padding longer than all'     => frame('headers', $END_HEADERS | $END_STREAM | $PADDED, 1, "\xff" . $head),
    'a string longer than all'    => frame('headers', $END_HEADERS | $END_STREAM, 1, "\0\x7f\xff\xff\xff\x7fx"),
    'an integer without an end'   => frame('headers', $END_HEADERS | $END_STREAM, 1, "\xff" x 50),
    'an index of nothing'         => frame('headers', $END_HEADERS | $END_STREAM, 1, "\xfe"),
    'a window of nothing'         => frame('window', 0, 0, pack 'N', 0),
    'data of no request'          => frame('data', 0, 1, 'x' x 100),
    'even numbers'                => frame('headers', $END_HEADERS | $END_STREAM, 2, $head),
    'a priority of nothing'       => frame('priority', 0, 0, pack 'NC', 1, 1),
    'no preface'                  => undef,
);
for my $what (sort keys %malformed) {
    my $connection = defined $malformed{$what} ? connection()->send($malformed{$what}) : connection(silent => 1)->send('x' x 100);
    ok $connection->wait_closed, "$what: the connection is ended";
}
is_well('what is malformed');

# Anything at all, as long as it looks like frames.
srand 42;
for my $round (1 .. 30) {
    my $connection = connection();
    my $noise = join '', map { frame(int rand 11, int rand 256, int rand 8, join '', map { chr rand 256 } 1 .. rand 40) } 1 .. 30;
    $connection->send($noise . $noise)->take;
    $connection->close;
}
is_well('noise');

# ---- frames that only cost ----

my %floods = (
    pings      => sub ($number) { frame('ping', 0, 0, 'x' x 8) },
    settings   => sub ($number) { frame('settings', 0, 0, pack 'nN', 4, 65535 - $number) },
    priorities => sub ($number) { frame('priority', 0, 1 + 2 * $number, pack 'NC', 0, 1) },
    'data of nothing' => sub ($number) { frame('data', 0, 1, '') },
    'unknown types'   => sub ($number) { frame(0x10, 0, 0, 'u=1') },
);
for my $what (sort keys %floods) {
    my $connection = connection();
    $connection->send(frame('headers', $END_HEADERS, 1, $connection->head(POST => '/api/login', type => 'application/json')))
        if $what =~ /data/;
    $connection->send(join '', map { $floods{$what}->($_) } 1 .. 3000);
    ok $connection->wait_closed, "many $what: the connection is ended";
}
is_well('floods');
$http2 = connection();
$http2->send(join '', map { $floods{$_}->(1) x 50 } 'unknown types', 'pings');
is $http2->ask(GET => '/health')->{status}, 200, 'some are no harm';
ok $http2->wait_for(sub { $http2->pings == 50 }), 'pings are answered';
unlike $server->log, qr/skipping frame/, 'and unknown ones fill no log';
$http2 = connection();
$bytes = '';
for (1 .. 5000) { $bytes .= ($http2->request_frames(GET => '/api/users', token => $alice->token))[1] }
$http2->send($bytes);
$http2->wait_for(sub { $http2->closed || !grep { !$_->{ended} && !defined $_->{reset} } map { $http2->streams->{1 + 2 * $_} } 0 .. 4999 });
is_well('five thousand requests at once');

# ---- what HTTP/2 has no place for here ----

$http2 = connection();
my $socket = $http2->ask(GET => '/api/ws', token => $alice->token);
is $socket->{status}, 400, 'a WebSocket over HTTP/2';
like $socket->{json}{error}, qr/over HTTP\/1\.1 only/, 'is told where to go';
$socket = $http2->ask(GET => '/api/ws', token => $alice->token, headers => [['sec-websocket-version', '13'], ['sec-websocket-key', 'x' x 24]]);
is $socket->{status}, 400, 'with all of its headers, too';
$http2 = connection();
my $connect = $http2->request(GET => '/api/ws', token => $alice->token, headers => [['upgrade', 'websocket'], ['connection', 'upgrade']]);
$http2->wait_for(sub { $http2->closed || defined $http2->streams->{$connect}{reset} });
ok !defined $http2->streams->{$connect}{status}, 'an upgrade is refused';
my @connects = (
    [[':method', 'CONNECT'], [':authority', 'example.org:443']],
    [[':method', 'CONNECT'], [':protocol', 'websocket'], [':scheme', 'https'], [':path', '/api/ws'], [':authority', 'x']],
    [[':method', 'CONNECT'], [':scheme', 'https'], [':path', '/api/ws'], [':authority', 'x']],
    [[':method', 'GET'], [':scheme', 'https'], [':path', '/health']],
);
for my $fields (@connects) {
    my $what = join ' ', map { $_->[1] } @$fields;
    $http2 = connection();
    $http2->streams->{1} = {body => ''};
    $http2->send(frame('headers', $END_HEADERS | $END_STREAM, 1, header_block(@$fields)));
    ok $http2->wait_for(sub { my $it = $http2->streams->{1}; $http2->closed || defined $it->{reset} || ($it->{status} // 0) >= 400 }), "$what is refused";
}
is_well('CONNECT');

finish;
