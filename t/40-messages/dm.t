# Direct messages: sent by name, read by both ends and by nobody else.
use BeringShare::Test;

my $server = start_server();
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
$alice->put('/api/profile', {display_name => 'Alice B.'});

sub dm ($from, $recipient, $body) {
    return $from->post('/api/messages/dm', {recipient => $recipient, body => $body});
}

my $text   = "Grüße ❄ \x{1F43B} \"quoted\" \\ <b>&amp;</b>\n\tsecond line";
my $answer = dm($alice, 'bob', $text);
status_is $answer, 200, 'send';
like_uuid my $id = $answer->json->{message_id}, 'the answer has the id';
status_is dm($bob, 'alice@local', 'an answer'), 200, 'to user@this-server';

my $history = $bob->get('/api/messages/dm/' . $alice->id);
status_is $history, 200, 'the conversation';
is scalar @{$history->json}, 2, 'has both messages';
my $first = $history->json->[0];
like_time delete $first->{sent_at}, 'the time';
has_fields $first, {
    message_id => $id, body => $text, author_user_id => $alice->id, author_username => 'alice', author_display_name => 'Alice B.',
}, 'the record has the fields of one';
is $history->json->[1]{body}, 'an answer', 'oldest first';
is_deeply $alice->direct_bodies($bob->id), [$text, 'an answer'], 'the other end reads the same';
is_deeply $carol->direct_bodies($alice->id), [], 'a third one nothing';
is_deeply $carol->direct_bodies($bob->id), [], 'in either conversation';

status_is dm($alice, 'alice', 'note to self'), 200, 'to oneself';
is_deeply $alice->direct_bodies($alice->id), ['note to self'], 'a conversation of its own';

refused dm($alice, 'nobody', 'hi'), 404, 'an unknown name';
refused dm($alice, 'bob@nowhere', 'hi'), 400, 'an unknown server';
refused dm($alice, '', 'hi'), [400, 404], 'an empty recipient';
refused dm($alice, '@local', 'hi'), [400, 404], 'no name before the server';
is_deeply [sort map { $_->{username} } @{$alice->get('/api/users')->json}], [qw(admin alice bob carol)], 'which makes no users';
refused $alice->get('/api/messages/dm/' . random_uuid()), 404, 'the conversation with an unknown user';

finish;
