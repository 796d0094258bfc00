# A worker dies whose users are in calls: clients here and on the other servers are told that they have left, even if they are
# still online; also if it was the only worker.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = (start_federated('a'), start_federated('b', WORKERS => 1));
connect_servers($server_a, $server_b);
my ($alice, $anton, $bob) = ((map { $server_a->user($_) } qw(alice anton)), $server_b->user('bob'));
my $channel = $server_a->channel('general', [$alice, $anton]);
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a channel of both servers';

sub in_call ($client, $channel) {
    return join ' ', sort map { $_->{username} } @{$client->get("/api/channels/$channel/call/participants")->json};
}
sub left ($name) {
    return sub ($data) { $data->{event} eq 'channel_call_leave' && decode_json($data->{payload})->{username} eq $name };
}

my ($dying, $staying) = $server_a->worker_pids;
my $here     = $anton->on_worker($staying);
my ($to_anton, $to_bob, $second) = ($anton->events_on($staying), $bob->events, $alice->events_on($staying));
status_is $alice->on_worker($dying)->post("/api/channels/$channel/call/join"), 200, 'alice joins the call by one worker';
status_is $here->post("/api/channels/$channel/call/join"),                     200, 'anton by another';
status_is $bob->post("/api/channels/$there/call/join"),                        200, 'bob on the other server';
eventually sub { in_call($bob, $there) eq 'alice anton bob' && in_call($here, $channel) eq 'alice anton bob' }, 'all three are in it';

$server_a->kill_expected($dying);
ok $to_anton->wait_event(left('alice')), 'when the worker dies, who joined by it leaves: clients here are told';
ok $to_bob->wait_event(left('alice')),   'and those of the other server, though she is online';
is in_call($here, $channel), 'anton bob', 'she is not in it any more';
is in_call($bob, $there),    'anton bob', 'nor on the other server';
is scalar(grep { left('alice')->($_->{data}) } $to_anton->named('channel_call_leave')), 1, 'that is told once';

my ($only) = $server_b->worker_pids;
$server_b->kill_expected($only);
ok $to_anton->wait_event(left('bob')), 'the same if the only worker of a server dies';
eventually sub { in_call($here, $channel) eq 'anton' }, 'only one is left in the call';
eventually sub { is_queue_empty($server_b, 'a') && is_queue_empty($server_a, 'b') }, 'nothing waits';
eventually sub { in_call($bob, $there) eq 'anton' }, 'and everybody agrees';

finish;
