package BeringShare::Federation;

# Several real servers that know each other, and what tests ask about the links between them. Servers are named a, b, c; what
# is asked about a peer takes its name.
#
#     my ($server_a, $server_b) = start_federation(2);
#     my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
#     $alice->tell('bob@b', 'Hello');

use Mojo::Base -strict, -signatures;
use BeringShare::Database qw(query);
use BeringShare::Process qw(children read_file);
use BeringShare::Wait qw(wait_until);
use Carp qw(croak);
use Exporter qw(import);
use Mojo::JSON ();

our @EXPORT = qw(start_federation start_federated prepare_federated introduce connect_servers wait_linked peer_entry peer_path
    peer_status retry_peer drop_refused is_queue_empty update_peer is_refused_by federation_process known_user known_channel
    user_entry channel_entry member_names add_member is_member is_online post_many history_essence message_count
    polls_more_often hide_from names_from);

# ---- starting ----

sub prepare_federated ($name, %environment) {
    my $server = BeringShare::Test::prepare_server(
        SERVER_NAME             => $name,
        SERVER_TOKEN            => "server-token-of-$name-in-the-tests",
        FEDERATION_POLL_SECONDS => 1,
        %environment,
    );
    $server->overrides->{BASE_URL} //= $server->url;
    $server->keep_secret($server->environment->{SERVER_TOKEN});
    return $server;
}

sub start_federated ($name, %environment) { return prepare_federated($name, %environment)->launch }

# So many servers that know each other, with links that are up.
sub start_federation ($count, %environment) {
    my @servers = map { start_federated($_, %environment) } (qw(a b c))[0 .. $count - 1];
    connect_servers(@servers);
    return @servers;
}

sub name_of ($server) { return $server->environment->{SERVER_NAME} }

# Registers a peer with a server. Changes replace fields: base_url, token.
sub introduce ($server, $peer, %changes) {
    my $answer = $server->admin->post('/admin/servers',
        {name => name_of($peer), base_url => $peer->url, token => $peer->environment->{SERVER_TOKEN}, %changes});
    croak 'cannot register ' . name_of($peer) . ': ' . $answer->summary unless $answer->status == 200;
    $server->keep_secret($peer->environment->{SERVER_TOKEN});
    return $answer->json->{id};
}

sub connect_servers (@servers) {
    for my $server (@servers) {
        introduce($server, $_) for grep { $_ != $server } @servers;
    }
    wait_linked(@servers);
}

# Waits until each of these servers has found out what the others are.
sub wait_linked (@servers) {
    for my $server (@servers) {
        for my $name (map { name_of($_) } grep { $_ != $server } @servers) {
            wait_until(sub { is_bering(peer_status($server, $name)) })
                or croak name_of($server) . " has no link to $name: " . Mojo::JSON::encode_json(peer_status($server, $name));
        }
    }
}

sub is_bering ($status) { return ($status->{abilities} // '') =~ /^(?:2|bering.*)$/ }

# ---- what a server knows of a peer ----

sub peer_entry ($server, $name) {
    my ($entry) = grep { $_->{name} eq $name } @{$server->admin->get('/admin/servers')->json};
    return $entry // croak name_of($server) . " knows no $name";
}

sub peer_path ($server, $name) { return '/admin/servers/' . peer_entry($server, $name)->{id} }

sub peer_status ($server, $name) {
    my $answer = $server->admin->get(peer_path($server, $name) . '/status');
    croak "no status of $name: " . $answer->summary unless $answer->status == 200;
    return $answer->json;
}

# The answers of the administrator's actions. Without a row: all of that peer's.
sub retry_peer ($server, $name, $row = undef) { return act_on_peer($server, $name, 'retry', $row) }
sub drop_refused ($server, $name, $row = undef) { return act_on_peer($server, $name, 'drop', $row) }

sub act_on_peer ($server, $name, $action, $row) {
    return $server->admin->post(peer_path($server, $name) . "/$action", {defined $row ? (row => $row) : ()});
}

sub update_peer ($server, $name, %changes) {
    my ($entry, $path) = (peer_entry($server, $name), peer_path($server, $name));
    my $answer = $server->admin->put($path, {(map { $_ => $entry->{$_} } qw(name base_url)), %changes});
    croak "cannot update $name: " . $answer->summary unless $answer->status == 200;
    return $answer->json;
}

# Users (clients) and channels (ids) that a peer must not see.
sub hide_from ($server, $name, $users, $channels = []) {
    my $answer = $server->admin->put(peer_path($server, $name) . '/visibility',
        {hidden_user_ids => [map { $_->id } @$users], hidden_channel_ids => $channels});
    croak "cannot hide from $name: " . $answer->summary unless $answer->status == 200;
}

sub is_queue_empty ($server, $name) { return peer_status($server, $name)->{queue_depth} == 0 }

sub is_refused_by ($server, $name) { return !!peer_status($server, $name)->{refuses_us} }

# The process that talks to the peers.
sub federation_process ($server) {
    my ($pid) = grep { (read_file("/proc/$_/comm") // '') =~ /federation/ || (read_file("/proc/$_/cmdline") // '') =~ /federation/ }
        children($server->pid);
    return $pid;
}

# The channels and users that a server lists as coming from a peer, as JSON: [[channels], [users]].
sub names_from ($server, $name) {
    my $id = peer_entry($server, $name)->{id};
    return Mojo::JSON::encode_json([
        [sort map { $_->{name} } grep { $_->{origin_server} eq $name } @{$server->admin->get('/admin/channels')->json}],
        [sort map { $_->{username} } grep { ($_->{server_id} // '') eq $id } @{$server->admin->get('/admin/users')->json}],
    ]);
}

# Waits until a scripted peer has been polled so many times more, be it that only the first question is asked each time.
sub polls_more_often ($peer, $times) {
    my @questions = qw(/presence$ /users$ /channels$);
    my %goal      = map { $_ => $peer->count($_) + $times } @questions;
    return wait_until(sub { grep { $peer->count($_) >= $goal{$_} } @questions });
}

# ---- users and channels of peers ----

# What a server's list has of a user of a peer; undef if nothing.
sub user_entry ($server, $username, $server_name) {
    my $id = peer_entry($server, $server_name)->{id};
    my ($entry) = grep { $_->{username} eq $username && ($_->{server_id} // '') eq $id } @{$server->admin->get('/admin/users')->json};
    return $entry;
}

sub channel_entry ($server, $name, $origin) {
    my ($entry) = grep { $_->{name} eq $name && $_->{origin_server} eq $origin } @{$server->admin->get('/admin/channels')->json};
    return $entry;
}

# Their ids, waiting until they are known.
sub known_user ($server, $username, $server_name) {
    my $entry = wait_until(sub { user_entry($server, $username, $server_name) });
    return $entry ? $entry->{id} : croak name_of($server) . " does not get to know $username\@$server_name";
}

sub known_channel ($server, $name, $origin) {
    my $entry = wait_until(sub { channel_entry($server, $name, $origin) });
    return $entry ? $entry->{id} : croak name_of($server) . " does not get to know the channel $name of $origin";
}

# "alice", "bob@b", sorted.
sub member_names ($server, $channel) {
    my %name_of = map { $_->{id} => $_->{name} } @{$server->admin->get('/admin/servers')->json};
    return [sort map { $_->{username} . (defined $_->{server_id} ? '@' . $name_of{$_->{server_id}} : '') }
        @{$server->admin->get("/admin/channels/$channel/members")->json}];
}

sub is_member ($server, $channel, $name) { return !!grep { $_ eq $name } @{member_names($server, $channel)} }

# Adds alice, or bob@b once he is known.
sub add_member ($server, $channel, $address) {
    my ($username, $server_name) = split /@/, $address;
    known_user($server, $username, $server_name) if defined $server_name && $server_name ne name_of($server);
    my $answer = $server->admin->post("/admin/channels/$channel/members", {username => $address});
    croak "cannot add $address: " . $answer->summary unless $answer->status == 200;
    return $answer->json;
}

# Whether a client's server says that a user of a peer is there.
sub is_online ($client, $username, $server_name) {
    my ($entry) = grep { $_->{username} eq $username && ($_->{server_name} // '') eq $server_name } @{$client->get('/api/users')->json};
    return $entry && $entry->{is_online};
}

# ---- messages ----

# Posts these texts to a channel, some at once; dies if one is not taken.
sub post_many ($client, $channel, $texts, $at_once = 8) {
    my $answers = $client->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => $_}] } @$texts], $at_once);
    my ($failed) = grep { $_->status != 200 } @$answers;
    croak 'cannot post: ' . $failed->summary if $failed;
    return $answers;
}

# Of a channel's history, what all servers agree on.
sub history_essence ($client, $channel) {
    my $answer = $client->get("/api/messages/channel/$channel");
    return $answer->summary unless $answer->status == 200;
    return [map { {%$_{qw(message_id body author_username sent_at)}} } @{$answer->json}];
}

# How many messages a server has stored.
sub message_count ($server) { return query($server->database, 'SELECT count(*) FROM messages')->[0][0] }

1;
