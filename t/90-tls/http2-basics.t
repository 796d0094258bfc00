# HTTP/2 as a switch: off by default, over TLS only; what is asked for by it is answered as over HTTP/1.1.
use BeringShare::Test;
use BeringShare::Http2;
use BeringShare::Tls;

needs_command 'openssl', 'openssl';
needs_command 'curl', 'curl';
my $server = prepare_tls_server(METRICS_TOKEN => 'metrics-token-of-the-tests', REDIRECT_HTTP => 'on', BASE_URL => 'https://chat.example');
my $folder = $server->directory;
$server->overrides->{ACCESS_LOG_FILE} = "$folder/access.log";

sub protocol (@offer) { return s_client($server, -alpn => join ',', @offer) =~ /^ALPN protocol: (\S+)/m ? $1 : 'none' }

sub curl ($path, @arguments) {
    my $result = run_command(['curl', '-sS', '--http2', '--cacert', "$folder/cert.pem", '-D', '-', '-w', "\n%{http_version} %{remote_ip}",
        @arguments, tls_url($server) . $path]);
    my ($head, $body, $end) = $result->{output} =~ /\A(.*?)\r?\n\r?\n(.*)\n(.*)\z/s;
    return {head => $head // '', body => $body // '', version => ($end // '') =~ /^(\S+)/ ? $1 : ''};
}

$server->launch;
is protocol('h2', 'http/1.1'), 'http/1.1', 'off by default: h2 is not agreed upon';
is protocol('h2'), 'none', 'not even if there is nothing else';
is curl('/health')->{version}, '1.1', 'curl gets HTTP/1.1';

# ---- on ----

$server->restart(HTTP2 => 'on');
is protocol('h2', 'http/1.1'), 'h2', 'on: h2 is preferred';
is protocol('http/1.1', 'h2'), 'h2', 'whichever the client names first';
is protocol('http/1.1'), 'http/1.1', 'HTTP/1.1 for who wants that';
like s_client($server), qr{HTTP/1\.1 200}, 'and for who says nothing';

my $health = curl('/health', -X => 'HEAD', '--head');
is $health->{version}, '2', 'HEAD /health by HTTP/2';
my $page = curl('/chat/ui');
like $page->{head}, qr/^HTTP\/2 200/, 'a page';
like $page->{head}, qr/^$_: \S/m, "with $_" for qw(strict-transport-security x-request-id content-security-policy etag);
my ($etag) = $page->{head} =~ /^etag: (\S+)/m;
like curl('/chat/ui', -H => "If-None-Match: $etag")->{head}, qr/^HTTP\/2 304/, 'which is known the next time';
like curl('/app/net/api.js', '--compressed')->{head}, qr/^content-encoding: gzip/m, 'files are compressed';

# From here on the server's own client talks to the encrypted address, by HTTP/1.1: it makes what we look at by HTTP/2.
$server->url(tls_url($server));
my ($alice, $bob) = map { $server->user($_, password => $server->keep_secret("password of $_")) } qw(alice bob);
my $http2 = BeringShare::Http2->open($server);
my $said  = $http2->ask(POST => '/api/messages/dm', token => $alice->token, json => {recipient => 'bob', body => 'by HTTP/2'});
is $said->{status}, 200, 'a message is posted';
like_uuid $said->{json}{message_id}, 'and has an id';
is $http2->ask(GET => '/api/messages/dm/' . $alice->id, token => $bob->token)->{json}[0]{body}, 'by HTTP/2', 'and is there';
my @ids = map { $http2->request(GET => '/api/users', token => $alice->token) } 1 .. 90;
is scalar(grep { $http2->wait_answer($_)->{status} == 200 } @ids), 90, 'ninety requests at once on one connection';
is $http2->ask(GET => '/api/users')->{status}, 401, 'who has no token is refused';
my $missing = $http2->ask(GET => '/api/nonsense', token => $alice->token);
is_deeply [$missing->{status}, $missing->{json}{error}], [404, 'no such endpoint'], 'errors are the same';
is $http2->ask(PUT => '/api/users', token => $alice->token)->{status}, 405, 'a wrong method';
is $http2->ask(POST => '/api/messages/dm', token => $alice->token, body => '{', type => 'application/json')->{status}, 400, 'bad JSON';
is $http2->ask(GET => '/../../etc/passwd')->{status}, 404, 'no way out of the folder';
is $http2->ask(GET => 'health')->{status}, 200, 'a path without a slash is one with it';
is $http2->ask(POST => '/api/login', json => {username => 'alice', password => 'wrong'})->{status}, 401, 'a wrong password';

# ---- cookies: one header for all of them, or one each ----

my $login = curl('/api/login', -H => 'content-type: application/json',
    -d => encode_json({username => 'alice', password => 'password of alice'}));
my ($token) = $login->{head} =~ /^set-cookie: bering_session=([^;]+); Path=\/api; HttpOnly; SameSite=Strict; Max-Age=86400; Secure/m;
ok $token, 'signing in: a cookie for https alone';
$server->keep_secret($token // '');
sub with_cookies (@cookies) {
    return $http2->ask(GET => '/api/me', headers => [['sec-fetch-site', 'same-origin'], map { ['cookie', $_] } @cookies])->{status};
}
is with_cookies("bering_session=$token"), 200, 'it signs in';
is with_cookies('other=1', "bering_session=$token", 'more=2'), 200, 'in a header of its own, as browsers do by HTTP/2';
is with_cookies("bering_session=$token", 'bering_session=x'), 401, 'two of that name are none';
is $http2->ask(POST => '/api/logout', headers => [['sec-fetch-site', 'cross-site'], ['cookie', "bering_session=$token"]])->{status}, 403,
    'another site cannot use it';

# ---- what is seen of it ----

my $log = eventually_log(qr{ POST /api/messages/dm 200 });
like $log, qr{^\S+ [0-9a-f]{16} 127\.0\.0\.1 \Q${\$alice->id}\E POST /api/messages/dm 200 \d+ \d+$}m, 'the access log';
sub eventually_log ($pattern) { wait_until(sub { (read_file("$folder/access.log") // '') =~ $pattern }); return read_file("$folder/access.log") }
my $metrics = curl('/metrics', -H => 'Authorization: Bearer metrics-token-of-the-tests')->{body};
like $metrics, qr/^beringshare_connections_cut_total 0$/m, 'metrics: nobody was cut';

# ---- never in the clear ----

my $preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . "\0\0\0\4\0\0\0\0\0";
my $plain   = raw_connection($server)->send($preface);
$plain->read_to_end;
unlike $plain->received, qr/\A\0/, 'prior knowledge on a plain connection: no frame comes back';
ok $plain->closed, 'it is ended';
my $upgrade = raw_answer($server, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    . "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
is $upgrade->status, 200, 'an upgrade to h2c is answered by HTTP/1.1';
is $server->anonymous->get('/chat/ui', undef, url => 'http://' . $server->address . ':' . $server->port)->status, 301,
    'the plain address still leads to https';

finish;
