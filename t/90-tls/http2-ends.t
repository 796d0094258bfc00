# How event streams over HTTP/2 end: their reader is too slow, the server goes; and how they do not: with a new certificate.
use BeringShare::Test;
use BeringShare::Http2 qw(frame);
use BeringShare::Tls;

# ---- slow readers: one leaves the bytes in its socket, one leaves no window on the stream, one none on the connection ----

my $server = prepare_tls_server(HTTP2 => 'on', STREAM_QUEUE_BYTES => '256k', RING_SIZE => '64m', METRICS_TOKEN => 'metrics-token-of-the-tests')
    ->launch;
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $channel = $server->channel('general', [$alice, $bob, $carol]);
my $reader  = BeringShare::Http2->open($server);
my $reading = $reader->events($carol);
my $metric  = $server->anonymous->with(token => 'metrics-token-of-the-tests');
sub streams_cut () { return $metric->get('/metrics')->body =~ /^beringshare_streams_cut_total (\d+)/m ? $1 : -1 }

my %slow = (
    'its socket'   => {narrow => 1},
    'the stream'   => {settings => {4 => 30000}},
    'everything'   => {},
);
my %stuck;
for my $kind (sort keys %slow) {
    my $http2 = BeringShare::Http2->open($server, %{$slow{$kind}});
    $http2->is_greedy(0);
    $stuck{$kind} = {http2 => $http2, stream => $http2->events($bob), takes => $kind ne 'its socket'};
}
my @texts = map { "message $_ " . 'x' x 60000 } 1 .. 240;
my $sent  = 0;
while ($sent < @texts && streams_cut() < 3) {
    $alice->say($channel, $texts[$sent++]);
    $_->{http2}->take for $reader ? {http2 => $reader} : (), grep { $_->{takes} } values %stuck;
}
cmp_ok $sent, '<', scalar @texts, "all three are cut, after $sent messages";
is streams_cut(), 3, 'and nobody else';
for my $kind (sort keys %stuck) {
    my ($http2, $stream) = @{$stuck{$kind}}{qw(http2 stream)};
    ok $http2->wait_closed, "who does not read $kind: the connection is ended";
    my ($last) = reverse $http2->seen($stream)->named('new_message');
    my ($known) = $last ? $last->{data}{message}{body} =~ /^message (\d+)/ : 0;
    my $resumed = $reader->events($bob, $last ? (last_event_id => $last->{id}) : ());
    my $count   = $sent - $known;
    is_deeply [map { /^(message \d+)/ } @{$reader->wait_bodies($resumed, $count)}], [map {"message $_"} $known + 1 .. $sent],
        "having heard $known, it resumes" if $last;
    $reader->send(frame('reset', 0, $resumed, pack 'N', 8));
}
is scalar @{$reader->wait_bodies($reading, $sent)}, $sent, 'who reads has got all of them';

# ---- new certificates ----

make_certificate($server->directory, $server->address, name => 'new.example');
kill HUP => $server->pid;
eventually sub { (served_name($server) // '') eq 'new.example' && (served_name($server) // '') eq 'new.example' }, 'a new certificate is served';
like s_client($server, -alpn => 'h2'), qr/^ALPN protocol: h2/m, 'with HTTP/2';
$alice->say($channel, 'after the reload');
is $reader->wait_bodies($reading, $sent + 1)->[-1], 'after the reload', 'the stream that there was goes on';
is $reader->ask(GET => '/health')->{status}, 200, 'its connection takes requests';

# ---- the end of the server ----

my $idle = BeringShare::Http2->open($server);
is $idle->ask(GET => '/health')->{status}, 200, 'a connection that is idle';
my $stalled = BeringShare::Http2->open($server, narrow => 1);
my $still   = $stalled->events($bob);
my $half    = BeringShare::Http2->open($server)->send(frame('headers', 4, 1, $idle->head(POST => '/api/login', type => 'application/json')));
$alice->say($channel, 'x' x 60000) for 1 .. 3;
$reader->wait_bodies($reading, $sent + 4);
$server->stop;
ok $reader->wait_for(sub { $reader->streams->{$reading}{ended} }), 'SIGTERM: the stream ends as a complete answer';
like substr($reader->streams->{$reading}{body}, -20), qr/retry: \d+\n\n\z/, 'which says when to come back';
ok $_->wait_closed, 'its connection ends' for $reader, $idle;
is $_->goaway, 0, 'with a word and without an error' for $reader, $idle;

finish;
