# An original has no way to join a channel of ours: it is sent every public channel that it may see, members or not; private and
# hidden ones only if they have members of it. A peer of this project is sent nothing that nobody there has joined.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my %peer   = (
    old => BeringShare::Peer->start('old', servers => [$server], users => ['zoe']),
    new => BeringShare::Peer->start('new', servers => [$server], users => ['zoe'], bering => 1),
);
known_user($server, 'zoe', $_) for sort keys %peer;
eventually sub { peer_status($server, 'new')->{abilities} ne peer_status($server, 'old')->{abilities} }, 'the peers are told apart';
my %channel = (
    public  => $server->channel('public',  [$alice]),
    hidden  => $server->channel('hidden',  [$alice]),
    private => $server->channel('private', [$alice], private => 1),
    shared  => $server->channel('shared',  [$alice], private => 1),
);
hide_from($server, $_, [], [$channel{hidden}]) for sort keys %peer;
add_member($server, $channel{shared}, "zoe\@$_") for sort keys %peer;
for my $round (1 .. 3) {
    $alice->say($channel{$_}, "$round in $_") for qw(public hidden private shared);
}
$alice->tell("zoe\@$_", 'the end') for sort keys %peer;
eventually sub { ($peer{$_}->bodies->[-1] // '') eq 'the end' }, "$_: all has been sent" for sort keys %peer;
is_deeply $peer{old}->bodies, [(map { ("$_ in public", "$_ in shared") } 1 .. 3), 'the end'], 'the original: public ones, and the one with a member';
is_deeply $peer{new}->bodies, [(map {"$_ in shared"} 1 .. 3), 'the end'], 'the other: only the one with a member';

# A user of the original writes in the public one, and so joins it.
my $stream = $alice->events;
status_is $peer{old}->say($server, 'zoe', 'public', 'a', 'hello from afar'), 200, 'a user of the original writes in a public channel';
ok $stream->wait_message('hello from afar'), 'that arrives';
eventually sub { is_member($server, $channel{public}, 'zoe@old') }, 'and makes a member of its author';
refused $peer{old}->say($server, 'zoe', $_, 'a', 'let me in'), 400, "but not in the $_ one" for qw(private hidden);

# Removals and joining are nothing that an original would understand.
my $id = known_user($server, 'zoe', 'old');
status_is $server->admin->delete("/admin/channels/$channel{shared}/members/$id"), 200, 'its user is removed';
$alice->tell('zoe@old', 'the very end');
eventually sub { $peer{old}->bodies->[-1] eq 'the very end' }, 'all has been sent';
is_deeply [map { $_->{channel}{name} } @{$peer{old}->sent('/federation/channel-memberships')}], ['shared'],
    'it was told of the membership, but not of its end, which it would take for another beginning';

finish;
