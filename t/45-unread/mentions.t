# Messages that name somebody are counted, and by the rules of names.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my ($dotted, $umlaut, $longer) = map { $server->user($_) } 'bob.smith', "m\x{fc}ller", 'bob-junior';
my $channel = $server->channel('general', [$alice, $bob, $dotted, $umlaut, $longer]);

sub state_of ($user) { return (grep { $_->{id} eq $channel } @{$user->get('/api/conversations')->json})[0] }
sub named ($body, $user = $bob) {
    my $before = state_of($user)->{mentions};
    $alice->say($channel, $body);
    return state_of($user)->{mentions} - $before;
}
is named($_), 1, "named: $_" for '@bob', 'hello @bob', '@bob, hello', 'so says @bob.', '(@bob)', '@bob\'s', "\"\@bob\"", "line\n\@bob\nline",
    '@bob@local', '@bob@local, hello', '@alice @bob @carol', '@bob @bob', "\@bob\x{2026}", "\x{e4}\@bob", '@nobody @bob', '@bob@ hello',
    '@bob?!', '@@bob @bob';
is named($_), 0, "not named: $_" for 'bob', 'mail to alice@bob', '@bobby', '@BOB', '@ bob', '@bob@elsewhere', '@bob@local.example', '@bob-junior',
    '@bob_smith', '@bob.smith', '@', '@@', '@/bob', '@alice', 'x' x 5000, '@' x 5000, '@' . 'x' x 5000;
is named('@bob.smith. And then', $dotted), 1, 'a name with a full stop, and another behind it';
is named("\@m\x{fc}ller: hello", $umlaut), 1, 'a name in other letters';
is named('@bob-junior', $longer), 1, 'the longest name is meant';
is named(join(' ', map { "\@nobody$_" } 1 .. 19) . ' @bob'), 1, 'twenty names';
is named(join(' ', map { "\@nobody$_" } 1 .. 20) . ' @bob'), 0, 'no more are looked at';

$alice->say($channel, '@carol');
$carol->post("/api/channels/$channel/members", {user_id => $carol->id});
is state_of($carol)->{mentions}, 0, 'who was no member was not named';
is named('@carol', $carol), 1, 'a member is';

my $own = $bob->say($channel, '@bob talks to himself');
my $all = state_of($bob);
my $put = sub ($id, %more) { return $bob->put("/api/conversations/channel/$channel/read", {message_id => $id, %more})->json };
is $put->($own)->{mentions}, 0, 'nothing is left when all is read';
is $put->(undef, exact => true)->{mentions}, $all->{mentions}, 'what is marked unread names as before';
my $first = $alice->get("/api/messages/channel/$channel?limit=200")->json->[0]{message_id};
is $put->($first)->{mentions}, $all->{mentions} - 1, 'a position in between';
$put->($own);

$alice->tell('bob', 'you, @bob, and @carol');
my ($direct) = grep { $_->{id} eq $alice->id } @{$bob->get('/api/conversations')->json};
has_fields $direct, {unread => 1, mentions => 1}, 'a direct message names its recipient';
$alice->tell('carol', '@bob');
is scalar(grep { $_->{kind} eq 'dm' && $_->{mentions} } @{$bob->get('/api/conversations')->json}), 1, 'nobody else';

named('@bob') for 1 .. 3;
is state_of($bob)->{mentions}, 3, 'three more';
$bob->delete("/api/channels/$channel/members/" . $bob->id);
$bob->post("/api/channels/$channel/members", {user_id => $bob->id});
is state_of($bob)->{mentions}, 0, 'leaving and joining forgets them';
status_is $server->admin->delete("/admin/channels/$channel"), 200, 'a channel with mentions can be deleted';
status_is $server->admin->delete('/admin/users/' . $_->id), 200, 'so can users' for $carol, $bob;

finish;
