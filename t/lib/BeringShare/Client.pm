package BeringShare::Client;

# Somebody who talks to a server: a user, the administrator, or nobody (no token).

use Mojo::Base -base, -signatures;
use BeringShare::Answer;
use BeringShare::EventStream;
use BeringShare::WebSocket;
use Mojo::Promise;
use Mojo::UserAgent;

has [qw(server token id username password own_ua)];

sub new_ua ($class) {
    my $ua = Mojo::UserAgent->new(
        inactivity_timeout => 120,
        connect_timeout    => 60,
        max_response_size  => 0,
        max_connections    => 64,
        insecure           => 1,
    );
    $ua->cookie_jar->ignore(sub { 1 });    # many users share it: a test that wants a cookie sends it itself
    return $ua;
}

sub ua ($self) { return $self->own_ua // $self->server->ua }

# A promise of an Answer that is always kept. json may be undef for no body; options: body (bytes), type, headers (hash;
# undef takes one away), url (instead of the server's).
sub request_p ($self, $method, $path, $json = undef, %options) {
    my %headers = (defined $self->token ? (Authorization => 'Bearer ' . $self->token) : (), %{$options{headers} // {}});
    delete @headers{grep { !defined $headers{$_} } keys %headers};
    my @content;
    if (defined $options{body}) {
        $headers{'Content-Type'} //= $options{type} // 'application/json' unless exists $options{type} && !defined $options{type};
        @content = ($options{body});
    } elsif (defined $json) {
        @content = (json => $json);
    }
    my $tx = $self->ua->build_tx($method => ($options{url} // $self->server->url) . $path => \%headers => @content);
    return $self->ua->start_p($tx)->then(
        sub ($done)    { return BeringShare::Answer->from_transaction($done) },
        sub ($failure) { return BeringShare::Answer->from_transaction($tx, $failure) },
    );
}

sub request ($self, @arguments) {
    my $answer;
    $self->request_p(@arguments)->then(sub ($it) { $answer = $it })->wait;
    return $answer;
}

sub get    ($self, @arguments) { return $self->request(GET    => @arguments) }
sub post   ($self, @arguments) { return $self->request(POST   => @arguments) }
sub put    ($self, @arguments) { return $self->request(PUT    => @arguments) }
sub delete ($self, @arguments) { return $self->request(DELETE => @arguments) }

# Sends many requests, so many at a time: [[method, path, json], ...] to answers in the same order.
sub request_many ($self, $requests, $at_once = 16) {
    return [] unless @$requests;
    my @answers;
    Mojo::Promise->map({concurrency => $at_once}, sub { $self->request_p(@$_) }, @$requests)
        ->then(sub (@kept) { @answers = map { $_->[0] } @kept })->wait;
    return \@answers;
}

# ---- accounts ----

# The answer of a login as this user; nothing of the client changes.
sub try_login ($self, $password = $self->password, $username = $self->username) {
    return $self->anonymous->post('/api/login', {username => $username, password => $password});
}

# The same user with a new session.
sub login ($self, $password = $self->password) {
    my $answer = $self->try_login($password);
    die 'cannot log in as ' . $self->username . ': ' . $answer->summary unless $answer->status == 200;
    return $self->with(token => $self->server->keep_secret($answer->json->{token}), password => $password);
}

# The headers of a browser that has signed in: its cookie, and that the request is of the server's own page.
sub by_cookie ($class, $name, $token, %headers) {
    return (headers => {Cookie => "$name=$token", 'Sec-Fetch-Site' => 'same-origin', %headers});
}

# A copy with something else.
sub with ($self, %changes) { return ref($self)->new(%$self, %changes) }

sub anonymous ($self) { return $self->with(token => undef) }

# The same person on a connection of its own that this process of the server holds.
sub on_worker ($self, $pid) {
    for (1 .. 500) {
        my $pinned = $self->with(own_ua => ref($self)->new_ua->max_connections(1));
        my $answer = $pinned->get('/health');
        return $pinned if $answer->status == 200 && ($self->server->worker_of_port($answer->local_port) // 0) == $pid;
    }
    die "no connection reached the worker $pid";
}

# ---- messages ----

sub message_id_of ($answer, $what) {
    die "cannot send $what: " . $answer->summary unless $answer->status == 200;
    return $answer->json->{message_id};
}

# Sends a direct message; its id.
sub tell ($self, $recipient, $body) {
    return message_id_of($self->post('/api/messages/dm', {recipient => $recipient, body => $body}), 'a message');
}

# Sends a message to a channel (name or id); its id.
sub say ($self, $channel, $body) {
    return message_id_of($self->post('/api/messages/channel', {channel => $channel, body => $body}), 'a message');
}

# The bodies of a channel's history, oldest first.
sub channel_bodies ($self, $id, $query = '') { return bodies_of($self->get("/api/messages/channel/$id$query")) }
sub direct_bodies  ($self, $id, $query = '') { return bodies_of($self->get("/api/messages/dm/$id$query")) }

sub bodies_of ($answer) {
    return $answer->status == 200 ? [map { $_->{body} } @{$answer->json // []}] : $answer->summary;
}

# ---- streams ----

# Options of all: last_event_id, token_in_url, resume_in_url, headers, wait_open (default true); of events: path.
sub events    ($self, %options) { return BeringShare::EventStream->open($self, %options) }
sub websocket ($self, %options) { return BeringShare::WebSocket->open($self, %options) }

sub events_on    ($self, $pid, %options) { return $self->stream_on('events',    $pid, %options) }
sub websocket_on ($self, $pid, %options) { return $self->stream_on('websocket', $pid, %options) }

# A stream that this process of the server holds.
sub stream_on ($self, $kind, $pid, %options) {
    for (1 .. 500) {
        my $stream = $self->$kind(%options);
        return $stream if ($stream->worker // 0) == $pid;
        $stream->close;
    }
    die "no stream reached the worker $pid";
}

1;
