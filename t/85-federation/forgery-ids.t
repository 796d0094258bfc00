# A message id belongs to its author and conversation: the same again is fine and does nothing, anything else with that id is
# refused and never merged.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my ($alice, $anton) = map { $server->user($_) } qw(alice anton);
my $ours = $server->channel('ours', [$alice, $anton]);
my ($x, $y) = map { BeringShare::Peer->speaker($_) } qw(x y);
$_->register($server) for $x, $y;
my $stream = $alice->events;

sub post_message ($peer, $json) { return $peer->post($server, '/federation/messages', $json) }

my $direct  = $x->direct_message('zoe', 'alice@a', 'direct');
my $channel = $x->channel_message('zoe', 'news', 'x', 'in a channel');
my $in_ours = $x->channel_message('zoe', 'ours', 'a', 'in our channel');
for my $json ($direct, $channel, $in_ours) {
    for my $time (1 .. 3) {
        my $answer = post_message($x, $json);
        status_is $answer, 200, "$json->{body}, time $time";
        is $answer->json, 'ok', 'the answer';
    }
}
my $other_text = post_message($x, {%$direct, body => 'another text'});
is $other_text->json, 'ok', 'another text with the same id, author and conversation is taken for the same';

refused post_message($x, {%$direct, author => $x->person('zak')}), 409, 'direct: another author';
refused post_message($x, {%$direct, recipient => $x->person('anton@a')}), 409, 'direct: another recipient';
refused post_message($x, {%$channel, message_id => $direct->{message_id}}), 409, 'direct: the same in a channel';
refused post_message($x, {%$channel, author => $x->person('zak')}), 409, 'channel: another author';
refused post_message($x, {%$channel, author => $x->person('zoe@y')}), 409, 'channel: one of the same name of another server';
refused post_message($x, {%$channel, channel => {name => 'olds', origin_server => 'x'}}), 409, 'channel: another channel';
refused post_message($x, {%$channel, channel => {name => 'ours', origin_server => 'a'}}), 409, 'channel: a channel of ours';
refused post_message($y, $y->direct_message('zoe', 'alice@a', 'theft', message_id => $direct->{message_id})), 409, 'another peer';

my $local = $anton->say($ours, 'written here');
refused post_message($x, $x->channel_message('zoe', 'ours', 'a', 'theft', message_id => $local)), 409, 'the id of a local message';
refused $anton->post('/api/messages/channel', {channel => $ours, body => 'theft', message_id => $in_ours->{message_id}}), 409,
    'a local user takes the id of a peer\'s';
refused post_message($x, $x->channel_message('alice@a', 'ours', 'a', 'theft', message_id => $local)), [403, 409],
    'the same, in the name of another user of this server';
refused post_message($x, $x->channel_message('alice@a', 'news', 'x', 'theft', message_id => $channel->{message_id})), [403, 409],
    'the id of its own message, in the name of a user of this server';
my $batch = $x->post($server, '/federation/batch', {items => [
    {kind => 'message', body => $direct},
    {kind => 'message', body => {%$direct, author => $x->person('zak')}},
    {kind => 'message', body => $in_ours},
]});
is_deeply [map { $_->{status} } @{$batch->json->{results}}], [200, 409, 200], 'the same in a batch';

$alice->tell('alice', 'the end');
reads_bodies $stream, ['direct', 'in our channel', 'written here', 'the end'], 'each was announced once';
is_deeply $alice->channel_bodies($ours), ['in our channel', 'written here'], 'the channel has each once';
is_deeply $alice->direct_bodies(known_user($server, 'zoe', 'x')), ['direct'], 'so has the conversation';
is message_count($server), 5, 'and there is nothing else';
ok !channel_entry($server, 'olds', 'x'), 'what was refused has made no channel';

finish;
