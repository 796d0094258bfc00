# What a user has read is the same on all its devices, and is what it says: exact, forwards, and back when it is meant.
use BeringShare::Test;

my $server = start_server();
my ($first, $second) = $server->worker_pids;
my ($alice, $bob) = map { $server->user($_, password => 'correct horse') } qw(alice bob);
$alice->put('/api/profile', {display_name => 'Alice'});
my $early = $server->channel('general', [$alice]);
$alice->say($early, "before $_") for 1 .. 3;
my $before = $alice->say($early, 'the last one before');
is_deeply $bob->get('/api/conversations')->json, [], 'nobody has a conversation to begin with';
$bob->post("/api/channels/$early/members", {user_id => $bob->id});

sub conversation ($user, $id) { return (grep { $_->{id} eq $id } @{$user->get('/api/conversations')->json})[0] }
has_fields conversation($bob, $early),
    {kind => 'channel', id => $early, last_read_message_id => $before, unread => 0, mentions => 0, is_muted => false},
    'who joins has read what was there';
my @ids = map { $alice->say($early, "message $_ " . "\x{e4}" x 150) } 1 .. 5;
my $item = conversation($bob, $early);
is $item->{unread}, 5, 'others\' messages are unread';
is $item->{last_read_message_id}, $before, 'the position has not moved';
is conversation($alice, $early)->{unread}, 0, 'one\'s own never are';
my $last = $item->{last_message};
has_fields $last, {message_id => $ids[4], author_user_id => $alice->id, author_username => 'alice', author_display_name => 'Alice'},
    'the last message';
like_time $last->{sent_at}, 'when it was sent';
is $last->{body}, 'message 5 ' . "\x{e4}" x 95, 'its beginning, no character cut';

my ($phone, $laptop) = ($bob->login, $bob->login);
my @streams = ($phone->events_on($first), $laptop->websocket_on($second));
my $others  = $alice->events;
my $answer  = $phone->put("/api/conversations/channel/$early/read", {message_id => $ids[2]});
status_is $answer, 200, 'read on one device';
my %state = (kind => 'channel', id => $early, last_read_message_id => $ids[2], unread => 2, first_unread_message_id => $ids[3],
    mentions => 0, is_muted => false, last_sequence => 9);
is_deeply $answer->json, \%state, 'the answer is the state';
for my $stream (@streams) {
    my $event = $stream->wait_named('conversation_changed');
    has_fields $event->{data}, {event => 'conversation_changed', user_id => $bob->id, channel_id => $early, conversation => \%state},
        'each device hears of it';
}
has_fields conversation($laptop, $early), \%state, 'the other device sees the same';
is conversation($alice, $early)->{unread}, 0, 'nobody else\'s position moves';

sub put_read ($id, %more) { return $bob->put("/api/conversations/channel/$early/read", {message_id => $id, %more})->json }
is put_read($ids[0])->{last_read_message_id}, $ids[2], 'an older message moves nothing back';
is put_read($ids[2])->{unread}, 2, 'the same one moves nothing';
is put_read($ids[0], exact => false)->{last_read_message_id}, $ids[2], 'nor does exact: false';
is put_read($ids[0], exact => true)->{unread}, 4, 'unless it is meant: marked unread';
is put_read(undef, exact => true)->{unread}, 9, 'and before the first';
is put_read(undef, exact => true)->{last_read_message_id}, undef, 'no message is the last one read';
is put_read($ids[4])->{unread}, 0, 'and all of it read';
$alice->say($early, 'one more');
is conversation($bob, $early)->{unread}, 1, 'the next one is unread';
$bob->say($early, 'an answer');
is conversation($bob, $early)->{unread}, 1, 'writing does not move the position';
$alice->say($early, 'the end');
is scalar(() = $streams[0]->named('conversation_changed')), scalar(() = $streams[1]->named('conversation_changed')),
    'both devices have heard of the same changes' if $streams[0]->wait_message('the end') && $streams[1]->wait_message('the end');
is scalar(() = $streams[0]->named('conversation_changed')), 4, 'of those that were some';
ok $others->wait_message('the end'), 'another user\'s stream';
is scalar(() = $others->named('conversation_changed')), 0, 'hears of none';

# Direct messages.
my $hello = $alice->tell('bob', 'hello');
has_fields conversation($bob, $alice->id), {kind => 'dm', unread => 1, last_read_message_id => undef, is_muted => false}, 'a first direct message';
has_fields conversation($alice, $bob->id), {kind => 'dm', unread => 0, last_message => {message_id => $hello}}, 'at its author';
$answer = $bob->put('/api/conversations/dm/' . $alice->id . '/read', {message_id => $hello});
is_deeply $answer->json, {kind => 'dm', id => $alice->id, last_read_message_id => $hello, unread => 0, first_unread_message_id => undef,
    mentions => 0, is_muted => false, last_sequence => 1}, 'read';
my $event = $streams[0]->wait_event(sub ($data) { $data->{event} eq 'conversation_changed' && $data->{conversation}{kind} eq 'dm' });
is $event->{data}{channel_id}, undef, 'the event of a direct conversation names no channel';
$alice->tell('alice', 'a note');
has_fields conversation($alice, $alice->id), {kind => 'dm', unread => 0, last_message => {body => 'a note'}}, 'notes to oneself are read';
is scalar @{$alice->get('/api/conversations')->json}, 3, 'one item a conversation';

# Leaving and coming back.
$bob->delete("/api/channels/$early/members/" . $bob->id);
is conversation($bob, $early), undef, 'no conversation after leaving';
$alice->say($early, 'behind the back');
$bob->post("/api/channels/$early/members", {user_id => $bob->id});
is conversation($bob, $early)->{unread}, 0, 'who comes back has read what was there';

$server->restart;
$alice->say($early, 'after the restart');
is conversation($bob, $early)->{unread}, 1, 'positions survive';

finish;
