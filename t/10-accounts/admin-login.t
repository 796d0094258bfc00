# The administrator logs in with a name and password or uses ADMIN_TOKEN; users and administrators are kept apart.
use BeringShare::Test;

my $server = start_server();
my $nobody = $server->anonymous;
my $alice  = $server->user('alice', password => 'correct horse');

sub admin_login ($username, $password) {
    return $nobody->post('/admin/login', {username => $username, password => $password});
}

my $answer = admin_login('admin', 'admin-password');
status_is $answer, 200, 'the right password';
cmp_ok length $answer->json->{token}, '>=', 40, 'a token comes back';
my $token   = $server->keep_secret($answer->json->{token});
my $session = $nobody->with(token => $token);
status_is $session->get('/admin/users'), 200, 'Authorization: Bearer';
status_is $nobody->get('/admin/users', undef, headers => {'x-admin-token' => $token}), 200, 'x-admin-token';
status_is $nobody->get('/admin/users', undef, headers => {'x-admin-token' => 'admin-token-of-the-tests'}), 200,
    'ADMIN_TOKEN in x-admin-token';
status_is $server->admin->get('/admin/users'), 200, 'ADMIN_TOKEN as Bearer';

refused admin_login('admin', 'wrong'), 401, 'a wrong password';
refused admin_login('nobody', 'admin-password'), 401, 'an unknown name';
refused admin_login('alice', 'correct horse'), [401, 403], 'a user who is no administrator';
refused $nobody->get('/admin/users'), 401, 'no token';
refused $nobody->with(token => 'x' x 43)->get('/admin/users'), 401, 'an unknown token';
refused $alice->get('/admin/users'), 403, 'a user\'s permanent token';
refused $alice->login->get('/admin/users'), 403, 'a user\'s session';
refused $session->get('/api/users'), 403, 'an admin session is no user';
refused $server->admin->get('/api/users'), 403, 'nor is ADMIN_TOKEN';

my $chatting = $nobody->with(username => 'admin', password => 'admin-password')->login;
status_is $chatting->get('/api/users'), 200, 'the administrator\'s account chats like any other, after a user login';
refused $chatting->get('/admin/users'), 403, 'that session does not administrate';

finish;
