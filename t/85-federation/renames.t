# Channels and users are renamed and deleted at their own server: others follow, keep the history, and nobody is left with a
# ghost; also when they were away meanwhile.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $anton, $bob) = ((map { $server_a->user($_) } qw(alice anton)), $server_b->user('bob'));
my %channel = map { $_ => $server_a->channel($_, [$alice, $anton]) } qw(plans gossip archive rumours);
my %there;
for my $name (sort keys %channel) {
    add_member($server_a, $channel{$name}, 'bob@b');
    $there{$name} = known_channel($server_b, $name, 'a');
    eventually sub { is_member($server_b, $there{$name}, 'bob') }, "bob is in $name";
    $anton->say($channel{$name}, "about $name");
    eventually sub { @{$bob->channel_bodies($there{$name})} == 1 }, 'and has what was written';
}
known_user($server_b, $_, 'a') for qw(alice anton);
my $stream = $bob->events;

# Channels and users that the other server lists as coming from a.
sub names_there () {
    my $id = peer_entry($server_b, 'a')->{id};
    return {
        channels => [sort map { $_->{name} } grep { $_->{origin_server} eq 'a' } @{$server_b->admin->get('/admin/channels')->json}],
        users    => [sort map { $_->{username} } grep { ($_->{server_id} // '') eq $id } @{$server_b->admin->get('/admin/users')->json}],
    };
}
sub eventually_names ($channels, $users, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($wanted, $got) = (encode_json([$channels, $users]), '');
    ok wait_until(sub { my $names = names_there(); $got = encode_json([@$names{qw(channels users)}]); return $got eq $wanted }), $name
        or diag "$got, wanted $wanted";
}
eventually_names [qw(archive gossip plans rumours)], [qw(admin alice anton)], 'before';

status_is $server_a->admin->put("/admin/channels/$channel{plans}", {name => 'great plans'}), 200, 'a channel is renamed';
status_is $server_a->admin->delete("/admin/channels/$channel{gossip}"), 200, 'another one deleted';
status_is $server_a->admin->put('/admin/users/' . $alice->id, {username => 'alicia'}), 200, 'a user is renamed';
status_is $server_a->admin->delete('/admin/users/' . $anton->id), 200, 'another one deleted';
eventually_names ['archive', 'great plans', 'rumours'], [qw(admin alicia)], 'the other server follows';
my $plans = known_channel($server_b, 'great plans', 'a');
is_deeply $bob->channel_bodies($plans), ['about plans'], 'the renamed channel has its history';
is_deeply [grep {/bob/} @{member_names($server_b, $plans)}], ['bob'], 'and its members';
my $deletion = $stream->wait_event(sub ($data) { $data->{event} eq 'channel_changed' && $data->{change} eq 'deleted' });
is $deletion && $deletion->{data}{channel_id}, $there{gossip}, 'clients are told of the deletion';
$alice->say($channel{plans}, 'under the new name');
ok $stream->wait_message('under the new name'), 'messages arrive in it';
$bob->say($plans, 'and the other way');
eventually sub { $alice->channel_bodies($channel{plans})->[-1] eq 'and the other way' }, 'both ways';
$bob->tell('alicia@a', 'your new name suits you');
eventually sub { grep { $_->{body} =~ /suits you/ } @{$alice->get('/api/messages/inbox')->json} }, 'the renamed user is reached under the new name';

# The same while the other server is away, a name being used again at once.
$server_b->stop;
status_is $server_a->admin->put("/admin/channels/$channel{archive}", {name => 'attic'}), 200, 'a channel is renamed';
status_is $server_a->admin->delete("/admin/channels/$channel{rumours}"), 200, 'another one deleted';
my $again = $server_a->channel('rumours');
status_is $server_a->admin->put('/admin/users/' . $alice->id, {username => 'alice'}), 200, 'a user gets the old name again';
my $another = $server_a->user('alicia');
$server_b->launch;
eventually_names ['attic', 'great plans', 'rumours'], [qw(admin alice alicia)], 'the other server follows when it is back';
is_deeply $bob->channel_bodies(known_channel($server_b, 'attic', 'a')), ['about archive'], 'history and all';
is_deeply $bob->channel_bodies(known_channel($server_b, 'rumours', 'a')), [], 'a deleted channel\'s history is not that of a new one of its name';
eventually sub { is_queue_empty($server_a, 'b') }, 'nothing is left waiting';
is_deeply peer_status($server_a, 'b')->{refused}, [], 'nor refused';

finish;
