# SIGUSR2: another program takes the place of the running one. Under constant traffic no request fails and no event is lost;
# a program that does not start changes nothing.
use BeringShare::Test;
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

# A stream that comes back when it ends, from where it was; what it has heard, in order. A worker that has taken a connection
# and is about to end says 503 and Retry-After: one comes again.
my (@heard, $stream);
sub listen_on ($last_event_id = undef) {
    $stream = $bob->events(defined $last_event_id ? (last_event_id => $last_event_id) : ());
}
sub keep_listening () {
    return unless $stream->ended;
    my @events = @{$stream->events};
    my @bodies = @{$stream->bodies};
    my $from   = @events ? $events[-1]{id} : $stream->{resumed_from};
    eval { listen_on($from); 1 } or return $@ =~ /status 503/ || die $@;
    $stream->{resumed_from} = $from;
    push @heard, @bodies;
}

# Some write all the time, on connections that they keep and on new ones.
my (%answers, @failed, @stored, $stop, $number);
my $running = 0;
sub post_on ($poster) {
    return --$running if $stop;
    my $text = 'message ' . ++$number;
    $poster->request_p('POST', '/api/messages/channel', {channel => $channel, body => $text})->then(sub ($answer) {
        $answer->status == 200 ? push @stored, $text : push @failed, "$text: " . $answer->summary;
        post_on($poster);
    });
}
sub start_posting () {
    $stop = 0;
    for my $kept (0, 0, 0, 4, 4, 4) {
        ++$running;
        post_on($alice->with(own_ua => ref($alice)->new_ua->max_connections($kept)));
    }
}
sub posts ($count) {
    my $goal = @stored + $count;
    return ok wait_until(sub { keep_listening(); @stored >= $goal }), 'posting goes on';
}

listen_on();
my $first = $alice->say($channel, 'before all');
start_posting();
posts(20);
for my $round (1 .. 2) {
    my @old = $server->expect_upgrade;
    install($real);
    kill USR2 => $server->pid;
    ok wait_until(sub { keep_listening(); !grep { is_alive($_) } @old }), "upgrade $round: the old processes end";
    ok is_alive($server->pid), 'the master is the same process';
    eventually sub { 2 == $server->worker_pids }, 'there are as many workers as before';
    posts(50);
}

# ---- programs that do not start ----

sub fails ($what, $pattern) {
    my $before = length $server->log;
    my @workers = $server->worker_pids;
    kill USR2 => $server->pid;
    ok wait_until(sub { keep_listening(); substr($server->log, $before) =~ $pattern }), "$what: the log says so"
        or diag substr $server->log, $before;
    is_deeply [$server->worker_pids], \@workers, 'the same workers go on';
    posts(20);
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
ok wait_until(sub { keep_listening(); !grep { is_alive($_) } @old }), 'a right one after that is taken';
posts(20);
$stop = 1;
ok wait_until(sub { keep_listening(); $running == 0 }), 'all posters have ended';
$alice->say($channel, 'after all');
wait_until(sub { keep_listening(); grep { $_ eq 'after all' } @{$stream->bodies} });
push @heard, @{$stream->bodies};

is_deeply \@failed, [], 'not one request has failed';
my $history = $alice->channel_bodies($channel);
is scalar @$history, @stored + 2, 'what was acknowledged is stored, once';
is_deeply \@heard, $history, 'and was heard, once and in order';
$server->first_workers([]);

finish;
