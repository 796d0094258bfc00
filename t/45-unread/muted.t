# A muted conversation says so on all devices; nothing else changes.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my %first = (channel => $alice->say($channel, 'hello @bob'), dm => $alice->tell('bob', 'hello'));
my $stream = $bob->events;
my $events = 0;

for my $case (["channel/$channel", $channel, 'channel'], ['dm/' . $alice->id, $alice->id, 'dm']) {
    my ($path, $id, $kind) = @$case;
    my $mentions = $kind eq 'channel' ? 1 : 0;
    for my $muted (true, false, true) {
        my $answer = $bob->put("/api/conversations/$path", {is_muted => $muted});
        is_deeply $answer->json,
            {kind => $kind, id => $id, last_read_message_id => undef, unread => 1, first_unread_message_id => $first{$kind},
                mentions => $mentions, is_muted => $muted, last_sequence => 1},
            "$kind: is_muted is " . ($muted ? 'true' : 'false');
        ++$events;
        eventually sub { $stream->named('conversation_changed') == $events }, 'an event';
        my $said = ($stream->named('conversation_changed'))[-1]{data}{conversation};
        is_deeply [$said->{id}, !!$said->{is_muted}], [$id, !!$muted], 'that says so';
    }
    $bob->put("/api/conversations/$path", {is_muted => true});
    $alice->say($channel, "after $kind");
    $stream->wait_message("after $kind");
    is scalar($stream->named('conversation_changed')), $events, 'what changes nothing is no event';
}
my ($item) = grep { $_->{id} eq $channel } @{$bob->get('/api/conversations')->json};
has_fields $item, {is_muted => true, unread => 3}, 'a muted channel counts on';
my $newest = $item->{last_message}{message_id};
has_fields $bob->put("/api/conversations/channel/$channel/read", {message_id => $newest})->json, {is_muted => true, unread => 0},
    'reading leaves it muted';
has_fields((grep { $_->{id} eq $channel } @{$alice->get('/api/conversations')->json})[0], {is_muted => false}, 'to others it is not');

finish;
