package BeringShare::EventStream;

# Reads GET /api/events, or another path like it: frames of server-sent events.

use Mojo::Base 'BeringShare::Stream', -signatures;
use BeringShare::Wait qw(wait_until);
use Mojo::JSON qw(decode_json);
use Mojo::Util qw(url_escape);

has comments => 0;            # keep-alive comments received
has buffer   => '';
has headers  => sub { {} };
has ended_cleanly => 0;       # the answer was complete

sub open ($class, $client, %options) {
    my $self    = $class->new(client => $client);
    my %headers = (Accept => 'text/event-stream', %{$options{headers} // {}});
    my @query;
    if ($options{token_in_url}) { push @query, 'token=' . url_escape $client->token }
    elsif (defined $client->token) { $headers{Authorization} = 'Bearer ' . $client->token }
    if (defined $options{last_event_id}) {
        if ($options{resume_in_url}) { push @query, 'last_event_id=' . url_escape $options{last_event_id} }
        else                         { $headers{'Last-Event-ID'} = $options{last_event_id} }
    }
    my $url = $client->server->url . ($options{path} // '/api/events') . (@query ? '?' . join '&', @query : '');
    my $ua  = $client->new_ua->inactivity_timeout(0);
    my $tx  = $ua->build_tx(GET => $url => \%headers);
    $self->{own_ua} = $ua;
    $self->tx($tx);
    my $response = $tx->res;
    $response->max_message_size(0);
    $response->content->on(body => sub ($content) {
        $self->status($response->code);
        $self->headers($response->headers);
        return unless $response->code == 200;
        $content->relaxed(1);
        $content->unsubscribe('read')->on(read => sub ($content, $bytes) { $self->parse($bytes) });
    });
    $ua->start_p($tx)->then(
        sub ($done)    { $self->ended_cleanly(1) },
        sub ($failure) { $self->failure($failure) },
    )->finally(sub { $self->ended(1) });
    if ($options{wait_open} // 1) {
        wait_until(sub { $self->status || $self->ended });
        die 'no stream: ' . ($self->failure // 'status ' . $self->status) unless $self->status == 200;
    }
    return $self;
}

sub parse ($self, $bytes) {
    $self->{buffer} .= $bytes;
    while ($self->{buffer} =~ s/\A(.*?)\r?\n\r?\n//s) {
        my (%event, @data);
        for my $line (split /\r?\n/, $1) {
            if    ($line =~ /^:/)            { $self->{comments} = $self->comments + 1 }
            elsif ($line =~ /^id: ?(.*)/)    { $event{id} = $1 }
            elsif ($line =~ /^data: ?(.*)/)  { push @data, $1 }
        }
        push @{$self->events}, {%event, data => decode_json(join "\n", @data)} if @data;
    }
}

1;
