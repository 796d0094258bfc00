# A process that hangs is replaced after HANG_SECONDS without a sign of life; its clients resume without losing an event, and
# those of others notice nothing. With 0 nobody is.
use BeringShare::Test;

my $server = start_server(HANG_SECONDS => 5, METRICS_TOKEN => 'token-of-monitoring');
my ($hanging, $staying) = $server->worker_pids;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my $poster  = $alice->on_worker($staying);
my @staying = ($alice->events_on($staying), $alice->websocket_on($staying));
my @hanging = ($bob->events_on($hanging), $bob->websocket_on($hanging));
my @texts   = map {"before $_"} 1 .. 5;
$poster->say($channel, $_) for @texts;
reads_bodies $_, \@texts, 'a stream is live' for @staying, @hanging;
ok $staying[0]->wait_presence($bob->id, 1), 'presence has settled, so that it holds no lock';
my $last = $hanging[0]->last_id;

# ---- a worker ----

# Another server, where nobody is ever thought to hang: stopped first, it has had all the time that the other one will have had.
my $patient = prepare_server();
my $file    = $patient->directory . '/configuration';
write_file($file, "HANG_SECONDS=0\n");
$patient->arguments(['serve', '--config', $file]);
$patient->launch;
my ($stopped) = $patient->worker_pids;
kill STOP => $stopped;

$server->expected_deaths->{$hanging} = 1;
kill STOP => $hanging;
for my $number (1 .. 10) {
    push @texts, "meanwhile $number";
    $poster->say($channel, $texts[-1]);
}
eventually sub { $server->log =~ /worker \d \(pid $hanging\) hangs: its (?:loop|writer) has not gone on for 5 s; killing it/ }, 'the log says who hangs in what';
ok $_->wait_end, 'its streams end' for @hanging;
eventually sub { my @now = $server->worker_pids; @now == 2 && !grep { $_ == $hanging } @now }, 'a new worker is there';
my ($new) = grep { $_ != $staying } $server->worker_pids;
my $back = $bob->events_on($new, last_event_id => $last);
push @texts, 'after';
$poster->say($channel, 'after');
reads_bodies $back, [@texts[5 .. $#texts]], 'who comes back has missed nothing';
reads_bodies $_, \@texts, 'the other worker\'s streams got all of it' for @staying;
ok !$_->ended, 'on the same connection' for @staying;

# ---- the federation process ----

sub federation () {
    my %workers = map { $_ => 1 } $server->worker_pids;
    return (grep { !$workers{$_} } BeringShare::Process::children($server->pid))[0];
}
my $federation = federation();
$server->expected_deaths->{$federation} = 1;
kill STOP => $federation;
eventually sub { $server->log =~ /federation \(pid $federation\) hangs: its loop has not gone on/ }, 'so does the federation process';
eventually sub { my $now = federation(); $now && $now != $federation }, 'and is replaced';
my $monitor = $server->anonymous->with(token => 'token-of-monitoring');
like $monitor->get('/metrics')->body, qr/^beringshare_processes_hung_total 2$/m, 'two are counted';
ok is_alive($staying), 'the other worker is the same';
ok !$_->ended, 'its streams, too' for @staying;

# ---- nobody ----

ok is_alive($stopped), 'with 0 a stopped worker stays';
unlike $patient->log, qr/hangs/, 'and the log has nothing about it';
kill CONT => $stopped;
status_is $patient->admin->on_worker($stopped)->get('/admin/users'), 200, 'it serves on';

# ---- the master itself is stopped: nobody has hung meanwhile ----

my @before = $server->worker_pids;
kill STOP => $server->pid;
kill STOP => $before[0];

# The other server shows that the time is over: there the same is live now.
write_file($file, "HANG_SECONDS=5\n");
kill HUP => $patient->pid;
eventually sub { $patient->log =~ /the configuration is read again/ }, 'HANG_SECONDS is live';
$patient->expected_deaths->{$stopped} = 1;
kill STOP => $stopped;
eventually sub { $patient->log =~ /\(pid $stopped\) hangs/ }, 'and now the worker hangs';
eventually sub { my @now = $patient->worker_pids; @now == 2 && !grep { $_ == $stopped } @now }, 'and is replaced';

kill USR1 => $server->pid;
kill CONT => $server->pid;
eventually sub { $server->log =~ /SIGUSR1: logs are opened anew/ }, 'the master goes on';
kill CONT => $before[0];
status_is $alice->on_worker($before[0])->get('/api/users'), 200, 'its worker does, too';
is_deeply [$server->worker_pids], \@before, 'nobody was replaced';

finish;
