# Servers whose clocks are far apart: messages keep the time that they came with, and the order in which they arrived.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');
my $channel = $server->channel('general', [$alice]);
add_member($server, $channel, 'zoe@zulu');
my $stream = $alice->events;

my @times = ('2031-05-06T07:08:09.000000001Z', '2001-01-01T00:00:00Z', '1970-01-01T00:00:00.5Z', '2099-12-31T23:59:59.999999999Z', '2026-02-28T12:00:00Z');
my (@texts, @sent_at);
for my $time (@times) {
    push @texts, "from $time", 'the answer from here';
    status_is $peer->post($server, '/federation/messages', $peer->channel_message('zoe', 'general', 'a', $texts[-2], sent_at => $time)), 200, $time;
    $alice->say($channel, $texts[-1]);
    push @sent_at, $time;
}
reads_bodies $stream, \@texts, 'they are told in the order of arrival';
is_deeply $alice->channel_bodies($channel), \@texts, 'so is the history';
my $history = $alice->get("/api/messages/channel/$channel")->json;
is_deeply [map { $_->{sent_at} } grep { $_->{author_username} eq 'zoe' } @$history], \@sent_at, 'the times are as they came';
is_deeply [map { $_->{body} } @{$alice->get("/api/messages/channel/$channel?limit=3")->json}], [@texts[-3 .. -1]], 'pages are right, too';
my @inbox = map { $_->{body} } @{$alice->get('/api/messages/inbox')->json};
is_deeply [sort @inbox], [sort @texts], 'and the inbox has all';
eventually sub { 5 == grep { $_ eq 'the answer from here' } @{$peer->bodies} }, 'answers arrive there';

finish;
