# Every view and dialog of the administration: accessible, narrow and wide, light and dark, in both languages, by keyboard.
use BeringShare::Test;
use BeringShare::Browser;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice', password => 'secret of alice');
my $bob    = $server->user('bob');
$alice->put('/api/profile', {display_name => 'Alice Liddell'});
my $channel = $server->channel('general', [$alice, $bob]);
$server->channel('board', [$alice], private => 1);
$alice->post('/api/messages/channel', {channel => 'general', body => "message $_"}) for 1 .. 12;
my $stream = $alice->events;

my $peer = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
eventually sub { known_user($server, 'zoe', 'zulu') }, 'a user of a peer is known';
$peer->misbehave(path => '/federation/messages', status => 400, json => {error => 'not here, please'});
$alice->post('/api/messages/dm', {recipient => 'zoe@zulu', body => 'Hello'});
eventually sub { peer_status($server, 'zulu')->{refused_count} == 1 }, 'a message is refused';
$server->admin->post('/admin/federation-tokens', {label => 'for the archive'});

run_in_browser(
    'admin-views',
    server  => $server,
    options => {peer => peer_entry($server, 'zulu')->{id}, channel => $channel},
);
$stream->close;

finish;
