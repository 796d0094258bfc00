package BeringShare::CompanionProcess;

# The other side of BeringShare::Companion: a process that does what it is asked, and ends with the test.

use Mojo::Base -base, -signatures;
use IO::Handle;
use Mojo::IOLoop;
use Mojo::IOLoop::Stream;
use Mojo::JSON qw(decode_json encode_json);
use POSIX ();

has options   => sub { {} };
has streams   => sub { {} };          # open connections by their number
has listening => undef;

sub serve ($class) {
    my $self   = $class->new;
    my $input  = Mojo::IOLoop::Stream->new(\*STDIN)->timeout(0);
    my $buffer = '';
    local $SIG{PIPE} = 'IGNORE';
    STDOUT->autoflush(1);
    $input->on(read => sub ($stream, $bytes) {
        $buffer .= $bytes;
        while ($buffer =~ s/^(.*)\n//) {
            my ($method, @arguments) = @{decode_json($1)};
            my $result = eval { $self->$method(@arguments) };
            print encode_json(length $@ ? {error => $@} : {result => $result}), "\n";
        }
    });
    $input->on($_ => sub { POSIX::_exit(0) }) for qw(close error);
    Mojo::IOLoop->stream($input);
    Mojo::IOLoop->start;
}

sub begin ($self, $options) {
    $self->options($options);
    $self->up;
    return 1;
}

sub up ($self) {
    return 1 if $self->listening;
    my $options = $self->options;
    my $number  = 0;
    $self->listening(Mojo::IOLoop->server({address => $options->{address}, port => $options->{port}, %{$options->{tls} // {}}},
        sub ($loop, $stream, $id) {
            $self->streams->{$id} = $stream->timeout(0);
            $stream->on(close => sub { delete $self->streams->{$id} });
            $stream->on(error => sub { });
            $self->accepted($stream, ++$self->{accepted_so_far});
        }));
    return 1;
}

# Nobody listens any more, and all connections are cut.
sub down ($self) {
    Mojo::IOLoop->remove($self->listening) if $self->listening;
    $self->listening(undef);
    $self->cut_all;
    return 1;
}

sub cut_all ($self) {
    $_->close for values %{$self->streams};
    return 1;
}

1;
