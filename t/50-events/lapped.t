# A worker that was asleep for longer than the ring holds tells its clients to resynchronise: never a silent gap.
use BeringShare::Test;

my $server = start_server(RING_SIZE => '64k', MAX_MESSAGE_BYTES => 1200);
my ($awake, $asleep) = $server->worker_pids;
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $channel = $server->channel('general', [$alice, $bob, $carol]);
my $poster  = $alice->on_worker($awake);
my $other   = $carol->events_on($awake);
my @streams = ($bob->events_on($asleep), $bob->websocket_on($asleep));
$poster->say($channel, 'before');
ok $_->wait_message('before'), 'the streams are live' for @streams, $other;

# It falls asleep when everything is quiet, so that it holds no lock.
ok $other->wait_presence($bob->id, 1), 'presence has settled';
kill STOP => $asleep;
my @texts = map { "flood $_ " . 'x' x 1000 } 1 .. 200;
$poster->say($channel, $_) for @texts;
reads_bodies $other, ['before', @texts], 'the other worker\'s clients get all of it meanwhile';
kill CONT => $asleep;

$poster->say($channel, 'after');
for my $reader (@streams) {
    ok $reader->wait_named('resync'), 'the stream is told to resynchronise';
    $poster->say($channel, 'live again');
    ok $reader->wait_message('live again'), 'and is live again';
    ok !$reader->ended, 'on the same connection';
}
is scalar(() = $other->named('resync')), 0, 'nobody else is told so';

finish;
