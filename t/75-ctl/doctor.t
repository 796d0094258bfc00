# The doctor: what is well, and what is wrong with each of many broken set-ups, with what to do about it.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Database;
use BeringShare::Tls;
use IO::Socket::INET;

# The findings of a check, as [verdict, found].
sub findings ($report, $check) { return map { [$_->{verdict}, $_->{found}] } grep { $_->{check} eq $check } @{$report->{findings}} }

# A check finds this: verdict and pattern; whatever is not well has an advice.
sub finds ($server, $check, $verdict, $pattern, $name, %options) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $result = control($server, ['doctor', '--json'], %options);
    my $report = decode_json(Mojo::Util::encode('UTF-8', $result->{output}));
    my ($found) = grep { $_->{check} eq $check && $_->{verdict} eq $verdict && $_->{found} =~ $pattern } @{$report->{findings}};
    ok $found, "$name: $check finds it" or diag explain $report->{findings};
    ok $verdict eq 'ok' || length($found->{advice} // ''), "$name: and says what to do";
    is $result->{status}, $report->{fail} > 0 ? 1 : 0, "$name: the exit status";
    cmp_ok $report->{fail}, '>', 0, "$name: it fails" if $verdict eq 'fail';
    return $report;
}

my $server = prepare_server();
$server->overrides->{BASE_URL} = $server->url;
$server->launch;
$server->user('alice');
my $report = finds $server, 'database', 'ok', qr/is sound, 0 messages/, 'a running server';
is $report->{fail}, 0, 'nothing is wrong' or diag explain $report->{findings};
is_deeply [findings($report, 'listeners')], [['ok', 'the server listens on ' . $server->address . ':' . $server->port],
    ['ok', 'the server answers on ' . $server->url]], 'it listens and answers';
is_deeply [grep { $_->[1] =~ /leads to this/ } findings($report, 'base-url')], [['ok', $server->url . ' leads to this server']], 'BASE_URL leads there';
my $text = control_ok($server, ['doctor'], 'for people');
like $text, qr/^ok    database +\S+ is sound, 0 messages$/m, 'a line each';
like $text, qr/^\d+ well, \d+ to look at, 0 wrong$/m, 'and a sum';

# ---- configuration ----
finds $server, 'config', 'fail', qr/WORKERS/, 'a wrong configuration', environment => {WORKERS => 'many'};
finds $server, 'config', 'fail', qr/SERVER_TOKEN is not set/, 'public secrets on a public address',
    environment => {LISTEN => '0.0.0.0:1', SERVER_TOKEN => undef};
finds $server, 'listeners', 'fail', qr/does not accept ADMIN_TOKEN/, 'the server runs with another configuration', environment => {ADMIN_TOKEN => 'x' x 20};
my $free = BeringShare::Server::free_port($server->address);
finds $server, 'listeners', 'fail', qr/does not listen on \S+:$free/, 'an address that it has not', environment => {LISTEN => $server->address . ":$free"};
finds $server, 'base-url', 'fail', qr/cannot be reached/, 'a BASE_URL that leads nowhere', environment => {BASE_URL => 'http://127.0.0.1:1'};
finds $server, 'base-url', 'fail', qr/no\.such\.host\.invalid, BASE_URL's host, has no address/, 'a name that is unknown',
    environment => {BASE_URL => 'http://no.such.host.invalid'};
my $other = prepare_server(SERVER_NAME => 'other', SERVER_TOKEN => 'server-token-of-the-other', ADMIN_TOKEN => 'admin-token-of-the-other');
$other->overrides->{BASE_URL} = $other->url;
$other->launch;
finds $server, 'base-url', 'fail', qr/leads to something else/, 'a BASE_URL that leads to another server', environment => {BASE_URL => $other->url};

# ---- other servers ----
sub register ($here, $name, $url, $token) { status_is $here->admin->post('/admin/servers', {name => $name, base_url => $url, token => $token}), 200, "registered $name" }
register($server, 'other', $other->url, 'server-token-of-the-other');
finds $server, 'peers', 'fail', qr/other can be reached, but refuses our token/, 'a server that does not know us';
register($other, 'local', $server->url, $server->environment->{SERVER_TOKEN});
sub entry_of ($here, $name) { return (grep { $_->{name} eq $name } @{$here->admin->get('/admin/servers')->json})[0] }
sub update ($here, $name, %changes) {
    my $entry = entry_of($here, $name);
    status_is $here->admin->put("/admin/servers/$entry->{id}", {%$entry{qw(name base_url)}, %changes}), 200, "the entry for $name is changed";
}
eventually sub { defined $server->admin->get('/admin/servers/' . entry_of($server, 'other')->{id} . '/status')->json->{last_contact} }, 'they speak';
$report = finds $server, 'peers', 'ok', qr/other can be reached, and knows us/, 'a server that knows us';
is scalar(grep { $_->[0] eq 'ok' && $_->[1] =~ /^other reaches us, and its token is known here \(\d+ ms\)$/ } findings($report, 'peers')), 1,
    'and reaches us';
is scalar(grep { $_->[0] eq 'ok' && $_->[1] =~ /^other called us last at 20\S+Z$/ } findings($report, 'peers')), 1, 'so it has called';
like control_ok($server, ['servers', 'test', 'other'], 'servers test'), qr/^from here to there +works \(\d+ ms\)\nfrom there to here +works \(\d+ ms\)$/m,
    'finds the same';
update($server, 'other', token => 'not-the-token-of-the-other');
finds $server, 'peers', 'fail', qr/^other reaches us, but we refuse its token$/, 'a wrong token here';
update($server, 'other', token => 'server-token-of-the-other');
update($other, 'local', base_url => 'http://127.0.0.1:1');
finds $server, 'peers', 'fail', qr/^other does not reach us: no connection can be made$/, 'a wrong address there';
my $tested = control($server, ['servers', 'test', 'other']);
is $tested->{status}, 1, 'servers test fails, too';
like $tested->{output}, qr/^from there to here +does not work: no connection can be made$/m, 'and says why';
update($other, 'local', base_url => $server->url);
register($server, 'third', $other->url, 'token-of-the-third');
finds $server, 'peers', 'fail', qr/third is not the server at/, 'a server under another name';
register($server, 'away', 'http://127.0.0.1:1', 'token-of-away');
finds $server, 'peers', 'fail', qr/away cannot be reached/, 'a server that is away';
finds $server, 'peers', 'warn', qr/nothing was heard from away/, 'of which nothing was ever heard';
my $listener = IO::Socket::INET->new(LocalAddr => $server->address, LocalPort => 0, Listen => 5) or die "listen: $@";
my $late     = fork // die "fork: $!";
if (!$late) {
    while (my $client = $listener->accept) {
        my $request = '';
        while ($request !~ /\r\n\r\n/ && sysread $client, $request, 4096, length $request) { }
        my $body = '{"server_name": "late"}';
        print $client "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
        close $client;
    }
    POSIX::_exit(0);
}
register($server, 'late', 'http://' . $server->address . ':' . $listener->sockport, 'token-of-late');
finds $server, 'peers', 'warn', qr/the clock of late and this one differ by -\d+ seconds/, 'a clock that is off';
kill KILL => $late;
close $listener;
waitpid $late, 0;

# ---- files ----
chmod 0644, $server->database;
finds $server, 'permissions', 'warn', qr/\Q@{[$server->database]}\E can be read by everybody/, 'a database that others can read';
chmod 0600, $server->database;
my $config = write_file($server->directory . '/beringshare.conf', "LOG_LEVEL=info\n");
chmod 0666, $config;
is scalar(grep { $_->[0] eq 'warn' && $_->[1] =~ /\Q$config\E can be changed by everybody/ }
    findings(control_json($server, ['doctor', '--config', $config]), 'permissions')), 1, 'a configuration that others can change';
$server->stop;
$other->stop;
finds $server, 'listeners', 'warn', qr/does not run/, 'a server that does not run';
my $busy = IO::Socket::INET->new(LocalAddr => $server->address, LocalPort => $server->port, Listen => 1, ReuseAddr => 1) or die "listen: $@";
finds $server, 'listeners', 'fail', qr/:\d+ is in use by another program/, 'a port that is in use';
close $busy;
finds $server, 'listeners', 'fail', qr/192\.0\.2\.1:80: /, 'an address that this machine has not', environment => {LISTEN => '192.0.2.1:80'};
finds $server, 'database', 'warn', qr/there is no database/, 'no database', environment => {DATABASE_PATH => $server->directory . '/none.sqlite'};
finds $server, 'disk', 'fail', qr{/no/such/folder}, 'no folder', environment => {DATABASE_PATH => '/no/such/folder/data.sqlite'};
finds $server, 'database', 'warn', qr/of an older version/, 'an original\'s database',
    environment => {DATABASE_PATH => make_database($server->directory . '/original.sqlite', fixture('original-new.sql'))};
finds $server, 'database', 'fail', qr/another application/, 'another program\'s database',
    environment => {DATABASE_PATH => make_database($server->directory . '/recipes.sqlite', 'CREATE TABLE recipes (title TEXT);')};
my $newer = write_file($server->directory . '/newer.sqlite', read_file($server->database));
make_database($newer, 'PRAGMA user_version = 1000;');
finds $server, 'database', 'fail', qr/version 1000, made by a newer/, 'a newer database', environment => {DATABASE_PATH => $newer};
finds $server, 'database', 'fail', qr/corrupt|malformed/, 'a damaged database',
    environment => {DATABASE_PATH => write_file($server->directory . '/broken.sqlite', damaged(read_file($server->database)))};
write_file($server->directory . '/broken.sqlite.before-2', 'no snapshot');
finds $server, 'snapshots', 'warn', qr/before-2 is not an SQLite database/, 'a damaged snapshot',
    environment => {DATABASE_PATH => $server->directory . '/broken.sqlite'};
SKIP: {
    needs_command 'prlimit', 'util-linux';
    my $few = control($server, ['doctor', '--json'], prefix => ['prlimit', '--nofile=256:256']);
    is_deeply [findings(decode_json($few->{output}), 'limits')], [['warn', 'the limit of open files is 256: a connection takes one']], 'few open files';
}

SKIP: {
    skip 'only root can give files away', 3 if $> != 0;
    my $log = write_file($server->database . '-wal', '');
    chown 65534, 65534, $log;
    finds $server, 'permissions', 'fail', qr/\Q$log\E is of another user than the database/, 'a log of another user';
    unlink $log;
}

# ---- calls ----
finds $server, 'turn', 'warn', qr/no TURN server/, 'no TURN server';
SKIP: {
    skip 'this server knows no TURN servers', 4 unless $server->run(['check-config'])->{output} =~ /^TURN_URLS=/m;
    my %turn = (TURN_SECRET => 'secret-of-the-turn-server');
    finds $server, 'turn', 'fail', qr/turn:127\.0\.0\.1:1: /, 'a TURN server that is away', environment => {%turn, TURN_URLS => 'turn:127.0.0.1:1'};
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Proto => 'udp') or die "udp: $@";
    my $turn   = fork // die "fork: $!";
    if (!$turn) {
        while (defined $socket->recv(my $request, 1500)) { $socket->send("\x01\x01\0\0" . substr $request, 4, 16) }
        POSIX::_exit(0);
    }
    my $url = 'turn:127.0.0.1:' . $socket->sockport;
    finds $server, 'turn', 'ok', qr/^\Q$url\E answers$/, 'one that answers', environment => {%turn, TURN_URLS => $url};
    kill KILL => $turn;
    waitpid $turn, 0;
}

finish;
