# Open streams follow the membership: joining a channel brings its messages, leaving ends them.
use BeringShare::Test;

my $server = start_server();
my ($first, $second) = $server->worker_pids;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('board',  [$alice], private => 1);
my $common  = $server->channel('common', [$alice, $bob]);
my @streams = ($bob->events_on($first), $bob->websocket_on($second));

$alice->say($channel, 'before bob');
$alice->post("/api/channels/$channel/members", {user_id => $bob->id});
$alice->say($channel, 'with bob');
$alice->delete("/api/channels/$channel/members/" . $bob->id);
$alice->say($channel, 'after bob');
$alice->say($common, 'for both');
reads_bodies $_, ['with bob', 'for both'], 'exactly what was said while a member' for @streams;

my $public = $server->channel('public', [$alice]);
$bob->say($public, 'posting joins');
$alice->say($public, 'an answer');
reads_bodies $_, ['with bob', 'for both', 'posting joins', 'an answer'], 'posting in a public channel brings it, too' for @streams;

$server->admin->delete("/admin/channels/$public");
my $socket = $streams[1];
is $socket->ask({kind => 'send_channel_message', channel_id => $public, body => 'x'})->{type}, 'error', 'a deleted channel is gone';

finish;
