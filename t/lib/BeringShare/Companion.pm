package BeringShare::Companion;

# What the tests' helpers that run in a process of their own have in common, so that they go on while a test waits for
# something else: started, asked for something (a line of JSON each way), ended. BeringShare::Peer is the test's side of
# BeringShare::PeerProcess, and so on.

use Mojo::Base -base, -signatures;
use Carp qw(croak);
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IO::Handle;
use IO::Select;
use Mojo::JSON qw(decode_json encode_json);
use BeringShare::Server;

our @RUNNING;
my $LIBRARY = abs_path(dirname(__FILE__) . '/..');

has [qw(pid port to from)];
has address => sub { BeringShare::Server::own_address() };
has scheme  => 'http';
has url     => sub ($self) { return $self->scheme . '://' . $self->address . ':' . $self->port };

# Starts the process and gives it its address and these options.
sub launch ($self, %options) {
    my $class = ref($self) . 'Process';
    pipe my $child_in, my $to   or die "pipe: $!";
    pipe my $from, my $child_out or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN,  '<&', $child_in;
        open STDOUT, '>&', $child_out;
        exec $^X, "-I$LIBRARY", "-M$class", '-e', "$class->serve";
    }
    $to->autoflush(1);
    $self->pid($pid)->to($to)->from($from)->port($self->port // BeringShare::Server::free_port($self->address));
    push @RUNNING, $self;
    $self->ask(begin => {address => $self->address, port => $self->port, %options});
    return $self;
}

# What a method of the process answers.
sub ask ($self, $method, @arguments) {
    local $SIG{PIPE} = 'IGNORE';
    print {$self->to} encode_json([$method, @arguments]), "\n";
    my $line = IO::Select->new($self->from)->can_read($BeringShare::Wait::PATIENCE) ? readline $self->from : undef;
    croak ref($self) . " has no answer to $method" unless defined $line;
    my $answer = decode_json($line);
    croak ref($self) . " failed in $method: $answer->{error}" if defined $answer->{error};
    return $answer->{result};
}

sub end ($self) {
    kill KILL => $self->pid;
    waitpid $self->pid, 0;
    @RUNNING = grep { $_ != $self } @RUNNING;
}

END {
    my $status = $?;
    $_->end for @RUNNING;
    $? = $status;
}

1;
