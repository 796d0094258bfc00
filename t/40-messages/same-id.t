# A message_id makes sending again harmless: the same author's is answered and not stored twice, another author's refused.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my $stream  = $bob->events;

my %message = (channel => $channel, body => 'once', message_id => random_uuid());
for my $time (1 .. 3) {
    my $answer = $alice->post('/api/messages/channel', \%message);
    status_is $answer, 200, "time $time";
    is $answer->json->{message_id}, $message{message_id}, 'answers the id that was sent';
}
refused $bob->post('/api/messages/channel', \%message), 409, 'another author\'s';
my %direct = (recipient => 'bob', body => 'once, in private', message_id => random_uuid());
is $alice->post('/api/messages/dm', \%direct)->json->{message_id}, $direct{message_id}, 'a direct message' for 1, 2;
refused $alice->post('/api/messages/dm', {%direct, message_id => $message{message_id}}), 409, 'the id of another conversation';
refused $alice->post('/api/messages/dm', {%direct, message_id => 'nonsense'}), [400, 422], 'an id that is no UUID';

my %parallel = (channel => $channel, body => 'many at once', message_id => random_uuid());
my $answers  = $alice->request_many([map { ['POST', '/api/messages/channel', \%parallel] } 1 .. 16], 8);
is_deeply [map { $_->status } @$answers], [(200) x 16], 'sixteen at once';

$alice->say($channel, 'the last one');
is_deeply $bob->channel_bodies($channel), ['once', 'many at once', 'the last one'], 'the channel has each once';
is_deeply $bob->direct_bodies($alice->id), ['once, in private'], 'so has the conversation';
$stream->wait_message('the last one');
is_deeply $stream->bodies, ['once', 'once, in private', 'many at once', 'the last one'], 'and each was announced once';

finish;
