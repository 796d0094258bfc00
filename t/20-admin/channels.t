# /admin/channels: creating, listing, renaming and deleting channels.
use BeringShare::Test;

my $server = start_server();
my $admin  = $server->admin;
my $alice  = $server->user('alice');

my $answer = $admin->post('/admin/channels', {name => 'general talk ❄'});
status_is $answer, 200, 'create';
my $channel = $answer->json;
like_uuid $channel->{id}, 'the id is a UUID';
is $channel->{name}, 'general talk ❄', 'the name';
is $channel->{origin_server}, 'local', 'the origin is this server';
is_deeply $admin->get("/admin/channels/$channel->{id}/members")->json, [], 'nobody is a member';
refused $admin->post('/admin/channels', {name => 'general talk ❄'}), 409, 'a name that is taken';
my $private = $admin->post('/admin/channels', {name => 'board', private => true});
status_is $private, 200, 'a private one';

is_deeply [sort map { $_->{name} } @{$admin->get('/admin/channels')->json}], ['board', 'general talk ❄'], 'the list has both';
is_deeply [map { $_->{name} } @{$alice->get('/api/channels')->json}], ['general talk ❄'], 'a user sees the public one';

my $renamed = $admin->put("/admin/channels/$channel->{id}", {name => 'general'});
status_is $renamed, 200, 'rename';
is $renamed->json->{id}, $channel->{id}, 'the answer is the channel';
is $renamed->json->{name}, 'general', 'with its new name';
refused $admin->put("/admin/channels/$channel->{id}", {name => 'board'}), 409, 'not to a name that is taken';
status_is $admin->put("/admin/channels/$channel->{id}", {name => 'general'}), 200, 'to the same name is fine';
$alice->say('general', 'to the new name');
is_deeply $alice->channel_bodies($channel->{id}), ['to the new name'], 'a message reaches the new name';

status_is $admin->put("/admin/channels/$channel->{id}", {name => 'general', private => true}), 200, 'make it private';
is_deeply [map { $_->{name} } @{$alice->get('/api/channels')->json}], ['general'], 'a member still sees it';
my $bob = $server->user('bob');
is_deeply $bob->get('/api/channels')->json, [], 'others no longer do';
status_is $admin->put("/admin/channels/$channel->{id}", {name => 'general', private => false}), 200, 'make it public again';
is_deeply [map { $_->{name} } @{$bob->get('/api/channels')->json}], ['general'], 'everybody sees it';

my $gone = $admin->delete("/admin/channels/$channel->{id}");
status_is $gone, 200, 'delete';
is $gone->body, 'null', 'the answer is null';
is_deeply $alice->get('/api/channels')->json, [], 'it is gone';
refused $alice->get("/api/messages/channel/$channel->{id}"), 404, 'with its messages';
is_deeply $alice->get('/api/messages/inbox')->json, [], 'from the inbox, too';
refused $admin->delete("/admin/channels/$channel->{id}"), 404, 'a second time there is nothing to delete';
refused $admin->put("/admin/channels/$channel->{id}", {name => 'x'}), 404, 'nor to rename';

finish;
