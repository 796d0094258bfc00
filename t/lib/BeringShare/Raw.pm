package BeringShare::Raw;

# A bare connection, for what no proper client would send, or for one that does not read.

use Mojo::Base -base, -signatures;
use BeringShare::Answer;
use BeringShare::EventStream;
use IO::Select;
use IO::Socket::INET;
use Mojo::Message::Response;
use Socket qw(SOL_SOCKET SO_RCVBUF);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

has [qw(server socket)];
has closed   => 0;            # the server has ended the connection
has received => '';

# Options: receive_buffer (bytes).
sub open ($class, $server, %options) {
    my $socket = IO::Socket::INET->new(
        PeerAddr => $server->address,
        PeerPort => $server->port,
        $options{receive_buffer} ? (Sockopts => [[SO_RCVBUF, pack 'i', $options{receive_buffer}]]) : (),
    ) or die "cannot connect: $@";
    $socket->blocking(0);
    return $class->new(server => $server, socket => $socket);
}

sub local_port ($self) { return $self->socket->sockport }
sub worker     ($self) { return $self->server->worker_of_port($self->local_port) }

# Sends bytes, at most what a minute lets through; stops when the server refuses or ends the connection.
sub send ($self, $bytes) {
    local $SIG{PIPE} = 'IGNORE';
    my $deadline = clock_gettime(CLOCK_MONOTONIC) + 60;
    while (length $bytes && clock_gettime(CLOCK_MONOTONIC) < $deadline) {
        last if $self->received =~ m{\AHTTP/1\.1 4\d\d .*?\r\n\r\n}s;
        next unless IO::Select->new($self->socket)->can_write(0.5);
        my $sent = syswrite $self->socket, $bytes;
        if    (defined $sent)  { substr $bytes, 0, $sent, '' }
        elsif (!$!{EAGAIN})    { last }
        $self->take;
    }
    return $self;
}

# Takes what has arrived; false when there was nothing within the time.
sub take ($self, $seconds = 0) {
    return 0 if $self->closed || !IO::Select->new($self->socket)->can_read($seconds);
    my $got = sysread $self->socket, my $bytes, 65536;
    if    ($got)                           { $self->{received} .= $bytes }
    elsif (defined $got || !$!{EAGAIN})    { $self->closed(1) }
    return 1;
}

# Everything until the server ends the connection; check closed.
sub read_to_end ($self, $seconds = 60) {
    my $deadline = clock_gettime(CLOCK_MONOTONIC) + $seconds;
    $self->take(0.2) while !$self->closed && clock_gettime(CLOCK_MONOTONIC) < $deadline;
    return $self->received;
}

# The first answer in what was received, which is read until it is complete, the server closes or time is up.
sub answer ($self, $seconds = 60) {
    my $deadline = clock_gettime(CLOCK_MONOTONIC) + $seconds;
    while (!$self->closed && clock_gettime(CLOCK_MONOTONIC) < $deadline) {
        my ($head, $body) = split /\r\n\r\n/, $self->received, 2;
        last if defined $body && $head =~ /^content-length:\s*(\d+)/im && length $body >= $1;
        $self->take(0.2);
    }
    return BeringShare::Answer->from_text($self->received);
}

# The complete events in what was received, if it is an answer of GET /api/events.
sub events ($self) {
    my $stream   = BeringShare::EventStream->new;
    my $response = Mojo::Message::Response->new->max_message_size(0);
    $response->content->on(body => sub ($content) {
        $content->relaxed(1);
        $content->unsubscribe('read')->on(read => sub ($content, $bytes) { $stream->parse($bytes) });
    });
    $response->parse($self->received);
    return $stream->events;
}

sub close ($self) { $self->socket->close }

1;
