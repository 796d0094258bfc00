# Two real servers that talk to each other over TLS alone: messages, presence, history.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Process qw(write_file);
use BeringShare::Tls;
use File::Temp;

my $trusted = File::Temp->newdir;
my @servers = map { prepare_tls_server(SERVER_NAME => $_, SERVER_TOKEN => "server-token-of-$_-in-the-tests", FEDERATION_POLL_SECONDS => 1,
    FEDERATION_CA_FILE => "$trusted/ca.pem") } qw(a b);
write_file("$trusted/ca.pem", join '', map { read_file($_->directory . '/cert.pem') } @servers);
$_->overrides->{BASE_URL} = tls_url($_) for @servers;
$_->launch for @servers;
introduce($servers[0], $servers[1], base_url => tls_url($servers[1]));
introduce($servers[1], $servers[0], base_url => tls_url($servers[0]));
wait_linked(@servers);

my ($alice, $bob) = ($servers[0]->user('alice'), $servers[1]->user('bob'));
my $stream = $bob->events;
$alice->tell('bob@b', 'encrypted');
ok $stream->wait_message('encrypted'), 'a message arrives';
eventually sub { is_online($alice, 'bob', 'b') }, 'who is online is known';
my $channel = $servers[0]->channel('general', [$alice]);
post_many($alice, $channel, [map {"message $_ " . 'x' x 2000} 1 .. 300]);
my $there = known_channel($servers[1], 'general', 'a');
status_is $bob->post("/api/channels/$there/members", {user_id => $bob->id}), 200, 'joining';
eventually sub { @{$bob->channel_bodies($there)} == 300 }, 'the history is handed over';
is_deeply history_essence($bob, $there), history_essence($alice, $channel), 'whole and in order';

finish;
