package BeringShare::WebSocket;

# Talks over GET /api/ws. The events are apart from the first frame (connected) and the answers to what was sent.

use Mojo::Base 'BeringShare::Stream', -signatures;
use BeringShare::Wait qw(wait_until);
use Mojo::JSON qw(decode_json encode_json);
use Mojo::Util qw(url_escape);

has 'connected';              # the first frame
has pings   => 0;             # received
has answers => sub { [] };    # {"type": "ok" or "error", ...}

sub open ($class, $client, %options) {
    my $self    = $class->new(client => $client);
    my %headers = %{$options{headers} // {}};
    my @query;
    if ($options{token_in_url}) { push @query, 'token=' . url_escape $client->token }
    elsif (defined $client->token) { $headers{Authorization} = 'Bearer ' . $client->token }
    push @query, 'last_event_id=' . url_escape $options{last_event_id} if defined $options{last_event_id};
    my $url = $client->server->url =~ s/^http/ws/r . '/api/ws' . (@query ? '?' . join '&', @query : '');
    my $ua  = $client->new_ua->inactivity_timeout(0);
    my $tx  = $ua->build_websocket_tx($url => \%headers);
    $self->{own_ua} = $ua;
    $self->tx($tx);
    $ua->start($tx => sub ($ua, $upgraded) {
        $self->tx($upgraded);
        $self->status($upgraded->res->code // 0);
        if (!$upgraded->is_websocket) {
            $self->failure($upgraded->res->error ? $upgraded->res->error->{message} : 'no upgrade')->ended(1);
            return;
        }
        $upgraded->max_websocket_size(16 * 1024 * 1024);
        $upgraded->on(frame  => sub ($tx, $frame) { $self->{pings} = $self->pings + 1 if $frame->[4] == 9 });
        $upgraded->on(text   => sub ($tx, $text) { $self->receive(decode_json($text)) });
        $upgraded->on(finish => sub ($tx, $code, $reason = '') { $self->close_code($code)->ended(1) });
    });
    if ($options{wait_open} // 1) {
        wait_until(sub { $self->connected || $self->ended });
        die 'no WebSocket: ' . ($self->failure // 'status ' . $self->status) unless $self->connected;
    }
    return $self;
}

sub receive ($self, $json) {
    if    (!$self->connected)      { $self->connected($json) }
    elsif (defined $json->{event}) { push @{$self->events}, {id => $json->{id}, data => $json} }
    else                           { push @{$self->answers}, $json }
}

# Sends a frame: a structure as JSON text, or whatever Mojo takes ({text => ...}, {binary => ...}).
sub send_raw ($self, $frame) { $self->tx->send($frame) }

# Sends one piece of input and waits for its answer; undef if the connection ended instead.
sub ask ($self, $input) {
    my $before = @{$self->answers};
    $self->send_raw({text => ref $input ? encode_json($input) : $input});
    wait_until(sub { @{$self->answers} > $before || $self->ended });
    return $self->answers->[$before];
}

# Ends politely.
sub finish ($self) {
    $self->tx->finish(1000);
    $self->wait_end;
    return $self;
}

1;
