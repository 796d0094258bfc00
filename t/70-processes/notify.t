# What the service manager is told, over its socket: ready, reloading, signs of life, stopping. And sockets that it hands over.
use BeringShare::Test;
use BeringShare::Tls;
use File::Copy qw(copy);
use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM);

my $server = prepare_tls_server();
my $path   = $server->directory . '/notify';
my $manager = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die "socket: $!";
$manager->blocking(0);
my @told;
sub told ($pattern) {
    while (defined $manager->recv(my $state, 4096)) { push @told, $state }
    return grep { $_ =~ $pattern } @told;
}

$server->overrides->{NOTIFY_SOCKET} = $path;
$server->overrides->{WATCHDOG_USEC} = 300_000;
my $program = $server->directory . '/beringshare';
copy($server->program, $program) or die "copy: $!";
chmod 0755, $program;
$server->program($program)->launch;
eventually sub { told(qr/^READY=1$/m) }, 'ready';
ok told(qr/^STATUS=serving with 2 workers$/m), 'with a status';
eventually sub { told(qr/^WATCHDOG=1$/m) > 3 }, 'signs of life go on';
@told = ();
kill HUP => $server->pid;
eventually sub { told(qr/^RELOADING=1\nMONOTONIC_USEC=\d+$/m) && told(qr/^READY=1$/m) }, 'reloading, and ready again';
@told = ();
my @old = $server->expect_upgrade;
kill USR2 => $server->pid;
eventually sub { told(qr/^RELOADING=1$/m) && told(qr/^READY=1$/m) }, 'so is an upgrade';
eventually sub { !grep { is_alive($_) } @old }, 'which ends';
@told = ();
eventually sub { told(qr/^WATCHDOG=1$/m) > 3 }, 'signs of life go on';
$server->first_workers([]);

# A program whose trial takes its time: the master waits for it, and lives.
my $go_on = $server->directory . '/go-on';
write_file("$program.new", "#!/bin/sh\nwhile [ ! -e $go_on ]; do sleep 0.1; done\nexit 1\n");
chmod 0755, "$program.new";
rename "$program.new", $program or die "rename: $!";
kill USR2 => $server->pid;
eventually sub { $server->log =~ /SIGUSR2: upgrading to \Q$program\E\n(?!.*upgraded)/s }, 'a trial begins';
@told = ();
eventually sub { told(qr/^WATCHDOG=1$/m) > 3 }, 'signs of life go on';
unlike $server->log, qr/no upgrade/, 'while it takes';
write_file($go_on, '');
eventually sub { $server->log =~ /no upgrade: the new program does not start here/ }, 'and has ended';

# Workers that cannot start: nobody serves, and the master does not say that all is well.
my $database = $server->database;
sub failures () { return scalar(() = $server->log =~ /worker \d \(pid \d+\) exited: status 1/g) }
rename $database, "$database.away" or die "rename: $!";
$server->kill_expected($server->worker_pids);
eventually sub { failures() > 3 }, 'workers do not start';
told(qr/./);
@told = ();
my $goal = failures() + 4;
eventually sub { failures() > $goal }, 'time and again';
is scalar(told(qr/^WATCHDOG=1$/m)), 0, 'there is no sign of life';
rename "$database.away", $database or die "rename: $!";
eventually sub { told(qr/^WATCHDOG=1$/m) > 3 }, 'there is, once some serve';
eventually sub { $server->anonymous->get('/health')->status == 200 && $server->worker_pids == 2 }, 'again';
$server->expected_deaths->{$_->[0]} = 1 for $server->logged_deaths;
$server->stop;
ok told(qr/^STOPPING=1$/m), 'stopping';

# ---- socket activation ----

# A manager in Perl: opens sockets, gives them numbers from 3 on, and becomes the server.
my $activate = $server->directory . '/activate';
write_file($activate, <<'END');
use strict; use warnings; use IO::Socket::INET; use POSIX (); use Fcntl;
my @addresses = splice @ARGV, 0, shift;
my @sockets = map { IO::Socket::INET->new(LocalAddr => $_, Listen => 64, ReuseAddr => 1) || die "listen $_: $@" } @addresses;
my @high = map { fcntl $_, F_DUPFD, 20 } @sockets;
close $_ for @sockets;
for my $i (0 .. $#high) { POSIX::dup2($high[$i], 3 + $i); POSIX::close($high[$i]) }
@ENV{qw(LISTEN_PID LISTEN_FDS)} = ($$, scalar @high);
exec @ARGV or die "exec: $!";
END
my $given = prepare_tls_server(LISTEN_FDNAMES => 'http:tls', LISTEN => '');
my @own   = map { $given->address . ':' . $_ } $given->port, $given->{tls_port};
$given->overrides->{LISTEN_TLS} = '';
$given->prefix([$^X, $activate, scalar @own, @own]);
$given->launch;
status_is $given->admin->get('/admin/users'), 200, 'the plain socket is served';
status_is $given->admin->request('GET', '/admin/users', undef, url => tls_url($given)), 200, 'so is the one named tls';
like $given->log, qr/listening on http$/m, 'by its name';
my $stream = $given->user('alice')->events;
my @before = $given->expect_upgrade;
kill USR2 => $given->pid;
eventually sub { !grep { is_alive($_) } @before }, 'after an upgrade';
status_is $given->admin->get('/admin/users'), 200, 'the plain socket is served';
status_is $given->admin->request('GET', '/admin/users', undef, url => tls_url($given)), 200, 'so is the other one';
$given->first_workers([]);
$given->stop;

my $none = $given->run(['serve'], ADMIN_PASSWORD => undef);
is $none->{status}, 1, 'public defaults are refused on sockets of unknown reach';
like $none->{output}, qr/ADMIN_PASSWORD is not set/, 'and it says so';

finish;
