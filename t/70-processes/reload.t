# SIGHUP: what can change while the server runs changes, the rest is named, a wrong configuration changes nothing.
# SIGUSR1: the log file is opened anew.
use BeringShare::Test;

my $server = prepare_server(LOGIN_ATTEMPTS => undef, LOG_LEVEL => undef);
my $file   = $server->directory . '/configuration';
my $logs   = $server->directory . '/server.log';
write_file($file, "LOGIN_ATTEMPTS=1000\nLOG_LEVEL=info\nLOG_FILE=$logs\n");
$server->arguments(['serve', '--config', $file]);
$server->launch;
my $alice  = $server->user('alice', password => 'correct horse');
my $stream = $alice->events;

sub log_has ($pattern, $name) {
    return eventually(sub { (read_file($logs) // '') =~ $pattern }, $name) || diag(read_file($logs));
}

# Everything of this test comes from one address and is for one account: three attempts a minute are soon used up.
status_is $alice->try_login('wrong'), 401, "a wrong password, attempt $_" for 1 .. 6;
write_file($file, "LOGIN_ATTEMPTS=3\nLOG_LEVEL=debug\nLOG_FILE=$logs\nMAX_MESSAGE_BYTES=5000\nSERVER_NAME=other\n");
kill HUP => $server->pid;
log_has(qr/MAX_MESSAGE_BYTES has changed: that needs a restart/, 'what needs a restart is named');
unlike read_file($logs), qr/(?:LOGIN_ATTEMPTS|LOG_LEVEL) has changed/, 'what does not is not';
eventually sub { $alice->try_login('wrong')->status == 429 }, 'the new limit of attempts holds in the workers';
is $server->admin->get('/admin/server-info')->json->{server_name}, 'local', 'other things are as they were';
ok !$stream->ended, 'no stream has ended';

for my $case (
    ["LOGIN_ATTEMPTS=none\n", qr/stays as it was: \S+:1: LOGIN_ATTEMPTS: "none" is not right/, 'a wrong value'],
    ["NONSENSE=1\nLOGIN_ATTEMPTS=1000\n", qr/stays as it was: \S+:1: "NONSENSE" is not a key/, 'an unknown key'],
) {
    my ($text, $pattern, $what) = @$case;
    write_file($file, $text);
    kill HUP => $server->pid;
    log_has($pattern, "$what: the log says so");
    ok scalar(grep { $alice->try_login('wrong')->status == 429 } 1 .. 5), 'and nothing has changed';
}
unlink $file;
kill HUP => $server->pid;
log_has(qr/stays as it was: cannot open the configuration file/, 'no file: likewise');

# ---- the log ----

rename $logs, "$logs.1" or die "rename: $!";
kill USR1 => $server->pid;
log_has(qr/SIGUSR1: logs are opened anew/, 'a new file is there');
my ($worker) = $server->worker_pids;
eventually sub { (readlink("/proc/$worker/fd/2") // '') eq $logs }, 'workers write to it, too';
like read_file("$logs.1"), qr/listening on/, 'the old one is whole';
is +(stat $logs)[2] & 0777, 0640, 'the log is not for everybody';
$server->stop;
like read_file($logs), qr/master: ended/, 'until the end';

my $bad = $server->run(['serve'], LOG_FILE => '/nowhere/log');
is $bad->{status}, 1, 'a log that cannot be opened stops the start';
like $bad->{output}, qr{cannot open LOG_FILE=/nowhere/log: No such file}, 'and says why';

finish;
