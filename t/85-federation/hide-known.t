# Users and channels that another server knows are hidden from it: it forgets them, and nothing of them reaches it any more, not
# even what was waiting; shown again, they are back, with what was written. A third server notices nothing.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b, $server_c) = start_federation(3);
my ($alice, $anton, $bob, $carol) =
    ((map { $server_a->user($_) } qw(alice anton)), $server_b->user('bob'), $server_c->user('carol'));
my %channel = map { $_ => $server_a->channel($_, [$alice, $anton]) } qw(open secret);
for my $name (sort keys %channel) {
    add_member($server_a, $channel{$name}, $_) for 'bob@b', 'carol@c';
}
my %at_b = map { $_ => known_channel($server_b, $_, 'a') } sort keys %channel;
my $open_at_c = known_channel($server_c, 'open', 'a');
my $of_b = $server_b->channel('of-b', [$bob]);
my $joined = known_channel($server_a, 'of-b', 'b');
status_is $anton->post("/api/channels/$joined/members", {user_id => $anton->id}), 200, 'a user joins a channel of the other server';
eventually sub { is_member($server_b, $of_b, 'anton@a') }, 'who is known there';
$anton->say($channel{open}, 'before: by anton');
$alice->say($channel{secret}, 'before: in secret');
$anton->tell('bob@b', 'before: direct');
my $anton_at_b = known_user($server_b, 'anton', 'a');
eventually sub { @{$bob->direct_bodies($anton_at_b)} == 1 && @{$bob->channel_bodies($at_b{secret})} == 1 }, 'and writes';
my $second = $anton->events;
my $stream = $bob->events;
status_is $bob->post("/api/channels/$at_b{secret}/call/join"), 200, 'one of there is in a call';
eventually sub { @{$alice->get("/api/channels/$channel{secret}/call/participants")->json} == 1 }, 'which is seen here';

sub eventually_lists ($server, $channels, $users, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($wanted, $got) = (encode_json([$channels, $users]), '');
    ok wait_until(sub { ($got = names_from($server, 'a')) eq $wanted }), $name or diag "$got, wanted $wanted";
}
eventually_lists $server_b, [qw(open secret)], [qw(admin alice anton)], 'all is known there';

hide_from($server_a, 'b', [$anton], [$channel{secret}]);
is_deeply $alice->get("/api/channels/$channel{secret}/call/participants")->json, [], 'who called from there is out of the call';
eventually_lists $server_b, ['open'], [qw(admin alice)], 'what is hidden is forgotten there';
ok $stream->wait_event(sub ($data) { $data->{event} eq 'channel_changed' && $data->{change} eq 'deleted' && $data->{channel_id} eq $at_b{secret} }),
    'clients are told of the channel';
ok $stream->wait_event(sub ($data) { $data->{event} eq 'user_changed' && $data->{change} eq 'deleted' && $data->{user_id} eq $anton_at_b }), 'and of the user';
ok !is_member($server_b, $of_b, 'anton@a'), 'no membership is left';
is_deeply [map { $_->{author_username} } @{$bob->get("/api/messages/channel/$at_b{open}")->json}], ['deleted user'],
    'what the user wrote stays, by a deleted one';
is $bob->get("/api/channels/$at_b{secret}/call/participants")->status, 404, 'the call is gone with the channel';
is_deeply names_from($server_c, 'a'), encode_json([[qw(open secret)], [qw(admin alice anton)]]), 'the third server knows what it knew';

my $mark = scalar @{$stream->events};
$anton->say($channel{open}, 'hushed: by anton');
$alice->say($channel{secret}, 'hushed: in secret');
status_is $anton->post("/api/channels/$channel{open}/call/join"), 200, 'hidden users and channels have calls';
status_is $alice->post("/api/channels/$channel{secret}/call/join"), 200, 'as before';
status_is $anton->post("/api/channels/$channel{open}/call/leave"), 200, 'and end them';
status_is $server_a->admin->put("/admin/channels/$channel{secret}", {name => 'hush'}), 200, 'a hidden channel is renamed';
status_is $server_a->admin->put('/admin/users/' . $anton->id, {username => 'hugo'}), 200, 'and a hidden user';
$alice->say($channel{open}, 'not hidden');
ok $stream->wait_message('not hidden'), 'what is visible arrives';
my @texts = map { encode_json($_->{data}) } @{$stream->events}[$mark .. $#{$stream->events}];
is scalar(grep {/hush|hugo|anton|secret/} @texts), 0, 'of the rest there is not a word' or diag "@texts";
is_deeply [grep { !/before|not hidden/ } @{$bob->channel_bodies($at_b{open})}], [], 'nor in the history';
eventually sub { $carol->channel_bodies($open_at_c)->[1] eq 'hushed: by anton' }, 'the third server has it';

# What waits when something is hidden is taken back.
$server_b->stop;
$alice->say($channel{open}, 'waiting');
my $brief = $server_a->user('brief');
add_member($server_a, $channel{open}, 'brief');
$brief->say($channel{open}, 'hushed: by brief');
hide_from($server_a, 'b', [$anton, $brief], [$channel{secret}]);
$server_b->launch;
wait_linked($server_b, $server_a);
eventually sub { ($bob->channel_bodies($at_b{open})->[-1] // '') eq 'waiting' }, 'what waits comes, but for what is hidden meanwhile';
eventually sub { is_queue_empty($server_a, 'b') }, 'nothing more';
is_deeply [grep {/hush/} @{$bob->channel_bodies($at_b{open})}], [], 'no word of it';
eventually_lists $server_b, ['open'], [qw(admin alice)], 'nor a name';

# Who joins gets a history without them.
my $old = $server_a->channel('old', [$alice]);
$_->[0]->say($old, $_->[1]) for [$alice, 'old: by alice'], [$anton, 'hushed: by anton'], [$alice, 'old: the last'];
add_member($server_a, $old, 'bob@b');
my $old_at_b = known_channel($server_b, 'old', 'a');
eventually sub { @{$bob->channel_bodies($old_at_b)} == 2 }, 'a history is handed over';
is_deeply $bob->channel_bodies($old_at_b), ['old: by alice', 'old: the last'], 'without what hidden users wrote';

# Shown again.
hide_from($server_a, 'b', []);
eventually_lists $server_b, [qw(hush old open)], [qw(admin alice brief hugo)], 'shown again, they are back';
my $secret_at_b = known_channel($server_b, 'hush', 'a');
eventually sub { is_member($server_b, $secret_at_b, 'bob') }, 'with their members';
eventually sub { @{$bob->channel_bodies($secret_at_b)} == 2 }, 'and their history';
is_deeply history_essence($bob, $secret_at_b), history_essence($alice, $channel{secret}), 'all of it';
is known_user($server_b, 'hugo', 'a'), $anton_at_b, 'the user is who it was';
is_deeply $bob->direct_bodies($anton_at_b), ['before: direct'], 'conversations are back';
eventually sub { is_member($server_b, $of_b, 'hugo@a') }, 'and memberships in channels of there';
$anton->say($channel{open}, 'here I am');
$alice->say($channel{secret}, 'here we are');
eventually sub { $bob->channel_bodies($at_b{open})->[-1] eq 'here I am' && $bob->channel_bodies($secret_at_b)->[-1] eq 'here we are' }, 'new messages come';
$bob->say($secret_at_b, 'so am I');
eventually sub { $alice->channel_bodies($channel{secret})->[-1] eq 'so am I' }, 'and go';
is_deeply peer_status($server_a, 'b')->{refused}, [], 'nothing was refused';

finish;
