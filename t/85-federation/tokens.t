# Two tokens open the federation without telling who speaks: custom ones, and the server's own. Then the author's server must be
# a known one; nobody speaks for users of this server.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $ours   = $server->channel('ours', [$alice]);
my $x      = BeringShare::Peer->speaker('x');
$x->register($server);
my $made  = $server->admin->post('/admin/federation-tokens', {label => 'friends'})->json;
my $stream = $alice->events;

my @expected;
my %tokens = ('a custom token' => $server->keep_secret($made->{token}), 'the server\'s own token' => $server->environment->{SERVER_TOKEN});
for my $what (sort keys %tokens) {
    my $friend = BeringShare::Peer->new(name => 'x', token => $tokens{$what});
    status_is $friend->get($server, "/federation/$_"), 200, "$what: may ask for $_" for qw(info presence users channels);
    status_is $friend->tell($server, 'zoe', 'alice@a', "direct by $what"), 200, 'may bring messages of a known server';
    status_is $friend->say($server, 'zoe', 'ours', 'a', "in ours by $what"), 200, 'in our channels';
    status_is $friend->say($server, 'zoe', 'news', 'x', "in theirs by $what"), 200, 'and in that server\'s';
    push @expected, "direct by $what", "in ours by $what";
    refused $friend->tell($server, 'eve@nowhere', 'alice@a', 'forged'), 401, 'an unknown author\'s server';
    refused $friend->say($server, 'eve@nowhere', 'ours', 'a', 'forged'), 401, 'in a channel, too';
    refused $friend->tell($server, 'alice@a', 'alice@a', 'forged'), [401, 403], 'a user of this server, direct';
    refused $friend->say($server, 'alice@a', 'ours', 'a', 'forged'), [401, 403], 'a user of this server, in a channel';
    refused $friend->say($server, 'alice@a', 'news', 'x', 'forged'), [401, 403], 'also in another\'s channel';
    refused $friend->tell($server, 'zoe', 'nobody@a', 'lost'), 400, 'an unknown recipient';
}
status_is $server->admin->delete("/admin/federation-tokens/$made->{id}"), 200, 'the custom token is deleted';
my $friend = BeringShare::Peer->new(name => 'x', token => $made->{token});
refused $friend->tell($server, 'zoe', 'alice@a', 'too late'), 401, 'and opens nothing any more';
refused $friend->get($server, '/federation/users'), 401, 'nothing to see either';
$alice->tell('alice', 'the end');
reads_bodies $stream, [@expected, 'the end'], 'what was right arrived, nothing else';

finish;
