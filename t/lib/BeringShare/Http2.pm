package BeringShare::Http2;

# An HTTP/2 client that can send what no proper one would, frame by frame. Of answers it knows the status, the body and how they
# ended: for their headers, ask with curl.
#
#     my $http2 = BeringShare::Http2->open($server);          # options: settings => {id => value}, narrow => 1: as of a slow reader far away
#     my $stream = $http2->request(GET => '/api/users', token => $alice->token);
#     is $http2->wait_answer($stream)->{status}, 200;

use Mojo::Base -base, -signatures;
use BeringShare::EventStream;
use BeringShare::Wait qw(wait_until);
use Errno qw(EAGAIN EWOULDBLOCK EINTR);
use Exporter qw(import);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::SSL;
use Mojo::JSON qw(decode_json encode_json);
use Socket qw(inet_aton pack_sockaddr_in IPPROTO_TCP SOL_SOCKET SO_RCVBUF TCP_MAXSEG);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

our @EXPORT_OK = qw(frame header_block);

our %TYPES = (data => 0, headers => 1, priority => 2, reset => 3, settings => 4, promise => 5, ping => 6, goaway => 7, window => 8,
    continuation => 9);
our ($END_STREAM, $END_HEADERS, $PRIORITY, $ACK) = (1, 4, 0x20, 1);

has [qw(server socket)];
has closed    => 0;           # the server has ended the connection
has goaway    => undef;       # the error code of a GOAWAY, if one has come
has streams   => sub { {} };  # id => {status, body, ended, reset (error code)}
has pings     => 0;           # answered
has settings  => 0;           # acknowledged
has next_id   => 1;
has is_greedy => 1;           # gives back what it reads to the windows
has buffer    => '';

sub open ($class, $server, %options) {
    my $plain = IO::Socket::INET->new(Proto => 'tcp') or die "no socket: $@";
    if ($options{narrow}) {
        setsockopt $plain, SOL_SOCKET, SO_RCVBUF, pack 'i', 4096;
        setsockopt $plain, IPPROTO_TCP, TCP_MAXSEG, pack 'i', 536;
    }
    $plain->connect(pack_sockaddr_in($server->{tls_port}, inet_aton($server->address))) or die "cannot connect: $!";
    syswrite $plain, $options{before} if defined $options{before};
    my $socket = IO::Socket::SSL->start_SSL($plain, SSL_alpn_protocols => ['h2'], SSL_verify_mode => SSL_VERIFY_NONE)
        or die "no handshake: $SSL_ERROR";
    die 'the server does not speak HTTP/2' unless ($socket->alpn_selected // '') eq 'h2';
    $socket->blocking(0);
    my $self = $class->new(server => $server, socket => $socket);
    my $settings = join '', map { pack 'nN', $_, $options{settings}{$_} } sort keys %{$options{settings} // {}};
    $self->send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame('settings', 0, 0, $settings)) unless $options{silent};
    return $self;
}

sub local_port ($self) { return $self->socket->sockport }
sub worker     ($self) { return $self->server->worker_of_tls_port($self->local_port) }

# ---- sending ----

sub frame ($type, $flags, $stream, $payload = '') {
    return substr(pack('N', length $payload), 1) . pack('CCN', $TYPES{$type} // $type, $flags, $stream) . $payload;
}

sub integer ($value, $bits, $first) {
    my $most = (1 << $bits) - 1;
    return chr($first | $value) if $value < $most;
    my $bytes = chr($first | $most);
    for ($value -= $most; $value >= 128; $value >>= 7) { $bytes .= chr(128 | $value & 127) }
    return $bytes . chr $value;
}

# Literal fields, which are not indexed: [[name, value], ...].
sub header_block (@fields) {
    return join '', map { "\0" . integer(length $_->[0], 7, 0) . $_->[0] . integer(length $_->[1], 7, 0) . $_->[1] } @fields;
}

# The header block of a request. Options: token, type, headers => [[name, value]].
sub head ($self, $method, $path, %options) {
    return header_block(
        [':method', $method], [':scheme', 'https'], [':path', $path],
        [':authority', $self->server->address . ':' . $self->server->{tls_port}],
        defined $options{token} ? ['authorization', "Bearer $options{token}"] : (),
        defined $options{type} ? ['content-type', $options{type}] : (),
        @{$options{headers} // []},
    );
}

# The frames of a request, and its stream's id. Options: those of head, body (bytes), json, open => 1: more is to come, after => id:
# of the stream whose answer is to come first.
sub request_frames ($self, $method, $path, %options) {
    my $id = $self->next_id;
    $self->next_id($id + 2);
    if (defined $options{json}) { @options{qw(body type)} = (encode_json($options{json}), 'application/json') }
    my $body  = $options{body};
    my $flags = $END_HEADERS | (defined $body || $options{open} ? 0 : $END_STREAM);
    my $priority = $options{after} ? pack('NC', $options{after}, 15) : '';
    my $bytes = frame('headers', $flags | (length $priority ? $PRIORITY : 0), $id, $priority . $self->head($method, $path, %options));
    $bytes .= frame('data', $options{open} ? 0 : $END_STREAM, $id, $body) if defined $body;
    $self->streams->{$id} = {body => ''};
    return ($id, $bytes);
}

# Sends a request; its stream's id.
sub request ($self, @arguments) {
    my ($id, $bytes) = $self->request_frames(@arguments);
    $self->send($bytes);
    return $id;
}

# Sends bytes, at most what a minute lets through; stops when the server ends the connection. Options: blind => reads nothing.
sub send ($self, $bytes, %options) {
    my $deadline = clock_gettime(CLOCK_MONOTONIC) + 60;
    $self->{unsent_bytes} .= $bytes;
    while (!$self->closed && length $self->{unsent_bytes} && clock_gettime(CLOCK_MONOTONIC) < $deadline) {
        IO::Select->new($self->socket)->can_write(0.5);
        if ($options{blind}) { $self->flush }
        else                 { $self->take }
    }
    return $self;
}

# Writes what the socket takes now of what is to be sent.
sub flush ($self) {
    local $SIG{PIPE} = 'IGNORE';
    while (length($self->{unsent_bytes} // '') && !$self->closed) {
        my $sent = syswrite $self->socket, $self->{unsent_bytes}, 16384;
        if (!defined $sent) {
            $self->closed(1) unless $!{EAGAIN} || $!{EWOULDBLOCK} || $!{EINTR};
            last;
        }
        substr $self->{unsent_bytes}, 0, $sent, '';
    }
}

# ---- receiving ----

# Takes what has arrived, and sends what that asks for.
sub take ($self) {
    $self->flush;
    while (!$self->closed) {
        my $got = sysread $self->socket, my $bytes, 16384;
        if ($got) { $self->{buffer} .= $bytes; next }
        $self->closed(1) if defined $got || !($!{EAGAIN} || $!{EWOULDBLOCK} || $!{EINTR});
        last;
    }
    while (length($self->{buffer} //= '') >= 9) {
        my ($high, $low, $type, $flags, $stream) = unpack 'CnCCN', $self->{buffer};
        my $length = $high << 16 | $low;
        last if length $self->{buffer} < 9 + $length;
        my $payload = substr $self->{buffer}, 9, $length;
        substr $self->{buffer}, 0, 9 + $length, '';
        $self->received($type, $flags, $stream & 0x7fffffff, $payload);
    }
    $self->flush;
    return $self;
}

my %STATUSES = (8 => 200, 9 => 204, 10 => 206, 11 => 304, 12 => 400, 13 => 404, 14 => 500);

# The status is the first field, as h2o writes it: of the static table, or three digits.
sub status_of ($block) {
    my $first = ord $block;
    return $first & 128 ? $STATUSES{$first & 127} : substr $block, 2, 3;
}

sub received ($self, $type, $flags, $id, $payload) {
    my $stream = $self->streams->{$id} //= {body => ''};
    if ($type == $TYPES{headers}) {
        $stream->{status} //= status_of($payload);
    } elsif ($type == $TYPES{data}) {
        $stream->{body} .= $payload;
        my $more = pack 'N', length $payload;
        $self->{unsent_bytes} .= frame('window', 0, 0, $more) . frame('window', 0, $id, $more) if length $payload && $self->is_greedy;
    } elsif ($type == $TYPES{reset}) {
        $stream->{reset} = unpack 'N', $payload;
    } elsif ($type == $TYPES{goaway}) {
        $self->goaway((unpack 'NN', $payload)[1]);
    } elsif ($type == $TYPES{ping}) {
        $self->pings($self->pings + 1);
    } elsif ($type == $TYPES{settings}) {
        if ($flags & $ACK) { $self->settings($self->settings + 1) }
        else               { $self->{unsent_bytes} .= frame('settings', $ACK, 0) }
    }
    $stream->{ended} = 1 if $type <= $TYPES{headers} && $flags & $END_STREAM;
}

# Reads until the condition holds; true if it does.
sub wait_for ($self, $condition) {
    return wait_until(sub { $self->take; return $condition->() || ($self->closed && 'closed') }) && !!$condition->();
}

# The whole answer: {status, body, json}; with `reset` instead if it was refused, empty if the connection ended.
sub wait_answer ($self, $id) {
    my $stream = $self->streams->{$id};
    $self->wait_for(sub { $stream->{ended} || defined $stream->{reset} });
    return {%$stream, json => scalar eval { decode_json($stream->{body}) }};
}

sub ask ($self, @arguments) { return $self->wait_answer($self->request(@arguments)) }

sub wait_closed ($self) { return $self->wait_for(sub { $self->closed }) }

# ---- server-sent events ----

# Opens an event stream; its id. Options: last_event_id, path.
sub events ($self, $client, %options) {
    my @headers = defined $options{last_event_id} ? (headers => [['last-event-id', $options{last_event_id}]]) : ();
    my $id = $self->request(GET => $options{path} // '/api/events', token => $client->token, @headers);
    $self->wait_for(sub { $self->streams->{$id}{body} =~ /\nid: / || defined $self->streams->{$id}{reset} });
    return $id;
}

# What has come on a stream, as an EventStream: its events, bodies, last_id.
sub seen ($self, $id) {
    my $events = BeringShare::EventStream->new;
    $events->parse($self->streams->{$id}{body});
    return $events;
}

# The texts of the messages that a stream has received, once there are so many.
sub wait_bodies ($self, $id, $count) {
    $self->wait_for(sub { @{$self->seen($id)->bodies} >= $count || $self->streams->{$id}{ended} });
    return $self->seen($id)->bodies;
}

sub close ($self) { close $self->socket }

# Waits until the server has sent all that the sockets take, and some of it waits in the kernel: this side does not read.
sub wait_stuck ($self) {
    my $before = 0;
    return wait_until(sub {
        my $now  = $self->unsent;
        my $same = $now > 0 && $now == $before;
        $before = $now;
        return $same;
    });
}

# The bytes that the server's kernel holds for us.
sub unsent ($self) {
    my ($own, $other) = map { sprintf '%04X', $_ } $self->local_port, $self->server->{tls_port};
    CORE::open my $table, '<', '/proc/net/tcp' or die "/proc/net/tcp: $!";
    my @sent = map { /^\s*\d+: [0-9A-F]{8}:$other [0-9A-F]{8}:$own \S+ ([0-9A-F]{8}):/ ? hex $1 : () } <$table>;
    return $sent[0] // 0;
}

1;
