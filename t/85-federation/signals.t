# Call signals between users of two servers: they reach their target, and nobody else, as they are.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;
use Mojo::Util;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob, $berta) = ($server_a->user('alice'), map { $server_b->user($_) } qw(bob berta));
$alice->put('/api/profile', {display_name => 'Alice Ä'});
my ($to_bob, $to_berta, $to_alice) = map { $_->events } $bob, $berta, $alice;

my $sdp = encode_json({type => 'offer', sdp => "v=0\r\no=- 1 \"ä\"\r\n"});
my $answer = $alice->post('/api/call/signal', {target => 'bob@b', signal_type => 'offer', payload => $sdp});
status_is $answer, 200, 'a signal to another server';
like $answer->json, qr/^(?:ok|offline)$/, 'the answer, as far as presence is known here';
my $event = $to_bob->wait_named('webrtc_signal');
ok $event, 'arrives';
is $event->{data}{target_user_id}, $bob->id, 'at its target';
my $payload = decode_json(Mojo::Util::encode('UTF-8', $event->{data}{payload}));
has_fields $payload, {signal_type => 'offer', payload => $sdp}, 'as it was';
has_fields $payload->{from_user}, {username => 'alice', server => 'a', display_name => 'Alice Ä'}, 'with whom it is from';
has_fields $payload->{to_user}, {username => 'bob', server => 'b'}, 'and to';

my @types = qw(answer ice-candidate hangup reject busy screen-share-start group-offer anything-else);
$bob->post('/api/call/signal', {target => 'alice@a', signal_type => $_, payload => "payload of $_"}) for @types;
eventually sub { @types == (() = $to_alice->named('webrtc_signal')) }, 'the other way, of all types';
is_deeply [map { decode_json(Mojo::Util::encode('UTF-8', $_->{data}{payload}))->{signal_type} } $to_alice->named('webrtc_signal')], \@types, 'in order';
refused $alice->post('/api/call/signal', {target => 'bob@nowhere', signal_type => 'offer', payload => ''}), [400, 404], 'an unknown server';

# To and from an original.
my $peer = BeringShare::Peer->start('zulu', servers => [$server_a], users => ['zoe']);
known_user($server_a, 'zoe', 'zulu');
status_is $alice->post('/api/call/signal', {target => 'zoe@zulu', signal_type => 'offer', payload => $sdp}), 200, 'to an original';
my $sent;
eventually sub { ($sent) = @{$peer->sent('/federation/webrtc-signal')} }, 'it arrives';
has_fields $sent, {from_user => {username => 'alice', server => 'a'}, to_user => {username => 'zoe', server => 'zulu'},
    signal_type => 'offer', payload => $sdp}, 'as the wire contract says';
status_is $peer->post($server_a, '/federation/webrtc-signal', $peer->signal('zoe', 'alice@a', 'answer', $sdp)), 200, 'from an original';
ok $to_alice->wait_event(sub ($data) { $data->{event} eq 'webrtc_signal' && $data->{payload} =~ /"zoe"/ }), 'it arrives, too';

$alice->tell($_, 'the end') for 'bob@b', 'berta@b';
$_->wait_message('the end') for $to_bob, $to_berta;
is scalar(() = $to_bob->named('webrtc_signal')), 1, 'the target was told once';
is_deeply [$to_berta->named('webrtc_signal')], [], 'another user nothing';

finish;
