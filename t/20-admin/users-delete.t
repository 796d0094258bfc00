# DELETE /admin/users/:id: the account ends at once and everywhere; what the user wrote stays, by a deleted user.
use BeringShare::Test;

my $server  = start_server();
my $admin   = $server->admin;
my $alice   = $server->user('alice', password => 'correct horse');
my $bob     = $server->user('bob');
my $channel = $server->channel('general', [$alice, $bob]);
$alice->put('/api/profile', {display_name => 'Alice in person'});
$alice->say($channel, 'in the channel');
$alice->tell('bob', 'in private');
my $session = $alice->login;
my @pinned  = map { $session->on_worker($_) } $server->worker_pids;
status_is $_->get('/api/users'), 200, 'the session works on each worker' for @pinned;
my @streams = ($session->events, $alice->websocket);

my $answer = $admin->delete('/admin/users/' . $alice->id);
status_is $answer, 200, 'delete';
is $answer->body, 'null', 'the answer is null';
for my $worker (@pinned) {
    eventually sub { $worker->get('/api/users')->status == 401 }, 'the session is over on each worker';
    eventually sub { $alice->with(own_ua => $worker->own_ua)->get('/api/users')->status == 401 }, 'so is the permanent token';
}
ok $_->wait_end, 'an open stream is ended' for @streams;
refused $alice->try_login, 401, 'no login';

is_deeply [sort map { $_->{username} } @{$admin->get('/admin/users')->json}], [qw(admin bob)], 'the admin\'s list';
is_deeply [sort map { $_->{username} } @{$bob->get('/api/users')->json}], [qw(admin bob)], 'the users\' list';
is_deeply [map { $_->{username} } @{$admin->get("/admin/channels/$channel/members")->json}], ['bob'], 'the members';
my $history = $bob->get("/api/messages/channel/$channel")->json;
is $history->[0]{body}, 'in the channel', 'the message in the channel stays';
like $history->[0]{author_username}, qr/deleted/i, 'by a deleted user';
unlike encode_json($history), qr/alice/i, 'whose names are gone';
is $bob->get('/api/messages/inbox')->json->[0]{body}, 'in private', 'the direct message stays in the inbox';
refused $bob->post('/api/messages/dm', {recipient => 'alice', body => 'hi'}), 404, 'there is nobody to write to';

my $second = $server->user('alice');
isnt $second->id, $alice->id, 'the name is free for somebody else';
is_deeply $second->get('/api/messages/inbox')->json, [], 'who inherits nothing';

refused $admin->delete('/admin/users/' . $alice->id), 404, 'a second time there is nothing to delete';
my ($account) = grep { $_->{username} eq 'admin' } @{$admin->get('/admin/users')->json};
refused $admin->delete("/admin/users/$account->{id}"), 409, 'the administrator\'s account stays';

finish;
