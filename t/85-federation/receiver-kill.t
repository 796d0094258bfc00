# The receiving server is killed, all of it, in the middle of what it is being sent, again and again: it has everything in the
# end, in order, nothing twice.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my $channel = $server_a->channel('general', [$alice]);
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a member of another server';

my $posted = 0;
for my $round (1 .. 4) {
    my $before = message_count($server_b);
    my $texts  = [map { 'message ' . ++$posted . ' ' . 'x' x 500 } 1 .. 300];
    $server_b->stop if $round % 2;    # so that it comes back to a queue of many batches
    post_many($alice, $channel, $texts, 4);
    $server_b->launch if $round % 2;
    ok wait_until(sub { message_count($server_b) > $before }), "round $round: messages are arriving";
    $server_b->kill_expected($server_b->pid, $server_b->worker_pids);
    $server_b->stop(killed => 1);
    $server_b->launch;
}
eventually sub { is_queue_empty($server_a, 'b') }, 'the queue runs dry';
is message_count($server_b), 1200, 'all are stored, each once';
is_deeply history_essence($bob, $there), history_essence($alice, $channel), 'in the origin\'s order';
is_deeply peer_status($server_a, 'b')->{refused}, [], 'nothing was taken for a refusal';

finish;
