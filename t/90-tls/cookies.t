# Over TLS a cookie is for TLS alone, and a page that came without TLS is of another origin.
use BeringShare::Test;
use BeringShare::Tls;

my $server = prepare_tls_server()->launch;
my $alice  = $server->user('alice', password => 'correct horse');
my $plain  = $alice->try_login;
unlike $plain->header('Set-Cookie'), qr/Secure/, 'without TLS';
$server->keep_secret($plain->json->{token});

$server->url(tls_url($server));
my $login = $alice->try_login;
my $token = $server->keep_secret($login->json->{token});
is $login->header('Set-Cookie'), "bering_session=$token; Path=/api; HttpOnly; SameSite=Strict; Max-Age=86400; Secure", 'with TLS';
my ($host) = $server->url =~ m{^https://(.*)};
my $nobody = $server->anonymous;
sub logout ($origin) { return $nobody->post('/api/logout', undef, headers => {Cookie => "bering_session=$token", Origin => $origin}) }
refused logout("http://$host"), 403, 'the same host without TLS';
my $out = logout("https://$host");
status_is $out, 200, 'the same with it';
is $out->header('Set-Cookie'), 'bering_session=; Path=/api; HttpOnly; SameSite=Strict; Max-Age=0; Secure', 'cleared';

finish;
