# Messages as large as they may be go from server to server, alone if need be; one that the other server does not take for its
# size is set aside and holds up nothing.
use BeringShare::Test;
use BeringShare::Federation;

my $most     = 600_000;
my $server_a = start_federated('a', MAX_MESSAGE_BYTES => $most);
my $server_b = start_federated('b', MAX_MESSAGE_BYTES => $most);
my $server_c = start_federated('c');
connect_servers($server_a, $server_b, $server_c);
my ($alice, $bob, $carol) = ($server_a->user('alice'), $server_b->user('bob'), $server_c->user('carol'));
my $channel = $server_a->channel('general', [$alice]);
my @texts   = ('x' x $most, 'small', "\x{1}" x 100_000, "\"\\" x 200_000, 'ä🐻' x ($most / 6), ('y' x 300_000) x 5, 'the last');

# At once, and as a history.
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a member of another server';
$alice->say($channel, $_) for @texts;
eventually sub { @{$bob->channel_bodies($there)} == @texts }, 'all arrive';
ok encode_json($bob->channel_bodies($there)) eq encode_json(\@texts), 'as they were, in order';
my $at_c  = known_channel($server_c, 'general', 'a');
status_is $carol->post("/api/channels/$at_c/members", {user_id => $carol->id}), 200, 'somebody of a server with a smaller limit joins';
eventually sub { ($carol->channel_bodies($at_c)->[-1] // '') eq 'the last' }, 'the history arrives there';
is_deeply $carol->channel_bodies($at_c), ['small', 'the last'], 'without what is too large for that server';

$alice->tell('carol@c', $_) for 'before', 'z' x 100_000, 'behind';
eventually sub { @{$carol->direct_bodies(known_user($server_c, 'alice', 'a'))} == 2 }, 'direct messages to it';
is_deeply $carol->direct_bodies(known_user($server_c, 'alice', 'a')), [qw(before behind)], 'what is too large stays behind';
my $refused;
eventually sub { $refused = peer_status($server_a, 'c')->{refused} and @$refused }, 'and is set aside';
like $refused->[0]{status}, qr/^(?:400|413|422)$/, 'with the answer';

finish;
