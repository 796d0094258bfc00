# An event id that means nothing here, or no longer: the first event is resync, then it goes on.
use BeringShare::Test;

my $server  = start_server(RING_SIZE => '64k', MAX_MESSAGE_BYTES => 1200);
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);

my $stream = $bob->events;
$alice->say($channel, 'old');
my $old = $stream->wait_message('old')->{id};
my ($epoch, $number) = split /-/, $old;
my $next = $number =~ s/(.)$/$1 eq 'f' ? 'e' : sprintf '%x', 1 + hex $1/er;
my $checked = 0;

sub must_resync ($what, $id) {
    my $text = 'live ' . ++$checked;
    my @streams = ($bob->events(last_event_id => $id), $bob->events(last_event_id => $id, resume_in_url => 1), $bob->websocket(last_event_id => $id));
    $alice->say($channel, $text);
    for my $reader (@streams) {
        ok $reader->wait_message($text), "$what: the stream is live";
        is $reader->events->[0]{data}{event}, 'resync', 'and began with a resync';
        is_deeply $reader->bodies, [$text], 'and nothing else';
        $reader->close;
    }
}
must_resync('no id at all', 'nonsense');
must_resync('the number alone', $number);
must_resync('another epoch', "0-$number");
must_resync('a number from the future', $epoch . '-' . '9' x 15);
must_resync('a number that is too large', $epoch . '-' . '9' x 40);
must_resync('a negative number', "$epoch--1");
must_resync('very long', 'x' x 2000);
must_resync('between two events', "$epoch-$next");

my $flood = $alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => "flood $_ " . 'x' x 1000}] } 1 .. 200]);
is scalar(grep { $_->status == 200 } @$flood), 200, 'three times the ring';
must_resync('too old', $old);
$stream->wait_message("live $checked");
my $before_restart = $stream->last_id;

$server->restart;
must_resync('from before a restart', $before_restart);

finish;
