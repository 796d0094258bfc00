# METRICS_LISTEN: a listener of its own for monitoring, and for nothing else. It needs no token within the machine, answers
# when clients have taken all connections, and stays over an upgrade.
use BeringShare::Test;
use BeringShare::Control;

needs_command 'promtool', 'prometheus';
my $server = prepare_server(WORKERS => 1, MAX_CONNECTIONS => 6);
my $port   = BeringShare::Server::free_port($server->address);
my $url    = 'http://' . $server->address . ":$port";
$server->overrides->{METRICS_LISTEN} = $server->address . ":$port";
$server->launch;
like $server->log, qr/listening on \Q$server->{overrides}{METRICS_LISTEN}\E \(monitoring\)$/m, 'it says that it listens';

# Each time on a new connection: whatever accepts it then.
sub ask ($path, %options) {
    my $nobody = $server->anonymous->with(own_ua => $server->anonymous->new_ua->max_connections(0));
    return $nobody->request($options{method} // 'GET', $path, undef, url => $options{url} // $url,
        headers => {Accept => 'text/plain;version=0.0.4', %{$options{headers} // {}}});
}

is ask($_)->body, 'ok', "$_ is there" for '/livez', '/readyz';
my $metrics = ask('/metrics');
status_is $metrics, 200, 'so is /metrics, without a token';
write_file($server->directory . '/metrics', $metrics->body);
my $checked = run_command(['sh', '-c', 'exec promtool check metrics < "$0"', $server->directory . '/metrics']);
is $checked->{status}, 0, 'in which promtool finds nothing wrong' or diag explain $checked;

my %admin = (headers => {'X-Admin-Token' => $server->environment->{ADMIN_TOKEN}});
refused ask($_, %admin), 404, "$_ is not" for '/', '/health', '/chat/ui', '/admin/users', '/api/me', '/federation/info',
    '/style/base.css', '/metrics/', '/.well-known/acme-challenge/x';
refused ask('/api/login', method => 'POST'), 404, 'nor can one sign in';
refused ask('/metrics', method => 'POST'), 405, 'nothing is written';
refused ask('/metrics', url => $server->url), 404, 'clients see no /metrics where there is no token';
status_is ask('/livez', url => $server->url), 200, 'but the rest as ever';

# ---- nobody else gets in ----
# While the worker rests all of them arrive whole, so that it has nobody to hang up on.
my $alice = $server->user('alice');
my ($worker) = $server->worker_pids;
kill STOP => $worker;
my $token = $alice->token;
my @streams = map { raw_connection($server)->send("GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token\r\n\r\n") } 1 .. 6;
my $waits = raw_connection($server)->send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
kill CONT => $worker;
my $seen;
eventually sub { $seen = ask('/metrics')->body; $seen =~ /^beringshare_streams 6$/m }, 'clients have all connections';
like $seen, qr/^beringshare_connections 6$/m, 'and monitoring is none of them';
like $server->log, qr/6 connections: no more until some end/, 'nobody else gets in';
$_->close for @streams;
is $waits->answer->status, 200, 'until some have gone';

# ---- an upgrade, a reload ----
my (%statuses, @old);
for my $round (1, 2) {
    @old = $server->expect_upgrade;
    kill USR2 => $server->pid;
    ok wait_until(sub { ++$statuses{ask('/readyz')->status}; !grep { -e "/proc/$_" } @old }), "upgrade $round";
}
is_deeply [keys %statuses], [200], 'no question goes unanswered meanwhile' or diag explain \%statuses;
status_is ask('/metrics'), 200, 'nor afterwards';
$server->first_workers([]);
$server->stop;

my $file = $server->directory . '/configuration';
write_file($file, "METRICS_LISTEN=" . delete($server->overrides->{METRICS_LISTEN}) . "\n");
$server->arguments(['serve', '--config', $file]);
$server->launch;
write_file($file, "METRICS_LISTEN=\n");
kill HUP => $server->pid;
eventually sub { $server->log =~ /METRICS_LISTEN has changed: that needs a restart/ }, 'another address needs a restart';
status_is ask('/metrics'), 200, 'until then it is there';
$server->stop;

# ---- for other machines ----
my $refused = $server->run(['check-config'], METRICS_LISTEN => '*:9100');
is $refused->{status}, 1, 'an address for others is refused without METRICS_TOKEN';
like $refused->{output}, qr/METRICS_LISTEN: "\*:9100" needs METRICS_TOKEN/, 'and why';

$token = $server->keep_secret('monitoring-token-4711');
$server->arguments(['serve'])->overrides({METRICS_LISTEN => "*:$port", METRICS_TOKEN => $token});
$server->launch;
my %token = (headers => {Authorization => "Bearer $token"});
status_is ask('/metrics'), 200, 'within the machine no token is needed';
refused ask('/metrics', url => $server->url), 401, 'clients need it';
status_is ask('/metrics', url => $server->url, %token), 200, 'and are told with it';
SKIP: {
    my $outside = IO::Socket::INET->new(PeerAddr => '192.0.2.1', PeerPort => 9, Proto => 'udp'); # nothing is sent
    my $address = $outside ? $outside->sockhost : '127.0.0.1';
    skip 'this machine has no address but loopback', 3 if $address =~ /^127\./;
    refused ask('/metrics', url => "http://$address:$port"), 401, 'from elsewhere it is';
    status_is ask('/metrics', url => "http://$address:$port", %token), 200, 'told with the token';
    status_is ask('/readyz', url => "http://$address:$port"), 200, 'only /metrics has one';
}

# ---- what beringctl says ----
my ($found) = grep { $_->{found} =~ /\*:$port$/ } @{control_json($server, ['doctor'])->{findings}};
is "$found->{check}: $found->{verdict}", 'listeners: ok', 'the doctor finds it';

finish;
