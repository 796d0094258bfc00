# Connections break in the middle of what is being sent: nothing is lost, nothing arrives twice, the order stays.
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
my $stream = $bob->events;

my @texts = map {"message $_ " . 'x' x 800} 1 .. 300;
my $done  = 0;
for my $bytes (40, 500, 3000) {
    $proxy->cut_posts(3, $bytes);
    my @part = @texts[$done .. $done + 99];
    post_many($alice, $channel, \@part, 1);
    $done += 100;
    eventually sub { $proxy->counts->{cut} >= 1 }, "connections are cut after $bytes bytes";
    $proxy->cut_posts(0, 0);
    eventually sub { is_queue_empty($server_a, 'b') }, 'and the queue runs dry all the same';
}
reads_bodies $stream, \@texts, 'the reader was told each once, in order';
is_deeply history_essence($bob, $there), history_essence($alice, $channel), 'the history is that of the origin';
is_deeply peer_status($server_a, 'b')->{refused}, [], 'nothing was taken for a refusal';

finish;
