# A message that the ring cannot take is not passed over in silence.
use BeringShare::Test;

my $server  = start_server(RING_SIZE => '64k');
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my @streams = ($bob->events, $bob->websocket);

my $large = 'x' x 60000;
$alice->say($channel, $large);
$alice->say($channel, 'small');
for my $reader (@streams) {
    ok $reader->wait_message('small'), 'the next message arrives';
    my @before = map { $_->{data}{event} eq 'resync' ? 'resync' : $_->{data}{message}{message_id} ? 'message' : () } @{$reader->events};
    cmp_ok scalar @before, '>=', 2, 'and before it the large one, or a resync';
}
is length $bob->channel_bodies($channel)->[0], 60000, 'the history has it';

finish;
