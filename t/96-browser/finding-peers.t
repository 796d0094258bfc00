# Two servers in the browser: people and channels of the other one, presence, joining, and who may add whom.
use BeringShare::Test;
use BeringShare::Browser;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my $bob = $server_b->user('bob');
$server_b->user('carol');
my $channel = $server_b->channel('beyond', [$bob]);
$bob->say($channel, 'long before');
known_user($server_a, $_, 'b') for qw(bob carol);
known_channel($server_a, 'beyond', 'b');

run_in_browser(
    'finding-peers',
    servers => {a => $server_a, b => $server_b},
    people  => {bob => $bob},
    actions => {isMember => sub ($name) { return is_member($server_b, $channel, $name) ? 1 : 0 }},
);

finish;
