# Workers of the receiving server are killed while they take batches: nothing is lost, nothing is stored or announced twice.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my $channel = $server_a->channel('general', [$alice]);
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a member of another server';

my $posted = 0;
for my $round (1 .. 6) {
    my $before = message_count($server_b);
    post_many($alice, $channel, [map { 'message ' . ++$posted . ' ' . 'x' x 500 } 1 .. 150], 8);
    ok wait_until(sub { message_count($server_b) > $before }), "round $round: messages are arriving";
    my @workers = $server_b->worker_pids;
    my ($dying) = $workers[$round % @workers];
    $server_b->kill_expected($dying);
    eventually sub { 2 == grep { $_ != $dying } $server_b->worker_pids }, 'the worker is back';
}
eventually sub { is_queue_empty($server_a, 'b') }, 'the queue runs dry';
is_deeply history_essence($bob, $there), history_essence($alice, $channel), 'all are there, in order, each once';
is message_count($server_b), 900, 'that is 900';

finish;
