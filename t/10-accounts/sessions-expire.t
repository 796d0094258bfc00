# User sessions end after 24 hours, those of the administrator after one.
use BeringShare::Test;
use BeringShare::Database;

my $server = start_server();
my $alice  = $server->user('alice', password => 'correct horse');
my $user   = $alice->login;
my $login  = $server->anonymous->post('/admin/login', {username => 'admin', password => 'admin-password'});
my $admin  = $server->anonymous->with(token => $server->keep_secret($login->json->{token}));

# The clock cannot be turned, so the sessions' ends are brought nearer instead, by an hour and then by the rest of the day.
sub hours_later ($hours) {
    $server->stop;
    make_database($server->database, "UPDATE sessions SET expires_at = expires_at - $hours * 3600 * 1000000000;");
    $server->launch;
}
hours_later(0.9);
status_is $admin->get('/admin/users'), 200, 'after 54 minutes the administrator is still signed in';
hours_later(0.2);
refused $admin->get('/admin/users'), 401, 'after 66 minutes no longer';
status_is $user->get('/api/users'), 200, 'the user is';
hours_later(22.4);
status_is $user->get('/api/users'), 200, 'also after 23.5 hours';
hours_later(1);
refused $user->get('/api/users'), 401, 'but not after 24.5';
status_is $alice->get('/api/users'), 200, 'the permanent token does not end';

finish;
