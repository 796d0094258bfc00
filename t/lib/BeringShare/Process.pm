package BeringShare::Process;

# What /proc tells: whose children a process has, which process holds a connection, what is left of a server. And running
# a command to its end.

use Mojo::Base -strict, -signatures;
use Exporter qw(import);
use File::Temp ();
use POSIX qw(WNOHANG);
use Socket qw(inet_aton);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep);

our @EXPORT_OK = qw(children holder_of_connection holders_of_environment is_alive members_of_sessions read_file run_command
    session_of wait_exit write_file);

sub read_file ($path) {
    open my $file, '<:raw', $path or return undef;
    local $/;
    return scalar <$file>;
}

sub write_file ($path, $bytes) {
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $bytes;
    close $file or die "$path: $!";
    return $path;
}

sub pids () {
    opendir my $directory, '/proc' or die "/proc: $!";
    return grep {/^\d+$/} readdir $directory;
}

# The fields of /proc/PID/stat behind the command's name: state, parent, ...
sub status_fields ($pid) {
    my $stat = read_file("/proc/$pid/stat") // return;
    return split ' ', $stat =~ s/^.*\) //sr;
}

sub is_alive ($pid) {
    my ($state) = status_fields($pid);
    return defined $state && $state ne 'Z';
}

sub children ($parent) {
    return sort { $a <=> $b } grep {
        my ($state, $its_parent) = status_fields($_);
        defined $its_parent && $its_parent == $parent && $state ne 'Z';
    } pids();
}

# The processes that were started with this KEY=value in their environment.
sub holders_of_environment ($entry) {
    return grep {
        my $environment = read_file("/proc/$_/environ");
        is_alive($_) && defined $environment && grep { $_ eq $entry } split /\0/, $environment;
    } pids();
}

# The session of a process that is there, as setsid() made it; undef if it is not.
sub session_of ($pid) { return (status_fields($pid))[3] }

# The processes of these sessions: what such a process starts stays in it, whatever becomes of its parent.
sub members_of_sessions (@sessions) {
    my %wanted = map { $_ => 1 } @sessions;
    return grep { is_alive($_) && $wanted{session_of($_) // 0} } pids();
}

# The inode of the server's end of a connection: 127.x.y.z:port, peer_port at the other end. 0 while it waits to be accepted.
sub connection_inode ($address, $port, $peer_port) {
    my $local  = sprintf '%08X:%04X', unpack('L', inet_aton($address)), $port;
    my $remote = sprintf '%04X', $peer_port;
    for my $table (qw(tcp tcp6)) {
        for my $line (split /\n/, read_file("/proc/net/$table") // '') {
            my @fields = split ' ', $line;
            next unless @fields > 9 && $fields[1] =~ /\Q$local\E$/ && $fields[2] =~ /:$remote$/;
            return $fields[9];
        }
    }
    return undef;
}

# Which of these processes holds the server's end of a connection; undef if none does.
sub holder_of_connection ($address, $port, $peer_port, @candidates) {
    my $inode = connection_inode($address, $port, $peer_port) or return undef;
    for my $pid (@candidates) {
        opendir my $directory, "/proc/$pid/fd" or next;
        for my $descriptor (readdir $directory) {
            my $target = readlink "/proc/$pid/fd/$descriptor" // next;
            return $pid if $target eq "socket:[$inode]";
        }
    }
    return undef;
}

# Waits for a child to end, at most so long: its wait status, or undef if it has not, or is no child.
sub wait_exit ($pid, $seconds) {
    my $deadline = clock_gettime(CLOCK_MONOTONIC) + $seconds;
    while (clock_gettime(CLOCK_MONOTONIC) < $deadline) {
        my $ended = waitpid $pid, WNOHANG;
        return $? if $ended == $pid;
        return undef if $ended == -1;
        sleep 0.02;
    }
    return undef;
}

# Runs a command to its end. Options: environment (replaces ours), input, seconds. Answers {status, output, timeout}, output
# being standard output and error together; status is the exit code, or 128 + signal.
sub run_command ($command, %options) {
    my $out   = File::Temp->new;
    my $input = File::Temp->new;
    print $input $options{input} // '';
    $input->flush;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        %ENV = %{$options{environment}} if $options{environment};
        open STDIN,  '<',  $input->filename;
        open STDOUT, '>',  $out->filename;
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec {$command->[0]} @$command; }
        print STDERR "cannot run $command->[0]: $! (contrib/check installs what the tests need)\n";
        STDERR->flush;
        POSIX::_exit(127);
    }
    my $status = wait_exit($pid, $options{seconds} // 60);
    my $timeout = !defined $status;
    if ($timeout) {
        kill KILL => $pid;
        waitpid $pid, 0;
        $status = $?;
    }
    return {
        status  => $status & 127 ? 128 + ($status & 127) : $status >> 8,
        output  => read_file($out->filename),
        timeout => $timeout,
    };
}

1;
