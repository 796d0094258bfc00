# What the admin changes about a peer counts at once: a new address, a new token, its removal.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', users => ['zoe'], online => ['zoe'], channels => ['zoology'],
    known_tokens => [$server->environment->{SERVER_TOKEN}]);
my $id = $peer->register($server, base_url => 'http://127.0.0.1:1');
$alice->tell('zoe@zulu', $_) for qw(one two);
eventually sub { peer_status($server, 'zulu')->{failures} > 2 }, 'a wrong address: nothing gets out';
update_peer($server, 'zulu', base_url => $peer->url);
eventually sub { @{$peer->bodies} == 2 }, 'the right one: it does';
is_deeply $peer->bodies, [qw(one two)], 'in order';
known_user($server, 'zoe', 'zulu');
eventually sub { is_online($alice, 'zoe', 'zulu') }, 'its users are known and online';
update_peer($server, 'zulu', base_url => $peer->url . '/');
$alice->tell('zoe@zulu', 'three');
eventually sub { $peer->bodies->[-1] eq 'three' }, 'a slash at the end of the address is fine';

status_is $peer->get($server, '/federation/users'), 200, 'its token is known';
update_peer($server, 'zulu', token => 'another token of the tests');
refused $peer->get($server, '/federation/users'), 401, 'changed, the old one is not, at once';
$server->keep_secret('another token of the tests');
status_is $peer->with_token('another token of the tests')->get($server, '/federation/users'), 200, 'the new one is';

my $watch = $alice->events;
my $zoe   = known_user($server, 'zoe', 'zulu');
my $other = BeringShare::Peer->start('yankee', servers => [$server]);
$peer->down;
$alice->tell('zoe@zulu', 'never to arrive');
status_is $server->admin->delete("/admin/servers/$id"), 200, 'the peer is removed';
$peer->up;
my $requests = $peer->count;
polls_more_often($other, 4);
is $peer->count, $requests, 'it is called no more';
is_deeply $peer->bodies, [qw(one two three)], 'and what was waiting is gone';
ok !grep({ $_->{username} eq 'zoe' && !$_->{is_local} } @{$alice->get('/api/users')->json}), 'its users are gone';
refused $alice->post('/api/messages/dm', {recipient => 'zoe@zulu', body => 'lost'}), 400, 'and the server is unknown';
refused $peer->with_token('another token of the tests')->get($server, '/federation/users'), 401, 'as is its token';

# Registered again it starts anew.
$peer->register($server, token => $peer->token);
known_user($server, 'zoe', 'zulu');
$alice->tell('zoe@zulu', 'welcome back');
eventually sub { $peer->bodies->[-1] eq 'welcome back' }, 'registered again it works again';
is_deeply $peer->bodies, [qw(one two three), 'welcome back'], 'without what was dropped';

finish;
