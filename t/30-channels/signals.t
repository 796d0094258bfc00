# Call signals: any type and payload, to the target alone; the caller learns at once that somebody is not online; a bounded rate.
use BeringShare::Test;

my $server = start_server();
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);

sub signal ($target, $type, $payload = '') {
    return $alice->post('/api/call/signal', {target => $target, signal_type => $type, payload => $payload});
}

my $answer = signal('bob', 'offer', 'nobody hears it');
status_is $answer, 200, 'to somebody who is not online';
is $answer->json, 'offline', 'says so';
my ($to_bob, $to_carol) = map { $_->events } $bob, $carol;
eventually sub { signal('bob', 'hello')->json eq 'ok' }, 'online: "ok"';
is signal('bob@local', 'answer', 'x' x 65536)->json, 'ok', 'a payload of 64 KiB, and this server\'s own name in the address';
ok $to_bob->wait_event(sub ($data) { $data->{event} eq 'webrtc_signal' && length $data->{payload} > 65536 }), 'arrives whole';
refused signal('bob', 'answer', 'x' x 65537), [400, 413, 422], 'a larger one';
refused signal('nobody', 'offer'), 400, 'to nobody';
refused signal('bob', ''), [400, 422], 'without a type';
$alice->tell('carol', 'the end');
$to_carol->wait_message('the end');
is_deeply [$to_carol->named('webrtc_signal')], [], 'others hear nothing';

my @statuses = map { $_->status } @{$alice->request_many([map { ['POST', '/api/call/signal', {target => 'bob', signal_type => 'ice-candidate'}] } 1 .. 1300], 16)};
my $refused  = grep { $_ == 429 } @statuses;
ok $refused > 0 && $refused < 1300, 'too many a minute are refused';
is scalar(grep { $_ != 429 && $_ != 200 } @statuses), 0, 'and nothing else happens';
my $waiting = signal('bob', 'ice-candidate');
ok $waiting->status == 200 || $waiting->header('Retry-After') > 0, 'with the time to wait';
is $bob->post('/api/call/signal', {target => 'alice', signal_type => 'offer', payload => ''})->status, 200, 'of one user, not of all';

finish;
