# A peer that redirects elsewhere is not followed, whatever it is asked or sent; nobody else ever gets to see our token.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $thief  = BeringShare::Peer->start('thief', known_tokens => [$server->environment->{SERVER_TOKEN}]);
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');
my @texts;
for my $status (301, 302, 303, 307, 308) {
    push @texts, "redirected with $status";
    my $before = $peer->count('/federation/messages');
    $peer->misbehave(status => $status, headers => {Location => $thief->url . '/federation/messages'});
    $alice->tell('zoe@zulu', $texts[-1]);
    eventually sub { $peer->count('/federation/messages') > $before }, "$status: the message was sent";
    polls_more_often($peer, 2);
    $peer->behave;
    eventually sub { @{$peer->bodies} == @texts }, 'and is sent again, until it is taken';
}
is_deeply $peer->bodies, \@texts, 'nothing was lost';
is $thief->count, 0, 'where the redirects led nobody has ever called';

# Other schemes are not even taken.
for my $url ('ftp://127.0.0.1/', 'file:///etc/passwd', 'gopher://127.0.0.1:25/', 'dict://127.0.0.1/') {
    refused $server->admin->post('/admin/servers', {name => 'other', base_url => $url, token => 'x' x 20}), 400, $url;
}

finish;
