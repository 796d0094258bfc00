# Sessions and tokens survive a restart.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice', password => 'correct horse');
my $user   = $alice->login;
my $over   = $alice->login;
my $login  = $server->anonymous->post('/admin/login', {username => 'admin', password => 'admin-password'});
my $admin  = $server->anonymous->with(token => $server->keep_secret($login->json->{token}));
status_is $over->post('/api/logout'), 200, 'a session is ended before the restart';

$server->restart;
status_is $user->get('/api/users'), 200, 'the user\'s session goes on';
status_is $admin->get('/admin/users'), 200, 'so does the administrator\'s';
status_is $alice->get('/api/users'), 200, 'so does the permanent token';
refused $over->get('/api/users'), 401, 'what was ended stays ended';

finish;
