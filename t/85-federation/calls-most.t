# How many may be in a call: those of other servers count, but what their servers say is so, however many there are by then;
# each server refuses its own users.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a', CALL_VIDEO_MOST => 2, CALL_AUDIO_MOST => 3);
my ($alice, $anton) = map { $server->user($_) } qw(alice anton);
my @theirs  = qw(zoe zack zara zeno);
my $peer    = BeringShare::Peer->start('zulu', servers => [$server], users => [@theirs]);
my $channel = $server->channel('general', [$alice, $anton]);
add_member($server, $channel, "$_\@zulu") for @theirs;

sub in_call () { return join ' ', sort map { $_->{username} } @{$alice->get("/api/channels/$channel/call/participants")->json} }
sub tells ($event, $who) { return $peer->post($server, '/federation/channel-call-event', $peer->call_event('general', 'a', $event, $who)) }

status_is $alice->post("/api/channels/$channel/call/join"), 200, 'one of here';
for my $who (@theirs) { status_is tells(join => $who), 200, "$who of there is in it" }
is in_call(), 'alice zack zara zeno zoe', 'that is so, though there are more than may be';
refused $anton->post("/api/channels/$channel/call/join"), 409, 'nobody else of here is let in';
eventually sub { $peer->count('/channel-call-event$') >= 1 }, 'there, it is known that alice is in it';
is_deeply [map { $_->{participant}{username} } @{$peer->sent('/channel-call-event$')}], ['alice'], 'and nothing of who was refused';
status_is $alice->post("/api/channels/$channel/call/join"), 200, 'who is in it may join again';
status_is tells(leave => $_), 200, "$_ leaves" for @theirs[0, 1];
refused $anton->post("/api/channels/$channel/call/join"), 409, 'three are as many as may be';
status_is tells(leave => $theirs[2]), 200, 'one more leaves';
status_is $anton->post("/api/channels/$channel/call/join"), 200, 'now there is room';
is in_call(), 'alice anton zeno', 'these three';

finish;
