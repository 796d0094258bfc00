# REDIRECT_HTTP: plain listeners lead to BASE_URL, but for /health and what an ACME client has put there.
use BeringShare::Test;
use BeringShare::Tls;

my $server = prepare_tls_server(BASE_URL => 'https://chat.example:8443/', REDIRECT_HTTP => 'on');
my $folder = $server->directory . '/challenges';
mkdir $folder;
$server->overrides->{ACME_CHALLENGE_DIR} = $folder;

my $wrong = $server->run(['serve'], BASE_URL => 'http://chat.example');
is $wrong->{status}, 1, 'a BASE_URL without TLS does not start';
like $wrong->{output}, qr/REDIRECT_HTTP: .* BASE_URL is http:/, 'and it says why';

$server->launch;
my $nobody = $server->anonymous;
my %wanted = (
    '/'                              => 'https://chat.example:8443/',
    '/chat/ui'                       => 'https://chat.example:8443/chat/ui',
    '/api/users?limit=3&x=%0d%0aEvil' => 'https://chat.example:8443/api/users?limit=3&x=%0d%0aEvil',
    '//evil.example/x'               => 'https://chat.example:8443//evil.example/x',
);
for my $path (sort keys %wanted) {
    my $answer = $nobody->get($path, undef, headers => {Host => 'evil.example'});
    status_is $answer, 301, "GET $path";
    is $answer->header('Location'), $wanted{$path}, 'leads to the same at BASE_URL, whatever host was asked';
}
my $post = $nobody->post('/api/login', {username => 'admin', password => 'x'});
status_is $post, 308, 'POST keeps its method';
is $post->header('Location'), 'https://chat.example:8443/api/login', 'on its way';
ok !$post->header('Strict-Transport-Security'), 'HSTS is for encrypted answers';
is $nobody->get('/health')->body, 'ok', '/health is answered';
my $absolute = raw_answer($server, "GET http://evil.example/x HTTP/1.1\r\nHost: evil.example\r\n\r\n");
status_is $absolute, 301, 'an absolute URL';
like $absolute->header('Location'), qr{^https://chat\.example:8443/}, 'leads to no other host';

my $secure = $nobody->request('GET', '/health', undef, url => tls_url($server));
status_is $secure, 200, 'the encrypted address answers';
like $secure->header('Strict-Transport-Security'), qr/^max-age=\d{8}/, 'with HSTS';

# ---- challenges ----

sub challenge ($name, @options) { return $nobody->get("/.well-known/acme-challenge/$name", @options) }
write_file("$folder/Token_-1", 'Token_-1.thumbprint');
write_file($server->directory . '/secret', 'secret');
write_file("$folder/large", 'x' x 5000);
symlink '../secret', "$folder/link";
mkdir "$folder/folder";
is challenge('Token_-1')->body, 'Token_-1.thumbprint', 'a challenge is served';
like challenge('Token_-1')->header('Content-Type'), qr{^text/plain}, 'as text';
is challenge('Token_-1', undef, url => tls_url($server))->body, 'Token_-1.thumbprint', 'over TLS, too';
refused challenge($_), 404, "not there: $_" for qw(none large link folder a.b), 'x' x 200;
isnt challenge($_)->body, 'secret', "no way out of the folder: $_" for qw(../secret %2e%2e%2fsecret %2e%2e/secret);
write_file("$folder/late", 'late');
is challenge('late')->body, 'late', 'what is put there later is there';

finish;
