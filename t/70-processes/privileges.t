# RUN_AS_USER: the first process keeps root, for keys, ports and the next program; all others give it up for good. Without root
# there is nothing to give up, which is then all that can be tested.
use BeringShare::Test;
use BeringShare::Process qw(children);
use BeringShare::Tls;

# Whoever started it, its children never get more rights than they have; where the kernel can, they are confined (t/unit/test_confine).
my $any = start_server();
eventually sub { 3 == grep { (read_file("/proc/$_/status") // '') =~ /^NoNewPrivs:\s*1$/m } children($any->pid) }, 'no child gets new privileges';
$any->stop;

my $server = prepare_tls_server();
my $folder = $server->directory;
my $other  = $> == 0 ? 'daemon' : 'root';

sub fails ($what, $pattern, %overrides) {
    my $result = $server->run(['serve'], %overrides);
    is $result->{status}, 1, "$what does not start";
    like $result->{output}, $pattern, 'and says why';
}
fails('an unknown user', qr/RUN_AS_USER: "no-such-user" is no user of this machine/, RUN_AS_USER => 'no-such-user');
if ($> != 0) {
    fails('somebody else', qr/RUN_AS_USER: "root" can be become by root only/, RUN_AS_USER => 'root');
    $server->overrides->{RUN_AS_USER} = getpwuid $>;
    $server->launch;
    status_is $server->admin->get('/admin/users'), 200, 'oneself is fine';
    note 'not root: giving up root is not tested';
    finish;
    exit;
}
fails('root itself', qr/RUN_AS_USER: "root" is root/, RUN_AS_USER => 'root');
fails('an unknown group', qr/RUN_AS_GROUP: "no-such-group" is no group/, RUN_AS_USER => 'daemon', RUN_AS_GROUP => 'no-such-group');

# The folder is the user's; certificate and key are root's alone; the port is one that only root may take.
my ($uid, $gid) = (getpwnam 'daemon')[2, 3];
my $key = File::Temp->newdir('beringshare-keys-XXXXXXXX', TMPDIR => 1);
make_certificate($key, $server->address, name => 'old.example');
chmod 0755, $folder;
chown $uid, $gid, $folder;
chmod 0600, "$key/key.pem";
$server->port(81);
$server->url('http://' . $server->address . ':81');
%{$server->overrides} = (
    %{$server->overrides},
    LISTEN        => $server->address . ':81',
    RUN_AS_USER   => 'daemon',
    LOG_FILE      => "$folder/server.log",
    TLS_CERT_FILE => "$key/cert.pem",
    TLS_KEY_FILE  => "$key/key.pem",
    ASAN_OPTIONS  => 'detect_leaks=0',    # it would have to trace a process that cannot be traced any more
);
$server->launch;

sub identity ($pid) {
    my $status = read_file("/proc/$pid/status") // '';
    return {map { $status =~ /^$_:\s*(.*?)\s*$/m ? ($_ => $1) : () } qw(Uid Gid CapEff CapPrm)};
}
sub all_have_dropped ($name) {
    my @children = children($server->pid);
    is scalar @children, 3, "$name: two workers and the federation process";
    is_deeply identity($_), {Uid => join("\t", ($uid) x 4), Gid => join("\t", ($gid) x 4), CapEff => '0' x 16, CapPrm => '0' x 16},
        'have given up everything' for @children;
}
all_have_dropped('after the start');
is identity($server->pid)->{Uid}, join("\t", (0) x 4), 'the first process has not';
is +(stat $server->database)[4], $uid, 'the database is the user\'s';
is +(stat "$folder/server.log")[4], $uid, 'so is the log';
my $alice  = $server->user('alice');
my $stream = $alice->events;
is served_name($server), 'old.example', 'the key that only root can read is used';

make_certificate($key, $server->address, name => 'new.example');
chmod 0600, "$key/key.pem";
kill HUP => $server->pid;
eventually sub { (served_name($server) // '') eq 'new.example' }, 'a new one of the same kind reaches the workers';
ok !$stream->ended, 'without cutting a stream';
rename "$folder/server.log", "$folder/server.log.1";
kill USR1 => $server->pid;
eventually sub { (read_file("$folder/server.log") // '') =~ /opened anew/ }, 'the log is opened anew';
is +(stat "$folder/server.log")[4], $uid, 'and is the user\'s again';

my ($worker) = $server->worker_pids;
$server->kill_expected($worker);
eventually sub { my @now = $server->worker_pids; @now == 2 && !grep { $_ == $worker } @now }, 'a worker that died is replaced';
eventually sub { (served_name($server) // '') eq 'new.example' }, 'with the new certificate';
all_have_dropped('after that');
my @old = $server->expect_upgrade;
kill USR2 => $server->pid;
eventually sub { !grep { is_alive($_) } @old }, 'an upgrade';
eventually sub { my @children = children($server->pid); @children == 3 }, 'which ends';
all_have_dropped('after an upgrade');
status_is $alice->get('/api/users'), 200, 'the port below 1024 is served still';
$server->first_workers([]);

finish;
