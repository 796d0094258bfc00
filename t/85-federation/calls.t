# A call in a channel with members of three servers: all see who joins and leaves, and a vanished caller leaves everywhere.
use BeringShare::Test;
use BeringShare::Federation;

my @servers = start_federation(3);
my @names   = qw(alice bob carol);
my @letters = qw(a b c);
my @users   = map { $servers[$_]->user($names[$_]) } 0 .. 2;
my $origin  = $servers[0]->channel('general', [$users[0]]);
add_member($servers[0], $origin, $_) for 'bob@b', 'carol@c';
my @channels = ($origin, map { known_channel($servers[$_], 'general', 'a') } 1, 2);
for my $other (1, 2) {
    eventually sub { is_member($servers[$other], $channels[$other], $names[$other]) }, "$names[$other] is a member";
}
my @streams = map { $_->events } @users;

sub in_call ($reader) {
    return join ' ', sort map {"$_->{username}\@$_->{server_name}"} @{$users[$reader]->get("/api/channels/$channels[$reader]/call/participants")->json};
}
sub all_see ($wanted, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    for my $reader (0 .. 2) {
        eventually sub { in_call($reader) eq $wanted }, "$name: $names[$reader] sees it" or diag in_call($reader);
    }
}
my @present;
for my $caller (1, 0, 2) {
    my $answer = $users[$caller]->post("/api/channels/$channels[$caller]/call/join");
    status_is $answer, 200, "$names[$caller] joins";
    push @present, "$names[$caller]\@$letters[$caller]";
    is join(' ', sort map {"$_->{username}\@$_->{server_name}"} @{$answer->json->{participants}}), join(' ', sort @present),
        'and learns who is in it';
    all_see join(' ', sort @present), "$names[$caller] in the call";
}
for my $reader (0 .. 2) {
    is_deeply $users[$reader]->get('/api/channels/active-calls')->json, {$channels[$reader] => 3}, "$names[$reader]: three in the call";
    for my $caller (0 .. 2) {
        my $event = $streams[$reader]->wait_event(sub ($data) {
            return $data->{event} eq 'channel_call_join' && decode_json($data->{payload})->{username} eq $names[$caller];
        });
        is $event && $event->{data}{channel_id}, $channels[$reader], "$names[$reader] was told that $names[$caller] joined";
        has_fields $event && decode_json($event->{data}{payload}), {username => $names[$caller], server_name => $letters[$caller]}, 'and who that is';
    }
}
status_is $users[2]->post("/api/channels/$channels[2]/call/leave"), 200, 'carol leaves';
all_see 'alice@a bob@b', 'carol left';
for my $reader (0 .. 2) {
    my $event = $streams[$reader]->wait_named('channel_call_leave');
    has_fields $event && decode_json($event->{data}{payload}), {username => 'carol', server_name => 'c'}, "$names[$reader] was told";
}
$streams[1]->close;
eventually sub { in_call(0) eq 'alice@a' && in_call(2) eq 'alice@a' }, 'who vanishes leaves the call on all servers';
status_is $users[0]->post("/api/channels/$channels[0]/call/leave"), 200, 'the last one leaves';
all_see '', 'the call is over';

finish;
