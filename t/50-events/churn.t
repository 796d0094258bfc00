# Streams come and go while messages are flowing: those that stay miss nothing, those that come get all from then on.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my @staying = ($bob->events, $bob->websocket);
my $number  = 0;

for my $round (1 .. 40) {
    my @passing = map { $_ % 2 ? $bob->events(wait_open => $_ > 4) : $bob->websocket(wait_open => $_ > 4) } 1 .. 8;
    my @posts   = map { ['POST', '/api/messages/channel', {channel => $channel, body => 'message ' . ++$number}] } 1 .. 5;
    my $answers = $alice->request_many(\@posts, 1);
    die 'a post failed' if grep { $_->status != 200 } @$answers;
    if ($round % 10 == 0) {
        reads_bodies $_, [map {"message $_"} $number - 4 .. $number], 'a stream that was open gets all from then on' for @passing[4 .. 7];
    }
    Mojo::IOLoop->remove($_->tx->connection) for grep { defined $_->tx->connection } @passing;
}
reads_bodies $_, [map {"message $_"} 1 .. $number], 'who stayed has got every message' for @staying;

finish;
