# /livez: the loop runs. /readyz: the database can be read and written; otherwise 503, and why.
use BeringShare::Test;

needs_command 'prlimit', 'util-linux';
my $server = start_server();
my $nobody = $server->anonymous;

for my $path ('/livez', '/readyz', '/health') {
    my $answer = $nobody->get($path);
    status_is $answer, 200, $path;
    is $answer->body, 'ok', "$path: text for checks";
}

sub limit ($size) {
    is run_command(['prlimit', '--pid', $_, "--fsize=$size:"])->{status}, 0, "a worker's files: $size" for $server->worker_pids;
}
limit(1);
my $answer;
eventually sub { $answer = $nobody->get('/readyz'); $answer->status == 503 }, 'no room to write: not ready';
refused $answer, 503, 'with an error';
like $answer->error, qr/disk/, 'that says why';
status_is $nobody->get('/livez'), 200, 'but alive';
status_is $nobody->get('/health'), 200, 'and answering';
limit('unlimited');
eventually sub { $nobody->get('/readyz')->status == 200 }, 'with room, ready again';


# ---- many ask: they share what one found ----
my $answers = $nobody->request_many([map { ['GET', '/readyz'] } 1 .. 200], 32);
is scalar(grep { $_->status != 200 } @$answers), 0, 'two hundred questions';

finish;
