package BeringShare::Stream;

# What SSE and WebSocket readers have in common: the events received so far, and waiting for the next ones. An event is
# {id, data}, data being the decoded JSON.

use Mojo::Base -base, -signatures;
use BeringShare::Wait qw(wait_until);
use Mojo::IOLoop;

has [qw(client tx failure close_code)];
has status => 0;              # of the HTTP answer
has ended  => 0;
has events => sub { [] };

sub local_port ($self) { return $self->tx->local_port }

# The process that holds the server's end.
sub worker ($self) { return $self->client->server->worker_of_port($self->local_port) }

# The first event that the filter (given the data) likes, among those received or still to come; undef when it gave up.
sub wait_event ($self, $filter, $seconds = $BeringShare::Wait::PATIENCE) {
    my $seen = 0;
    my $found;
    wait_until(sub {
        my $events = $self->events;
        while ($seen < @$events) {
            my $event = $events->[$seen++];
            return $found = $event if $filter->($event->{data});
        }
        return $self->ended;
    }, $seconds);
    return $found;
}

sub wait_named ($self, $name) {
    return $self->wait_event(sub ($data) { $data->{event} eq $name });
}

# The new_message event with this text.
sub wait_message ($self, $body) {
    return $self->wait_event(sub ($data) { $data->{event} eq 'new_message' && $data->{message}{body} eq $body });
}

# The presence_changed event that says this of a user.
sub wait_presence ($self, $user_id, $online) {
    return $self->wait_event(sub ($data) {
        return $data->{event} eq 'presence_changed'
            && grep { $_->{user_id} eq $user_id && !!$_->{is_online} eq !!$online } @{$data->{users} // []};
    });
}

sub wait_end ($self) { return wait_until(sub { $self->ended }) }

# All messages' texts so far, in order.
sub bodies ($self) {
    return [map { $_->{data}{message}{body} } grep { $_->{data}{event} eq 'new_message' } @{$self->events}];
}

sub named ($self, $name) { return grep { $_->{data}{event} eq $name } @{$self->events} }

sub last_id ($self) {
    my @ids = grep {defined} map { $_->{id} } @{$self->events};
    return $ids[-1];
}

# Ends the connection without ceremony and waits until the server has seen it, too.
sub close ($self) {
    Mojo::IOLoop->remove($self->tx->connection) if defined $self->tx->connection && !$self->ended;
    my $server = $self->client->server;
    wait_until(sub { !defined $server->worker_of_port($self->local_port) }) if defined $self->local_port;
    return $self;
}

1;
