# Renames that a server first meets when it asks its peer: users and channels are recognised by the ids that the peer has for
# them, so nothing that was written becomes a deleted user's. Ids that are not right change nothing.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;
use BeringShare::Database qw(open_database);

sub eventually_lists ($server, $peer, $channels, $users, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($wanted, $got) = (encode_json([$channels, $users]), '');
    ok wait_until(sub { ($got = names_from($server, $peer)) eq $wanted }), $name or diag "$got, wanted $wanted";
}

sub authors ($client, $channel) {
    return join ' ', map { $_->{author_username} } @{$client->get("/api/messages/channel/$channel")->json};
}

# Two real servers: what should have told of the change is lost, and the other one was away.
my ($server_a, $server_b) = start_federation(2);
my ($alice, $anton, $bob) = ((map { $server_a->user($_) } qw(alice anton)), $server_b->user('bob'));
my $channel = $server_a->channel('plans', [$alice, $anton]);
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'plans', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a channel of both servers';
$_->say($channel, 'by ' . $_->username) for $alice, $anton;
$alice->tell('bob@b', 'between us');
my $alice_there = known_user($server_b, 'alice', 'a');
eventually sub { authors($bob, $there) eq 'alice anton' && @{$bob->direct_bodies($alice_there)} == 1 }, 'with messages';
eventually_lists $server_b, 'a', ['plans'], [qw(admin alice anton)], 'and users';

$server_b->stop;
status_is $server_a->admin->put('/admin/users/' . $alice->id, {username => 'temporary'}), 200, 'while it is away, two users';
status_is $server_a->admin->put('/admin/users/' . $anton->id, {username => 'alice'}),     200, 'exchange';
status_is $server_a->admin->put('/admin/users/' . $alice->id, {username => 'anton'}),     200, 'their names';
status_is $server_a->admin->put("/admin/channels/$channel", {name => 'great plans'}),     200, 'and a channel gets another one';
my $database = open_database($server_a->database);
is $database->do('DELETE FROM outbox WHERE kind = 5'), 4, 'nothing is left that could tell of it';
$database->disconnect;
$server_b->launch;
eventually_lists $server_b, 'a', ['great plans'], [qw(admin alice anton)], 'the other server finds the names out';
eventually sub { authors($bob, $there) eq 'anton alice' }, 'what was written goes by the new names' or diag authors($bob, $there);
is known_user($server_b,    'anton',       'a'), $alice_there, 'each is who it was';
is known_channel($server_b, 'great plans', 'a'), $there,       'and so is the channel';
is_deeply $bob->direct_bodies($alice_there), ['between us'], 'a conversation goes on';
$bob->tell('anton@a', 'I know who you are');
eventually sub { grep { $_->{body} eq 'I know who you are' } @{$alice->get('/api/messages/inbox')->json} }, 'with the right one';

# A scripted peer that says what it likes.
my $peer = BeringShare::Peer->start('zulu', servers => [$server_a], bering => 1, ids => 1);
$peer->set(users => [$peer->user_with_id('zoe', 1), $peer->user_with_id('zack', 2)], channels => [$peer->channel_with_id('zone', 3)]);
eventually_lists $server_a, 'zulu', ['zone'], [qw(zack zoe)], 'a peer says names and ids';
my $zone = known_channel($server_a, 'zone', 'zulu');
status_is $peer->say($server_a, 'zoe', 'zone', 'zulu', 'hello'), 200, 'a user of it writes';
my $own_id = $alice->id;
my @before = (names_from($server_a, 'zulu'), names_from($server_b, 'a'), authors($alice, $zone));
for my $case (
    ['one id for two users' => [$peer->user_with_id('zoe', 1), $peer->user_with_id('zara', 1)]],
    ['an id that is none'   => [{%{$peer->user_with_id('zara', 1)}, id => 'zara'}]],
    ['an id that is no text' => [{%{$peer->user_with_id('zara', 1)}, id => {}}]],
    )
{
    my ($what, $users) = @$case;
    $peer->set(users => $users);
    ok polls_more_often($peer, 2), "$what: it is asked";
    is_deeply [names_from($server_a, 'zulu'), names_from($server_b, 'a'), authors($alice, $zone)], \@before, 'nothing is changed';
}
$peer->set(users => [$peer->user_with_id('zoe', 1), $peer->user_with_id('zack', 2), {%{$peer->user_with_id('zed', 9)}, id => $own_id}]);
eventually_lists $server_a, 'zulu', ['zone'], [qw(zack zed zoe)], 'the id of a user of another server is one like any other';
is $server_a->admin->get('/admin/users')->json->[0]{username}, 'admin', 'those of that server stay who they are';
is((grep { $_->{id} eq $own_id } @{$server_a->admin->get('/admin/users')->json})[0]{username}, 'anton', 'all of them');

$peer->set(users => [$peer->user_with_id('zoe', 2), $peer->user_with_id('zora', 1), $peer->user_with_id('zed', 10)]);
eventually sub { authors($alice, $zone) eq 'zora' }, 'a name that another one takes at once confuses nobody' or diag authors($alice, $zone);

finish;
