# /admin/channels/:id/members: the administrator adds, lists and removes members.
use BeringShare::Test;

my $server  = start_server();
my $admin   = $server->admin;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('board', [], private => 1);
my $path    = "/admin/channels/$channel/members";

my $answer = $admin->post($path, {username => 'alice'});
status_is $answer, 200, 'add by name';
has_fields $answer->json, {
    id => $alice->id, username => 'alice', token => '', server_id => undef, is_local => true, display_name => undef,
}, 'the answer is the member';
status_is $admin->post($path, {username => 'bob@local'}), 200, 'add by name and this server\'s own name';
status_is $admin->post($path, {username => 'bob'}), 200, 'adding again is fine';
is_deeply [map { $_->{username} } @{$admin->get($path)->json}], [qw(alice bob)], 'the list';
status_is $alice->post('/api/messages/channel', {channel => $channel, body => 'hello'}), 200, 'a member may post';

refused $admin->post($path, {username => 'nobody'}), 404, 'an unknown name';
refused $admin->post($path, {username => 'alice@nowhere'}), [400, 404], 'an unknown server';
refused $admin->post($path, {username => ''}), 400, 'an empty name';
refused $admin->post('/admin/channels/' . random_uuid() . '/members', {username => 'alice'}), 404, 'an unknown channel';

my $removed = $admin->delete("$path/" . $alice->id);
status_is $removed, 200, 'remove';
is $removed->body, 'null', 'the answer is null';
is_deeply [map { $_->{username} } @{$admin->get($path)->json}], ['bob'], 'the list is shorter';
refused $alice->post('/api/messages/channel', {channel => $channel, body => 'hello'}), 404, 'who is out may not post';
refused $admin->delete("$path/" . random_uuid()), 404, 'an unknown user';
refused $admin->get('/admin/channels/' . random_uuid() . '/members'), 404, 'the list of an unknown channel';

finish;
