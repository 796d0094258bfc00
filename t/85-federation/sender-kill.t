# The federation process is killed in the middle of sending, again and again: it is started anew and goes on where the database
# says. Workers notice nothing.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Proxy;

my ($server_a, $server_b) = (start_federated('a'), start_federated('b'));
my $proxy = BeringShare::Proxy->start($server_b);
introduce($server_a, $server_b, base_url => $proxy->url);
introduce($server_b, $server_a);
wait_linked($server_a, $server_b);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my $channel = $server_a->channel('general', [$alice]);
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a member of another server';
my $stream  = $bob->events;
my $workers = [$server_a->worker_pids];

my $posted = 0;
for my $round (1 .. 5) {
    my $before = @{$stream->bodies};
    $proxy->down if $round % 2;    # so that a queue of many batches waits
    post_many($alice, $channel, [map { 'message ' . ++$posted . ' ' . 'x' x 500 } 1 .. 300], 8);
    $proxy->open if $round % 2;
    ok wait_until(sub { @{$stream->bodies} > $before }), "round $round: messages are arriving";
    my $pid = federation_process($server_a);
    ok $pid, 'there is a process to kill';
    $server_a->kill_expected($pid);
    eventually sub { (federation_process($server_a) // $pid) != $pid }, 'it is started anew';
}
eventually sub { is_queue_empty($server_a, 'b') }, 'the queue runs dry';
is_deeply history_essence($bob, $there), history_essence($alice, $channel), 'all is there, in order, each once';
reads_bodies $stream, $alice->channel_bodies($channel), 'and was announced once, in order';
is_deeply [$server_a->worker_pids], $workers, 'no worker was replaced';

finish;
