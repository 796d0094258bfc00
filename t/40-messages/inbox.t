# GET /api/messages/inbox: the newest 50 of one's direct messages and channels, newest first.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $general = $server->channel('general', [$alice, $bob]);
my $other   = $server->channel('other',   [$carol]);

is_deeply $bob->get('/api/messages/inbox')->json, [], 'empty at first';
my $channel_id = $alice->say($general, 'in the channel');
my $direct_id  = $alice->tell('bob', 'to bob');
my $sent_id    = $bob->tell('alice', 'from bob');
$carol->say($other, 'where bob is no member');
$carol->tell('alice', 'not for bob');

my $answer = $bob->get('/api/messages/inbox');
status_is $answer, 200, 'ask';
my @inbox = @{$answer->json};
like_time delete $_->{sent_at}, 'the time' for @inbox;
has_fields \@inbox, [
    {message_id => $sent_id, kind => 'dm', body => 'from bob', author_user_id => $bob->id, recipient_user_id => $alice->id,
        channel_id => undef},
    {message_id => $direct_id, kind => 'dm', body => 'to bob', author_user_id => $alice->id, recipient_user_id => $bob->id,
        channel_id => undef},
    {message_id => $channel_id, kind => 'channel', body => 'in the channel', author_user_id => $alice->id,
        recipient_user_id => undef, channel_id => $general},
], 'what concerns bob, newest first, and nothing else';

$alice->request_many([map { ['POST', '/api/messages/channel', {channel => $general, body => "filler $_"}] } 1 .. 60], 1);
is_deeply [map { $_->{body} } @{$bob->get('/api/messages/inbox')->json}], [map {"filler $_"} reverse 11 .. 60], '50 at most';

finish;
