# The GIF picker in a real browser, with a provider that answers as it is told to; and on a server without one.
use BeringShare::Test;
use BeringShare::Browser;
use BeringShare::Peer;

my $provider = BeringShare::Peer->start('gifs');
my $server   = start_server(TENOR_API_KEY => 'key-of-the-gif-provider', GIF_API_URL => $provider->url . '/v2/search');
my $without  = start_server(TENOR_API_KEY => undef);

sub gif ($name, $width, $height) {
    return {
        id            => $name,
        media_formats => {
            gif     => {url => "https://media.example/$name.gif",      dims => [$width, $height]},
            tinygif => {url => "https://media.example/$name-tiny.gif", dims => [$width / 2, $height / 2]},
        },
    };
}

my @sizes = ([400, 300], [300, 400], [500, 200]);
my %ways  = (
    finds  => sub { return json => {results => [map { gif("cat-$_", @{$sizes[$_ % @sizes]}) } 1 .. 24]} },
    empty  => sub { return json => {results => []} },
    breaks => sub { return status => 500 },
);
my %actions = (
    provider => sub ($way) { $provider->behave; $provider->misbehave($ways{$way}->()); return 1 },
    asked    => sub { return [map { $_->{query}{q} } @{$provider->requests}] },
);

run_in_browser('gif-picker', servers => {server => $server, without => $without}, actions => \%actions);

finish;
