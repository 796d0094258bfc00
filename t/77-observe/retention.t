# Messages that are too old go, from the begin of a conversation, while everybody works on: what is unread, what is counted, what
# clients show and what other servers get stays right. So does a deleted channel of many messages.
use BeringShare::Test;
use BeringShare::Peer;

my $server = start_server(RETENTION_DAYS => 30, RETENTION_DIRECT_DAYS => 10);
my $admin  = $server->admin;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my %channel = map { $_ => $server->channel($_, [$alice, $bob]) } qw(mixed old young keep);
my $peer = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
$admin->post('/admin/users/sync-federated', {});
status_is $admin->put("/admin/channels/$channel{keep}/retention", {days => 3650}), 200, 'a channel of its own';
is((grep { $_->{name} eq 'keep' } @{$admin->get('/admin/channels')->json})[0]{retention_days}, 3650, 'is listed so');
is((grep { $_->{name} eq 'old' } @{$admin->get('/admin/channels')->json})[0]{retention_days}, undef, 'others have none');
has_fields $admin->get('/admin/overview')->json, {retention_days => 30, retention_direct_days => 10, audit_days => 365}, 'the server says its own';

my %ids;
for my $name (sort keys %channel) {
    $ids{$name} = [map { $alice->say($channel{$name}, "$name $_" . ($_ == 3 ? ' @bob' : '')) } 1 .. 40];
}
my @direct = map { $alice->tell('bob', "direct $_") } 1 .. 6;
sub queue_depth () { return $admin->get('/admin/overview')->json->{servers}[0]{queue_depth} }
eventually sub { queue_depth() == 0 }, 'another server has got all of it';
$peer->misbehave(path => '/federation/messages', status => 503);
$alice->tell('zoe@zulu', 'waits for another server');
status_is $bob->put("/api/conversations/channel/$channel{mixed}/read", {message_id => $ids{mixed}[4]}), 200, 'bob has read five';
status_is $bob->put("/api/conversations/channel/$channel{young}/read", {message_id => $ids{young}[4]}), 200, 'there, too';

# ---- they get old ----
$server->stop;
my $day = 86400 * 1_000_000_000;
sub age ($ids, $days) {
    my $list = join ',', map { "x'" . s/-//gr . "'" } @$ids;
    my $done = run_command(['sqlite3', '-cmd', '.timeout 10000', $server->database, "UPDATE messages SET sent_at = sent_at - $days * $day WHERE id IN ($list)"]);
    is $done->{status}, 0, "messages of $days days ago";
}
age([@{$ids{mixed}}[0 .. 19]], 31);
age($ids{old}, 400);
age($ids{young}, 29);
age($ids{keep}, 400);
age([@direct[0 .. 3]], 11);
$server->launch;
my $stream = $bob->events;
$alice->say($channel{young}, 'meanwhile');

eventually sub { @{$bob->channel_bodies($channel{old})} == 0 }, 'all of a channel is gone';
eventually sub { @{$bob->direct_bodies($alice->id)} == 2 }, 'direct messages, too';
is_deeply $bob->channel_bodies($channel{mixed}), [map {"mixed $_"} 21 .. 40], 'of another the older half';
is scalar(@{$bob->channel_bodies($channel{young})}), 41, 'nothing of what is young';
is scalar(@{$bob->channel_bodies($channel{keep})}),  40, 'nothing where the channel has a longer time';

# ---- what follows ----
my %state = map { $_->{id} => $_ } @{$bob->get('/api/conversations')->json};
is $state{$channel{mixed}}{unread}, 20, 'all that is left is unread for who had read only what is gone';
is $state{$channel{mixed}}{mentions}, 0, 'a mention that is gone is none';
is $state{$channel{young}}{unread}, 36, 'who had read more has it still';
is $state{$channel{young}}{last_read_message_id}, $ids{young}[4], 'up to the same place';
is $state{$channel{old}}{unread}, 0, 'nothing is unread where nothing is';
my $said = $alice->say($channel{old}, 'a new begin');
is_deeply $bob->channel_bodies($channel{old}), ['a new begin'], 'an empty channel begins anew';
is((grep { $_->{id} eq $channel{old} } @{$bob->get('/api/conversations')->json})[0]{unread}, 1, 'with one to read');
is $admin->get('/admin/overview')->json->{messages}, 20 + 1 + 41 + 40 + 2 + 1, 'the count is what is there';
refused $bob->get("/api/channels/$channel{mixed}/messages?before=$ids{mixed}[3]"), 404, 'a page before a message that is gone';
is_deeply [map { $_->{body} } @{$bob->get("/api/channels/$channel{mixed}/messages?before=$ids{mixed}[25]&limit=50")->json}],
    [map {"mixed $_"} 21 .. 25], 'the history begins later';

# ---- clients, other servers ----
age([@{$ids{young}}[0 .. 9]], 2);
eventually sub { grep { ($_->{data}{channel_id} // '') eq $channel{young} } $stream->named('messages_expired') }, 'a client that listens hears of it';
has_fields((grep { ($_->{data}{channel_id} // '') eq $channel{young} } $stream->named('messages_expired'))[-1]->{data}, {first_message_id => $ids{young}[10], user_ids => undef}, 'and where the history begins');
eventually sub { ($admin->get('/admin/overview')->json->{messages} // 0) == 95 }, 'ten fewer';
is queue_depth(), 1 + 2, 'what waits for another server is untouched';

# ---- a channel of many messages ----
my $large = $server->channel('large', [$alice]);
$alice->say($large, 'the first');
$server->stop;
my $sql = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO messages (key, id, kind, author_user_id, channel_id, "
    . "sent_at, body) SELECT (c.key << 33) + i, randomblob(16), 'channel', u.key, c.key, 1700000000000000000 + i, 'filled' FROM n, channels c, users u "
    . "WHERE c.name = 'large' AND u.username = 'alice'; UPDATE channels SET retention_days = 36500 WHERE name = 'large'";
is run_command(['sqlite3', $server->database, $sql])->{status}, 0, 'five thousand messages';
$server->launch;
is $admin->get('/admin/overview')->json->{messages}, 95 + 5000, 'are counted';
status_is $admin->delete("/admin/channels/$large"), 200, 'the channel goes';
is $admin->get('/admin/overview')->json->{messages}, 95, 'and they with it, for all who look';
sub left () { return run_command(['sqlite3', '-readonly', $server->database, "SELECT count(*) FROM messages WHERE body = 'filled'"])->{output} + 0 }
eventually sub { left() == 0 }, 'and on the disk, a little later';
is run_command(['sqlite3', '-readonly', $server->database, 'SELECT count(*) FROM orphans'])->{output} + 0, 0, 'nothing is remembered of it';

# ---- the number itself ----
for my $bad ({}, {days => 0}, {days => -1}, {days => 36501}, {days => 'x'}, {days => 1.5}) {
    refused $admin->put("/admin/channels/$channel{keep}/retention", $bad), [400, 422], 'days: ' . encode_json($bad);
}
status_is $admin->put("/admin/channels/$channel{keep}/retention", {days => undef}), 200, 'the server\'s number counts again';
eventually sub { @{$bob->channel_bodies($channel{keep})} == 0 }, 'and does at the next round';

finish;
