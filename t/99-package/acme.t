# Certificates by themselves: beringshare-acme gets one for a domain from an authority (Debian's pebble) through the server's own
# port 80, renews it, and the server takes each without a restart.
use BeringShare::Test;
use BeringShare::Server;
use BeringShare::Tls;

# In a network and with names of our own: port 80 is free, chat.test is this machine, and uacme trusts pebble.
if (!$ENV{BERING_OWN_NETWORK}) {
    my @apart = qw(unshare --map-root-user --net --mount --propagation private --);
    plan skip_all => 'no network namespace can be made here' if run_command([@apart, 'true'])->{status} != 0;
    $ENV{BERING_OWN_NETWORK} = 1;
    exec @apart, $^X, __FILE__ or die "unshare: $!";
}
needs_command pebble => 'pebble';
needs_command uacme  => 'uacme';
needs_command curl   => 'curl';

# The loopback interface up: SIOCGIFFLAGS, IFF_UP, SIOCSIFFLAGS.
socket my $socket, 2, 2, 0 or die "socket: $!";
my $interface = pack 'a16 s x22', 'lo', 0;
ioctl $socket, 0x8913, $interface or die "lo: $!";
my ($name, $flags) = unpack 'a16 s', $interface;
ioctl $socket, 0x8914, pack 'a16 s x22', 'lo', $flags | 1 or die "lo: $!";

my $source = $BeringShare::Server::SOURCE;
my $server  = prepare_server();
my $folder  = $server->directory;
my $address = $server->address;
my $domain  = 'chat.test';

# What stands in a file here is for this test alone.
sub lay_over ($file, $text) {
    my $ours = write_file("$folder/" . $file =~ s{/}{_}gr, $text);
    is run_command(['mount', '--bind', $ours, $file])->{status}, 0, "$file is our own";
}

# ---- an authority: pebble ----

make_certificate("$folder", '127.0.0.1', prefix => 'pebble', name => 'pebble.test');
lay_over('/etc/hosts', "127.0.0.1 localhost pebble.test\n$address $domain\n");
lay_over('/etc/ssl/certs/ca-certificates.crt', read_file("$folder/pebblecert.pem"));
write_file("$folder/pebble.json", encode_json({pebble => {
    listenAddress => '127.0.0.1:14000', managementListenAddress => '127.0.0.1:15000',
    certificate => "$folder/pebblecert.pem", privateKey => "$folder/pebblekey.pem",
    httpPort => 80, tlsPort => 443, ocspResponderURL => '', externalAccountBindingRequired => false,
}}));
my $pebble = fork // die "fork: $!";
if (!$pebble) {
    open STDOUT, '>', "$folder/pebble.log";
    open STDERR, '>&', \*STDOUT;
    @ENV{qw(PEBBLE_VA_NOSLEEP PEBBLE_WFE_NONCEREJECT)} = (1, 0);
    exec 'pebble', '-config', "$folder/pebble.json", '-strict' or POSIX::_exit(127);
}
END { kill KILL => $pebble if $pebble }
my $ua = BeringShare::Client->new_ua;
eventually sub { (eval { $ua->get("https://127.0.0.1:14000/dir")->result->json } // {})->{newOrder} }, 'the authority runs'
    or BAIL_OUT(read_file("$folder/pebble.log"));

# ---- the server, and the command as it is installed ----

write_file("$folder/chat.conf", <<"EOT");
SERVER_NAME=chat.test
BASE_URL=https://$domain
LISTEN=$address:80
LISTEN_TLS=$address:443
REDIRECT_HTTP=on
TLS_CERT_FILE=$folder/tls/fullchain.pem
TLS_KEY_FILE=$folder/tls/key.pem
ACME_CHALLENGE_DIR=$folder/challenges
ADMIN_PASSWORD=the password of the tests
ADMIN_TOKEN=admin-token-of-the-tests
SERVER_TOKEN=server-token-of-the-tests
EOT
my $script = read_file("$source/contrib/acme/beringshare-acme.in");
my %place  = (bindir => "$folder/bin", pkglibexecdir => "$source/contrib/acme", sysconfdir => "$folder/etc", localstatedir => "$folder/var");
$script =~ s/\@$_\@/$place{$_}/g for keys %place;
unlike $script, qr/\@\w+\@/, 'no other place stands in it';
write_file("$folder/beringshare-acme", $script);
chmod 0755, "$folder/beringshare-acme";
mkdir "$folder/bin";
symlink BeringShare::Server::binary(), "$folder/bin/beringshare";

sub acme (@arguments) { return run_command(["$folder/beringshare-acme", @arguments, '--state', "$folder/state"]) }

is acme(@$_)->{status}, 2, "a wrong command line is refused: @$_" for [], ['issue'], ['renew', 'chat.test'], ['setup', '--email'];
my $early = acme('renew');
is $early->{status}, 1, 'nothing can be renewed before it was set up';
like $early->{output}, qr/setup comes first/, 'and it says so';
my @configured = (setup => '--config' => "$folder/chat.conf", '--directory' => 'https://pebble.test:14000/dir');
write_file("$folder/plain.conf", read_file("$folder/chat.conf") =~ s/^ACME_CHALLENGE_DIR.*\n//mr);
like acme(setup => '--config' => "$folder/plain.conf")->{output}, qr/ACME_CHALLENGE_DIR must be set in \S+plain\.conf/,
    'what the configuration lacks is said';
like acme(@configured, '../../x')->{output}, qr/is no domain/, 'and what is no domain';

my $own = acme('self-signed', '--config' => "$folder/chat.conf");
is $own->{status}, 0, 'a certificate of its own, so that the server can start' or diag $own->{output};
is sprintf('%04o', (stat "$folder/tls/key.pem")[2] & 07777), '0640', 'its key is not for everybody';
%{$server->overrides} = (map { /^(\w+)=(.*)$/ ? ($1 => $2) : () } split /\n/, read_file("$folder/chat.conf"));
$server->port(80)->{tls_port} = 443;
$server->launch->url("https://$domain");
my $alice  = $server->user('alice');
my $stream = $alice->events;

sub seen () {
    my $text = s_client($server, -servername => $domain);
    my ($issuer) = $text =~ /^issuer=(.*)$/m;
    my ($pem) = $text =~ /(-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n)/s;
    my $serial = run_command(['openssl', 'x509', '-noout', '-serial'], input => $pem // '')->{output};
    return {issuer => $issuer // '', serial => $serial};
}

my $first = seen();
unlike $first->{issuer}, qr/Pebble/, 'the first certificate is the server\'s own';

# ---- issued, not renewed, renewed ----

my $issued = acme(@configured);
is $issued->{status}, 0, 'setup gets a certificate' or BAIL_OUT($issued->{output} . (read_file("$folder/pebble.log") // ''));
like $issued->{output}, qr/^\Q$domain\E: the certificate is valid until /m, 'and says how long it is valid';
unlike $issued->{output}, qr/does not lead to this server/, 'the domain leads here';
eventually sub { seen()->{issuer} =~ /Pebble/ }, 'the server takes it by itself' or diag $server->log;
is_deeply [glob "$folder/challenges/*"], [], 'no answer to a challenge is left';
my $at_first = seen();

my $good = acme('renew');
is $good->{status}, 0, 'renewing when it is too early is no failure' or diag $good->{output};
like $good->{output}, qr/still good/, 'and changes nothing';
is_deeply seen(), $at_first, 'as seen by a client';

my $renewed = acme('renew', '--force');
is $renewed->{status}, 0, 'it can be renewed' or diag $renewed->{output};
eventually sub { my $now = seen(); return $now->{issuer} =~ /Pebble/ && $now->{serial} ne $at_first->{serial} },
    'the server takes the new one, too' or diag $server->log;
is sprintf('%04o', (stat "$folder/tls/key.pem")[2] & 07777), '0640', 'the key is still not for everybody';

$server->user('bob')->tell('alice', 'hello');
reads_bodies $stream, ['hello'], 'and a stream of before goes on';

# ---- an authority that is not there, and what is not ours ----

kill KILL => $pebble;
waitpid $pebble, 0;
undef $pebble;
my $certificate = read_file("$folder/tls/fullchain.pem");
my $failed = acme('renew', '--force');
is $failed->{status}, 1, 'without the authority, renewing fails';
like $failed->{output}, qr/no certificate for \Q$domain\E/, 'and says so';
is read_file("$folder/tls/fullchain.pem"), $certificate, 'the certificate stays';

my %challenges = (environment => {%ENV, BERINGSHARE_CHALLENGES => "$folder/challenges"});
sub hook (@arguments) { return run_command(["$source/contrib/acme/acme-hook", @arguments], %challenges)->{status} }
isnt hook('begin', 'dns-01', $domain, 'token', 'x'), 0, 'the hook declines other kinds of challenge';
isnt hook('begin', 'http-01', $domain, '../token', 'x'), 0, 'and names that lead elsewhere';
is hook('begin', 'http-01', $domain, 'to-ken', 'to-ken.key'), 0, 'it accepts http-01';
my $answer = $server->anonymous->get('/.well-known/acme-challenge/to-ken', undef, url => "http://$domain");
is $answer->body, 'to-ken.key', 'and the server answers it';
is hook('done', 'http-01', $domain, 'to-ken', 'to-ken.key'), 0, 'until it is done';
is $server->anonymous->get('/.well-known/acme-challenge/to-ken', undef, url => "http://$domain")->status, 404, 'then no more';

finish;
