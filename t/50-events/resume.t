# A stream that breaks goes on where it was: exactly what was missed, in order, nothing twice.
use BeringShare::Test;

my $server = start_server();
my ($first, $second) = $server->worker_pids;
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $channel = $server->channel('general', [$alice, $bob]);

my $stream = $bob->events_on($first);
$alice->say($channel, "early $_") for 1 .. 3;
ok $stream->wait_message('early 3'), 'a stream with some events';
my ($second_event) = ($stream->named('new_message'))[1];
my $last = $stream->wait_message('early 3')->{id};
$stream->close;

$alice->say($channel, 'missed 1');
$alice->tell('bob', 'missed 2');
$alice->tell('carol', 'not for bob');
$alice->say($channel, 'missed 3');
my @missed = ('missed 1', 'missed 2', 'missed 3');

my @resumed = (
    ['SSE, the header',             $bob->events_on($first,  last_event_id => $last)],
    ['SSE, another worker',         $bob->events_on($second, last_event_id => $last)],
    ['SSE, in the URL',             $bob->events(last_event_id => $last, resume_in_url => 1)],
    ['SSE, all of it in the URL',   $bob->events(last_event_id => $last, resume_in_url => 1, token_in_url => 1)],
    ['WebSocket',                   $bob->websocket_on($first,  last_event_id => $last)],
    ['WebSocket, another worker',   $bob->websocket_on($second, last_event_id => $last)],
);
$alice->say($channel, 'live');
for my $case (@resumed) {
    my ($what, $reader) = @$case;
    reads_bodies $reader, [@missed, 'live'], "$what: what was missed, then what is new";
    is scalar(() = $reader->named('resync')), 0, 'without a resync';
}
my $from_earlier = $bob->events(last_event_id => $second_event->{id});
reads_bodies $from_earlier, ['early 3', @missed, 'live'], 'from an earlier event, more';
my $newest = $from_earlier->wait_message('live')->{id};
my $nothing = $bob->events(last_event_id => $newest);
$alice->say($channel, 'the next one');
reads_bodies $nothing, ['the next one'], 'from the newest event, nothing';
my $fresh = $bob->events;
$alice->say($channel, 'and another');
reads_bodies $fresh, ['and another'], 'without an id, only what is new';

finish;
