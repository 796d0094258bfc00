# An event reaches those whom it concerns, on all their devices, and nobody else.
use BeringShare::Test;

my $server = start_server();
my ($first, $second) = $server->worker_pids;
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $private = $server->channel('board',   [$alice, $bob], private => 1);
my $public  = $server->channel('general', [$alice, $bob]);
my $common  = $server->channel('common',  [$alice, $bob, $carol]);

my @alice = ($alice->events_on($first), $alice->websocket_on($second));
my @bob   = ($bob->events_on($second),  $bob->websocket_on($first), $bob->events_on($first));
my @carol = ($carol->events_on($first), $carol->websocket_on($second));

$alice->tell('bob', 'direct');
$alice->say($private, 'private channel');
$alice->say($public, 'public channel');
$bob->tell('bob', 'note to self');
$carol->say($common, 'for all');

reads_bodies $_, ['direct', 'private channel', 'public channel', 'for all'], 'alice' for @alice;
reads_bodies $_, ['direct', 'private channel', 'public channel', 'note to self', 'for all'], 'bob' for @bob;
reads_bodies $_, ['for all'], 'carol' for @carol;
unlike encode_json([map { $_->{data} } map { @{$_->events} } @carol]), qr/$private|$public/, 'not even a channel\'s id reaches carol';

finish;
