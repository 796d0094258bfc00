# Who joins a channel of another server is handed what was written before, all of it and in order, and then what is written
# meanwhile and afterwards.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b, $server_c) = start_federation(3);
my ($alice, $bob, $carol) = ($server_a->user('alice'), $server_b->user('bob'), $server_c->user('carol'));
my $channel = $server_a->channel('general', [$alice]);
add_member($server_a, $channel, 'carol@c');
my $at_c = known_channel($server_c, 'general', 'a');
eventually sub { is_member($server_c, $at_c, 'carol') }, 'a member of a third server';

my @before = map {"before $_ " . 'x' x ($_ * 31 % 700)} 1 .. 700;
post_many($alice, $channel, \@before);
eventually sub { @{$carol->channel_bodies($at_c)} == 700 }, 'the third server has what was written so far';
$carol->say($at_c, 'from the third server');
eventually sub { grep { $_ eq 'from the third server' } @{$alice->channel_bodies($channel, '?limit=1')} }, 'the origin has all';

my $there = known_channel($server_b, 'general', 'a');
is_deeply $bob->channel_bodies($there), [], 'nothing is there before somebody joins';
my $stream = $bob->events;
my $joined = $bob->request_p('POST', "/api/channels/$there/members", {user_id => $bob->id});
my @after;
for my $number (1 .. 60) {
    push @after, "meanwhile $number";
    $alice->say($channel, $after[-1]);
}
my $answer;
$joined->then(sub ($it) { $answer = $it })->wait;
status_is $answer, 200, 'a user joins while others go on writing';
eventually sub { is_member($server_a, $channel, 'bob@b') }, 'the origin learns of it';
$alice->say($channel, 'the last one');
eventually sub { ($bob->channel_bodies($there, '?limit=1')->[-1] // '') eq 'the last one' }, 'the newest arrives';
is_deeply history_essence($bob, $there), history_essence($alice, $channel),
    'the history is the origin\'s: complete, in order, each once, authors of the third server included';
is scalar @{$bob->channel_bodies($there)}, 762, 'that is all of it';
is_deeply history_essence($carol, $at_c), history_essence($alice, $channel), 'who was in it already has nothing twice';
eventually sub { is_queue_empty($server_a, 'b') }, 'nothing is left waiting';

# Whoever the origin adds is handed it, too.
my $second = $server_a->channel('second', [$alice]);
my @texts  = map {"second $_"} 1 .. 300;
post_many($alice, $second, \@texts, 1);
add_member($server_a, $second, 'bob@b');
my $at_b = known_channel($server_b, 'second', 'a');
eventually sub { @{$bob->channel_bodies($at_b)} == 300 }, 'a member that the origin adds has the history, too';
is_deeply $bob->channel_bodies($at_b), \@texts, 'in order';

finish;
