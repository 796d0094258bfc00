# No room for another byte: writes are answered 503, nothing that was acknowledged is missing, and service resumes.
# The room is taken by limiting the size of files that the workers may write.
use BeringShare::Test;

needs_command 'prlimit', 'util-linux';
my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my $stream  = $bob->events;
my $socket  = $alice->websocket;

sub limit ($size) {
    is run_command(['prlimit', '--pid', $_, "--fsize=$size:"])->{status}, 0, "a worker's files: $size" for $server->worker_pids;
}
my @texts = map {"message $_"} 1 .. 10;
$alice->say($channel, $_) for @texts;
reads_bodies $stream, \@texts, 'all is well at first';

limit(1);
my $refused = $alice->post('/api/messages/channel', {channel => $channel, body => 'refused'});
refused $refused, 503, 'a message';
like $refused->header('Retry-After'), qr/^[1-9]\d*$/, 'Retry-After says when to try again';
refused $alice->post('/api/messages/dm', {recipient => 'bob', body => 'refused'}), 503, 'a direct message';
refused $server->admin->post('/admin/users', {username => 'carol'}), 503, 'a new user';
refused $alice->post('/api/channels', {name => 'refused'}), 503, 'a new channel';
is $socket->ask({kind => 'send_channel_message', channel_id => $channel, body => 'refused'})->{type}, 'error', 'over a WebSocket';
my $answers = $alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => 'refused'}] } 1 .. 30]);
is scalar(grep { $_->status != 503 } @$answers), 0, 'many at once, all refused';
is_deeply $alice->channel_bodies($channel), \@texts, 'reading goes on, and shows what was acknowledged';
status_is $server->anonymous->get('/health'), 200, 'the server is up';

limit('unlimited');
ok wait_until(sub {
    my $answer = $alice->post('/api/messages/channel', {channel => $channel, body => 'there is room', message_id => '00000000-0000-4000-8000-000000000001'});
    return $answer->status == 200;
}), 'when there is room again, service resumes';
push @texts, 'there is room';
is_deeply $alice->channel_bodies($channel), \@texts, 'the history has what was acknowledged, and nothing else';
reads_bodies $stream, \@texts, 'so has the stream';
$server->restart;
is_deeply $alice->channel_bodies($channel), \@texts, 'also after a restart';
is_deeply [map { $_->{username} } @{$server->admin->get('/admin/users')->json}], [qw(admin alice bob)], 'no user was half made';

finish;
