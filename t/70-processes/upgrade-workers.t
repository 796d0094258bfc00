# SIGUSR2 with another number of workers: more, fewer, and a program that fails with it. No request fails, on old sockets or new
# ones, since none of them is ever closed; streams are told to ask the database.
use BeringShare::Test;
use BeringShare::Traffic;

my $server = prepare_server(DRAIN_SECONDS => 20, WORKERS => undef, METRICS_TOKEN => 'token-of-monitoring');
my $file   = $server->directory . '/configuration';
my ($host, $port) = ($server->address, $server->port);
sub configure ($workers, $listen = "$host:$port") { write_file($file, "WORKERS=$workers\nLISTEN=$listen\n") }
configure(2);
$server->overrides->{LISTEN} = undef;
$server->arguments(['serve', '--config', $file]);
$server->launch;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);

my $traffic =
    BeringShare::Traffic->new(author => $alice, channel => $channel, kept => [0, 0, 0, 0, 4, 4])->start;
$traffic->goes_on(20);

sub upgrade ($workers) {
    my @old = $server->expect_upgrade;
    configure($workers);
    kill USR2 => $server->pid;
    ok wait_until(sub { !grep { is_alive($_) } @old }), "$workers workers: those of before end";
    ok wait_until(sub { $workers == $server->worker_pids }), 'so many are there';
    $traffic->goes_on(50);
    return $server->worker_pids;
}
sub all_serve () {
    status_is $alice->on_worker($_)->get('/api/users'), 200, 'each of them accepts' for $server->worker_pids;
}
upgrade(4);
all_serve();
upgrade(1);
$traffic->goes_on(200);
my @three = upgrade(3);
all_serve();

# Another address that is taken: the program before goes on, with the workers that it had.
my $taken = start_server(WORKERS => 1);
my $before = length $server->log;
configure(2, "$host:$port " . $taken->address . ':' . $taken->port);
kill USR2 => $server->pid;
ok wait_until(sub { substr($server->log, $before) =~ /cannot listen on .*returned to the program before/s }), 'a program that fails';
is_deeply [$server->worker_pids], \@three, 'the same workers go on';
$traffic->goes_on(50);

# The same number: nobody has to end first. Monitoring still knows who is who.
configure(3);
$before = length $server->log;
my @old = $server->expect_upgrade;
kill USR2 => $server->pid;
ok wait_until(sub { !grep { is_alive($_) } @old }), 'an upgrade with as many';
unlike substr($server->log, $before), qr/end first/, 'side by side';
ok wait_until(sub { 4 == (() = BeringShare::Process::children($server->pid)) }), 'all are there';
my $monitor = $server->anonymous->with(token => 'token-of-monitoring');
my @names;
sub names () { return join ', ', @names = $monitor->get('/metrics')->body =~ /^beringshare_process_resident_bytes\{process="([^"]*)"\}/mg }
eventually sub { names() eq 'master, worker 1, worker 2, worker 3, federation' }, 'each process has its name' or diag "@names";

$traffic->stop;
is_deeply $traffic->failed, [], 'not one request has failed';
is scalar @{$alice->channel_bodies($channel)}, scalar @{$traffic->stored}, 'what was acknowledged is stored, once';
$server->first_workers([]);

finish;
