# Counts are exact while two workers write and read at the same time.
use BeringShare::Test;

my $server  = start_server();
my ($first, $second) = $server->worker_pids;
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $channel = $server->channel('general', [$alice, $bob, $carol]);
my ($here, $there) = ($alice->on_worker($first), $carol->on_worker($second));

sub state_of ($user) { return (grep { $_->{id} eq $channel } @{$user->get('/api/conversations')->json})[0] }

my (@promises, $position);
for my $number (1 .. 200) {
    my ($author, $body) = ($number % 2 ? $here : $there, $number % 5 ? "message $number" : "\@bob, message $number");
    push @promises, $author->request_p(POST => '/api/messages/channel', {channel => $channel, body => $body});
    push @promises, $bob->request_p(GET => '/api/conversations') if $number % 10 == 0;
}
my $answers;
Mojo::Promise->all(@promises)->then(sub (@kept) { $answers = [map { $_->[0] } @kept] })->wait;
is scalar(grep { $_->status != 200 } @$answers), 0, 'all is answered';
has_fields state_of($bob), {unread => 200, mentions => 40}, 'all is counted';
has_fields state_of($alice), {unread => 100}, 'without one\'s own';

# Devices that move the position at the same time end at the newest message that any has named.
my $history = $bob->get("/api/messages/channel/$channel?limit=200")->json;
my @devices = map { $bob->on_worker($_) } $first, $second;
my @reads   = map { [$devices[$_ % 2], $history->[$_]{message_id}] } map { ($_ * 67) % 190 } 0 .. 189;
Mojo::Promise->all(map { $_->[0]->request_p(PUT => "/api/conversations/channel/$channel/read", {message_id => $_->[1]}) } @reads)
    ->then(sub (@kept) { $answers = [map { $_->[0] } @kept] })->wait;
is scalar(grep { $_->status != 200 } @$answers), 0, 'all is answered';
my $left = grep { $_->{body} =~ /bob/ } @$history[190 .. 199];
has_fields state_of($bob), {unread => 10, mentions => $left, last_read_message_id => $history->[189]{message_id}}, 'the newest position counts';

# No more than a thousand are counted.
my $answer = $alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => 'more'}] } 1 .. 1000], 32);
is scalar(grep { $_->status != 200 } @$answer), 0, 'a thousand more';
is state_of($bob)->{unread}, 1000, 'are counted to a thousand';

finish;
