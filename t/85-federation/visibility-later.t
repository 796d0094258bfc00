# Hiding takes effect on what is known already and can be undone: two real servers.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $anton, $bob) = ((map { $server_a->user($_) } qw(alice anton)), $server_b->user('bob'));
my $channel = $server_a->channel('general', [$alice, $anton]);
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a channel of both';
my $stream = $anton->events;
eventually sub { is_online($bob, 'anton', 'a') }, 'a user of the other server is there';
my $watch = $bob->events;

hide_from($server_a, 'b', [$anton]);
eventually sub { !is_online($bob, 'anton', 'a') }, 'once hidden the user looks offline';
$anton->say($channel, 'you cannot see me');
$alice->say($channel, 'I am here');
ok $watch->wait_message('I am here'), 'others are still heard';
is_deeply $bob->channel_bodies($there), ['I am here'], 'the hidden one is not';
is_deeply $alice->channel_bodies($channel), ['you cannot see me', 'I am here'], 'but at home';

hide_from($server_a, 'b', []);
eventually sub { is_online($bob, 'anton', 'a') }, 'shown again, the user is there again';
$anton->say($channel, 'you can see me');
ok $watch->wait_message('you can see me'), 'and is heard';

finish;
