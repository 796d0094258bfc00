# Both ends write while the network between them is gone, and answers to each other's messages cross: both have everything
# afterwards.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Proxy;

my ($server_a, $server_b) = (start_federated('a'), start_federated('b'));
my ($to_a, $to_b) = map { BeringShare::Proxy->start($_) } $server_a, $server_b;
introduce($server_a, $server_b, base_url => $to_b->url);
introduce($server_b, $server_a, base_url => $to_a->url);
wait_linked($server_a, $server_b);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my $channel = $server_a->channel('general', [$alice]);
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a member of another server';

for my $way (qw(down hole)) {
    $_->$way for $to_a, $to_b;
    my (@by_alice, @by_bob) = ();
    for my $number (1 .. 100) {
        push @by_alice, "alice, $way, $number";
        push @by_bob,   "bob, $way, $number";
        $alice->say($channel, $by_alice[-1]);
        $bob->say($there, $by_bob[-1]);
        $bob->tell('alice@a', "direct: $by_bob[-1]");
    }
    ok !grep({/^bob, $way/} @{$alice->channel_bodies($channel)}), "$way: nothing gets through";
    $_->open for $to_a, $to_b;
    eventually sub { is_queue_empty($server_a, 'b') && is_queue_empty($server_b, 'a') }, 'the queues run dry once the network is back';
    for my $side ([$alice, $channel], [$bob, $there]) {
        my $history = $side->[0]->channel_bodies($side->[1]);
        is_deeply [grep {/^alice, $way/} @$history], \@by_alice, 'one\'s messages are there, in order, each once';
        is_deeply [grep {/^bob, $way/} @$history], \@by_bob, 'so are the other\'s';
    }
    my $direct = $alice->direct_bodies(known_user($server_a, 'bob', 'b'));
    is_deeply [grep {/bob, $way/} @$direct], [map {"direct: $_"} @by_bob], 'and the direct ones';
}

finish;
