# What waits for a peer survives a restart of the sending server, and its being killed.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');
$peer->down;
my @texts = map {"message $_"} 1 .. 30;
$alice->tell('zoe@zulu', $_) for @texts[0 .. 9];
$server->restart;
$alice->tell('zoe@zulu', $_) for @texts[10 .. 19];
$server->kill_expected($server->pid, $server->worker_pids);
$server->stop(killed => 1);
$server->launch;
is peer_status($server, 'zulu')->{queue_depth}, 20, 'everything is still waiting';
$alice->tell('zoe@zulu', $_) for @texts[20 .. 29];
$peer->up;
eventually sub { @{$peer->bodies} == 30 }, 'the peer is back, and is sent all of it';
is_deeply $peer->bodies, \@texts, 'in order';
eventually sub { is_queue_empty($server, 'zulu') }, 'nothing waits any more';

finish;
