# A list of conversations says what it has counted: up to which event it knows all, and up to which message each counts.
use BeringShare::Test;

my $server = start_server();
my ($first, $second) = $server->worker_pids;
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $channel = $server->channel('general', [$alice, $bob, $carol]);

sub listed ($answer) { return (grep { $_->{id} eq $channel } @{$answer->json})[0] }

# Lists are read while two workers write.
my ($here, $there) = ($alice->on_worker($first), $carol->on_worker($second));
my ($stream, $socket) = ($bob->events_on($first), $bob->websocket_on($second));
my (@writes, @reads);
for my $number (1 .. 120) {
    my $author = $number % 2 ? $here : $there;
    push @writes, $author->request_p(POST => '/api/messages/channel', {channel => $channel, body => "message $number"});
    push @reads, $bob->request_p(GET => '/api/conversations') if $number % 6 == 0;
}
my $answers;
Mojo::Promise->all(@writes)->then(sub (@kept) { $answers = [map { $_->[0] } @kept] })->wait;
is scalar(grep { $_->status != 200 } @$answers), 0, 'all is written';
my $lists;
Mojo::Promise->all(@reads)->then(sub (@kept) { $lists = [map { $_->[0] } @kept] })->wait;

my $end = $alice->say($channel, 'the end');
ok $_->wait_message('the end'), 'each stream comes to the end' for $stream, $socket;
my %told = map { ref $_ => [$_->named('new_message')] } $stream, $socket;
my ($events, $same) = @told{map { ref } $stream, $socket};
is_deeply [map { [$_->{id}, $_->{data}{message}] } @$same], [map { [$_->{id}, $_->{data}{message}] } @$events],
    'both say the same, with the same ids';
is_deeply [map { $_->{data}{message}{sequence} } @$events], [1 .. 121], 'the messages of a conversation are numbered';

sub place_of ($id) { return [split /-/, $id] }
my $epoch = place_of($events->[0]{id})->[0];
my ($wrong_before, $wrong_after, $in_between) = (0, 0, 0);
for my $answer (@$lists) {
    my ($its_epoch, $position) = @{place_of($answer->header('x-event-id'))};
    is $its_epoch, $epoch, 'the same epoch' unless $its_epoch eq $epoch;
    my $item = listed($answer);
    my @up_to = grep { place_of($_->{id})->[1] <= $position } @$events;
    my @later = grep { $_->{data}{message}{sequence} > $item->{last_sequence} } @$events;
    ++$wrong_before if @up_to && $up_to[-1]{data}{message}{sequence} > $item->{last_sequence};
    ++$wrong_after  if $item->{unread} + @later != 121;
    ++$in_between   if $item->{last_sequence} > @up_to;
}
is $wrong_before, 0, 'of what events up to its place told, every list knew';
is $wrong_after,  0, 'with what is numbered higher than its last, each counts all, once';
note "$in_between of " . @$lists . ' lists knew more than the events up to their place had told';

# States say the same wherever they stand.
my $history = $bob->get("/api/messages/channel/$channel?limit=200")->json;
is_deeply [map { $_->{sequence} } @$history], [1 .. 121], 'a history is numbered, too';
my $item = listed($bob->get('/api/conversations'));
has_fields $item, {unread => 121, last_sequence => 121, first_unread_message_id => $history->[0]{message_id},
    last_message => {message_id => $end, sequence => 121}}, 'a list';
my %state = (unread => 0, first_unread_message_id => undef, last_sequence => 121);
has_fields $bob->put("/api/conversations/channel/$channel/read", {message_id => $end})->json, {%state}, 'an answer';
has_fields $stream->wait_named('conversation_changed')->{data}{conversation}, {%state}, 'an event';
is $bob->get('/api/users')->header('x-event-id'), undef, 'other answers name no place';

# What is unread begins with the first message of somebody else, however many of one's own are before it.
my $notes = $server->channel('notes', [$alice, $bob]);
$bob->say($notes, "mine $_") for 1 .. 60;
sub first_unread () {
    return (grep { $_->{id} eq $notes } @{$bob->get('/api/conversations')->json})[0]{first_unread_message_id};
}
is first_unread(), undef, 'nothing of one\'s own is unread';
my $theirs = $alice->say($notes, 'theirs');
$alice->say($notes, 'and more');
is first_unread(), $theirs, 'the first of somebody else is';

finish;
