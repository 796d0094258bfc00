# PUT /admin/users/:id: renaming a user, setting the display name and the password.
use BeringShare::Test;

my $server  = start_server();
my $admin   = $server->admin;
my $alice   = $server->user('alice', password => 'correct horse');
my $bob     = $server->user('bob');
my $channel = $server->channel('general', [$alice, $bob]);
$alice->say($channel, 'before');
my $session = $alice->login;

sub update ($user, %fields) { return $admin->put('/admin/users/' . $user->id, \%fields) }

my $answer = update($alice, username => 'alicia', display_name => 'Alicia B.');
status_is $answer, 200, 'rename';
has_fields $answer->json, {
    id => $alice->id, username => 'alicia', token => '', server_id => undef, is_local => true, display_name => 'Alicia B.',
}, 'the answer is the user';
refused $alice->try_login('correct horse', 'alice'), 401, 'the old name no longer logs in';
status_is $alice->try_login('correct horse', 'alicia'), 200, 'the new one does';
status_is $alice->get('/api/users'), 200, 'the permanent token goes on';
my $history = $bob->get("/api/messages/channel/$channel")->json;
is $history->[0]{author_username}, 'alicia', 'the history shows the new name';
is $history->[0]{author_user_id}, $alice->id, 'of the same user';
status_is $bob->post('/api/messages/dm', {recipient => 'alicia', body => 'hi'}), 200, 'a message reaches the new name';
refused $bob->post('/api/messages/dm', {recipient => 'alice', body => 'hi'}), 404, 'the old name is nobody';

status_is update($alice, username => 'alicia', password => 'battery staple'), 200, 'set a password';
status_is $alice->try_login('battery staple', 'alicia'), 200, 'it is good';
refused $alice->try_login('correct horse', 'alicia'), 401, 'the old one is not';
eventually sub { $session->get('/api/users')->status == 401 }, 'sessions from before are over';
status_is update($bob, username => 'bob', password => 'first password'), 200, 'a first password';
status_is $bob->try_login('first password'), 200, 'it is good';

refused update($alice, username => 'bob'), 409, 'a name that is taken';
refused update($alice, username => 'alicia', password => ''), 400, 'an empty password';
refused update($alice, username => 'alicia', password => 'x' x 73), 400, 'a password that is too long';
refused $admin->put('/admin/users/' . random_uuid(), {username => 'ghost'}), 404, 'an unknown user';
my ($account) = grep { $_->{username} eq 'admin' } @{$admin->get('/admin/users')->json};
refused $admin->put("/admin/users/$account->{id}", {username => 'boss'}), 409, 'the administrator\'s account keeps its name';

finish;
