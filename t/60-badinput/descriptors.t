# Few descriptors: the server takes as many connections as they allow; whoever is connected is served all the time.
use BeringShare::Test;

needs_command 'prlimit', 'util-linux';

sub survives_a_crowd ($server, $what, $meanwhile) {
    my $alice = $server->user('alice');
    my $early = $alice->on_worker(($server->worker_pids)[0]);
    $meanwhile->();
    my @idle = map { raw_connection($server) } 1 .. 300;
    my @answers = map { $early->post('/api/messages/dm', {recipient => 'alice', body => "early $_"}) } 1 .. 30;
    is_deeply [map { $_->summary } grep { $_->status != 200 } @answers], [], "$what: a connection from before is served";
    $_->close for @idle;
    status_is $alice->with(own_ua => ref($alice)->new_ua)->get('/api/users'), 200, 'when there is room, new ones are, too';
}

survives_a_crowd(start_server(REQUEST_TIMEOUT_SECONDS => 3, prefix => ['prlimit', '--nofile=200']), 'few from the start', sub { });

my $server = start_server(REQUEST_TIMEOUT_SECONDS => 3);
survives_a_crowd($server, 'fewer than it counted on', sub {
    is run_command(['prlimit', '--pid', $_, '--nofile=64:'])->{status}, 0, 'a worker gets 64 descriptors' for $server->worker_pids;
});

my $result = prepare_server(prefix => ['prlimit', '--nofile=24'])->run;
isnt $result->{status}, 0, 'far too few: the start is refused';
ok !$result->{timeout} && $result->{status} < 128, 'in an orderly way' or diag $result->{output};

finish;
