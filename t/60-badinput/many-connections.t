# More connections than the server takes: who is connected is served all the time, who comes next after a while.
use BeringShare::Test;

my $server = start_server(MAX_CONNECTIONS => 60, REQUEST_TIMEOUT_SECONDS => 3);
my $alice  = $server->user('alice');
my $stream = $alice->events;
my $early  = $alice->on_worker(($server->worker_pids)[0]);

my @idle = map { raw_connection($server) } 1 .. 200;
my ($sent, $kept) = (0, 0);
for my $round (1 .. 50) {
    $kept += $early->post('/api/messages/dm', {recipient => 'alice', body => "early $round"})->status == 200;
    ++$sent;
}
is $kept, $sent, 'a connection from before is served';
my $late = $alice->with(own_ua => ref($alice)->new_ua);
status_is $late->get('/api/users'), 200, 'a new one is served, too';
ok $late->with(own_ua => undef)->events, 'and so is a new stream';
reads_bodies $stream, [map {"early $_"} 1 .. 50], 'the stream from before has missed nothing';
$_->close for @idle;
my $answers = $alice->with(own_ua => ref($alice)->new_ua)->request_many([map { ['GET', '/api/users'] } 1 .. 40], 20);
is scalar(grep { $_->status == 200 } @$answers), 40, 'afterwards all is as before';

finish;
