# Memberships go both ways: a channel's origin adds and removes members of other servers, and users of other servers join and
# leave by themselves; both ends agree each time.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob, $berta) = ($server_a->user('alice'), map { $server_b->user($_) } qw(bob berta));
my $channel = $server_a->channel('general', [$alice]);
my $to_alice = $alice->events;
my $to_bob   = $bob->events;

# The origin adds and removes.
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a member that the origin adds';
my $event = $to_bob->wait_named('member_added');
ok $event, 'is told so';
has_fields $event->{data}, {user_id => $bob->id, channel_id => $there}, 'with the ids of the own server';
$alice->say($channel, 'welcome');
ok $to_bob->wait_message('welcome'), 'and receives what is written from then on';

my $bob_here = known_user($server_a, 'bob', 'b');
status_is $server_a->admin->delete("/admin/channels/$channel/members/$bob_here"), 200, 'the origin removes the member';
eventually sub { !is_member($server_b, $there, 'bob') }, 'who is then no member at home';
my $removed = $to_bob->wait_named('member_removed');
has_fields $removed && $removed->{data}, {user_id => $bob->id, channel_id => $there}, 'and is told so';

# Users of the other server join and leave.
status_is $bob->post("/api/channels/$there/members", {user_id => $bob->id}), 200, 'a user joins a channel of another server';
eventually sub { is_member($server_a, $channel, 'bob@b') }, 'the origin learns of it';
$bob->say($there, 'back again');
ok $to_alice->wait_message('back again'), 'and has what is written there';
$berta->say($there, 'me, too');
ok $to_alice->wait_message('me, too'), 'whoever posts joins';
eventually sub { is_member($server_a, $channel, 'berta@b') }, 'at the origin as well';
status_is $bob->delete("/api/channels/$there/members/" . $bob->id), 200, 'a user leaves';
eventually sub { !is_member($server_a, $channel, 'bob@b') }, 'the origin learns of that, too';
is_deeply member_names($server_a, $channel), ['alice', 'berta@b'], 'who is left at the origin';
is_deeply [grep { !/\@/ } @{member_names($server_b, $there)}], ['berta'], 'and there';

$alice->say($channel, 'the end');
my $to_berta = $berta->events;
eventually sub { grep { $_ eq 'the end' } @{$berta->channel_bodies($there)} }, 'who stayed receives what is written';
ok !grep({ $_ eq 'the end' } @{$to_bob->bodies}), 'who left does not';

finish;
