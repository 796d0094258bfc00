# A history that comes after a join is nobody's news; what comes later is, and names whom it says.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $twin)  = map { $server_a->user($_) } qw(alice bob);
my ($bob, $second) = map { $server_b->user($_) } qw(bob second);
my $channel = $server_a->channel('general', [$alice, $twin]);
post_many($alice, $channel, [map {"before $_, \@bob\@b"} 1 .. 400]);
my $there = known_channel($server_b, 'general', 'a');
sub state_of ($user, $id = $there) { return (grep { $_->{id} eq $id } @{$user->get('/api/conversations')->json})[0] }

my $stream = $bob->events;
status_is $bob->post("/api/channels/$there/members", {user_id => $bob->id}), 200, 'join';
$second->post("/api/channels/$there/members", {user_id => $second->id});
$second->say($there, 'quicker than the history');
eventually sub { @{$bob->channel_bodies($there)} == 401 }, 'the history has come';
has_fields state_of($bob), {unread => 1, mentions => 0}, 'what was said before the join is not unread, what was said since is';
has_fields state_of($second), {unread => 0, mentions => 0}, 'one\'s own is not';
my $old = $stream->wait_message('before 400, @bob@b');
is $old->{data}{is_history}, true, 'the event of an old message says so';

$alice->say($channel, 'nobody is named');
my $live = $stream->wait_message('nobody is named');
ok !exists $live->{data}{is_history}, 'that of a new one does not';
has_fields state_of($bob), {unread => 2, mentions => 0}, 'a new one is unread';
$alice->say($channel, 'hello @bob');
$stream->wait_message('hello @bob');
has_fields state_of($bob), {unread => 3, mentions => 0}, 'a plain name is of the author\'s server';
has_fields state_of($twin, $channel), {mentions => 1}, 'and is counted there';
$alice->say($channel, 'hello @bob@b');
$stream->wait_message('hello @bob@b');
has_fields state_of($bob), {unread => 4, mentions => 1}, 'a name with its server means the one there';
has_fields state_of($twin, $channel), {mentions => 1}, 'and only that one';
$alice->tell('bob@b', 'directly, @bob@b');
$stream->wait_message('directly, @bob@b');
my ($direct) = grep { $_->{kind} eq 'dm' } @{$bob->get('/api/conversations')->json};
has_fields $direct, {unread => 1, mentions => 1}, 'a direct message';
my $newest = state_of($bob)->{last_message}{message_id};
has_fields $bob->put("/api/conversations/channel/$there/read", {message_id => $newest})->json, {unread => 0, mentions => 0}, 'all of it read';

finish;
