# Server-sent events: the form of the stream, and a message in it.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
$alice->put('/api/profile', {display_name => 'Alice B.'});
my $channel = $server->channel('general', [$alice, $bob]);

my $stream = $bob->events(token_in_url => 1);
like $stream->headers->content_type, qr{^text/event-stream}, 'the content type';
like $stream->headers->cache_control // '', qr/no-cache|no-store/, 'nobody may keep it';
is $stream->headers->content_encoding, undef, 'it is not compressed';
my $header = $bob->events;

my $text  = "line one\nline two \x{1F43B} \"quoted\"";
my $id    = $alice->say($channel, $text);
my $event = $stream->wait_message($text);
ok $event, 'a channel message arrives';
like $event->{id}, qr/^[0-9a-f]+-[0-9a-f]+$/, 'the event has an id';
is $event->{data}{event}, 'new_message', 'event';
is $event->{data}{user_id}, undef, 'user_id is null';
is $event->{data}{channel_id}, $channel, 'channel_id';
my $message = $event->{data}{message};
like_time delete $message->{sent_at}, 'the time';
has_fields $message, {
    message_id => $id, kind => 'channel', body => $text, author_user_id => $alice->id, author_username => 'alice',
    author_display_name => 'Alice B.', recipient_user_id => undef, channel_id => $channel,
}, 'the message comes with it';

$id    = $alice->tell('bob', 'in private');
$event = $stream->wait_message('in private');
is $event->{data}{user_id}, $bob->id, 'a direct message: user_id is the recipient';
is $event->{data}{channel_id}, undef, 'channel_id is null';
is $event->{data}{message}{kind}, 'dm', 'kind';
is $event->{data}{message}{recipient_user_id}, $bob->id, 'recipient_user_id';
is $event->{data}{message}{message_id}, $id, 'message_id';
reads_bodies $header, [$text, 'in private'], 'a stream with the token in a header gets the same';
is $header->last_id, $stream->last_id, 'under the same ids';

my $refused = $server->anonymous->with(token => 'x' x 43)->events(token_in_url => 1, wait_open => 0);
$refused->wait_end;
is $refused->status, 401, 'an unknown token gets no stream';
refused $server->anonymous->get('/api/events'), 401, 'nor does none';

finish;
