# GET /api/gif/search: asked of the provider once, and passed on in one form.
use BeringShare::Test;
use BeringShare::Peer;

my $key      = 'key-of-the-gif-provider/&=+';
my $provider = BeringShare::Peer->start('gifs');
my $server   = start_server(WORKERS => 1, TENOR_API_KEY => $key, GIF_API_URL => $provider->url . '/v2/search/', LOG_LEVEL => 'debug');
my $alice    = $server->user('alice');
$server->keep_secret($key);

sub gif ($name, $scheme = 'https') {
    return {
        id            => $name,
        media_formats => {
            gif     => {url => "$scheme://media.example/$name.gif",     dims => [498, 280], size => 1, duration => 1.5},
            tinygif => {url => "$scheme://media.example/$name-tiny.gif", dims => [220, 124]},
        },
    };
}
sub told ($name) {
    return {url => "https://media.example/$name.gif", preview_url => "https://media.example/$name-tiny.gif", width => 498, height => 280};
}
sub answers ($json) {
    $provider->behave;
    $provider->misbehave(json => $json);
}

answers({results => [gif('one'), gif('plain', 'http'), gif('a]b'), gif('two')], next => 'x'});
my $answer = $alice->get('/api/gif/search?q=happy+c%C3%A4t%26key%3Dx');
status_is $answer, 200, 'a search';
is_deeply $answer->json, [told('one'), told('two')], 'the GIFs, but those that could not be shown or sent';
my ($asked) = @{$provider->requests};
is $asked->{path}, '/v2/search', 'the provider is asked at its URL';
is_deeply $asked->{query}, {q => 'happy cät&key=x', key => $key, limit => '20', media_filter => 'gif,tinygif', client_key => 'beringshare'},
    'for what was searched';
is $asked->{token}, undef, 'without a token of ours';
ok !$asked->{headers}{cookie}, 'nor anything of the user';

answers({results => []});
is_deeply $alice->get('/api/gif/search?q=happy+c%C3%A4t%26key%3Dx')->json, [told('one'), told('two')], 'a second time';
is $provider->count, 1, 'nobody is asked';
is_deeply $server->user('bob')->get('/api/gif/search?q=happy+c%C3%A4t%26key%3Dx&limit=20')->json, [told('one'), told('two')], 'nor for others';
is $provider->count, 1, 'the same limit is the same search';
is_deeply $alice->get('/api/gif/search?q=nothing')->json, [], 'nothing was found';
is $alice->get('/api/gif/search?q=nothing')->body, '[]', 'which is remembered, too';
is $provider->count, 2, 'for as long';

answers({results => [map { gif($_) } 1 .. 60]});
is scalar @{$alice->get('/api/gif/search?q=many&limit=3')->json}, 3, 'no more than are wanted';
is scalar @{$alice->get('/api/gif/search?q=many&limit=50')->json}, 50, 'at most fifty';
is_deeply [map { $_->{query}{limit} } grep { $_->{query}{q} eq 'many' } @{$provider->requests}], [3, 50], 'the limit is passed on';

my $before = $provider->count;
for ('', 'q=', 'q=' . 'x' x 201, 'q=%ff', 'q=x&limit=0', 'q=x&limit=51', 'q=x&limit=many', 'q=x&limit=-1', 'limit=5') {
    refused $alice->get("/api/gif/search?$_"), 400, 'a search of ' . substr $_, 0, 20;
}
refused $server->anonymous->get('/api/gif/search?q=x'), 401, 'a stranger does not search';
refused $alice->post('/api/gif/search?q=x', {}), 405, 'it is a question';
is $provider->count, $before, 'none of them reached the provider';
status_is $alice->get('/api/gif/search?q=' . 'x' x 200), 200, 'two hundred bytes';

for (undef, '') {
    my $without = start_server(TENOR_API_KEY => $_, GIF_API_URL => $provider->url);
    my $refusal = $without->user('alice')->get('/api/gif/search?q=x');
    refused $refusal, 400, defined $_ ? 'an empty key' : 'no key';
    like $refusal->error, qr/TENOR_API_KEY/, 'the error names what to set';
    $without->stop;
}

finish;
