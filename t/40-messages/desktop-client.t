# The routes that the original's desktop client calls: GET and POST /api/channels/:id/messages.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice');
my $channel = $server->channel('general', [$alice]);

my $answer = $alice->post("/api/channels/$channel/messages", {body => 'from the desktop'});
status_is $answer, 200, 'send';
like_uuid $answer->json->{message_id}, 'the answer has the id';
my $history = $alice->get("/api/channels/$channel/messages");
status_is $history, 200, 'read';
is_deeply $history->json, $alice->get("/api/messages/channel/$channel")->json, 'the same history as under the other path';
is_deeply [map { $_->{body} } @{$history->json}], ['from the desktop'], 'with the message';
refused $alice->post("/api/channels/$channel/messages", {body => ' '}), 400, 'an empty message';
refused $alice->get('/api/channels/' . random_uuid() . '/messages'), 404, 'an unknown channel';
refused $alice->post('/api/channels/' . random_uuid() . '/messages', {body => 'hi'}), 404, 'sending to an unknown channel';

finish;
