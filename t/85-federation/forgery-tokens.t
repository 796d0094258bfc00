# Without a token that counts, every federation endpoint answers 401 and does nothing.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $x      = BeringShare::Peer->speaker('x');
$x->register($server);
my $session = $server->user('anton', password => 'correct horse')->login;
my @endpoints = (
    (map { ['GET', "/federation/$_"] } qw(info presence users channels)),
    ['POST', '/federation/messages',            $x->direct_message('zoe', 'alice@a', 'forged')],
    ['POST', '/federation/channel-memberships', $x->membership('news', 'x', 'alice@a')],
    ['POST', '/federation/channel-call-event',  $x->call_event('news', 'x', 'join', 'zoe')],
    ['POST', '/federation/webrtc-signal',       $x->signal('zoe', 'alice@a', 'offer', '{}')],
    ['POST', '/federation/changes',             {channel => {name => 'news', origin_server => 'x'}, new_name => 'olds'}],
    ['POST', '/federation/reach',               {}],
    ['POST', '/federation/batch',               {items => [{kind => 'message', body => $x->direct_message('zoe', 'alice@a', 'forged')}]}],
);
my %tokens = (
    'none'                      => undef,
    'an empty one'              => '',
    'an unknown one'            => 'x' x 40,
    'the beginning of one'      => substr($x->token, 0, -1),
    'one with something behind' => $x->token . 'x',
    'a very long one'           => $x->token x 50,
    'a user\'s'                 => $alice->token,
    'a session\'s'              => $session->token,
    'the administrator\'s'      => $server->environment->{ADMIN_TOKEN},
);
for my $endpoint (@endpoints) {
    my ($method, $path, $json) = @$endpoint;
    for my $what (sort keys %tokens) {
        my $answer = $x->request($server, $method, $path, $json, headers => {'x-federation-token' => $tokens{$what}});
        refused $answer, 401, "$method $path, token: $what";
    }
    refused $x->request($server, $method, $path, $json, headers => {'x-federation-token' => undef, Authorization => 'Bearer ' . $x->token}),
        401, 'a peer\'s token in the place of a user\'s';
    refused $alice->request($method, $path, $json), 401, 'a user';
}
refused $server->anonymous->with(token => $x->token)->get('/api/users'), 401, 'and a peer\'s token opens nothing else';
is message_count($server), 0, 'nothing was stored';
is_deeply [map { $_->{username} } grep { !$_->{is_local} } @{$server->admin->get('/admin/users')->json}], [], 'nobody was made';
is_deeply $server->admin->get('/admin/channels')->json, [], 'no channel either';

finish;
