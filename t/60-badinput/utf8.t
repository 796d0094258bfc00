# Text that is no UTF-8 is refused, in bodies, paths and WebSocket frames; odd but valid text is kept as it is.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice');
my $channel = $server->channel('general', [$alice]);

my %invalid = (
    'a lone byte'        => "\xff",
    'a cut sequence'     => "\xe2\x82",
    'a lone continuation' => "\x80",
    'an overlong form'   => "\xc0\xaf",
    'a surrogate'        => "\xed\xa0\x80",
    'beyond Unicode'     => "\xf4\x90\x80\x80",
);
for my $what (sort keys %invalid) {
    my $bytes = $invalid{$what};
    refused $alice->post("/api/channels/$channel/messages", undef, body => "{\"body\":\"x$bytes\"}"), 400, "$what in a body";
    refused $alice->post('/api/channels', undef, body => "{\"name\":\"x$bytes\"}"), 400, "$what in a name";
    refused $alice->post("/api/channels/$channel/messages", undef, body => "{\"body\":\"x\",\"x$bytes\":1}"), 400, "$what in a key";
    my $answer = raw_answer($server, "GET /api/messages/dm/$bytes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " . $alice->token . "\r\n\r\n");
    status_is $answer, [400, 404], "$what in a path";
}
is_deeply $alice->channel_bodies($channel), [], 'nothing of it was stored';

my @kept = ("\x{202e}right to left", "e\x{301}", "\x{feff}mark", "\x{10FFFD}", "\x{1F468}\x{200D}\x{1F469}", "tab\tand\x{7f}", "a\x{2028}b");
$alice->say($channel, $_) for @kept;
is_deeply $alice->channel_bodies($channel), \@kept, 'valid text comes back as it was';

for my $escaped ('"a\u0000b"', '"a\ud800b"', '"a\udc00\ud800b"') {
    my $answer = $alice->post("/api/channels/$channel/messages", undef, body => "{\"body\":$escaped}");
    status_is $answer, [200, 400], "$escaped is stored or refused";
    next unless $answer->status == 200;
    my $body = $alice->channel_bodies($channel, '?limit=1')->[0];
    like $body, qr/^a.+b$/s, 'what was stored is whole, and valid JSON';
    is $body, "a\x{0}b", 'a NUL is kept' if $escaped =~ /0000/;
}
my $socket = $alice->websocket;
$socket->send_raw([1, 0, 0, 0, 1, "{\"kind\":\"send_dm\",\"body\":\"\xff\"}"]);
eventually sub { $socket->ended || @{$socket->answers} }, 'a WebSocket frame is refused';
ok $socket->ended || $socket->answers->[0]{type} eq 'error', 'by an error or the end';
status_is $server->anonymous->get('/health'), 200, 'the server is well';

finish;
