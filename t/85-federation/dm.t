# Direct messages between users of two servers: each end has each message once, with the same id, author, text and time.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my ($to_alice, $to_bob) = ($alice->events, $bob->events);

my $id    = $alice->tell('bob@b', 'Hello over there');
my $event = $to_bob->wait_message('Hello over there');
ok $event, 'the first message arrives, though neither server had heard of the other\'s user'
    or diag explain peer_status($server_a, 'b');
my $alice_there = known_user($server_b, 'alice', 'a');
is $event->{data}{user_id}, $bob->id, 'the event is for its recipient';
has_fields $event->{data}{message}, {message_id => $id, kind => 'dm', author_user_id => $alice_there, author_username => 'alice',
    recipient_user_id => $bob->id, channel_id => undef}, 'and has the message, by an author of the other server';
ok $to_alice->wait_message('Hello over there'), 'the author\'s own devices are told, too';

$bob->tell('alice@a', 'Hello back');
ok $to_alice->wait_message('Hello back'), 'the answer arrives';
my $bob_here = known_user($server_a, 'bob', 'b');
my @texts    = map {"message $_ ä\"\\\n🐻"} 1 .. 20;
$alice->tell('bob@b', $_) for @texts;
reads_bodies $to_bob, ['Hello over there', 'Hello back', @texts], 'each arrives once, in order';
is_deeply $alice->direct_bodies($bob_here), ['Hello over there', 'Hello back', @texts], 'the history of one end';
sub essence ($answer) { return [map { {%$_{qw(message_id body author_username sent_at)}} } @{$answer->json}] }
is_deeply essence($bob->get("/api/messages/dm/$alice_there")), essence($alice->get("/api/messages/dm/$bob_here")),
    'is that of the other, down to ids and times';

my $inbox = $bob->get('/api/messages/inbox')->json;
is $inbox->[0]{body}, $texts[-1], 'it is in the inbox';
is $inbox->[0]{recipient_user_id}, $bob->id, 'for its recipient';
is $alice->post('/api/messages/dm', {recipient => 'alice@a', body => 'to myself'})->status, 200, 'this server\'s own name means a local user';
refused $alice->post('/api/messages/dm', {recipient => 'bob@nowhere', body => 'lost'}), 400, 'an unknown server';
eventually sub { is_queue_empty($server_a, 'b') && is_queue_empty($server_b, 'a') }, 'nothing is left waiting';
is message_count($server_b), 22, 'the message to a local user stayed at home';

finish;
