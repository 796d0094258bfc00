# A server is down while others write: when it is back it has everything, in order, nothing twice.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my $channel = $server_a->channel('general', [$alice]);
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a member of another server';
$alice->say($channel, 'before');
eventually sub { @{$bob->channel_bodies($there)} == 1 }, 'the link works';

$server_b->stop;
my @direct = map {"direct $_"} 1 .. 20;
post_many($alice, $channel, [map {"during $_"} 1 .. 1200]);
$alice->tell('bob@b', $_) for @direct;
my $status = peer_status($server_a, 'b');
is $status->{queue_depth}, 1220, 'all of it waits';
like_time $status->{oldest_waiting_at}, 'since when';
eventually sub { peer_status($server_a, 'b')->{failures} > 0 }, 'the failures are counted';
like peer_status($server_a, 'b')->{last_error}, qr/\S/, 'and what went wrong is told';

$server_b->launch;
my $stream = $bob->events;
eventually sub { is_queue_empty($server_a, 'b') }, 'the queue runs dry when the server is back';
is_deeply history_essence($bob, $there), history_essence($alice, $channel), 'the channel is the same on both: nothing missing, nothing twice';
is_deeply $bob->direct_bodies(known_user($server_b, 'alice', 'a')), \@direct, 'so are direct messages';
$alice->say($channel, 'after');
ok $stream->wait_message('after'), 'and it goes on';
eventually sub { is_queue_empty($server_a, 'b') }, 'nothing is left waiting';
eventually sub { ($status = peer_status($server_a, 'b'))->{queue_depth} == 0 }, 'the queue is empty';
is_deeply [@$status{qw(failures last_error oldest_waiting_at)}], [0, undef, undef], 'the status says that all is well again'
    or diag explain $status;

finish;
