# Requests whose end could be misread are refused and the connection closed: no smuggling.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice');
my $auth   = 'Authorization: Bearer ' . $alice->token;
my $put    = "PUT /api/profile HTTP/1.1\r\nHost: x\r\n$auth\r\nContent-Type: application/json\r\n";
my $second = "GET /api/users HTTP/1.1\r\nHost: x\r\n$auth\r\n\r\n";

my @refused = (
    ['two different Content-Lengths', "${put}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
    ['the same Content-Length twice', "${put}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"],
    ['Content-Length as a list',      "${put}Content-Length: 2, 2\r\n\r\n{}"],
    ['a negative Content-Length',     "${put}Content-Length: -1\r\n\r\n{}"],
    ['a Content-Length with a sign',  "${put}Content-Length: +2\r\n\r\n{}"],
    ['a Content-Length that is none', "${put}Content-Length: two\r\n\r\n{}"],
    ['chunked with a Content-Length', "${put}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
    ['a Content-Length with chunked', "${put}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
    ['no Host',                       "GET /health HTTP/1.1\r\n\r\n"],
    ['no Host, on the API',           "GET /api/users HTTP/1.1\r\n$auth\r\n\r\n"],
);
for my $case (@refused) {
    my ($what, $bytes) = @$case;
    my $connection = raw_connection($server)->send($bytes . $second);
    $connection->read_to_end;
    ok $connection->closed, "$what: the connection is closed";
    my $answer = $connection->answer;
    refused $answer, 400, $what;
    my @heads = $connection->received =~ m{HTTP/1\.[01] \d\d\d}g;
    is scalar @heads, 1, 'what follows is not answered';
}

my @ended = (
    ['no HTTP at all',        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" . "\x00" x 500],
    ['a bad request line',    "GET\r\n\r\n"],
    ['an unknown version',    "GET / HTTP/9.9\r\nHost: x\r\n\r\n"],
    ['a bad chunk size',      "${put}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"],
    ['a huge chunk size',     "${put}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n"],
    ['an unknown coding',     "${put}Transfer-Encoding: gzip\r\n\r\n{}"],
    ['a NUL in a header',     "GET /health HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"],
    ['the preface of HTTP/2', "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . "\0\0\0\4\0\0\0\0\0"],
);
for my $case (@ended) {
    my ($what, $bytes) = @$case;
    my $connection = raw_connection($server)->send($bytes);
    $connection->read_to_end;
    ok $connection->closed, "$what: the connection is closed";
    unlike $connection->received, qr{HTTP/1\.1 200}, 'without success';
}

status_is raw_answer($server, "GET /health HTTP/1.0\r\n\r\n"), 200, 'HTTP/1.0 needs no Host';
status_is raw_answer($server, "${put}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"), 200, 'a proper body in chunks';
my $pipeline = raw_connection($server)->send(("GET /health HTTP/1.1\r\nHost: x\r\n\r\n") x 3 . "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
my @answers = $pipeline->read_to_end =~ m{HTTP/1\.1 200}g;
is scalar @answers, 4, 'requests behind each other are answered each';
for my $cut ("GE", "GET /health HTTP/1.1\r\nHo", "${put}Content-Length: 1000\r\n\r\n{") {
    raw_connection($server)->send($cut)->close;
}
status_is $alice->get('/api/users'), 200, 'clients that vanish do no harm';

finish;
