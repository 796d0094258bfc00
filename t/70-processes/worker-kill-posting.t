# Workers are killed again and again while many post through them: what was acknowledged is stored, and whatever was stored
# reaches who was connected all the time, once and in order.
use BeringShare::Test;

my $server = start_server();
my ($staying) = $server->worker_pids;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my @streams = ($bob->events_on($staying), $bob->websocket_on($staying));

my (%acknowledged, $posted, $stop, $running) = ();
sub post_on ($poster) {
    return --$running if $stop;
    my $text = 'message ' . ++$posted;
    $poster->request_p('POST', '/api/messages/channel', {channel => $channel, body => $text})->then(sub ($answer) {
        $acknowledged{$text} = 1 if $answer->status == 200;
        post_on($poster);
    });
}
for (1 .. 12) {
    ++$running;
    post_on($alice->with(own_ua => ref($alice)->new_ua->max_connections(0)));
}
for my $round (1 .. 5) {
    my $goal = keys(%acknowledged) + 40;
    ok wait_until(sub { keys %acknowledged >= $goal }), "round $round: posting goes on";
    my ($dying) = grep { $_ != $staying } $server->worker_pids;
    $server->kill_expected($dying) if $dying;
    eventually sub { 1 == grep { $_ != $staying && $_ != ($dying // 0) } $server->worker_pids }, 'the worker is back';
}
$stop = 1;
ok wait_until(sub { $running == 0 }), 'all posters have ended';
$alice->on_worker($staying)->say($channel, 'the end');

my $history = $alice->channel_bodies($channel);
my %stored  = map { $_ => 1 } @$history;
is_deeply [grep { !$stored{$_} } sort keys %acknowledged], [], 'all that was acknowledged is stored';
is scalar keys %stored, scalar @$history, 'nothing is stored twice';
reads_bodies $_, $history, 'a stream of the other worker got exactly that' for @streams;

finish;
