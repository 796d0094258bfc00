# GET /api/gif/search when the provider fails: 502 and a sentence, never its words, and never the key.
use BeringShare::Test;
use BeringShare::Peer;

my $key      = 'key-of-the-gif-provider';
my $provider = BeringShare::Peer->start('gifs');
my $server   = start_server(WORKERS => 1, TENOR_API_KEY => $key, GIF_API_URL => $provider->url, LOG_LEVEL => 'debug');
my $alice    = $server->user('alice');
my $number   = 0;
$server->keep_secret($key);

# A search that nobody has made, of a provider that does this.
sub search (%rule) {
    $provider->behave;
    $provider->misbehave(%rule);
    return $alice->get('/api/gif/search?q=search' . ++$number);
}
sub fails ($name, $pattern, %rule) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $answer = search(%rule);
    refused $answer, 502, $name;
    like $answer->error, $pattern, 'with a sentence of ours';
    unlike $answer->body, qr/\Q$key\E/, 'without the key';
}
my %good = (json => {results => []});

fails "status $_", qr/refuses TENOR_API_KEY/, status => $_, json => {error => "the key $key is wrong"} for 401, 403;
fails 'status 429', qr/asked too often/, status => 429, headers => {'Retry-After' => 3600};
fails "status $_", qr/failed/, status => $_ for 500, 503, 404, 204;
my $elsewhere = BeringShare::Peer->start('elsewhere');
fails "a redirect ($_)", qr/failed/, status => $_, headers => {Location => $elsewhere->url . "/?key=$key"} for 301, 302, 307;
is $elsewhere->count, 0, 'which is not followed';
fails "the answer $_", qr/makes no sense/, body => $_
    for '', 'null', '[]', '{}', '{"results":{}}', '{"results":"x"}', '{"results":[', '<html>', "{\"results\":[\"\xff\"]}", '[' x 5000;
fails 'an answer that never ends', qr/does not answer/, endless => 1;
fails 'one of a megabyte and more', qr/does not answer/, bytes => 1_200_000;
fails 'bytes that are no HTTP', qr/does not answer/, raw => "\0\1\2 $key\r\n\r\n";
fails 'a connection that closes', qr/does not answer/, close => 1;
status_is search(%good), 200, 'after all that, it works';
like $server->log, qr/GIF search: the provider answers/, 'the log says so';
my @lines = grep {/GIF search: the GIF provider refuses/} split /\n/, $server->log;
is scalar @lines, 1, 'and of failures, that they changed';

refused search(status => 500), 502, 'a failure';
$provider->behave;
$provider->misbehave(%good);
status_is $alice->get("/api/gif/search?q=search$number"), 200, 'is not remembered';

# one that keeps us waiting does it once
refused search(hang => 1), 502, 'a provider that does not answer in time';
my $count = $provider->count;
refused search(%good), 502, 'is left alone for a while';
is $provider->count, $count, 'instead of being asked by everybody';
my $known = $number - 2;
status_is $alice->get("/api/gif/search?q=search$known"), 200, 'what is known is told';
status_is $alice->get('/api/channels'), 200, 'and all else goes on';

$provider->down;
$server->restart;
refused $server->anonymous->with(token => $alice->token)->get('/api/gif/search?q=x'), 502, 'a provider that is not there';

finish;
