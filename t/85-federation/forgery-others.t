# Memberships, calls, signals, changes and batches: nobody speaks for others there either.
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
my %id = map { $_ => known_channel($server, "of-$_", $_) } qw(x y);
status_is $y->post($server, '/federation/channel-memberships', $y->membership('of-y', 'y', 'alice@a')), 200, 'an origin adds one of our users';
ok is_member($server, $id{y}, 'alice'), 'who is a member then';
status_is $y->post($server, '/federation/channel-memberships', $y->membership('ours', 'a', 'first', join => true)), 200, 'a peer\'s user joins';
my $stream = $alice->events;

sub state_of () {
    my %members = map { $_ => member_names($server, $_) } $ours, $private, values %id;
    return [message_count($server), \%members, (map { $server->admin->get("/admin/$_")->json } qw(users channels)),
        map { $alice->get("/api/channels/$_/call/participants")->json } $ours, values %id];
}
my $before = state_of();

my %kinds = (
    'channel-memberships' => [
        ['our user into our channel',           $x->membership('ours', 'a', 'anton@a')],
        ['our user into another\'s channel',    $x->membership('of-y', 'y', 'anton@a')],
        ['another peer\'s user into its own',   $x->membership('of-x', 'x', 'first@y')],
        ['joining for another peer\'s user',    $x->membership('ours', 'a', 'second@y', join => true)],
        ['joining for our user',                $x->membership('ours', 'a', 'anton@a', join => true)],
        ['joining a private channel',           $x->membership('private', 'a', 'first@x', join => true)],
        ['joining a channel of another',        $x->membership('of-y', 'y', 'first@x', join => true)],
        ['joining a channel that is not there', $x->membership('no such', 'a', 'first@x', join => true)],
        ['removing our user from our channel',  $x->membership('ours', 'a', 'alice@a', removed => true)],
        ['removing another peer\'s user',       $x->membership('ours', 'a', 'first@y', removed => true)],
        ['removing from another\'s channel',    $x->membership('of-y', 'y', 'alice@a', removed => true)],
    ],
    'channel-call-event' => [
        ['our user in our channel',               $x->call_event('ours', 'a', 'join', 'alice@a')],
        ['our user in its channel',               $x->call_event('of-x', 'x', 'join', 'alice@a')],
        ['another peer\'s user in our channel',   $x->call_event('ours', 'a', 'join', 'first@y')],
        ['another peer\'s user and channel',      $x->call_event('of-y', 'y', 'join', 'first@y')],
        ['a private channel',                     $x->call_event('private', 'a', 'join', 'first@x')],
        ['an unknown event',                      $x->call_event('ours', 'a', 'explode', 'first@x')],
    ],
    'webrtc-signal' => [
        ['from our user',              $x->signal('anton@a', 'alice@a', 'offer', '{}')],
        ['from another peer\'s user',  $x->signal('first@y', 'alice@a', 'offer', '{}')],
        ['from an unknown server',     $x->signal('eve@nowhere', 'alice@a', 'offer', '{}')],
        ['to another server',          $x->signal('first@x', 'first@y', 'offer', '{}')],
        ['to nobody',                  $x->signal('first@x', 'nobody@a', 'offer', '{}')],
    ],
    'changes' => [
        ['our channel renamed',             {channel => {name => 'ours', origin_server => 'a'}, new_name => 'theirs'}],
        ['our channel deleted',             {channel => {name => 'ours', origin_server => 'a'}, new_name => undef}],
        ['another\'s channel renamed',      {channel => {name => 'of-y', origin_server => 'y'}, new_name => 'theirs'}],
        ['another\'s channel deleted',      {channel => {name => 'of-y', origin_server => 'y'}, new_name => undef}],
        ['our user renamed',                {user => {username => 'alice', server => 'a'}, new_name => 'eve'}],
        ['our user deleted',                {user => {username => 'alice', server => 'a'}, new_name => undef}],
        ['another peer\'s user renamed',    {user => {username => 'first', server => 'y'}, new_name => 'eve'}],
        ['another peer\'s user deleted',    {user => {username => 'first', server => 'y'}, new_name => undef}],
        ['a name that cannot be',           {user => {username => 'first', server => 'x'}, new_name => 'a@b'}],
        ['nothing at all',                  {new_name => 'eve'}],
    ],
);
my %kind_of = ('channel-memberships' => 'membership', 'channel-call-event' => 'call', 'webrtc-signal' => 'signal', changes => 'change');
my @items;
for my $path (sort keys %kinds) {
    for my $case (@{$kinds{$path}}) {
        my ($what, $body) = @$case;
        refused $x->post($server, "/federation/$path", $body), [400, 401, 403, 404, 422], "$path: $what";
        push @items, {kind => $kind_of{$path}, body => $body};
    }
}
push @items, map { {kind => 'message', body => $_} } $x->direct_message('anton@a', 'alice@a', 'forged'),
    $x->direct_message('first@y', 'alice@a', 'forged'), $x->channel_message('first@y', 'of-y', 'y', 'forged');
is_deeply state_of(), $before, 'nothing has changed';

my $batch = $x->post($server, '/federation/batch', {items => \@items});
status_is $batch, 200, 'all of it in a batch';
my @statuses = map { $_->{status} } @{$batch->json->{results}};
is scalar @statuses, scalar @items, 'has a result each';
is_deeply [grep { $_ < 400 || $_ > 499 } @statuses], [], 'all of which refuse';
is_deeply state_of(), $before, 'and nothing has changed';
$alice->tell('alice', 'the end');
$stream->wait_message('the end');
is_deeply [grep { $_ ne 'presence_changed' } map { $_->{data}{event} } @{$stream->events}], ['new_message'], 'nobody was told anything'
    or diag explain $stream->events;

finish;
