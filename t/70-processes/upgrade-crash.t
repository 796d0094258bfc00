# SIGUSR2, and the new program crashes: at once, or in the midst of taking over. The one before is executed again, in the same
# process; its workers have noticed nothing, or are started anew, and connections wait meanwhile.
use BeringShare::Test;
use File::Basename qw(dirname);
use File::Copy qw(copy);

my $server  = prepare_server(DRAIN_SECONDS => 60, HANG_SECONDS => 0);
my $program = $server->directory . '/beringshare';
my $file    = $server->directory . '/configuration';
my $real    = $server->program;
sub install ($source) {
    copy($source, "$program.new") or die "copy: $!";
    chmod 0755, "$program.new";
    rename "$program.new", $program or die "rename: $!";
}
install($real);
write_file($file, "RING_SIZE=1m\n");
$server->program($program)->arguments(['serve', '--config', $file]);
$server->launch;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my $stream  = $bob->events;
my @workers = $server->worker_pids;

# ---- at once ----

sub log_of ($action) {
    my $before = length $server->log;
    $action->();
    return sub { return substr $server->log, $before };
}
install(dirname($real) . '/t/next/crashes');
for my $time (1, 2) {
    my $log = log_of(sub { kill USR2 => $server->pid });
    ok wait_until(sub { $log->() =~ /SIGUSR2: upgrading to.*no upgrade: the new program has crashed.*returned to the program before/s }),
        "time $time: it crashes, and the log says so" or diag $log->();
    is_deeply [$server->worker_pids], \@workers, 'the same workers go on';
    $alice->say($channel, "message $time");
    ok $stream->wait_message("message $time"), 'and serve';
}
ok !$stream->ended, 'a stream has noticed nothing';

# ---- in the midst: one of the workers of before does not end, for which the new program waits ----

install($real);
write_file($file, "RING_SIZE=2m\n");
my @old = $server->expect_upgrade;
kill STOP => $workers[0];
my $log = log_of(sub { kill USR2 => $server->pid });
ok wait_until(sub { $log->() =~ /the workers of before end first/ && !is_alive($workers[1]) }), 'the new program takes over';
write_file($file, "RING_SIZE=1m\n");
kill SEGV => $server->pid;
ok wait_until(sub { $log->() =~ /no upgrade: the new program has crashed.*returned to the program before/s }), 'and crashes' or diag $log->();
kill CONT => $workers[0];
eventually sub { !is_alive($workers[0]) }, 'what was to end ends';
eventually sub { my @now = $server->worker_pids; @now == 2 && !grep { is_alive($_) } @old }, 'there are new workers';
status_is $alice->post('/api/messages/channel', {channel => $channel, body => 'after'}), 200, 'they serve';
ok is_alive($server->pid), 'the master is the same process';

# ---- and then one that does not crash ----

@old = $server->expect_upgrade;
kill USR2 => $server->pid;
eventually sub { !grep { is_alive($_) } @old }, 'an upgrade after that goes through';
is_deeply $alice->channel_bodies($channel), ['message 1', 'message 2', 'after'], 'all is stored';
$server->first_workers([]);

# A crash from then on is that of any server.
kill ABRT => $server->pid;
$server->stop(killed => 1);
unlike substr($server->log, -500), qr/returned/, 'once the workers have started, a crash is a crash';

finish;
