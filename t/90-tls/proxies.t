# What proxies say about their clients counts if they are trusted: X-Forwarded-For, X-Forwarded-Proto, PROXY lines.
use BeringShare::Test;
use BeringShare::Tls;

my $server = prepare_tls_server(LOGIN_ATTEMPTS => 1, BASE_URL => 'https://chat.example', REDIRECT_HTTP => 'on');
for my $value ('10.0.0.0/33', 'nonsense', '10.0.0.0/', '::1/129', '10.0.0.0/8,x') {
    my $result = $server->run(['check-config'], TRUSTED_PROXIES => $value);
    is $result->{status}, 1, "TRUSTED_PROXIES=$value is refused";
    like $result->{output}, qr/TRUSTED_PROXIES: "\Q$value\E" is not right/, 'by its name';
}

# An address has ten attempts a minute, an account one: so each attempt is for another account.
my ($attempt, $said) = (0);
sub attempts ($count, %headers) {
    my @answers = map { $server->anonymous->post('/api/login', {username => 'nobody' . ++$attempt, password => 'x'},
        headers => {'X-Forwarded-Proto' => 'https', %headers}) } 1 .. $count;
    return join ' ', sort keys %{{map { $_->status => 1 } @answers}};
}

# ---- trusted: the last proxy's word counts, what stood before it does not ----

$server->overrides->{TRUSTED_PROXIES} = '192.0.2.0/24, 127.0.0.0/8, 2001:db8::/32';
$server->launch;
is attempts(10, 'X-Forwarded-For' => '198.51.100.1'), '401', 'a client behind a proxy has its attempts';
is attempts(10, 'X-Forwarded-For' => '198.51.100.2'), '401', 'so has another one';
like attempts(20, 'X-Forwarded-For' => '198.51.100.1'), qr/429/, 'the first one has used them up';
like attempts(20, 'X-Forwarded-For' => "203.0.113.7, 198.51.100.1"), qr/429/, 'whatever it invents before its address';
like attempts(20, 'X-Forwarded-For' => '198.51.100.1, 192.0.2.7,2001:db8::1'), qr/429/, 'and through more trusted proxies';
is attempts(10, 'X-Forwarded-For' => '2001:db9:0:1::5'), '401', 'an IPv6 client';
like attempts(20, 'X-Forwarded-For' => '[2001:db9:0:1::6]:4711'), qr/429/, 'is its /64';

my $alice = BeringShare::Client->new(server => $server, username => 'alice', password => 'correct horse');
my %https = (headers => {'X-Forwarded-Proto' => 'https', 'X-Forwarded-For' => '198.51.100.3'});
status_is $server->admin->post('/admin/users', {username => 'alice', password => 'correct horse'}, %https), 200, 'through the proxy';
my $login = $server->anonymous->post('/api/login', {username => 'alice', password => 'correct horse'}, %https);
like $login->header('Set-Cookie') // '', qr/; Secure$/, 'https at the proxy: the cookie is for https alone';
ok $login->header('Strict-Transport-Security'), 'HSTS is said';
$server->keep_secret($login->json->{token});
status_is $server->anonymous->get('/chat/ui', undef, headers => {'X-Forwarded-Proto' => 'http'}), 301, 'http at the proxy: redirected';
status_is $server->anonymous->get('/chat/ui', undef, headers => {'X-Forwarded-Proto' => 'https, http'}), 301,
    'the last word counts';

# ---- PROXY lines ----

sub raw_login ($line) {
    my $body = encode_json({username => 'somebody' . ++$attempt, password => 'x'});
    return raw_answer($server, "${line}POST /api/login HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n"
            . "Content-Type: application/json\r\nContent-Length: " . length($body) . "\r\n\r\n$body");
}
sub health ($line) { return raw_answer($server, "${line}GET /health HTTP/1.1\r\nHost: x\r\n\r\n")->status }
is health("PROXY TCP4 198.51.100.9 127.0.0.1 4711 80\r\n"), 200, 'a PROXY line for IPv4';
is health("PROXY TCP6 2001:db8::9 ::1 4711 80\r\n"), 200, 'for IPv6';
is health("PROXY UNKNOWN\r\n"), 200, 'for who knows what';
is health(''), 200, 'none at all';
is health("PROXY\r\n"), 400, 'a broken one';
my $split = raw_connection($server)->send("PROXY TCP4 198.51.100.9 127.0.0.1 47");
$split->send("11 80\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n");
status_is $split->answer, 200, 'one in two pieces';
status_is raw_login("PROXY TCP4 192.0.2.9 127.0.0.1 4711 80\r\n"), 401, 'a login through a second proxy that is trusted';
$server->stop;

# ---- not trusted ----

$server->overrides->{TRUSTED_PROXIES} = '192.0.2.0/24';
$server->overrides->{REDIRECT_HTTP} = 'off';
$server->launch;
like attempts(20, 'X-Forwarded-For' => "198.51.100.$_"), qr/429/, "address $_ is not believed" for 1 .. 2;
is health("PROXY TCP4 198.51.100.9 127.0.0.1 4711 80\r\n"), 400, 'a PROXY line is no HTTP';
ok !$server->anonymous->get('/health', undef, headers => {'X-Forwarded-Proto' => 'https'})->header('Strict-Transport-Security'),
    'https is not believed';

finish;
