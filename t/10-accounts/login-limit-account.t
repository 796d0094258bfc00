# Wrong passwords are limited for an account, counted over all workers; a success forgets them.
use BeringShare::Test;

my $server = start_server(LOGIN_ATTEMPTS => 4);
my ($first, $second) = $server->worker_pids;
my $alice = $server->user('alice', password => 'correct horse');
my $bob   = $server->user('bob',   password => 'battery staple');

sub attempt ($worker, $user, $password) {
    return $worker->post('/api/login', {username => $user->username, password => $password});
}
my @workers = map { $server->anonymous->on_worker($_) } $first, $second;

refused attempt($workers[$_ % 2], $alice, 'wrong'), 401, "wrong password $_" for 1 .. 3;
status_is attempt($workers[0], $alice, 'correct horse'), 200, 'the right one, in time';
refused attempt($workers[$_ % 2], $alice, 'wrong'), 401, "wrong password $_ after the success" for 1 .. 3;
status_is attempt($workers[1], $alice, 'correct horse'), 200, 'the right one, in time again';

# As time passes, single attempts become free again: so count how many pass before one is refused.
my ($passed, $limited) = (0);
while ($passed < 40) {
    $limited = attempt($workers[$passed % 2], $alice, 'wrong');
    last if $limited->status == 429;
    ++$passed;
}
refused $limited, 429, 'too many wrong passwords';
cmp_ok $passed, '>=', 4, 'not before the limit';
like $limited->header('Retry-After'), qr/^[1-9]\d*$/, 'Retry-After says how long';
refused attempt($workers[$_], $alice, 'wrong'), 429, 'every worker knows: worker ' . ($_ + 1) for 0, 1;
refused attempt($workers[0], $alice, 'correct horse'), 429, 'the right password does not help then';
status_is attempt($workers[1], $bob, 'battery staple'), 200, 'another account is not touched';
status_is $alice->get('/api/users'), 200, 'nor is who is signed in already';

finish;
