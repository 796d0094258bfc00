# Users, display names and channels of other servers become known by themselves, and their changes.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my ($server_a, $server_b) = start_federation(2);
my $peer  = BeringShare::Peer->start('zulu', servers => [$server_a], users => ['zoe'], channels => ['zoology']);
my $alice = $server_a->user('alice');
my $watch = $alice->events;

my $bob = $server_b->user('bob');
known_user($server_a, 'bob', 'b');
my $event = $watch->wait_event(sub ($data) { $data->{event} eq 'user_changed' && $data->{username} eq 'bob' });
ok $event, 'a new user of another server is announced';
is $event->{data}{server_name}, 'b', 'with the server';
known_user($server_a, 'zoe', 'zulu');
pass 'one of an original becomes known, too';

my $general = $server_b->channel('general');
my $here    = known_channel($server_a, 'general', 'b');
ok $watch->wait_event(sub ($data) { $data->{event} eq 'channel_changed' && ($data->{channel_id} // '') eq $here }),
    'a new channel of another server is announced';
ok grep({ $_->{name} eq 'general' && $_->{origin_server} eq 'b' } @{$alice->get('/api/channels')->json}), 'and in the list';
known_channel($server_a, 'zoology', 'zulu');
pass 'one of an original, too';
$peer->set(channels => [qw(zoology zebras)], users => [qw(zoe zak)]);
known_channel($server_a, 'zebras', 'zulu');
known_user($server_a, 'zak', 'zulu');
pass 'and what it makes later';

my %name_of = map { my ($user, $server) = @$_; ($user => sub { (user_entry($server_a, $user, $server) // {})->{display_name} }) }
    ['bob', 'b'], ['zoe', 'zulu'];
is $name_of{bob}->(), undef, 'no display name at first';
status_is $bob->put('/api/profile', {display_name => 'Bob the Bär'}), 200, 'a display name is set';
$peer->set(users => [{username => 'zoe', server => 'zulu', display_name => 'Zoë'}, 'zak']);
eventually sub { ($name_of{bob}->() // '') eq 'Bob the Bär' }, 'it becomes known';
eventually sub { ($name_of{zoe}->() // '') eq 'Zoë' }, 'an original\'s, too';
status_is $bob->put('/api/profile', {display_name => undef}), 200, 'it is taken away';
$peer->set(users => [qw(zoe zak)]);
eventually sub { !defined $name_of{bob}->() }, 'that becomes known';
eventually sub { !defined $name_of{zoe}->() }, 'an original\'s, too';

# What is not for others.
$server_b->channel('private matters', [$bob], private => 1);
$server_b->channel('marker');
known_channel($server_a, 'marker', 'b');
ok !channel_entry($server_a, 'private matters', 'b'), 'a private channel without members of a server is unknown there';
is_deeply [grep { $_->{origin_server} ne 'b' } @{$peer->get($server_a, '/federation/channels')->json}], [],
    'a server tells of its own channels only';
is_deeply [map { $_->{username} } grep { $_->{server} ne 'a' } @{$peer->get($server_a, '/federation/users')->json}], [],
    'and of its own users only';

# Nothing is announced again and again.
my $before = () = $watch->named('user_changed');
polls_more_often($peer, 3);
my $after = () = $watch->named('user_changed');
is $after, $before, 'what does not change is not announced';

finish;
