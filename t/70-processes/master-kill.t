# The master is killed: no worker is left, and a new server starts on the same database.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice');
my $stream = $alice->events;
$alice->tell('alice', 'before');
my @workers = $server->worker_pids;
$server->expected_deaths->{$_} = 1 for @workers;
$server->kill_expected($server->pid);
ok $stream->wait_end, 'its streams end';
eventually sub { !grep { is_alive($_) } @workers }, 'its workers end';
$server->stop(killed => 1);

$server->launch;
is_deeply $alice->direct_bodies($alice->id), ['before'], 'a new one has the same data';
$alice->tell('alice', 'after');
is_deeply $alice->direct_bodies($alice->id), ['before', 'after'], 'and goes on';

finish;
