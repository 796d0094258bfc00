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

# ---- how many may be in a call ----

my $small = prepare_server(CALL_VIDEO_MOST => undef, CALL_AUDIO_MOST => undef);
my $file  = write_file($small->directory . '/configuration', "CALL_VIDEO_MOST=3\nCALL_AUDIO_MOST=2\n");
$small->arguments(['serve', '--config', $file]);
$small->launch;
my @people = map { $small->user("person$_") } 1 .. 5;
my $rooms  = [map { $small->channel($_, [@people]) } qw(general random)];
sub join_call ($person, $room = 0) { return $people[$person - 1]->post("/api/channels/$rooms->[$room]/call/join") }
sub in_call ($room = 0) {
    return join ' ', sort map { $_->{username} =~ s/person//r } @{$people[0]->get("/api/channels/$rooms->[$room]/call/participants")->json};
}

status_is join_call($_), 200, "person $_ of 3" for 1 .. 3;
my $crowded = join_call(4);
refused $crowded, 409, 'a fourth is not let in: the larger of both limits holds';
like $crowded->error, qr/the call is full/, 'and told why';
is in_call(), '1 2 3', 'nobody else is in the call';
status_is join_call(2), 200, 'who is in it may join again, as with another device';
is in_call(), '1 2 3', 'and is in it once';
status_is join_call(4, 1), 200, 'another channel has a call of its own';
status_is $people[1]->post("/api/channels/$rooms->[0]/call/leave"), 200, 'somebody leaves';
status_is join_call(4), 200, 'somebody else may join';
refused join_call(2), 409, 'whoever left comes too late';
has_fields $people[0]->get('/api/call/ice-servers')->json, {video_most => 3, audio_most => 2}, 'clients are told the limits';
write_file($file, "CALL_VIDEO_MOST=2\nCALL_AUDIO_MOST=4\n");
kill HUP => $small->pid;
eventually sub { $people[0]->get('/api/call/ice-servers')->json->{audio_most} == 4 }, 'a reload changes them';
eventually sub { join_call(2)->status == 200 }, 'also what is let in';
refused join_call(5), 409, 'up to the new limit';
is in_call(), '1 2 3 4', 'four are in it';
write_file($file, "CALL_VIDEO_MOST=2\nCALL_AUDIO_MOST=2\n");
kill HUP => $small->pid;
eventually sub { $people[0]->get('/api/call/ice-servers')->json->{audio_most} == 2 }, 'a lower one';
status_is join_call($_), 200, "throws nobody out: $_" for 1 .. 4;

finish;
