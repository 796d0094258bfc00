# The other server stores what it is sent, but its answer is lost: it is sent again, and stored and announced once.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;
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

my (@texts, @direct);
for my $round (1 .. 5) {
    $proxy->lose_answers(1);
    for my $number (1 .. 10) {
        push @texts,  "round $round, $number";
        push @direct, "direct: round $round, $number";
        $alice->say($channel, $texts[-1]);
        $alice->tell('bob@b', $direct[-1]);
    }
    eventually sub { $proxy->counts->{lost} == $round }, "round $round: an answer is lost";
    eventually sub { is_queue_empty($server_a, 'b') }, 'everything is sent in the end';
}
is_deeply $bob->channel_bodies($there), \@texts, 'the channel has each once';
is_deeply $bob->direct_bodies(known_user($server_b, 'alice', 'a')), \@direct, 'so have direct messages';
is_deeply $stream->bodies, [map { ($texts[$_], $direct[$_]) } 0 .. $#texts], 'and each was announced once';

# An original peer is sent it again, too: at least once.
my $peer = BeringShare::Peer->start('zulu', servers => [$server_a], users => ['zoe']);
$peer->misbehave(path => '/federation/messages', lose => 1, times => 2);
my $id = $alice->tell('zoe@zulu', 'once');
$alice->tell('zoe@zulu', 'twice');
eventually sub { is_queue_empty($server_a, 'zulu') }, 'an original is sent all in the end';
is_deeply $peer->bodies, ['once', 'twice'], 'and has each once';
is scalar(grep { $_->{message_id} eq $id } @{$peer->sent('/federation/messages')}), 3, 'as it was sent the same id again';

finish;
