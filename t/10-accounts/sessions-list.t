# A user sees where it is signed in, and ends what it does not know.
use BeringShare::Test;

my $server = start_server();
my ($alice, $bob) = map { $server->user($_, password => 'correct horse') } qw(alice bob);
my $nobody = $server->anonymous;

sub login_with ($agent) {
    my $answer = $nobody->post('/api/login', {username => 'alice', password => 'correct horse'}, headers => {'User-Agent' => $agent});
    return $nobody->with(token => $server->keep_secret($answer->json->{token}));
}
my @sessions = map { login_with($_) } 'first', 'x' x 255 . "\xc3\xa4" . 'y' x 500, "second \xff third";
$bob->login;
$nobody->post('/admin/login', {username => 'admin', password => 'admin-password'});

my $list = $sessions[0]->get('/api/sessions')->json;
is scalar @$list, 3, 'the user\'s own sessions';
is_deeply [map { $_->{user_agent} } @$list], ['second ', 'x' x 255, 'first'], 'newest first; what is no UTF-8 or too long is cut off';
is_deeply [map { $_->{is_current} } @$list], [false, false, true], 'the one that asks is marked';
for my $session (@$list) {
    like_uuid $session->{id}, 'id';
    like_time $session->{$_}, $_ for qw(created_at expires_at);
}
is $list->[2]{id}, $sessions[0]->get('/api/me')->json->{session}{id}, 'the id is that of /api/me';
is_deeply [map { $_->{is_current} } @{$alice->get('/api/sessions')->json}], [false, false, false], 'a permanent token is none of them';

refused $bob->delete("/api/sessions/$list->[0]{id}"), 404, 'another\'s session';
refused $sessions[0]->delete('/api/sessions/' . random_uuid()), 404, 'one that there is not';
refused $sessions[0]->delete('/api/sessions/nonsense'), 400, 'no id';
my $stream = $sessions[2]->events;
my $answer = $sessions[0]->delete("/api/sessions/$list->[0]{id}");
status_is $answer, 200, 'end one';
is $answer->body, 'null', 'the answer is null';
is $answer->header('Set-Cookie'), undef, 'one\'s own cookie stays';
ok $stream->wait_end, 'its stream ends';
eventually sub { $sessions[2]->get('/api/users')->status == 401 }, 'its token is worth nothing';
refused $sessions[0]->delete("/api/sessions/$list->[0]{id}"), 404, 'it is gone';

login_with('third') for 1 .. 2;
is_deeply $sessions[0]->delete('/api/sessions')->json, {ended => 3}, 'end all others';
is_deeply $sessions[0]->delete('/api/sessions')->json, {ended => 0}, 'there are no more';
status_is $sessions[0]->get('/api/users'), 200, 'the one that asked goes on';
is scalar @{$bob->get('/api/sessions')->json}, 1, 'so does another user\'s';
$answer = $sessions[0]->delete("/api/sessions/$list->[2]{id}");
like $answer->header('Set-Cookie'), qr/^bering_session=; .*Max-Age=0$/, 'ending one\'s own clears the cookie';
eventually sub { $sessions[0]->get('/api/users')->status == 401 }, 'and is the end';

finish;
