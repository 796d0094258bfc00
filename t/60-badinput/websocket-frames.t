# WebSocket frames that break the rules end that connection, and no other.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice');
my $good   = $alice->websocket;
my $head   = "GET /api/ws HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " . $alice->token . "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
my $key    = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

my $answer = raw_answer($server, "${head}${key}Sec-WebSocket-Version: 12\r\n\r\n");
status_is $answer, [400, 426], 'an unknown version is refused';
status_is raw_answer($server, "${head}Sec-WebSocket-Version: 13\r\n\r\n"), [400, 426], 'no key is refused';

sub frame ($first, $payload, $masked = 1) {
    my $length = length $payload;
    my $head   = pack 'CC', $first, ($masked ? 0x80 : 0) | ($length < 126 ? $length : $length < 65536 ? 126 : 127);
    $head .= $length < 126 ? '' : $length < 65536 ? pack 'n', $length : pack 'Q>', $length;
    return $head . ($masked ? "\0\0\0\0" : '') . $payload;    # a mask of zeros changes nothing
}
my %bad = (
    'an unmasked frame'         => frame(0x81, '{}', 0),
    'a reserved opcode'         => frame(0x83, '{}'),
    'a reserved bit'            => frame(0xc1, '{}'),
    'a fragmented ping'         => frame(0x09, 'x'),
    'a ping that is too long'   => frame(0x89, 'x' x 200),
    'a continuation of nothing' => frame(0x80, 'x'),
    'a new text in a fragment'  => frame(0x01, 'x') . frame(0x81, 'y'),
    'a huge frame'              => pack('CC', 0x81, 0xff) . pack('Q>', 1 << 40) . "\0\0\0\0" . 'x' x 1000,
    'a length with its top bit' => pack('CC', 0x81, 0xff) . pack('Q>', ~0) . "\0\0\0\0",
    'a text without an end'     => join('', frame(0x01, 'x' x 60000), map { frame(0x00, 'x' x 60000) } 1 .. 60),
    'garbage'                   => join('', map { chr(($_ * 97 + 13) % 256) } 1 .. 3000),
);
for my $what (sort keys %bad) {
    my $connection = raw_connection($server)->send("${head}${key}Sec-WebSocket-Version: 13\r\n\r\n");
    wait_until(sub { $connection->take; $connection->received =~ /"connected"/ || $connection->closed });
    like $connection->received, qr{^HTTP/1\.1 101}, "$what: the WebSocket is open" or next;
    $connection->send($bad{$what});
    $connection->read_to_end;
    ok $connection->closed, "$what ends it";
}
my $binary = $alice->websocket;
$binary->send_raw({binary => '{"kind":"send_dm"}'});
eventually sub { $binary->ended || @{$binary->answers} }, 'a binary frame is told off';

my $pieces = $alice->websocket;
my $input  = encode_json({kind => 'send_dm', target_user => 'alice', body => 'in pieces'});
$pieces->send_raw([0, 0, 0, 0, 1, substr $input, 0, 10]);
$pieces->send_raw([1, 0, 0, 0, 0, substr $input, 10]);
ok $good->wait_message('in pieces'), 'a text in two pieces is fine, and another connection is well';

finish;
