# A server vanishes while its users are in a call: they leave it on the others, and nobody stays in it for ever.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b, $server_c) = start_federation(3);
my ($alice, $bob, $carol) = ($server_a->user('alice'), $server_b->user('bob'), $server_c->user('carol'));
my $origin = $server_a->channel('general', [$alice]);
add_member($server_a, $origin, $_) for 'bob@b', 'carol@c';
my ($at_b, $at_c) = (known_channel($server_b, 'general', 'a'), known_channel($server_c, 'general', 'a'));
eventually sub { is_member($server_b, $at_b, 'bob') && is_member($server_c, $at_c, 'carol') }, 'members of three servers';
my ($to_alice, $to_bob, $to_carol) = map { $_->events } $alice, $bob, $carol;
for my $side ([$alice, $origin], [$bob, $at_b], [$carol, $at_c]) {
    status_is $side->[0]->post("/api/channels/$side->[1]/call/join"), 200, $side->[0]->username . ' joins';
}
sub in_call ($client, $channel) {
    return join ' ', sort map { $_->{username} } @{$client->get("/api/channels/$channel/call/participants")->json};
}
eventually sub { in_call($alice, $origin) eq 'alice bob carol' && in_call($carol, $at_c) eq 'alice bob carol' }, 'all see three in the call';
eventually sub { is_online($alice, 'bob', 'b') && is_online($carol, 'bob', 'b') }, 'and that the third is online';

$server_b->kill_expected($server_b->pid, $server_b->worker_pids);
$server_b->stop(killed => 1);
eventually sub { in_call($alice, $origin) eq 'alice carol' }, 'who vanished with the server leaves: at the origin';
eventually sub { in_call($carol, $at_c) eq 'alice carol' }, 'and at the third server';
my $left = $to_alice->wait_event(sub ($data) { $data->{event} eq 'channel_call_leave' && decode_json($data->{payload})->{username} eq 'bob' });
ok $left, 'clients are told';

$server_b->launch;
wait_linked($server_b, $server_a, $server_c);
my $again = $bob->events;
status_is $bob->post("/api/channels/$at_b/call/join"), 200, 'who comes back joins again';
eventually sub { in_call($alice, $origin) eq 'alice bob carol' && in_call($carol, $at_c) eq 'alice bob carol' }, 'and is seen by all';

finish;
