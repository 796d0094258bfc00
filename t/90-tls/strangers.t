# Who does not speak TLS on its port, or says nothing, harms nobody.
use BeringShare::Test;
use BeringShare::Tls;

my $server = prepare_tls_server(REQUEST_TIMEOUT_SECONDS => 2)->launch;
my $alice  = $server->user('alice');
my $port   = $server->port;
$server->port($server->{tls_port});
my %strangers = (
    'plain HTTP'     => raw_connection($server)->send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"),
    'garbage'        => raw_connection($server)->send(join '', map { chr(($_ * 97 + 13) % 256) } 1 .. 5000),
    'silence'        => raw_connection($server),
    'half a hello'   => raw_connection($server)->send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" . 'x' x 30),
    'a huge record'  => raw_connection($server)->send("\x16\x03\x03\xff\xff" . 'x' x 70000),
);
raw_connection($server)->send("\x16\x03")->close for 1 .. 20;
for my $what (sort keys %strangers) {
    $strangers{$what}->read_to_end;
    ok $strangers{$what}->closed, "$what is cut in the end";
    unlike $strangers{$what}->received, qr{^HTTP/1\.1 200}, 'without an answer';
}
$server->port($port);
status_is $alice->get('/api/users'), 200, 'plain HTTP on its own port is served';
status_is $alice->request('GET', '/api/users', undef, url => tls_url($server)), 200, 'so is TLS';

finish;
