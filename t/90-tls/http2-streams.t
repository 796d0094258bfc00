# Event streams over HTTP/2: all that holds for them over HTTP/1.1, and many of them on one connection.
use BeringShare::Test;
use BeringShare::Http2 qw(frame);
use BeringShare::Tls;

my $server = prepare_tls_server(HTTP2 => 'on', KEEPALIVE_SECONDS => 1, METRICS_TOKEN => 'metrics-token-of-the-tests',
    ACCESS_LOG_FILE => '/dev/null');
my $lines = $server->overrides->{ACCESS_LOG_FILE} = $server->directory . '/access.log';
$server->launch;
my ($alice, $bob, $carol) = map { $server->user($_, password => $server->keep_secret("password of $_")) } qw(alice bob carol);
my $channel = $server->channel('general', [$alice, $bob, $carol]);

# A connection that this worker holds.
sub on_worker ($pid) {
    for (1 .. 500) {
        my $http2 = BeringShare::Http2->open($server);
        $http2->wait_for(sub { $http2->settings });
        return $http2 if ($http2->worker // 0) == $pid;
        $http2->close;
    }
    die "no connection reached the worker $pid";
}
sub metric ($name) {
    my $answer = $server->anonymous->with(token => 'metrics-token-of-the-tests')->get('/metrics');
    return $answer->body =~ /^beringshare_$name (\d+)/m ? $1 : -1;
}
sub is_online ($user) {
    return grep { $_->{username} eq $user->username && $_->{is_online} } @{$alice->get('/api/users')->json};
}

# ---- many on one connection ----

my ($first, $second) = $server->worker_pids;
my $http2 = on_worker($first);
my $other = $carol->events;
my %streams = map { $_ => $http2->events($_ % 2 ? $alice : $bob) } 1 .. 20;
my $admin   = $http2->events($server->admin, path => '/admin/events');
is metric('streams'), 22, 'twenty streams of two users, an administrator\'s, and one over HTTP/1.1: the metrics count them';
my @texts = map { "message $_ " . 'ä' x ($_ * 40) } 1 .. 60;
is $http2->ask(POST => '/api/messages/channel', token => $carol->token, json => {channel => $channel, body => $_})->{status}, 200,
    'posted by the same connection' for $texts[0];
$carol->say($channel, $_) for @texts[1 .. 59];
my @wrong = grep { join("\n", @{$http2->wait_bodies($streams{$_}, 60)}) ne join "\n", @{$other->bodies} } sort keys %streams;
reads_bodies $other, \@texts, 'a stream over HTTP/1.1 gets all messages, in order';
is_deeply \@wrong, [], 'so does each of the twenty';
is scalar(() = $http2->seen($admin)->named('new_message')), 0, 'the administrator reads none';
like read_file($lines), qr{ GET /api/events 200 }, 'the access log has a stream when it begins';
ok $http2->wait_for(sub { $http2->seen($streams{1})->comments >= 2 }), 'keep-alives';

# One of them ends: the others go on. Then all of a user: who is offline.
$http2->send(frame('reset', 0, $streams{1}, pack 'N', 8));
eventually sub { metric('streams') == 21 }, 'one is reset by its reader';
$carol->say($channel, 'after the reset');
is $http2->wait_bodies($streams{3}, 61)->[-1], 'after the reset', 'the others go on';
ok is_online($bob), 'bob is online';
$http2->send(frame('reset', 0, $streams{$_}, pack 'N', 8)) for grep { $_ % 2 == 0 } keys %streams;
ok wait_until(sub { !is_online($bob) }), 'with his last stream he is not';
$http2->close;
ok wait_until(sub { !is_online($alice) }), 'a connection that is gone is noticed, with all its streams';
eventually sub { metric('streams') == 1 }, 'and none is left';

# ---- resuming, on the other worker, too ----

$http2 = on_worker($second);
my $stream = $http2->events($bob);
$carol->say($channel, "resume $_") for 1 .. 5;
$http2->wait_bodies($stream, 5);
my $last = ($http2->seen($stream)->named('new_message'))[1]{id};
$http2->close;
$http2 = on_worker($first);
$stream = $http2->events($bob, last_event_id => $last);
is_deeply $http2->wait_bodies($stream, 3), ['resume 3', 'resume 4', 'resume 5'], 'a stream resumes where it was';
is scalar(() = $http2->seen($stream)->named('resync')), 0, 'without a resync';
$stream = $http2->events($bob, last_event_id => 'nonsense');
ok $http2->wait_for(sub { $http2->seen($stream)->named('resync') }), 'an id that is none: resync';
is $http2->ask(GET => '/api/events')->{status}, 401, 'no stream for who has no token';
my $head = $http2->ask('HEAD' => '/api/events', token => $bob->token);
is $head->{status}, 405, 'HEAD is not for streams';

# ---- sessions that end ----

my $session = $bob->login;
my %ended   = (session => $http2->events($session), other => $http2->events($bob->login), token => $http2->events($bob));
status_is $session->post('/api/logout'), 200, 'log out';
ok $http2->wait_for(sub { $http2->streams->{$ended{session}}{ended} }), 'the session\'s stream ends, as a complete answer';
$carol->say($channel, 'who is left');
is $http2->wait_bodies($ended{other}, 1)->[-1], 'who is left', 'those of another session and of the token do not';
$server->keep_secret($server->admin->post('/admin/users/' . $bob->id . '/token')->json->{token});
ok $http2->wait_for(sub { $http2->streams->{$ended{token}}{ended} }), 'a new token ends what the old one opened';
ok !$http2->closed, 'the connection stays';

# ---- a worker that crashes ----

my ($safe, $doomed) = (on_worker($first), on_worker($second));
my ($going_on, $cut) = ($safe->events($alice), $doomed->events($carol));
my $poster = $alice->on_worker($first);
$poster->say($channel, 'before the crash');
is $doomed->wait_bodies($cut, 1)->[0], 'before the crash', 'a stream of a worker that is going to crash';
$last = $doomed->seen($cut)->last_id;
$server->expected_deaths->{$second} = 1;
kill ABRT => $second;
ok $doomed->wait_closed, 'the worker aborts: its connections are gone';
$poster->say($channel, "crash $_") for 1 .. 5;
is_deeply $safe->wait_bodies($going_on, 6), ['before the crash', map {"crash $_"} 1 .. 5], 'the other worker\'s streams miss nothing';
eventually sub { my @now = $server->worker_pids; @now == 2 && !grep { $_ == $second } @now }, 'there is a new one at once';
my ($new) = grep { $_ != $first } $server->worker_pids;
my $back  = on_worker($new);
is_deeply $back->wait_bodies($back->events($carol, last_event_id => $last), 5), [map {"crash $_"} 1 .. 5], 'who comes back gets what was missed';

finish;
