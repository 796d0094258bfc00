# A channel's call: joining, who is in it, leaving; and the calls end with the connection.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my $path    = "/api/channels/$channel/call";
my @streams = map { $_->events } $alice, $bob;

is_deeply $alice->get('/api/channels/active-calls')->json, {}, 'no call at first';
is_deeply $alice->get("$path/participants")->json, [], 'nobody is in it';
my $joined = $alice->post("$path/join");
status_is $joined, 200, 'join';
is ref $joined->json->{participants}, 'ARRAY', 'the answer has the participants';
my %alice = (username => 'alice', server_name => 'local', user_id => $alice->id);
my %bob   = (username => 'bob',   server_name => 'local', user_id => $bob->id);
has_fields $bob->get("$path/participants")->json, [\%alice], 'others see who is in it';
is_deeply $bob->get('/api/channels/active-calls')->json, {$channel => 1}, 'and how many';

my $event = $streams[1]->wait_named('channel_call_join');
is $event->{data}{channel_id}, $channel, 'members are told: the channel';
ok !ref $event->{data}{payload}, 'the payload is a text';
has_fields decode_json($event->{data}{payload}), \%alice, 'that says who';

my ($in_it) = grep { $_->{user_id} eq $alice->id } @{$bob->post("$path/join")->json->{participants}};
has_fields $in_it, \%alice, 'who joins next learns who is in it';
is_deeply [sort map { $_->{username} } @{$alice->get("$path/participants")->json}], [qw(alice bob)], 'now both are';
my $left = $bob->post("$path/leave");
status_is $left, 200, 'leave';
is $left->json, 'ok', 'the answer is "ok"';
has_fields decode_json($streams[0]->wait_named('channel_call_leave')->{data}{payload}), \%bob, 'members are told who left';

$streams[0]->close;
eventually sub { !%{$bob->get('/api/channels/active-calls')->json} }, 'who disconnects is no longer in a call';
refused $alice->post('/api/channels/' . random_uuid() . '/call/join'), 404, 'an unknown channel';

finish;
