# What a peer's lists lack is forgotten if the peer says that they are complete, and only what is its own; from any other answer,
# and from lists of peers that do not say so, nothing is concluded.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my ($server, $other) = start_federation(2);
my ($alice, $bob) = ($server->user('alice'), $other->user('bob'));
known_user($server, 'bob', 'b');
my %peer = map { $_->name => $_ } (
    BeringShare::Peer->start('complete', servers => [$server], bering => 1, ids => 1),
    BeringShare::Peer->start('partial',  servers => [$server], bering => 1),
    BeringShare::Peer->start('original', servers => [$server]),
);
sub eventually_lists ($name, $channels, $users, $text) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($wanted, $got) = (encode_json([$channels, $users]), '');
    ok wait_until(sub { ($got = names_from($server, $name)) eq $wanted }), $text or diag "$got, wanted $wanted";
}
for my $name (sort keys %peer) {
    my $peer = $peer{$name};
    $peer->set(users => [$peer->user_with_id('zoe', 1), $peer->user_with_id('zack', 2)], online => ['zack'],
        channels => [$peer->channel_with_id('zone', 3), $peer->channel_with_id('zoo', 4)]);
    eventually_lists $name, [qw(zone zoo)], [qw(zack zoe)], "users and channels of the $name peer are known";
    my $zoo = known_channel($server, 'zoo', $name);
    status_is $alice->post("/api/channels/$zoo/members", {user_id => $alice->id}), 200, 'one of here joins a channel';
    status_is $peer->say($server, 'zack', 'zoo', $name, 'hello'), 200, 'in which is written';
}
eventually sub { is_online($alice, 'zack', 'complete') }, 'and one is online';
my $stream = $alice->events;

# Answers that are none.
my $complete = $peer{complete};
for my $rule ({status => 503}, {body => '[]]'}, {json => {}}, {close => 1}, {body => ''}) {
    $complete->misbehave(path => '/federation/(?:users|channels)$', times => 4, %$rule);
    ok polls_more_often($complete, 2), 'an answer that is none: ' . encode_json($rule);
    $complete->behave;
    is names_from($server, 'complete'), encode_json([[qw(zone zoo)], [qw(zack zoe)]]), 'nothing is forgotten';
}

# Lists that lack something.
for my $name (qw(partial original complete)) {
    my $peer = $peer{$name};
    $peer->set(users => [$peer->user_with_id('zoe', 1)], channels => [$peer->channel_with_id('zone', 3)], online => []);
    ok polls_more_often($peer, 3), "the $name peer leaves something out";
}
eventually_lists 'complete', ['zone'], ['zoe'], 'from a complete list follows that it is gone';
ok $stream->wait_event(sub ($data) { $data->{event} eq 'channel_changed' && $data->{change} eq 'deleted' }), 'clients are told of the channel';
ok $stream->wait_event(sub ($data) { $data->{event} eq 'user_changed' && $data->{change} eq 'deleted' }), 'and of the user';
for my $name (qw(partial original)) {
    is names_from($server, $name), encode_json([[qw(zone zoo)], [qw(zack zoe)]]), "from that of the $name peer nothing follows";
}

# Nothing at all is a list, too; and whoever writes without being in it is known for as long as that takes to see.
$complete->set(users => [], channels => []);
eventually_lists 'complete', [], [], 'an empty list is one';
status_is $complete->tell($server, 'ghost', 'alice@a', 'boo'), 200, 'somebody who is not listed writes';
ok $stream->wait_message('boo'), 'that arrives';
eventually_lists 'complete', [], [], 'and who wrote it is forgotten';
$complete->set(users => [$complete->user_with_id('zack', 2)]);
eventually_lists 'complete', [], ['zack'], 'who is listed again is back';

my @users = map { $_->{username} } @{$server->admin->get('/admin/users')->json};
is scalar(grep { $_ eq 'alice' || $_ eq 'bob' } @users), 2, 'users of this server and of others are where they were';

finish;
