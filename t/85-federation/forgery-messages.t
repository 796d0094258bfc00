# Messages: a peer speaks for its own users, and for others only in channels that originate with it. Whatever else it tries is
# refused and leaves no trace.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my ($alice, $anton) = map { $server->user($_) } qw(alice anton);
my ($x, $y) = map { BeringShare::Peer->speaker($_) } qw(x y);
$_->register($server) for $x, $y;
my $ours    = $server->channel('ours', [$alice]);
my $private = $server->channel('private', [$alice], private => 1);
status_is $_->say($server, 'first', 'of-' . $_->name, $_->name, 'made'), 200, 'channel of ' . $_->name for $x, $y;
my $stream = $alice->events;
my @before = (message_count($server), map { $server->admin->get("/admin/$_")->json } qw(users channels));

sub message_of ($peer, @message) { return $peer->post($server, '/federation/messages', @message) }

my @forged = (
    ['our user, to another',                $x->direct_message('anton@a', 'alice@a', 'forged')],
    ['our user, in our channel',            $x->channel_message('anton@a', 'ours', 'a', 'forged')],
    ['our user, in its own channel',        $x->channel_message('anton@a', 'of-x', 'x', 'forged')],
    ['another peer\'s user, direct',        $x->direct_message('first@y', 'alice@a', 'forged')],
    ['another peer\'s user, our channel',   $x->channel_message('first@y', 'ours', 'a', 'forged')],
    ['another peer\'s user and channel',    $x->channel_message('first@y', 'of-y', 'y', 'forged')],
    ['another peer\'s new user',            $x->direct_message('new@y', 'alice@a', 'forged')],
    ['a user of an unknown server',         $x->direct_message('eve@nowhere', 'alice@a', 'forged')],
    ['another\'s name in other letters',    $x->direct_message('first@Y', 'alice@a', 'forged')],
    ['our name in other letters',           $x->direct_message('anton@A', 'alice@a', 'forged')],
);
refused message_of($x, $_->[1]), [401, 403], "$_->[0]" for @forged;
my @wrong = (
    ['a channel of an unknown server',        $x->channel_message('first@x', 'news', 'nowhere', 'wrong')],
    ['a channel that should be ours',         $x->channel_message('first@x', 'no such', 'a', 'wrong')],
    ['a private channel of ours',             $x->channel_message('first@x', 'private', 'a', 'wrong')],
    ['a recipient of another server',         $x->direct_message('first@x', 'first@y', 'wrong')],
    ['a recipient of its own',                $x->direct_message('first@x', 'first@x', 'wrong')],
    ['an unknown local recipient',            $x->direct_message('first@x', 'nobody@a', 'wrong')],
    ['neither recipient nor channel',         $x->direct_message('first@x', 'alice@a', 'wrong', recipient => undef)],
);
refused message_of($x, $_->[1]), [400, 401, 403, 404, 422], "$_->[0]" for @wrong;
is_deeply [message_count($server), map { $server->admin->get("/admin/$_")->json } qw(users channels)], \@before,
    'no message, no user and no channel has come of it';

status_is message_of($x, $x->direct_message('new@x', 'alice@a', 'own user, direct')), 200, 'its own users may write';
status_is message_of($x, $x->channel_message('new@x', 'ours', 'a', 'own user, our channel')), 200, 'in our public channels, too';
status_is message_of($y, $y->channel_message('someone@x', 'of-y', 'y', 'fan-out')), 200, 'others\' in its own channels: its fan-out';
$alice->tell('alice', 'the end');
reads_bodies $stream, ['own user, direct', 'own user, our channel', 'the end'], 'and the reader was told of nothing else';

finish;
