# Many post at once on all workers: every subscriber sees the messages in the order of the history, each once.
use BeringShare::Test;

my $server  = start_server();
my ($first, $second) = $server->worker_pids;
my @users   = map { $server->user("user$_") } 1 .. 4;
my $channel = $server->channel('general', \@users);
my @streams = ($users[0]->events_on($first), $users[1]->events_on($second), $users[2]->websocket_on($first), $users[3]->websocket_on($second));

my @posts = map { ['POST', '/api/messages/channel', {channel => $channel, body => "message $_"}] } 1 .. 400;
my $answers = $users[0]->request_many(\@posts, 24);
is scalar(grep { $_->status == 200 } @$answers), 400, 'all are stored';
my $history = $users[0]->channel_bodies($channel);
is scalar @$history, 400, 'and in the history';
reads_bodies $_, $history, 'a subscriber sees them in that order' for @streams;
my %seen;
my @twice = grep { $seen{$_->{id}}++ } @{$streams[0]->events};
is scalar @twice, 0, 'each event has an id of its own';

finish;
