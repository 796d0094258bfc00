# A client that never reads is cut; it costs the others nothing, and can resume.
use BeringShare::Test;

my $server = start_server(STREAM_QUEUE_BYTES => '256k', RING_SIZE => '64m');
my ($worker) = $server->worker_pids;
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $channel = $server->channel('general', [$alice, $bob, $carol]);
my $reader  = $carol->events_on($worker);

# Neither reads from here on; small buffers on this side, so that the kernel takes little.
my %head = (
    SSE       => "GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
    WebSocket => "GET /api/ws HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        . "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
);
my %stuck;
for my $kind (sort keys %head) {
    $stuck{$kind} = raw_connection($server, receive_buffer => 4096)->send(sprintf $head{$kind}, $bob->token);
    like $stuck{$kind}->answer(2)->status, qr/^(?:200|101)$/, "$kind: the stream is open";
    ok defined $stuck{$kind}->worker, "$kind: a worker holds it";
}

my @texts = map { "message $_ " . 'x' x 60000 } 1 .. 240;
my $rest  = [@texts];
while (@$rest && grep { defined $_->worker } values %stuck) {
    $alice->say($channel, shift @$rest);
}
for my $kind (sort keys %stuck) {
    ok !defined $stuck{$kind}->worker, "$kind: who does not read is cut";
}
my $sent = @texts - @$rest;
cmp_ok $sent, '<', scalar @texts, "after $sent messages";
reads_bodies $reader, [@texts[0 .. $sent - 1]], 'who reads has got all of them';

$stuck{SSE}->read_to_end;
my ($last) = reverse grep { $_->{data}{event} eq 'new_message' } @{$stuck{SSE}->events};
my ($known) = map { /^message (\d+) / } $last ? $last->{data}{message}{body} : ();
if (ok defined $known, 'some of it had arrived') {
    my $resumed = $bob->events(last_event_id => $last->{id});
    reads_bodies $resumed, [@texts[$known .. $sent - 1]], 'from there it resumes';
    is scalar(() = $resumed->named('resync')), 0, 'without a resync';
}

finish;
