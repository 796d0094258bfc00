# Workers are killed again and again while many post through them: what was acknowledged is stored, and whatever was stored
# reaches who was connected all the time, once and in order.
use BeringShare::Test;
use BeringShare::Traffic;

my $server = start_server();
my ($staying) = $server->worker_pids;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my @streams = ($bob->events_on($staying), $bob->websocket_on($staying));

my $traffic = BeringShare::Traffic->new(author => $alice, channel => $channel, kept => [(0) x 12])->start;
for my $round (1 .. 5) {
    note "round $round";
    $traffic->goes_on(40);
    my ($dying) = grep { $_ != $staying } $server->worker_pids;
    $server->kill_expected($dying) if $dying;
    eventually sub { 1 == grep { $_ != $staying && $_ != ($dying // 0) } $server->worker_pids }, 'the worker is back';
}
$traffic->stop;
$alice->on_worker($staying)->say($channel, 'the end');

my $history = $alice->channel_bodies($channel);
my %stored  = map { $_ => 1 } @$history;
is_deeply [grep { !$stored{$_} } sort @{$traffic->stored}], [], 'all that was acknowledged is stored';
is scalar keys %stored, scalar @$history, 'nothing is stored twice';
reads_bodies $_, $history, 'a stream of the other worker got exactly that' for @streams;

finish;
