# SIGUSR2: another program takes the place of the running one. Under constant traffic no request fails and no event is lost;
# a program that does not start changes nothing.
use BeringShare::Test;
use BeringShare::Traffic;
use File::Copy qw(copy);

my $server  = prepare_server(DRAIN_SECONDS => 20);
my $file    = $server->directory . '/configuration';
my $program = $server->directory . '/beringshare';

# Whatever is there becomes what SIGUSR2 starts, by renaming, as a package manager does.
sub install ($source) {
    copy($source, "$program.new") or die "copy: $!";
    chmod 0755, "$program.new";
    rename "$program.new", $program or die "rename: $!";
}
install($server->program);
my $real = $server->program;
$server->program($program);
write_file($file, 'LISTEN=' . $server->environment->{LISTEN} . "\n");
$server->overrides->{LISTEN} = undef;
$server->arguments(['serve', '--config', $file]);
$server->launch;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);

my $traffic = BeringShare::Traffic->new(author => $alice, channel => $channel, listener => $bob, kept => [0, 0, 0, 4, 4, 4]);
$traffic->start;
$alice->say($channel, 'before all');
$traffic->goes_on(20);
for my $round (1 .. 2) {
    my @old = $server->expect_upgrade;
    install($real);
    kill USR2 => $server->pid;
    ok $traffic->wait_until(sub { !grep { is_alive($_) } @old }), "upgrade $round: the old processes end";
    ok is_alive($server->pid), 'the master is the same process';
    eventually sub { 2 == $server->worker_pids }, 'there are as many workers as before';
    $traffic->goes_on(50);
}

# ---- programs that do not start ----

sub fails ($what, $pattern) {
    my $before = length $server->log;
    my @workers = $server->worker_pids;
    kill USR2 => $server->pid;
    ok $traffic->wait_until(sub { substr($server->log, $before) =~ $pattern }), "$what: the log says so"
        or diag substr $server->log, $before;
    is_deeply [$server->worker_pids], \@workers, 'the same workers go on';
    $traffic->goes_on(20);
}
write_file("$program.new", "nonsense\n");
chmod 0755, "$program.new";
rename "$program.new", $program;
fails('no program', qr/no upgrade: the new program does not start here; this one goes on/);
unlink $program;
fails('nothing at all', qr/cannot execute .*no upgrade: the new program does not start here/s);
# The trial does not open ports: the new program finds one taken, and the one before, returned to, has what it had.
install($real);
my $taken = prepare_server()->launch;
my $right = read_file($file);
write_file($file, $right =~ s/^(LISTEN=.*)$/$1 @{[$taken->url =~ m{http:..(.*)}]}/mr);
fails('an address that is in use', qr/cannot listen on .*no upgrade: returning to the program before.*returned to the program before/s);
write_file($file, $right);

install($real);
my @old = $server->expect_upgrade;
kill USR2 => $server->pid;
ok $traffic->wait_until(sub { !grep { is_alive($_) } @old }), 'a right one after that is taken';
$traffic->goes_on(20);
$traffic->stop;
$alice->say($channel, 'after all');
my $heard = $traffic->heard_until('after all');

is_deeply $traffic->failed, [], 'not one request has failed';
my $history = $alice->channel_bodies($channel);
is scalar @$history, @{$traffic->stored} + 2, 'what was acknowledged is stored, once';
is_deeply $heard, $history, 'and was heard, once and in order';
$server->first_workers([]);

finish;
