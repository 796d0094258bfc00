# A peer that runs the original, from end to end: it is found out, polled and sent what it understands, one post at a time, and
# what it sends is taken as it is.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe'], channels => ['zoology'], online => ['zoe']);
my $stream = $alice->events;

# It polls us.
for my $poll (1, 2) {
    is_deeply $peer->get($server, '/federation/presence')->json, {online_users => ['alice']}, "its poll $poll: presence";
    my ($entry) = grep { $_->{username} eq 'alice' } @{$peer->get($server, '/federation/users')->json};
    has_fields $entry, {username => 'alice', server => 'a', display_name => undef}, 'users';
    is ref $peer->get($server, '/federation/channels')->json, 'ARRAY', 'channels';
}

# We poll it.
my $zoe     = known_user($server, 'zoe', 'zulu');
my $zoology = known_channel($server, 'zoology', 'zulu');
eventually sub { is_online($alice, 'zoe', 'zulu') }, 'its user is online here';

# Direct messages.
my $sent = $peer->direct_message('zoe', 'alice@a', 'from an original', extra => undef);
my $answer = $peer->post($server, '/federation/messages', $sent);
status_is $answer, 200, 'a direct message of an original';
is $answer->json, 'ok', 'the answer';
my $event = $stream->wait_message('from an original');
is $event->{data}{message}{sent_at}, $sent->{sent_at}, 'its time is kept as it came, nanoseconds and all';
is $event->{data}{message}{message_id}, $sent->{message_id}, 'so is its id';
my $id = $alice->tell('zoe@zulu', 'to an original ä🐻');
eventually sub { @{$peer->bodies} == 1 }, 'a direct message to it';
has_fields $peer->messages->[0], {message_id => $id, kind => 'dm', body => 'to an original ä🐻', author => {username => 'alice', server => 'a'},
    recipient => {username => 'zoe', server => 'zulu'}, channel => undef}, 'as the wire contract says';
like_time $peer->messages->[0]{sent_at}, 'with its time';

# A channel of ours with its user.
my $general = $server->channel('general', [$alice]);
add_member($server, $general, 'zoe@zulu');
eventually sub { @{$peer->sent('/federation/channel-memberships')} == 1 }, 'its user is added to a channel of ours';
has_fields $peer->sent('/federation/channel-memberships')->[0],
    {channel => {name => 'general', origin_server => 'a'}, member => {username => 'zoe', server => 'zulu'}}, 'it is told';
$alice->say($general, 'in our channel');
eventually sub { $peer->bodies->[-1] eq 'in our channel' }, 'it is sent what is written there';
has_fields $peer->messages->[-1], {kind => 'channel', recipient => undef, channel => {name => 'general', origin_server => 'a'}}, 'as a channel\'s message';
status_is $peer->say($server, 'zoe', 'general', 'a', 'its answer'), 200, 'and answers';
ok $stream->wait_message('its answer'), 'which arrives';

# A channel of its own with our user; others speak there, too.
status_is $peer->post($server, '/federation/channel-memberships', $peer->membership('zoology', 'zulu', 'alice@a')), 200, 'our user is added to its channel';
ok is_member($server, $zoology, 'alice'), 'and is a member';
$alice->say($zoology, 'about zebras');
eventually sub { $peer->bodies->[-1] eq 'about zebras' }, 'it is sent what our user writes there';

status_is $peer->say($server, 'zoe', 'zoology', 'zulu', 'its own word'), 200, 'and what its own users write';
ok $stream->wait_message('its own word'), 'arrives';
status_is $peer->say($server, 'zoe', 'zeppelins', 'zulu', 'a new channel'), 200, 'a message in a channel that we do not know';
ok channel_entry($server, 'zeppelins', 'zulu'), 'makes it';

# What it sent came back to it never, and it was sent nothing that it does not know.
$alice->tell('zoe@zulu', 'the end');
eventually sub { $peer->bodies->[-1] eq 'the end' }, 'all has been sent';
is_deeply $peer->bodies, ['to an original ä🐻', 'in our channel', 'about zebras', 'the end'], 'each message once, none of its own';
my %paths = map { $_->{path} => 1 } @{$peer->requests};
delete @paths{map {"/federation/$_"} qw(info presence users channels messages channel-memberships channel-call-event webrtc-signal)};
is_deeply [keys %paths], [], 'no endpoint was called that the original does not have, but for asking what it is';
is_deeply [grep { defined $_->{headers}{'if-none-match'} } @{$peer->requests}], [], 'nor was anything asked on conditions';
is_deeply [grep { ($_->{status} // 0) !~ /^(?:200|404)$/ } @{$peer->requests}], [], 'and it liked all that it was sent';
is_deeply peer_status($server, 'zulu')->{refused}, [], 'nothing was refused';

finish;
