# A worker that keeps dying is restarted each time, and the other one serves meanwhile.
use BeringShare::Test;

my $server = start_server();
my ($staying) = $server->worker_pids;
my $alice  = $server->user('alice')->on_worker($staying);
for my $time (1 .. 6) {
    my ($dying) = grep { $_ != $staying } $server->worker_pids;
    if (!$dying) {
        ok wait_until(sub { $server->worker_pids == 2 }), "time $time: it is back";
        redo if $server->worker_pids == 2;
        last;
    }
    $server->kill_expected($dying);
    status_is $alice->get('/api/users'), 200, "time $time: the other worker serves";
    eventually sub { !is_alive($dying) }, 'the worker is dead';
}
eventually sub { $server->worker_pids == 2 }, 'in the end it is back';
my ($new) = grep { $_ != $staying } $server->worker_pids;
status_is $alice->on_worker($new)->get('/api/users'), 200, 'and serves';
is scalar($server->logged_deaths), 6, 'the log has a line for each death';

finish;
