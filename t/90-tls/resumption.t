# A session that one worker has begun is resumed by all, also after certificates were reloaded, and after an upgrade.
use BeringShare::Test;
use BeringShare::Tls;

my $server = prepare_tls_server()->launch;
my $folder = $server->directory;

# The kernel picks the worker: of so many connections each gets some.
sub reused ($session, @arguments) {
    return scalar grep { s_client($server, '-sess_in', $session, @arguments) =~ /^Reused, /m } 1 .. 12;
}

for my $version (qw(1_2 1_3)) {
    my $session = "$folder/session-$version";
    my $output  = s_client($server, "-tls$version", '-sess_out', $session);
    like $output, qr/^New, /m, "TLS $version: a new session";
    is reused($session, "-tls$version"), 12, 'is resumed by every worker';
    make_certificate($folder, $server->address, name => "new-$version.example");
    kill HUP => $server->pid;
    eventually sub { (served_name($server) // '') eq "new-$version.example" }, 'after a new certificate';
    is reused($session, "-tls$version"), 12, 'it is resumed by every worker';
}

my @old = $server->expect_upgrade;
kill USR2 => $server->pid;
eventually sub { !grep { is_alive($_) } @old }, 'after an upgrade';
is reused("$folder/session-$_", "-tls$_"), 12, "TLS $_ sessions of before are resumed" for qw(1_2 1_3);

# A ticket that nobody here has made is no more than none.
my $other = prepare_tls_server()->launch;
is reused("$folder/session-1_3"), 12, 'a session of this server';
s_client($other, '-sess_out', "$folder/foreign");
is reused("$folder/foreign"), 0, 'one of another server begins anew';
like s_client($server, '-sess_in', "$folder/foreign"), qr{HTTP/1\.1 200}, 'and is served';
$server->first_workers([]);

finish;
