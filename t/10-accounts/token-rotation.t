# The administrator gives a user a new permanent token; the old one is worth nothing from then on.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice');
my @pinned = map { $alice->on_worker($_) } $server->worker_pids;
status_is $_->get('/api/users'), 200, 'the first token works on each worker' for @pinned;

my $answer = $server->admin->post('/admin/users/' . $alice->id . '/token');
status_is $answer, 200, 'rotate it';
my $new = $server->keep_secret($answer->json->{token});
cmp_ok length $new, '>=', 40, 'the new token comes back';
isnt $new, $alice->token, 'it is another one';
status_is $_->with(token => $new)->get('/api/users'), 200, 'it works on each worker at once' for @pinned;
for my $worker (@pinned) {
    eventually sub { $worker->get('/api/users')->status == 401 }, 'the old one is over on each worker';
}
refused $server->admin->post('/admin/users/' . random_uuid() . '/token'), 404, 'an unknown user';

finish;
