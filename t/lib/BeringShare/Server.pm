package BeringShare::Server;

# One real server with its own address, folder and database: started, stopped, restarted, and watched while it runs.
# stop() is a subtest that fails if a process died unexpectedly, a sanitizer spoke, a secret reached the log, or anything was
# left behind.

use Mojo::Base -base, -signatures;
use BeringShare::Client;
use BeringShare::Process
    qw(children holder_of_connection holders_of_environment is_alive read_file run_command wait_exit);
use BeringShare::Wait qw(wait_until);
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp ();
use IO::Socket::INET;
use Mojo::UserAgent;
use Scalar::Util qw(weaken);
use Test::More;

our $SOURCE = abs_path($ENV{BERING_SOURCE_DIR} // dirname(__FILE__) . '/../../..');
our @RUNNING;

has [qw(address port directory pid overrides)];
has program         => sub { binary() };
has arguments       => sub { ['serve'] };
has prefix          => sub { [] };    # a command that runs the server: prlimit with its options
has workers         => 2;             # where the environment does not say how many
has expected_deaths => sub { {} };
has secrets         => sub { {} };
has first_workers   => sub { [] };
has url             => sub ($self) { return 'http://' . $self->address . ':' . $self->port };
has ua              => sub { BeringShare::Client->new_ua };

sub binary () {
    my $binary = $ENV{BERING_SERVER} // "$SOURCE/build/beringshare";
    die "$binary is not there: set BERING_SERVER to the path of the server\n" unless -x $binary;
    return abs_path($binary);
}

# An address of this test alone, so that tests that run side by side never meet: 127/8 is all loopback.
sub own_address () { return join '.', 127, ($$ >> 16 & 0xff), ($$ >> 8 & 0xff), $$ & 0xff }

sub free_port ($address) {
    my $socket = IO::Socket::INET->new(LocalAddr => $address, LocalPort => 0, Listen => 1) or die "no free port: $@";
    return $socket->sockport;
}

# Not started yet. Options: environment (overrides), directory (of an earlier server), prefix.
sub prepare ($class, %options) {
    my $address = own_address();
    return $class->new(
        address   => $address,
        port      => free_port($address),
        directory => $options{directory} // File::Temp->newdir('beringshare-XXXXXXXX', TMPDIR => 1),
        overrides => $options{environment} // {},
        prefix    => $options{prefix} // [],
    );
}

sub start ($class, %options) { return $class->prepare(%options)->launch }

sub database ($self) { return $self->environment->{DATABASE_PATH} }
sub log_path ($self) { return $self->directory . '/log' }
sub log      ($self) { return read_file($self->log_path) // '' }

# All that the server is started with, nothing of ours but what a program needs to run. An override of undef takes one away.
sub environment ($self) {
    my %own = map { $_ => $ENV{$_} } grep { /^(?:PATH|HOME|TMPDIR|LANG|LD_.*|.*SAN_OPTIONS|LLVM_.*)$/ } keys %ENV;
    my %all = (
        ASAN_OPTIONS   => 'detect_leaks=1',
        UBSAN_OPTIONS  => 'print_stacktrace=1',
        %own,
        LISTEN         => $self->address . ':' . $self->port,
        DATABASE_PATH  => $self->directory . '/data.sqlite',
        HTDOCS_DIR     => "$SOURCE/htdocs",
        WORKERS        => 2,
        BCRYPT_COST    => 4,
        LOGIN_ATTEMPTS => 1000,
        LOG_LEVEL      => 'info',
        REQUEST_TIMEOUT_SECONDS => 300,    # also of kept connections, which a test may use at the moment of their end
        SERVER_NAME    => 'local',
        ADMIN_USERNAME => 'admin',
        ADMIN_PASSWORD => 'admin-password',
        ADMIN_TOKEN    => 'admin-token-of-the-tests',
        SERVER_TOKEN   => 'server-token-of-the-tests',
        %{$self->overrides},
    );
    delete @all{grep { !defined $all{$_} } keys %all};
    return \%all;
}

# Runs the binary to its end with this server's environment (undef takes a variable away): for what must not start.
sub run ($self, $arguments = ['serve'], %overrides) {
    my %environment = (%{$self->environment}, %overrides);
    delete @environment{grep { !defined $environment{$_} } keys %environment};
    return run_command([@{$self->prefix}, binary(), @$arguments], environment => \%environment);
}

sub launch ($self) {
    my $environment = $self->environment;
    my $program     = $self->program;
    $self->{log_start} = -s $self->log_path // 0;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        setpgrp 0, 0;
        %ENV = %$environment;
        open STDIN,  '<',  '/dev/null';
        open STDOUT, '>>', $self->log_path;
        open STDERR, '>&', \*STDOUT;
        my @command = (@{$self->prefix}, $program, @{$self->arguments});
        { no warnings 'exec'; exec {$command[0]} @command; }
        POSIX::_exit(127);
    }
    $self->pid($pid)->ua(BeringShare::Client->new_ua);
    push @RUNNING, $self;
    weaken $RUNNING[-1];
    my $up = wait_until(sub {
        return !is_alive($pid) || (worker_pids($self) == ($environment->{WORKERS} // $self->workers) && $self->anonymous->get('/health')->status == 200);
    });
    if (!$up || !is_alive($pid)) {
        kill KILL => $pid;
        waitpid $pid, 0;
        @RUNNING = grep { defined && $_ != $self } @RUNNING;
        die "the server did not start:\n" . substr $self->log, $self->{log_start};
    }
    $self->first_workers([$self->worker_pids]);
    return $self;
}

sub restart ($self, %overrides) {
    $self->stop;
    $self->overrides({%{$self->overrides}, %overrides});
    return $self->launch;
}

# ---- who is who ----

sub anonymous ($self) { return BeringShare::Client->new(server => $self) }

sub admin ($self) { return BeringShare::Client->new(server => $self, token => $self->environment->{ADMIN_TOKEN}) }

# Makes a local user; the client carries the permanent token. Options: password.
sub user ($self, $username, %options) {
    my $answer = $self->admin->post('/admin/users', {username => $username, %options});
    die "cannot make the user $username: " . $answer->summary unless $answer->status == 200;
    return BeringShare::Client->new(
        server   => $self,
        id       => $answer->json->{id},
        username => $username,
        password => $options{password},
        token    => $self->keep_secret($answer->json->{token}),
    );
}

# Makes a channel with these members (clients); its id. Options: private.
sub channel ($self, $name, $members = [], %options) {
    my %fields = (name => $name, $options{private} ? (private => Mojo::JSON->true) : ());
    my $answer = $self->admin->post('/admin/channels', \%fields);
    die "cannot make the channel $name: " . $answer->summary unless $answer->status == 200;
    my $id = $answer->json->{id};
    for my $member (@$members) {
        $answer = $self->admin->post("/admin/channels/$id/members", {username => $member->username});
        die 'cannot add ' . $member->username . ': ' . $answer->summary unless $answer->status == 200;
    }
    return $id;
}

# Whatever is told here must never be seen in the log. Returns it.
sub keep_secret ($self, $secret) {
    $self->secrets->{$secret} = 1 if length($secret // '') > 8;
    return $secret;
}

# ---- processes ----

sub worker_pids ($self) {
    return grep { (read_file("/proc/$_/cmdline") // '') !~ /federation/ && (read_file("/proc/$_/comm") // '') !~ /federation/ }
        children($self->pid);
}

# The process that holds the server's end of the connection from this port.
sub worker_of_port ($self, $peer_port) {
    return holder_of_connection($self->address, $self->port, $peer_port, $self->worker_pids);
}

# Likewise at its encrypted address.
sub worker_of_tls_port ($self, $peer_port) {
    return holder_of_connection($self->address, $self->{tls_port}, $peer_port, $self->worker_pids) // 0;
}

# These workers, and whoever else there is, may end: the server is about to be upgraded.
sub expect_upgrade ($self) {
    my @pids = children($self->pid);
    $self->expected_deaths->{$_} = 1 for @pids;
    return @pids;
}

# Kills one process on purpose.
sub kill_expected ($self, @pids) {
    $self->expected_deaths->{$_} = 1 for @pids;
    return kill KILL => @pids;
}

sub left_processes ($self) { return holders_of_environment('DATABASE_PATH=' . $self->database) }

# ---- the end ----

# Ends the server and looks at what it leaves. Options: signal; killed => 1 if the test has killed the master already.
sub stop ($self, %options) {
    subtest 'the server ends cleanly' => sub {
        $self->check_deaths;
        if ($options{killed}) {
            wait_exit($self->pid, 60);
        } else {
            kill $options{signal} // 'TERM', $self->pid;
            my $status = wait_exit($self->pid, 60);
            is $status, 0, 'the master exits with status 0' or diag $self->log;
            kill KILL => $self->pid unless defined $status;
        }
        @RUNNING = grep { defined && $_ != $self } @RUNNING;
        ok wait_until(sub { !$self->left_processes }), 'no process is left';
        $self->check_log;
        ok wait_until(sub { !left_in_shared_memory() }), 'nothing is left in shared memory';
    };
    return $self;
}

sub left_in_shared_memory () { return glob '/dev/shm/*bering*' }

# What the log of this run says about ended processes: pairs of pid and line.
sub logged_deaths ($self) {
    my $log = substr $self->log, $self->{log_start};
    return map { /\(pid (\d+)\)\s*(?:died|exited|ended|was killed)/ ? [$1, $_] : () } split /\n/, $log;
}

sub check_deaths ($self) {
    my $expected = $self->expected_deaths;
    my @gone = grep { !$expected->{$_} && !is_alive($_) } @{$self->first_workers};
    my @lines = map { $_->[1] } grep { !$expected->{$_->[0]} } $self->logged_deaths;
    ok !@gone && !@lines, 'no process died' or diag join "\n", "gone: @gone", @lines;
}

sub check_log ($self) {
    my $log     = substr $self->log, $self->{log_start};
    my @reports = grep {/ERROR: \w+Sanitizer|runtime error:|LeakSanitizer|Assertion .* failed|died: signal|exited: status [1-9]/} split /\n/, $log;
    @reports = grep { my ($pid) = /\(pid (\d+)\)/; !$pid || !$self->expected_deaths->{$pid} } @reports;
    ok !@reports, 'no sanitizer and no assertion spoke' or diag $log;
    my @leaked = grep { index($log, $_) >= 0 } keys %{$self->secrets};
    ok !@leaked, 'no token and no password is in the log' or diag "@leaked";
}

# Whatever happens to a test, no server outlives it.
END {
    my $status = $?;
    for my $server (grep {defined} @RUNNING) {
        kill KILL => $server->pid, $server->left_processes;
        waitpid $server->pid, 0;
    }
    $? = $status;
}

1;
