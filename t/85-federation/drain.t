# A server is stopped while its peers hang: it ends in time all the same, and has lost nothing when it is started again.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my @peers  = map { BeringShare::Peer->start("peer-$_", servers => [$server], users => ['zoe']) } 1 .. 3;
known_user($server, 'zoe', $_->name) for @peers;
$peers[0]->misbehave(hang => 1);
$peers[1]->misbehave(endless => 1);
$peers[2]->misbehave(path => '/federation/messages', lose => 1);
for my $number (1 .. 5) {
    $alice->tell('zoe@' . $_->name, "message $number") for @peers;
}
eventually sub { $peers[0]->hanging >= 2 }, 'peers hang';
$server->restart;
$_->behave for @peers;
for my $peer (@peers) {
    eventually sub { @{$peer->bodies} == 5 }, $peer->name . ': everything arrives after the restart';
    is_deeply $peer->bodies, [map {"message $_"} 1 .. 5], 'in order, each once';
}

finish;
