# A proxy that the environment names is not used for the GIF search: it would read the key.
use BeringShare::Test;
use BeringShare::Peer;

my $thief    = BeringShare::Peer->start('thief');
my $provider = BeringShare::Peer->start('gifs');
my %proxy    = map { $_ => $thief->url } qw(http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY);
my $server   = start_server(%proxy, TENOR_API_KEY => 'key-of-the-gif-provider', GIF_API_URL => $provider->url);
$provider->misbehave(json => {results => []});
status_is $server->user('alice')->get('/api/gif/search?q=straight'), 200, 'a search';
is $provider->count, 1, 'goes straight to the provider';
is $thief->count,    0, 'the proxy was never asked';

finish;
