package BeringShare::Peer;

# A scripted server of the federation that knows only what the original knows: single posts, times with nanoseconds, extra
# fields that are null. It records what it is sent, misbehaves as it is told, and speaks to servers with its own token.
#
#     my $peer = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);   # registered there, too
#     $peer->misbehave(path => '/federation/messages', status => 503, times => 2);
#     eventually sub { @{$peer->bodies} == 1 }, 'the message arrives';

use Mojo::Base 'BeringShare::Companion', -signatures;
use POSIX qw(strftime);
use Time::HiRes qw(time);

has [qw(name token)];

# Options: servers (that it and that it knows), users, online, channels (names, or the objects of the lists), bering (as a peer
# of this project, with batches), ids (and lists that are complete and say ids), tls (Mojo's options of a listener).
sub start ($class, $name, %options) {
    my $servers = delete $options{servers} // [];
    my $self    = $class->speaker($name);
    $self->scheme('https') if $options{tls};
    $self->launch(name => $name, token => $self->token, known_tokens => [map { $_->environment->{SERVER_TOKEN} } @$servers],
        %options);
    $self->register($_) for @$servers;
    return $self;
}

# One that only speaks: no process, and nothing listens at its address.
sub speaker ($class, $name) { return $class->new(name => $name, token => "server-token-of-$name-in-the-tests") }

# The same server with another token.
sub with_token ($self, $token) { return ref($self)->new(name => $self->name, token => $token) }

# Makes it known to a server; the id of its entry.
sub register ($self, $server, %changes) {
    my $url    = $self->pid ? $self->url : 'http://127.0.0.1:1';
    my $answer = $server->admin->post('/admin/servers', {name => $self->name, base_url => $url, token => $self->token, %changes});
    die 'cannot register ' . $self->name . ': ' . $answer->summary unless $answer->status == 200;
    $server->keep_secret($self->token);
    return $answer->json->{id};
}

# ---- what it does when spoken to ----

sub down ($self) { return $self->ask('down') }
sub up   ($self) { return $self->ask('up') }

# Changes users, online or channels.
sub set ($self, %changes) { return $self->ask(set => \%changes) }

# From now on, requests of this path (a regular expression; default: all) and, if given, this method and with a body that
# contains this text are not answered properly, but so, at most so many times:
#   status, json or body, headers; hang; close; lose (taken, but not answered); lose_after (a batch: so many items taken);
#   raw (bytes in the place of an answer); endless (never stops); bytes (an array of such a length)
sub misbehave ($self, %rule) { return $self->ask(misbehave => \%rule) }
sub behave    ($self)        { return $self->ask('behave') }

# Requests that are held without an answer; and letting them go without one.
sub hanging ($self) { return $self->ask('hanging') }
sub release ($self) { return $self->ask('release') }

# ---- what it has seen ----

# [{number, connection, method, path, query, token, headers, body (decoded), status}], those with this path (a regular expression).
sub requests ($self, $path = '') { return $self->ask(requests => $path) }
sub count    ($self, $path = '') { return $self->ask(count => $path) }

# What was in the bodies sent to a path, alone or in batches, in the order of arrival, whatever came of it.
sub sent ($self, $path) { return $self->ask(sent => $path) }

# The messages that it took, in order, each once; and their texts.
sub messages ($self) { return $self->ask('messages') }
sub bodies   ($self) { return $self->ask('bodies') }

# ---- speaking ----

sub request_p ($self, $server, $method, $path, $json = undef, %options) {
    my %headers = ('x-federation-token' => $self->token, %{delete $options{headers} // {}});
    return $server->anonymous->request_p($method, $path, $json, headers => \%headers, %options);
}

sub request ($self, @arguments) {
    my $answer;
    $self->request_p(@arguments)->then(sub ($it) { $answer = $it })->wait;
    return $answer;
}

sub get  ($self, $server, $path, %options)        { return $self->request($server, GET  => $path, undef, %options) }
sub post ($self, $server, $path, $json, %options) { return $self->request($server, POST => $path, $json, %options) }

# Objects of its lists, with the id of this number.
sub id ($number) { return sprintf 'aaaaaaaa-0000-4000-8000-%012d', $number }

sub user_with_id ($self, $username, $number) {
    return {username => $username, server => $self->name, display_name => undef, id => id($number)};
}

sub channel_with_id ($self, $name, $number) { return {name => $name, origin_server => $self->name, id => id($number)} }

sub random_id () { return BeringShare::Test::random_uuid() }

sub nanosecond_time ($at = time) {
    return strftime('%Y-%m-%dT%H:%M:%S', gmtime $at) . sprintf '.%09dZ', 1 + int rand 999_999_999;
}

# "zoe" is its own user, "alice@a" one of a.
sub person ($self, $address) {
    my ($username, $server) = split /@/, $address;
    return {username => $username, server => $server // $self->name, display_name => undef};
}

# The bodies of messages as the original writes them; changes replace fields.
sub direct_message ($self, $author, $recipient, $body, %changes) {
    return {
        message_id => random_id(),
        author     => $self->person($author),
        recipient  => $self->person($recipient),
        channel    => undef,
        kind       => 'dm',
        body       => $body,
        sent_at    => nanosecond_time(),
        %changes,
    };
}

sub channel_message ($self, $author, $channel, $origin, $body, %changes) {
    return {
        %{$self->direct_message($author, 'nobody', $body)},
        recipient => undef,
        channel   => {name => $channel, origin_server => $origin},
        kind      => 'channel',
        %changes,
    };
}

# Posts one of these: the answer.
sub tell ($self, $server, @message) { return $self->post($server, '/federation/messages', $self->direct_message(@message)) }
sub say  ($self, $server, @message) { return $self->post($server, '/federation/messages', $self->channel_message(@message)) }

sub membership ($self, $channel, $origin, $member, %more) {
    return {channel => {name => $channel, origin_server => $origin}, member => $self->person($member), %more};
}

sub call_event ($self, $channel, $origin, $event, $participant) {
    return {
        channel             => {name => $channel, origin_server => $origin},
        event               => $event,
        participant         => $self->person($participant),
        participant_user_id => random_id(),
    };
}

sub signal ($self, $from, $to, $type, $payload) {
    return {from_user => $self->person($from), to_user => $self->person($to), signal_type => $type, payload => $payload};
}

1;
