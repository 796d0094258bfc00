# A peer that does not accept our token (401, 403): the link is set up wrong. The queue waits, the admin is told, and after the
# repair everything goes out.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

# Two real servers, one of which has a wrong token for the other.
my ($server_a, $server_b) = (start_federated('a'), start_federated('b'));
introduce($server_a, $server_b);
introduce($server_b, $server_a, token => 'a token with a slip of the pen');
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my $stream = $bob->events;
my @texts  = map {"message $_"} 1 .. 5;
$alice->tell('bob@b', $_) for @texts;
eventually sub { is_refused_by($server_a, 'b') }, 'the admin is told that the peer refuses us';
my $status = peer_status($server_a, 'b');
is $status->{queue_depth}, 5, 'everything waits';
is_deeply $status->{refused}, [], 'nothing is set aside';
like $status->{last_error}, qr/401/, 'the error says why';
is_deeply $stream->bodies, [], 'and nothing has arrived';

update_peer($server_b, 'a', token => $server_a->environment->{SERVER_TOKEN});
my $answer = retry_peer($server_a, 'b');
status_is $answer, 200, 'the admin of the first tries again once the other has the right token';
is $answer->json, 'ok', 'the answer';
reads_bodies $stream, \@texts, 'all arrives, in order';
eventually sub { !is_refused_by($server_a, 'b') && is_queue_empty($server_a, 'b') }, 'the status says that all is well';

# An original that answers 403 to messages alone.
my $peer = BeringShare::Peer->start('zulu', servers => [$server_a], users => ['zoe']);
known_user($server_a, 'zoe', 'zulu');
$peer->misbehave(method => 'POST', status => 403);
$alice->tell('zoe@zulu', $_) for @texts;
eventually sub { is_refused_by($server_a, 'zulu') }, '403 means the same';
is peer_status($server_a, 'zulu')->{queue_depth}, 5, 'everything waits';
is_deeply peer_status($server_a, 'zulu')->{refused}, [], 'nothing is set aside';
$peer->behave;
status_is retry_peer($server_a, 'zulu'), 200, 'try again';
eventually sub { @{$peer->bodies} == 5 }, 'all arrives';
is_deeply $peer->bodies, \@texts, 'in order';
eventually sub { !is_refused_by($server_a, 'zulu') }, 'the status says that all is well';

finish;
