# A proxy that the environment names is not used: our token is nobody else's business.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $thief  = BeringShare::Peer->start('thief');
my %proxy  = map { $_ => $thief->url } qw(http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY);
my $server = start_federated('a', %proxy);
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
$alice->tell('zoe@zulu', 'straight');
eventually sub { @{$peer->bodies} == 1 }, 'a message goes straight to the peer';
polls_more_often($peer, 1);
is $thief->count, 0, 'the proxy was never asked';

finish;
