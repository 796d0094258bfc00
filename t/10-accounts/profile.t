# A user sets, changes and clears the display name, and everybody sees it.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice', password => 'correct horse');
my $bob     = $server->user('bob');
my $channel = $server->channel('general', [$alice, $bob]);

sub seen () {
    my ($user) = grep { $_->{id} eq $alice->id } @{$bob->get('/api/users')->json};
    return $user->{display_name};
}

my $answer = $alice->put('/api/profile', {display_name => 'Älice ❄ of Bering'});
status_is $answer, 200, 'set it';
is $answer->json->{id}, $alice->id, 'the answer is the user';
is $answer->json->{username}, 'alice', 'with the name';
is $answer->json->{display_name}, 'Älice ❄ of Bering', 'and the display name';
is $answer->json->{token}, '', 'but without the token';
is seen(), 'Älice ❄ of Bering', 'others see it in the list';
is $alice->try_login->json->{display_name}, 'Älice ❄ of Bering', 'a login tells it';
$alice->say($channel, 'hello');
is $bob->get("/api/messages/channel/$channel")->json->[0]{author_display_name}, 'Älice ❄ of Bering', 'the history shows it';

status_is $alice->put('/api/profile', {display_name => 'Al'}), 200, 'change it';
is seen(), 'Al', 'others see that';
status_is $alice->put('/api/profile', {display_name => 'x' x 128}), 200, 'as long as may be';
refused $alice->put('/api/profile', {display_name => 'x' x 129}), 400, 'too long';
refused $alice->put('/api/profile', {display_name => "A\nB"}), 400, 'a line break';
refused $alice->put('/api/profile', {display_name => "A\x{0}B"}), 400, 'a NUL';
refused $alice->put('/api/profile', {display_name => $_->[0]}), 400, $_->[1]
    for ["\x{202e}ecilA", 'what turns others around'], ["Al\x{200b}ice", 'what shows nothing'], ["\x{3164}", 'nothing else'];
is seen(), 'x' x 128, 'what was refused has changed nothing';
my $heart = "Ann \x{2764}\x{fe0f}\x{200d}\x{1f525}";
status_is $alice->put('/api/profile', {display_name => $heart}), 200, 'an emoji of several characters';
is seen(), $heart, 'is whole';
status_is $alice->put('/api/profile', {display_name => undef}), 200, 'clear it';
is seen(), undef, 'it is gone';
status_is $alice->put('/api/profile', {}), 200, 'the field may be missing';

finish;
