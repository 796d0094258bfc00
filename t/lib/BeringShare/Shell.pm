package BeringShare::Shell;

# Commands as README shows them, in a folder of their own: run to their end, or started like in another terminal, until they
# are stopped, at the latest with the test.

use Mojo::Base -base, -signatures;
use BeringShare::Process qw(read_file run_command wait_exit);
use File::Temp ();
use Scalar::Util qw(weaken);

our @RUNNING;

has folder      => sub { File::Temp->newdir('beringshare-shell-XXXXXXXX', TMPDIR => 1) };
has environment => sub { {} };    # besides the test's own
has running     => sub { {} };

sub command ($self, $text) { return ['sh', '-ec', 'cd ' . $self->quoted($self->folder) . "\n$text"] }

sub quoted ($self, $text) { return q(') . ($text =~ s/'/'\\''/gr) . q(') }

# Runs commands to their end: as run_command.
sub run ($self, $text) { return run_command($self->command($text), environment => {%ENV, %{$self->environment}}) }

# Starts commands: what they have printed so far can be asked for.
sub start ($self, $name, $text) {
    my $path = $self->folder . "/$name.out";
    unlink $path;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        setpgrp 0, 0;
        $SIG{$_} = 'DEFAULT' for qw(INT QUIT);    # as at a terminal, even if the tests run in the background
        %ENV = (%ENV, %{$self->environment});
        open STDIN,  '<',  '/dev/null';
        open STDOUT, '>',  $path;
        open STDERR, '>&', \*STDOUT;
        my $command = $self->command($text);
        { no warnings 'exec'; exec {$command->[0]} @$command; }
        POSIX::_exit(127);
    }
    $self->running->{$name} = $pid;
    push @RUNNING, $self;
    weaken $RUNNING[-1];
    return sub { read_file($path) // '' };
}

# Ends what was started, as Ctrl-C does, or with another signal: the wait status, undef if it does not end.
sub stop ($self, $name, $signal = 'INT') {
    my $pid = delete $self->running->{$name} // die "$name is not running";
    kill $signal => -$pid;
    my $status = wait_exit($pid, 60);
    kill KILL => -$pid;
    return $status;
}

sub stop_all ($self) {
    $self->stop($_, 'TERM') for sort keys %{$self->running};
    return $self;
}

END {
    my $status = $?;
    for my $pid (map { values %{$_->running} } grep {defined} @RUNNING) {
        kill KILL => -$pid;
        waitpid $pid, 0;
    }
    $? = $status;
}

1;
