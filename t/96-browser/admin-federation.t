# The administration of the federation in a real browser: two servers of this project, and a scripted one.
use BeringShare::Test;
use BeringShare::Browser;
use BeringShare::Federation;
use BeringShare::Peer;

my $server_a = start_federated('a');
my $server_b = start_federated('b');
my $alice    = $server_a->user('alice');
my $betty    = $server_b->user('betty');
my $stream   = $alice->events;
my $peer;
$server_a->channel('secret-plans');
$server_a->admin->request_many([map { ['POST', '/admin/users', {username => "person-$_"}] } 1 .. 2500]);

sub refusals () { return scalar grep { ($_->{status} // 0) == 400 } @{$peer->requests('/federation/messages')} }

sub start_peer () {
    $peer = BeringShare::Peer->start('zulu', servers => [$server_a], users => ['zoe']);
    known_user($server_a, 'zoe', 'zulu');
    return 1;
}

# Whether b is shown a user of a.
sub is_seen ($username) {
    my %headers = ('x-federation-token' => 'server-token-of-b-in-the-tests');
    my $users   = $server_a->anonymous->get('/federation/users', undef, headers => \%headers)->json;
    return scalar(grep { $_->{username} eq $username } @$users) ? true : false;
}

run_in_browser(
    'admin-federation',
    servers => {a     => $server_a, b => $server_b},
    people  => {alice => $alice},
    actions => {
        introduce    => sub { introduce($server_b, $server_a); return 1 },
        wrongWayBack => sub { update_peer($server_b, 'a', base_url => 'http://127.0.0.1:1'); return 1 },
        rightWayBack => sub { update_peer($server_b, 'a', base_url => $server_a->url); return 1 },
        peer         => \&start_peer,
        peerDown     => sub { $peer->down; return 1 },
        peerUp       => sub { $peer->up;   return 1 },
        newChannels  => sub { $server_b->channel('from-b'); return 1 },
        refuse       => sub { $peer->misbehave(path => '/federation/messages', status => 400, body => '<b>not here</b>'); return 1 },
        accept       => sub { $peer->behave; return 1 },
        refusals     => \&refusals,
        received     => sub { return $peer->bodies },
        seenByB      => \&is_seen,
    },
);
$stream->close;

finish;
