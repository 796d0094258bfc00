# A private channel does not exist for who is not a member.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $channel = $alice->post('/api/channels', {name => 'board', private => true})->json->{id};
my $path    = "/api/channels/$channel/members";
my $id      = $alice->say($channel, 'among us');

refused $bob->get("/api/messages/channel/$channel"), 404, 'reading';
refused $bob->get("/api/channels/$channel/messages"), 404, 'reading, the desktop client\'s way';
refused $bob->get("/api/messages/channel/$channel?after=$id"), 404, 'reading with a known message id';
refused $bob->post('/api/messages/channel', {channel => $channel, body => 'hi'}), 404, 'posting by id';
refused $bob->post('/api/messages/channel', {channel => 'board', body => 'hi'}), 404, 'posting by name';
refused $bob->post("/api/channels/$channel/messages", {body => 'hi'}), 404, 'posting, the desktop client\'s way';
refused $bob->get($path), 404, 'the list of members';
refused $bob->post($path, {user_id => $bob->id}), 404, 'joining';
refused $bob->delete("$path/" . $alice->id), 404, 'removing a member';
refused $bob->post("/api/channels/$channel/call/join"), 404, 'joining its call';
refused $bob->get("/api/channels/$channel/call/participants"), 404, 'who is in its call';
is_deeply $bob->get('/api/messages/inbox')->json, [], 'nothing in the inbox';
my $socket = $bob->websocket;
is $socket->ask({kind => 'send_channel_message', channel_id => $channel, body => 'hi'})->{type}, 'error', 'posting over a WebSocket';

status_is $alice->post($path, {user_id => $bob->id}), 200, 'a member adds somebody';
is_deeply $bob->channel_bodies($channel), ['among us'], 'who then reads it all';
status_is $bob->post('/api/messages/channel', {channel => 'board', body => 'hi'}), 200, 'and posts';
status_is $bob->post($path, {user_id => $carol->id}), 200, 'and adds others';
status_is $carol->delete("$path/" . $carol->id), 200, 'leaving';
refused $carol->get("/api/messages/channel/$channel"), 404, 'ends the reading';
is_deeply $carol->get('/api/channels')->json, [], 'and the seeing';
is_deeply $alice->channel_bodies($channel), ['among us', 'hi'], 'nothing of what was refused is there';

finish;
