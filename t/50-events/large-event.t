# The largest messages of a small ring arrive, however they are escaped; one that is too large for it causes a resync.
use BeringShare::Test;

my $server  = start_server(RING_SIZE => '64k', MAX_MESSAGE_BYTES => 1024);
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
$alice->put('/api/profile', {display_name => '"' x 128});
my $channel = $server->channel('general', [$alice, $bob]);
my @streams = ($bob->events, $bob->websocket);

my @texts = map { ("\x{1}" x 1024, '"' x 1024, "\x{1F43B}" x 256, 'small') } 1 .. 20;
$alice->say($channel, $_) for @texts;
reads_bodies $_, \@texts, 'every one arrives' for @streams;
is scalar(() = $_->named('resync')), 0, 'without a resync' for @streams;

# One that is too large for the ring is not passed over in silence.
my $tight = start_server(RING_SIZE => '64k', MAX_MESSAGE_BYTES => '64k');
my $carol = $tight->user('carol');
@streams  = ($carol->events, $carol->websocket);
$carol->tell('carol', 'x' x 60000);
$carol->tell('carol', 'small');
for my $reader (@streams) {
    ok $reader->wait_message('small'), 'the message after a too large one arrives';
    my @before = map { $_->{data}{event} } @{$reader->events};
    cmp_ok scalar(grep {/resync|new_message/} @before), '>=', 2, 'and before it that one, or a resync' or diag "@before";
}
is length $carol->direct_bodies($carol->id)->[0], 60000, 'the history has it';

finish;
