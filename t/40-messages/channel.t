# Messages to a channel, by id or by name; posting in a public channel joins it.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general talk', [$alice]);

sub send_to ($from, $to, $body, %more) {
    return $from->post('/api/messages/channel', {channel => $to, body => $body, %more});
}

my $answer = send_to($alice, $channel, 'by id');
status_is $answer, 200, 'send by id';
like_uuid my $id = $answer->json->{message_id}, 'the answer has the id';
status_is send_to($alice, 'general talk', 'by name'), 200, 'send by name';
status_is send_to($alice, 'general talk', 'by origin', origin_server => 'local'), 200, 'with the origin server';
status_is send_to($alice, 'general talk', 'null origin', origin_server => undef), 200, 'with the origin server null';

my $history = $alice->get("/api/messages/channel/$channel");
status_is $history, 200, 'the history';
is_deeply [map { $_->{body} } @{$history->json}], ['by id', 'by name', 'by origin', 'null origin'], 'has all, oldest first';
my $first = $history->json->[0];
like_time delete $first->{sent_at}, 'the time';
has_fields $first, {
    message_id => $id, body => 'by id', author_user_id => $alice->id, author_username => 'alice', author_display_name => undef,
}, 'the record has the fields of one';

is_deeply $bob->channel_bodies($channel), ['by id', 'by name', 'by origin', 'null origin'], 'anybody reads a public channel';
status_is send_to($bob, $channel, 'me too'), 200, 'and posts';
is_deeply [map { $_->{username} } @{$alice->get("/api/channels/$channel/members")->json}], [qw(alice bob)], 'which joins';

refused send_to($alice, random_uuid(), 'hi'), 404, 'an unknown id';
refused send_to($alice, 'no such channel', 'hi'), 404, 'an unknown name';
refused send_to($alice, 'general talk', 'hi', origin_server => 'nowhere'), [400, 404], 'an unknown origin server';
refused $alice->get('/api/messages/channel/' . random_uuid()), 404, 'the history of an unknown channel';

finish;
