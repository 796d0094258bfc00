# Bodies, headers and paths that are too large are refused without being kept.
use BeringShare::Test;

my $server = start_server(REQUEST_TIMEOUT_SECONDS => 3);
my $alice  = $server->user('alice');
my $head   = "POST /api/messages/dm HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " . $alice->token
    . "\r\nContent-Type: application/json\r\n";

my $body = '{"recipient":"alice","body":"' . 'x' x 4_000_000 . '"}';
for my $path ('/api/messages/dm', '/api/channels', '/api/login') {
    my $bytes = $head =~ s{/api/messages/dm}{$path}r . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
    refused raw_answer($server, $bytes), 413, "four megabytes to $path";
}
status_is raw_answer($server, "${head}Content-Length: $_\r\n\r\n{"), [400, 413], "announced only: $_ bytes"
    for 2_000_000_000, 9_000_000_000_000_000_000, '9' x 40;

my $chunked = raw_connection($server)->send("${head}Transfer-Encoding: chunked\r\n\r\n");
my $chunk   = sprintf "%x\r\n%s\r\n", 65536, 'x' x 65536;
for (1 .. 200) {
    $chunked->send($chunk);
    $chunked->take;
    last if $chunked->closed || $chunked->received =~ /\r\n\r\n/;
}
status_is $chunked->answer, [400, 413], 'in chunks without an end';

my $long = raw_connection($server)->send('GET /' . 'x' x 200_000 . " HTTP/1.1\r\nHost: x\r\n\r\n");
$long->read_to_end;
ok $long->closed, 'an endless path ends the connection';
my $header = raw_connection($server)->send("GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " . 'x' x 200_000 . "\r\n\r\n");
$header->read_to_end;
ok $header->closed, 'so does an endless header';
my $many = raw_connection($server)->send("GET /health HTTP/1.1\r\nHost: x\r\n" . "X-Many: x\r\n" x 5000 . "\r\n");
$many->read_to_end;
ok $many->closed, 'so do very many headers';
status_is $alice->get('/api/users'), 200, 'the server is well';

finish;
