# Damage in the middle of a database that has been opened: errors, but neither nonsense nor a crash.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice');
my $channel = $server->channel('general', [$alice]);
my @texts   = map { "message $_ " . 'x' x 1000 } 1 .. 400;
$alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => $_}] } @texts], 1);
$server->stop;

my $bytes = read_file($server->database);
my ($at)  = $bytes =~ /message 200 x/ ? $-[0] : 0;
cmp_ok $at, '>', 0, 'the middle of the messages is in the file';
substr $bytes, int($at / 4096) * 4096, 4096, "\xa5" x 4096;
write_file($server->database, $bytes);

my $started = eval { $server->launch; 1 };
if (!$started) {
    like $@, qr/corrupt|damaged|malformed/i, 'the server refuses to start, saying why';
} else {
    my %known = map { $_ => 1 } @texts;
    for my $path ("/api/messages/channel/$channel", "/api/messages/channel/$channel?limit=200", '/api/messages/inbox', '/api/channels') {
        my $answer = $alice->get($path);
        status_is $answer, [0, 200, 500, 503], "$path is answered, or broken off";
        next unless ref $answer->json eq 'ARRAY';
        is_deeply [grep { exists $_->{body} && !$known{$_->{body}} } @{$answer->json}], [], 'with nothing that nobody wrote';
    }
    status_is $server->anonymous->get('/health'), 200, 'the server is up';
}

finish;
