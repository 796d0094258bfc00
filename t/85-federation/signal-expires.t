# A call's signal is worth nothing later: one that cannot be sent for half a minute is forgotten, messages are not.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');
$peer->down;
$alice->tell('zoe@zulu', 'call me');
status_is $alice->post('/api/call/signal', {target => 'zoe@zulu', signal_type => 'offer', payload => "number $_"}), 200, 'a signal' for 1 .. 3;
is peer_status($server, 'zulu')->{queue_depth}, 4, 'all of it waits';
ok wait_until(sub { peer_status($server, 'zulu')->{queue_depth} == 1 }, 150), 'signals are forgotten after a while';
$peer->up;
eventually sub { @{$peer->bodies} == 1 }, 'the message arrives';
eventually sub { is_queue_empty($server, 'zulu') }, 'nothing waits';
is_deeply $peer->sent('/federation/webrtc-signal'), [], 'no signal does';

finish;
