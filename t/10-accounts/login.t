# Users log in by name and password, and use the session's token.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice', password => 'correct horse');
$server->user('tokenonly');

my $answer = $alice->try_login;
status_is $answer, 200, 'the right password';
my $login = $answer->json;
ok exists $login->{$_}, "the answer has $_" for qw(display_name token user_id username);
is $login->{user_id}, $alice->id, 'user_id';
is $login->{username}, 'alice', 'username';
is $login->{display_name}, undef, 'display_name is null when there is none';
cmp_ok length $login->{token}, '>=', 40, 'the token is long';
isnt $login->{token}, $alice->try_login->json->{token}, 'each login has its own token';

my $session = $alice->with(token => $server->keep_secret($login->{token}));
status_is $session->get('/api/users'), 200, 'Authorization: Bearer';
my $nobody = $server->anonymous;
status_is $nobody->get('/api/users', undef, headers => {'x-admin-token' => $login->{token}}), 200, 'x-admin-token';
status_is $nobody->get('/api/users', undef, headers => {'Authorization' => "bearer $login->{token}"}), 200,
    'the scheme in small letters';

my $wrong   = $alice->try_login('wrong horse');
my $unknown = $alice->try_login('correct horse', 'nobody-of-this-name');
refused $wrong,   401, 'a wrong password';
refused $unknown, 401, 'an unknown user';
is $wrong->body, $unknown->body, 'which of both was wrong is not told';
refused $alice->try_login('', 'tokenonly'), [400, 401], 'an account without password, empty password';
refused $alice->try_login('anything', 'tokenonly'), 401, 'an account without password';
refused $alice->try_login('correct horse' . 'x' x 72), [400, 401], 'a password longer than any can be';

refused $nobody->get('/api/users'), 401, 'no token';
refused $nobody->with(token => 'x' x 43)->get('/api/users'), 401, 'an unknown token';
refused $nobody->with(token => '')->get('/api/users'), 401, 'an empty token';
refused $nobody->get('/api/users', undef, headers => {Authorization => "Basic $login->{token}"}), 401, 'another scheme';
refused $nobody->get("/api/users?token=$login->{token}"), 401, 'a token in the URL is for streams only';

finish;
