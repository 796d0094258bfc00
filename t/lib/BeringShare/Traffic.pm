package BeringShare::Traffic;

# Constant traffic while something happens to the server: some write to a channel all the time, on connections that they keep
# and on new ones; one may listen, and comes back from where it was whenever its stream ends.
#
#     my $traffic = BeringShare::Traffic->new(author => $alice, channel => $channel, listener => $bob)->start;
#     ok $traffic->wait_until(sub { ... }), 'meanwhile';
#     $traffic->goes_on(50);
#     $traffic->stop;
#     is_deeply $traffic->failed, [], 'not one request has failed';

use Mojo::Base -base, -signatures;
use BeringShare::Wait ();
use Test::More;

has [qw(author channel)];
has 'listener';    # undef: nobody
has kept   => sub { [0, 0, 4, 4] };    # how many connections each of those who write keeps
has failed => sub { [] };              # what was not answered with 200
has stored => sub { [] };              # the texts of what was
has heard  => sub { [] };              # by streams that have ended
has [qw(posted running is_stopping)] => 0;
has stream => undef;

sub start ($self) {
    $self->stream($self->listener->events) if $self->listener;
    $self->running(scalar @{$self->kept});
    $self->post_on($self->author->with(own_ua => ref($self->author)->new_ua->max_connections($_))) for @{$self->kept};
    return $self;
}

sub post_on ($self, $poster) {
    return $self->running($self->running - 1) if $self->is_stopping;
    my $text = 'message ' . $self->posted($self->posted + 1)->posted;
    $poster->request_p('POST', '/api/messages/channel', {channel => $self->channel, body => $text})->then(sub ($answer) {
        $answer->status == 200 ? push @{$self->stored}, $text : push @{$self->failed}, "$text: " . $answer->summary;
        $self->post_on($poster);
    });
    return;
}

# A worker that has taken a connection and is about to end says 503 and Retry-After: one comes again.
sub keep_listening ($self) {
    my $stream = $self->stream;
    return if !$stream || !$stream->ended;
    my $from = @{$stream->events} ? $stream->events->[-1]{id} : $stream->{resumed_from};
    my $next = eval { $self->listener->events(last_event_id => $from) } or return $@ =~ /status 503/ || die $@;
    push @{$self->heard}, @{$stream->bodies};
    $next->{resumed_from} = $from;
    $self->stream($next);
    return;
}

sub wait_until ($self, $condition) {
    return BeringShare::Wait::wait_until(sub { $self->keep_listening; return $condition->() });
}

sub goes_on ($self, $count) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $goal = @{$self->stored} + $count;
    return ok $self->wait_until(sub { @{$self->stored} >= $goal }), 'posting goes on';
}

sub stop ($self) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $self->is_stopping(1);
    return ok $self->wait_until(sub { $self->running == 0 }), 'all posters have ended';
}

# All that was heard, up to a last message with this text.
sub heard_until ($self, $text) {
    $self->wait_until(sub { grep { $_ eq $text } @{$self->stream->bodies} });
    return [@{$self->heard}, @{$self->stream->bodies}];
}

1;
