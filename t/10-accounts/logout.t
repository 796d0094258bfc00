# Logging out ends that session, on every worker, and no other one.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice', password => 'correct horse');
my $leaving = $alice->login;
my $staying = $alice->login;
my @pinned  = map { $leaving->on_worker($_) } $server->worker_pids;
status_is $_->get('/api/users'), 200, 'the session is valid on each worker at once' for @pinned;

my $answer = $pinned[0]->post('/api/logout');
status_is $answer, 200, 'log out';
is $answer->json, 'ok', 'the answer is "ok"';
for my $worker (@pinned) {
    eventually sub { $worker->get('/api/users')->status == 401 }, 'the session is over on each worker';
}
status_is $staying->get('/api/users'), 200, 'another session of the user goes on';
status_is $alice->get('/api/users'),   200, 'so does the permanent token';

my $admin = $server->anonymous->post('/admin/login', {username => 'admin', password => 'admin-password'});
my $session = $server->anonymous->with(token => $server->keep_secret($admin->json->{token}));
status_is $session->get('/admin/users'), 200, 'an admin session';
is $session->post('/admin/logout')->json, 'ok', 'the administrator logs out';
eventually sub { $session->get('/admin/users')->status == 401 }, 'that session is over';
status_is $server->admin->get('/admin/users'), 200, 'ADMIN_TOKEN goes on';

finish;
