# A worker is killed: it comes back, its users' presence goes, and the other worker's clients miss nothing.
use BeringShare::Test;

my $server = start_server();
my ($dying, $staying) = $server->worker_pids;
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $channel = $server->channel('general', [$alice, $bob, $carol]);
my $poster  = $alice->on_worker($staying);
my @staying = ($alice->events_on($staying), $alice->websocket_on($staying));
my @dying   = ($bob->events_on($dying), $bob->websocket_on($dying), $carol->events_on($dying));

sub online () { return {map { $_->{username} => 1 } grep { $_->{is_online} } @{$poster->get('/api/users')->json}} }
eventually sub { keys %{online()} == 3 }, 'all three are online';

my (@texts, $last);
for my $number (1 .. 60) {
    if ($number == 20) {
        ok $_->wait_message('message 19'), 'a stream of the worker is live' for @dying;
        $last = $dying[0]->last_id;
        $server->kill_expected($dying);
    }
    push @texts, "message $number";
    $poster->say($channel, $texts[-1]);
}
reads_bodies $_, \@texts, 'the other worker\'s streams get every message' for @staying;
is scalar(() = $_->named('resync')), 0, 'without a resync' for @staying;
ok $_->wait_end, 'the killed worker\'s streams end' for @dying;

eventually sub { my @now = $server->worker_pids; @now == 2 && !grep { $_ == $dying } @now }, 'a new worker is there';
eventually sub { join(',', sort keys %{online()}) eq 'alice' }, 'its users are offline';
ok $staying[0]->wait_presence($bob->id, 0), 'which was announced';

my ($new) = grep { $_ != $staying } $server->worker_pids;
my $back = $bob->events_on($new, last_event_id => $last);
$poster->say($channel, 'after all');
reads_bodies $back, [@texts[19 .. 59], 'after all'], 'who comes back to the new worker gets what was missed';
ok $staying[0]->wait_presence($bob->id, 1), 'and is online again';
status_is $carol->on_worker($new)->post('/api/messages/dm', {recipient => 'alice', body => 'hi'}), 200, 'the new worker writes';
ok $staying[0]->wait_message('hi'), 'and its events arrive';

finish;
