# A stream ends with the session that opened it.
use BeringShare::Test;

my $server = start_server();
my ($first, $second) = $server->worker_pids;
my $alice  = $server->user('alice', password => 'correct horse');

my $session = $alice->login;
my @streams = ($session->events_on($first), $session->websocket_on($second));
my $other   = $alice->login;
my $staying = $other->events;
my $by_token = $alice->events;
status_is $session->post('/api/logout'), 200, 'log out';
ok $_->wait_end, 'the session\'s stream is ended' for @streams;
ok !$staying->ended, 'another session\'s is not';

my $third = $alice->login;
@streams = ($third->events_on($second), $third->websocket_on($first));
status_is $other->put('/api/profile/password', {current_password => 'correct horse', new_password => 'battery staple'}), 200, 'change the password';
ok $_->wait_end, 'the other sessions\' streams are ended' for @streams;
$alice->tell('alice', 'for who is left');
ok $staying->wait_message('for who is left'), 'that of the session that changed it is live';

my $new = $server->keep_secret($server->admin->post('/admin/users/' . $alice->id . '/token')->json->{token});
ok $by_token->wait_end, 'a new permanent token ends what the old one opened';
ok $alice->with(token => $new)->events, 'the new one opens a stream';

finish;
