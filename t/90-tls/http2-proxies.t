# HTTP/2 through a proxy that passes TLS on: PROXY lines and X-Forwarded-For are believed, or not, as over HTTP/1.1.
use BeringShare::Test;
use BeringShare::Http2;
use BeringShare::Tls;

my $server = prepare_tls_server(HTTP2 => 'on', TRUSTED_PROXIES => '127.0.0.0/8', REQUEST_TIMEOUT_SECONDS => 2);
my $lines  = $server->overrides->{ACCESS_LOG_FILE} = $server->directory . '/access.log';
$server->launch;
my $alice = $server->user('alice');

# The address that the access log has for a request of this connection.
sub address_of ($before, $path, @headers) {
    my $http2 = BeringShare::Http2->open($server, defined $before ? (before => $before) : ());
    is $http2->ask(GET => $path, token => $alice->token, headers => [@headers])->{status}, 200, "$path is answered";
    wait_until(sub { read_file($lines) =~ m{ (\S+) \S+ GET \Q$path\E 200 } });
    return read_file($lines) =~ m{ (\S+) \S+ GET \Q$path\E 200 } ? $1 : undef;
}
is address_of(undef, '/api/users?a'), '127.0.0.1', 'without a line: the connection\'s own address';
is address_of("PROXY TCP4 198.51.100.9 127.0.0.1 4711 443\r\n", '/api/users?b'), '198.51.100.9', 'a line for IPv4';
is address_of("PROXY TCP6 2001:db8::9 ::1 4711 443\r\n", '/api/users?c'), '2001:db8::9', 'a line for IPv6';
is address_of("PROXY UNKNOWN\r\n", '/api/users?d'), '127.0.0.1', 'a line for who knows what';
is address_of(undef, '/api/users?e', ['x-forwarded-for', '203.0.113.7']), '203.0.113.7', 'a proxy that speaks HTTP/2 itself';
is address_of("PROXY TCP4 198.51.100.9 127.0.0.1 4711 443\r\n", '/api/users?f', ['x-forwarded-for', '203.0.113.7']), '198.51.100.9',
    'a client behind a line: what it says of others is nothing';

my %strangers = ('half a line' => 'PROXY TCP4 198.51', 'a line too long' => 'PROXY TCP4 ' . '1' x 200, 'no TLS' => "PROXY UNKNOWN\r\nGET / HTTP/1.1\r\n\r\n");
my $port = $server->port;
for my $what (sort keys %strangers) {
    $server->port($server->{tls_port});
    my $stranger = raw_connection($server)->send($strangers{$what});
    $server->port($port);
    $stranger->read_to_end;
    ok $stranger->closed, "$what: ended";
}
is(BeringShare::Http2->open($server)->ask(GET => '/health')->{status}, 200, 'others are served');

# Whoever is not trusted may write what it wants: it is no TLS.
$server->restart(TRUSTED_PROXIES => '192.0.2.1');
ok !eval { BeringShare::Http2->open($server, before => "PROXY UNKNOWN\r\n"); 1 }, 'a line of who is not trusted is no handshake';
is address_of(undef, '/api/users?g', ['x-forwarded-for', '203.0.113.7']), '127.0.0.1', 'nor is its X-Forwarded-For believed';

finish;
