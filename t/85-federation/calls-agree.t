# Two servers that disagree about who is in a call agree again: participants are told of again and again, and go when nobody
# tells of them any more.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my $origin = $server_a->channel('general', [$alice]);
add_member($server_a, $origin, 'bob@b');
my $copy = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $copy, 'bob') }, 'bob is a member';
my @streams = map { $_->events } $alice, $bob;

sub in_call ($user, $channel) {
    return join ' ', sort map {"$_->{username}\@$_->{server_name}"} @{$user->get("/api/channels/$channel/call/participants")->json};
}
status_is $alice->post("/api/channels/$origin/call/join"), 200, 'alice joins';
status_is $bob->post("/api/channels/$copy/call/join"), 200, 'bob joins';
for my $view ([$alice, $origin], [$bob, $copy]) {
    eventually sub { in_call(@$view) eq 'alice@a bob@b' }, 'both see both';
}

# a restart forgets who is in a call
$server_a->restart;
$streams[0] = $alice->events;
eventually sub { in_call($alice, $origin) eq 'bob@b' }, 'server a is told again of bob';
eventually sub { in_call($bob, $copy) eq 'bob@b' }, 'server b knows that alice is gone';
status_is $alice->post("/api/channels/$origin/call/join"), 200, 'alice is back';
eventually sub { in_call($bob, $copy) eq 'alice@a bob@b' }, 'and seen on b';

# somebody who is told of once and again, then no more; another one of a server that knows no such word
my $zulu = BeringShare::Peer->start('zulu', servers => [$server_a], users => ['zoe', 'zed']);
known_user($server_a, $_, 'zulu') for 'zoe', 'zed';
add_member($server_a, $origin, $_) for 'zoe@zulu', 'zed@zulu';
$zulu->set(online => ['zoe', 'zed']);
sub says ($who, $word) {
    status_is $zulu->post($server_a, '/federation/channel-call-event', $zulu->call_event('general', 'a', $word, $who)), 200, "$who: $word";
}
says $_, 'join' for 'zoe', 'zed';
says 'zoe', 'still';
like in_call($alice, $origin), qr/zed\@zulu zoe\@zulu/, 'both of the peer are in the call';
eventually sub { in_call($alice, $origin) !~ /zoe/ }, 'of whom nothing is heard any more is gone';
like in_call($alice, $origin), qr/zed\@zulu/, 'but not who was never told of again: an original does not';
ok $streams[0]->wait_event(sub ($data) { $data->{event} eq 'channel_call_leave' && $data->{payload} =~ /zoe/ }), 'members are told';
says 'zoe', 'still';
like in_call($alice, $origin), qr/zoe\@zulu/, 'told of again, it is back';
is $zulu->post($server_a, '/federation/channel-call-event', $zulu->call_event('general', 'a', 'perhaps', 'zoe'))->status, 400, 'another word is none';
ok !(grep { $_->{event} eq "still" } @{$zulu->sent("/federation/channel-call-event")}), "an original is not told \"still\"";

finish;
