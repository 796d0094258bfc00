# A call through a real TURN server, coturn, with the configuration that README shows and credentials that expire.
use BeringShare::Test;
use BeringShare::Browser;
use BeringShare::Process qw(is_alive);
use BeringShare::Server;
use File::Temp ();
use IO::Socket::INET;

needs_command turnserver => 'coturn';

my ($part) = read_file("$BeringShare::Server::SOURCE/README") =~ /^## Calls in three steps\n(.*?)^## /ms;
my ($turn_lines, $own_lines) = map {s/^ +//mgr} $part =~ /^ *```conf\n(.*?)^ *```/msg;
my $address = BeringShare::Server::own_address();
my $port    = BeringShare::Server::free_port($address);
my $folder  = File::Temp->newdir('beringshare-turn-XXXXXXXX', TMPDIR => 1);

# What README shows, on an address and port of this test; loopback is only allowed where nobody else is.
my %own = $own_lines =~ /^(\w+)=(.*)$/mg;
ok $own{TURN_URLS} =~ s/chat\.example\.org:3478/$address:$port/, 'README: the TURN server has one address and port';
ok $turn_lines =~ s/^listening-port=3478$/listening-port=$port/m, 'where it listens';
like $turn_lines, qr/^static-auth-secret=\Q$own{TURN_SECRET}\E$/m, 'and one secret';
open my $file, '>', "$folder/turnserver.conf" or die $!;
print {$file} $turn_lines, map {"$_\n"} "listening-ip=$address", "relay-ip=$address", 'allow-loopback-peers', 'no-tls', 'no-dtls',
    "pidfile=$folder/pid", "userdb=$folder/users", 'log-file=stdout';
close $file;

my $pid = fork // die "fork: $!";
if (!$pid) {
    open STDIN,  '<', '/dev/null';
    open STDOUT, '>', "$folder/log";
    open STDERR, '>&', \*STDOUT;
    { no warnings 'exec'; exec 'turnserver', '-c', "$folder/turnserver.conf"; }
    POSIX::_exit(127);
}
sub end_turn_server () {
    return if !$pid;
    kill TERM => $pid;
    waitpid $pid, 0;
    undef $pid;
}
END { my $status = $?; end_turn_server() if $pid; $? = $status }

sub accepts () { return IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 5) }
ok wait_until(sub { accepts() }), 'coturn runs' or diag read_file("$folder/log");

my $server = start_server(%own);
my $wrong  = start_server(%own, TURN_SECRET => 'not-the-secret-of-the-turn-server');
$_->keep_secret($_->environment->{TURN_SECRET}) for $server, $wrong;
run_in_browser('calls-turn', servers => {server => $server, wrong => $wrong});
my $log = read_file("$folder/log");
like $log, qr/user <\d+:alice\@local>/, 'coturn knows whose calls it passes on';
end_turn_server();

finish;
