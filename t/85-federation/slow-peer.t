# A peer that hangs, one that never stops answering and one that is dead delay nobody else, and nothing for them is lost.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my %peers = (
    slow    => BeringShare::Peer->start('slow',    servers => [$server_a], users => ['pat']),
    endless => BeringShare::Peer->start('endless', servers => [$server_a], users => ['pat']),
    dead    => BeringShare::Peer->start('dead',    servers => [$server_a], users => ['pat']),
);
known_user($server_a, 'pat', $_) for sort keys %peers;
$peers{slow}->misbehave(hang => 1);
$peers{endless}->misbehave(endless => 1);
$peers{dead}->down;
my $stream = $bob->events;

my @texts = map {"message $_"} 1 .. 60;
for my $text (@texts) {
    $alice->tell("pat\@$_", $text) for sort keys %peers;
    $alice->tell('bob@b', $text);
}
reads_bodies $stream, \@texts, 'the peer that is well has everything';
ok $peers{slow}->hanging, 'while another holds requests without an answer';
is_deeply $peers{$_}->bodies, [], "and the $_ one has taken nothing" for qw(slow endless);
is peer_status($server_a, $_)->{queue_depth}, 60, "what is for the $_ one waits" for sort keys %peers;
status_is $alice->get('/api/users'), 200, 'users notice nothing';

$peers{slow}->behave;
$peers{endless}->behave;
$peers{dead}->up;
for my $name (sort keys %peers) {
    eventually sub { @{$peers{$name}->bodies} == 60 }, "$name: all arrives in the end";
    is_deeply $peers{$name}->bodies, \@texts, 'in order';
}

finish;
