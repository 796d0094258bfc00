# Who sends slowly is cut after a while; whoever else is served meanwhile.
use BeringShare::Test;

my $server = start_server(REQUEST_TIMEOUT_SECONDS => 2);
my $alice  = $server->user('alice');
my $stream = $alice->events;
my $head   = "POST /api/messages/dm HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " . $alice->token
    . "\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n";

my @silent  = map { raw_connection($server)->send('GET /hea') } 1 .. 20;
my @in_body = map { raw_connection($server)->send("$head\{\"body\":\"") } 1 .. 20;
my @dribble = map { raw_connection($server)->send('GET /') } 1 .. 10;

my ($posted, $rounds) = (0, 0);
my $all_cut = wait_until(sub {
    $_->send('x') for grep { !$_->closed } @dribble;
    $_->take for @silent, @in_body, @dribble;
    $posted += $alice->post('/api/messages/dm', {recipient => 'alice', body => 'message ' . ++$rounds})->status == 200;
    return !grep { !$_->closed } @silent, @in_body, @dribble;
});
ok $all_cut, 'all slow ones are cut, also those that send a little all the time';
is $posted, $rounds, "meanwhile every one of $rounds requests was served";
reads_bodies $stream, [map {"message $_"} 1 .. $rounds], 'and announced on a stream that is older than they';
unlike $_->received, qr{^HTTP/1\.1 200}, 'none of them had an answer as if complete' for $silent[0], $in_body[0];

finish;
