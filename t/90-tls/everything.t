# Everything works over TLS: API, event stream, WebSocket, files; on both workers.
use BeringShare::Test;
use BeringShare::Tls;

my $server = prepare_tls_server()->launch;
my ($alice, $bob) = map { $server->user($_, password => 'correct horse') } qw(alice bob);
my $plain   = $bob->events;

# From here on the server's address is the encrypted one.
$server->url(tls_url($server));
my $secure  = $alice->login;
status_is $secure->get('/api/users'), 200, 'log in and ask';
status_is $secure->get('/'), 200, 'the start page';
my $stream  = $bob->events;
my $socket  = $bob->websocket(token_in_url => 1);
my $channel = $secure->post('/api/channels', {name => 'general'})->json->{id};
status_is $secure->post("/api/channels/$channel/members", {user_id => $bob->id}), 200, 'make a channel';

my @texts = map { "message $_ " . 'ä' x ($_ * 300) } 1 .. 60;
$secure->say($channel, $_) for @texts;
reads_bodies $_, \@texts, 'all messages arrive' for $stream, $socket, $plain;
is_deeply $secure->channel_bodies($channel), \@texts, 'the history, large as it is';
is $socket->ask({kind => 'send_dm', target_user => 'alice', body => 'encrypted'})->{type}, 'ok', 'the WebSocket\'s input';
my $answers = $secure->request_many([map { ['GET', '/api/users'] } 1 .. 64], 32);
is scalar(grep { $_->status == 200 } @$answers), 64, 'many connections at once';
refused $secure->get('/api/nonsense'), 404, 'errors are the same';
my $resumed = $bob->events(last_event_id => ($stream->named('new_message'))[57]{id});
reads_bodies $resumed, [@texts[58, 59], 'encrypted'], 'resuming';
$socket->finish;
is $socket->close_code, 1000, 'a polite end';

finish;
