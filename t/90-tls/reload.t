# New certificates while the server runs: by SIGHUP and by themselves, without cutting a stream; a bad one changes nothing.
use BeringShare::Test;
use BeringShare::Tls;

my $server = prepare_tls_server(KEEPALIVE_SECONDS => 1, REQUEST_TIMEOUT_SECONDS => 5);
my $folder = $server->directory;
make_certificate($folder, $server->address, name => 'old.example');
$server->launch;
$server->url(tls_url($server));
my $alice   = $server->user('alice');
my $bob     = $server->user('bob');
my @streams = map { $alice->events } 1 .. 200;

sub serves ($name) {
    return wait_until(sub { (served_name($server) // '') eq $name && (served_name($server) // '') eq $name });
}

make_certificate($folder, $server->address, name => 'new.example');
kill HUP => $server->pid;
ok serves('new.example'), 'SIGHUP: the new certificate is served';
$bob->tell('alice', 'after the reload');
ok wait_until(sub { !grep { @{$_->bodies} < 1 } @streams }), 'every one of 200 streams gets what comes after it';
is scalar(grep { $_->ended } @streams), 0, 'none was cut';
# The old context is freed once no handshake can need it any more: those that use it go on.
wait_until(sub { $streams[0]->comments > 8 });
$bob->tell('alice', 'long after it');
ok wait_until(sub { !grep { @{$_->bodies} < 2 } @streams }), 'later, too';

# Bad ones, each after a good one. What the log says, and what is served.
sub refuses ($what, $pattern) {
    my $before = length $server->log;
    kill HUP => $server->pid;
    eventually sub { substr($server->log, $before) =~ $pattern }, "$what: the log says so" or diag substr $server->log, $before;
    eventually sub { substr($server->log, $before) =~ /SIGHUP: the configuration/ }, 'the reload has ended';
    is served_name($server), 'new.example', 'and the old one is served';
}
my ($cert, $key) = map { read_file("$folder/$_") } qw(cert.pem key.pem);
make_certificate($folder, $server->address, prefix => 'other', name => 'other.example');
write_file("$folder/key.pem", read_file("$folder/otherkey.pem"));
refuses('the key of another certificate', qr{in use stay: TLS_KEY_FILE \S+/key\.pem does not belong to TLS_CERT_FILE \S+/cert\.pem});
write_file("$folder/key.pem",  $key);
write_file("$folder/cert.pem", "nonsense\n");
refuses('nonsense', qr{in use stay: cannot load TLS_CERT_FILE \S+/cert\.pem});
unlink "$folder/cert.pem";
refuses('no file', qr{SIGHUP: the configuration stays as it was: TLS_CERT_FILE: \S+ cannot be read});
make_certificate($folder, $server->address, name => 'expired.example', days => -1);
refuses('one that has expired', qr{in use stay: the certificate in TLS_CERT_FILE \S+ has expired});

make_certificate($folder, $server->address, name => 'noticed.example');
ok serves('noticed.example'), 'without any signal, changed files are noticed';
is scalar(grep { $_->ended } @streams), 0, 'all streams are there';
status_is $alice->get('/api/users'), 200, 'and the server answers';

$server->stop;
make_certificate($folder, $server->address, name => 'expired.example', days => -1);
$server->launch;
like $server->log, qr/has expired: browsers will refuse it/, 'a start with an expired certificate: a warning';

finish;
