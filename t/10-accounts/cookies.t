# Signing in also sets a cookie that no script can read; it stands for the session until that ends.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice', password => 'correct horse');
my $nobody = $server->anonymous;

my $login  = $alice->try_login;
my $token  = $server->keep_secret($login->json->{token});
is $login->header('Set-Cookie'), "bering_session=$token; Path=/api; HttpOnly; SameSite=Strict; Max-Age=86400",
    'the cookie of a user\'s session';
my $admin_login = $nobody->post('/admin/login', {username => 'admin', password => 'admin-password'});
my $admin_token = $server->keep_secret($admin_login->json->{token});
is $admin_login->header('Set-Cookie'), "bering_admin=$admin_token; Path=/admin; HttpOnly; SameSite=Strict; Max-Age=3600",
    'that of an administrator\'s session';
is $alice->try_login('wrong horse')->header('Set-Cookie'), undef, 'a login that fails sets none';
is $alice->get('/api/users')->header('Set-Cookie'), undef, 'nor does any other answer';

sub with_cookie ($path, $cookie) { return $nobody->get($path, undef, headers => {Cookie => $cookie}) }
status_is with_cookie('/api/users', "bering_session=$token"), 200, 'the cookie is as good as a token';
status_is with_cookie('/api/users', "theme=dark; bering_session=$token; a=b=c"), 200, 'so it is among others';
status_is with_cookie('/admin/users', "bering_admin=$admin_token"), 200, 'an administrator\'s';
refused with_cookie('/admin/users', "bering_session=$token"), 401, 'a user\'s cookie is none for administration';
refused with_cookie('/admin/users', "bering_admin=$token"), 403, 'a user\'s token in the other cookie';
refused with_cookie('/api/users', "bering_admin=$admin_token"), 401, 'an administrator\'s cookie is none for users';
refused with_cookie('/api/users', "bering_session=$admin_token"), 403, 'nor is its token';
refused with_cookie('/federation/info', "bering_session=$token"), 401, 'other servers have no cookies';

my @malformed = (
    '', ';', '=', 'bering_session', 'bering_session=', "bering_session =$token", "xbering_session=$token",
    "bering_session=\"$token\"", "bering_session=$token x", "bering_session=$token,", "BERING_SESSION=$token",
    "bering_session=$token; bering_session=$token", "bering_session=other; bering_session=$token",
    'bering_session=' . 'x' x 129, "bering_session=\xc3\xa4", "a=" . 'x' x 9000 . "; bering_session=$token",
);
refused with_cookie('/api/users', $_), 401, 'no token in: ' . substr($_, 0, 60) =~ s/\Q$token\E/.../gr for @malformed;
my $twice = raw_answer($server, "GET /api/users HTTP/1.1\r\nHost: x\r\nCookie: bering_session=$token\r\nCookie: a=b\r\nConnection: close\r\n\r\n");
refused $twice, 401, 'two headers';
status_is $nobody->get('/api/users', undef, headers => {Authorization => 'Bearer ' . $alice->token, Cookie => 'bering_session=wrong'}),
    200, 'a header comes before the cookie';
refused $nobody->get('/api/users', undef, headers => {Authorization => 'Bearer wrong', Cookie => "bering_session=$token"}),
    401, 'even if it is wrong';

my $stream = $nobody->events(headers => {Cookie => "bering_session=$token"});
my $socket = $nobody->websocket(headers => {Cookie => "bering_session=$token", Origin => $server->url});
$alice->tell('alice', 'to both');
ok $_->wait_message('to both'), 'a stream by cookie' for $stream, $socket;

my $out = $nobody->post('/api/logout', undef, $nobody->by_cookie(bering_session => $token));
status_is $out, 200, 'log out by cookie';
is $out->header('Set-Cookie'), 'bering_session=; Path=/api; HttpOnly; SameSite=Strict; Max-Age=0', 'the cookie is cleared';
ok $_->wait_end, 'its streams end' for $stream, $socket;
eventually sub { with_cookie('/api/users', "bering_session=$token")->status == 401 }, 'the session is over';
$out = $nobody->post('/admin/logout', undef, $nobody->by_cookie(bering_admin => $admin_token));
is $out->header('Set-Cookie'), 'bering_admin=; Path=/admin; HttpOnly; SameSite=Strict; Max-Age=0', 'an administrator\'s, too';
unlike $server->log, qr/bering_session=|\Q$token\E/, 'the log knows no cookie';

finish;
