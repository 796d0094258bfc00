# A user changes the password: the current one is needed if there is one; the other sessions end everywhere.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice', password => 'correct horse');
my $here   = $alice->login;
my $there  = $alice->login;
my @there  = map { $there->on_worker($_) } $server->worker_pids;
status_is $_->get('/api/users'), 200, 'the other session works on each worker' for @there;

sub change ($client, %fields) { return $client->put('/api/profile/password', \%fields) }

refused change($here, current_password => 'wrong horse', new_password => 'battery staple'), 403, 'a wrong current password';
refused change($here, new_password => 'battery staple'), [400, 403, 422], 'no current password';
refused change($here, current_password => 'correct horse', new_password => ''), 400, 'an empty password';
refused change($here, current_password => 'correct horse', new_password => 'x' x 73), 400, 'more than bcrypt reads';
refused change($here, current_password => 'correct horse', new_password => 'é' x 37), 400, 'bytes count, not letters';
status_is $alice->try_login('correct horse'), 200, 'nothing has changed so far';

my $answer = change($here, current_password => 'correct horse', new_password => 'é' x 36);
status_is $answer, 200, 'the change, 72 bytes long';
is $answer->json, 'ok', 'the answer is "ok"';
refused $alice->try_login('correct horse'), 401, 'the old password is no longer good';
status_is $alice->try_login('é' x 36), 200, 'the new one is';
status_is $here->get('/api/users'), 200, 'the session that changed it goes on';
for my $worker (@there) {
    eventually sub { $worker->get('/api/users')->status == 401 }, 'the other session is over on each worker';
}

my $bob = $server->user('bob');
status_is change($bob, new_password => 'first password'), 200, 'who has none yet sets one with the token alone';
status_is $bob->try_login('first password'), 200, 'and logs in with it';
refused change($bob, new_password => 'second password'), [400, 403, 422], 'from now on the current one is needed';

finish;
