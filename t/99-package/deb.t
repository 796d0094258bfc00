# The Debian package in a fresh Debian: lintian finds nothing, one file is edited, and it serves chat over HTTPS; a new version
# takes over from the running one; what people wrote and configured outlives upgrade, removal and purge as it should.
use BeringShare::Test;
use BeringShare::DebianRoot;
use BeringShare::Process qw(children);
use BeringShare::Server;
use IO::Socket::INET;

plan skip_all => 'only root can install a package into a folder' if $> != 0;
needs_command mmdebstrap => 'mmdebstrap';
needs_command lintian    => 'lintian';

my $source = $BeringShare::Server::SOURCE;
my $root   = BeringShare::DebianRoot->new;
my $build  = $root->build;
my %secret = map { $_ => join '', map { sprintf '%04x', rand 65536 } 1 .. 12 } qw(ADMIN_PASSWORD ADMIN_TOKEN SERVER_TOKEN);

# ---- two versions of the package ----

# What make passes on to what it starts is not for the package's own make.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};
unlink glob "$build/beringshare*_*.*";
my $built = run_command(["$source/contrib/package", $build], seconds => 1800);
is $built->{status}, 0, 'contrib/package builds it' or BAIL_OUT($built->{output});
my ($first)   = grep { !/dbgsym/ } glob "$build/*.deb";
my ($version) = $first =~ /beringshare_([^_]+)_/;
my ($release) = read_file("$source/configure.ac") =~ /AC_INIT\(\[beringshare\], \[(.*?)\]/;
is $version, $release, 'of the version in configure.ac';

my ($changes) = glob "$build/*.changes";
my $lintian = run_command(['lintian', '--allow-root', '--fail-on', 'error,warning', $changes], seconds => 600);
is $lintian->{status}, 0, 'lintian finds nothing wrong' or diag $lintian->{output};

my $tree      = "$build/beringshare-$version";
my $changelog = read_file("$tree/debian/changelog");
write_file("$tree/debian/changelog", ($changelog =~ s/\(\Q$version\E\)/($version+again)/r) . "\n$changelog");
my $again = run_command(['sh', '-c', "cd '$tree' && dpkg-buildpackage --build=binary -us -uc --no-pre-clean"], seconds => 900);
is $again->{status}, 0, 'and another version from the same programs' or BAIL_OUT($again->{output});
my ($second) = grep {/\+again/ && !/dbgsym/} glob "$build/*.deb";

# ---- installed ----

$root->make;

sub apt ($name, @arguments) {
    my $result = $root->run('apt-get', '-q', '-y', '--no-install-recommends', @arguments);
    return is($result->{status}, 0, $name) || diag $result->{output};
}

sub install ($deb, $name) {
    run_command(['cp', $deb, $root->path('/tmp/beringshare.deb')]);
    return apt($name, 'install', '/tmp/beringshare.deb');
}

install($first, 'it can be installed, with what it needs from Debian') or BAIL_OUT('not installed');
my $file = '/etc/beringshare/beringshare.conf';
is $root->owners($file), '0640 root beringshare', 'the configuration can be read by root and the server alone';
is $root->owners('/var/lib/beringshare'), '0750 beringshare beringshare', 'the data is the server\'s own';
is $root->run('beringshare', 'serve', '--config', $file)->{status}, 1, 'as it comes it does not serve everybody';
like $root->run('beringshare-acme', 'self-signed')->{output}, qr/BASE_URL must be set/, 'and says what must be edited';
is $root->run('beringctl', 'version')->{output}, "beringctl $version\n", 'beringctl is there';
is $root->run('sh', '-c', 'ls /usr/share/man/man[158]')->{output} =~ s/\s+/ /gr =~ s/ $//r,
    join(' ', '/usr/share/man/man1: beringctl.1.gz', '/usr/share/man/man5: beringshare.conf.5.gz',
    '/usr/share/man/man8: beringshare-acme.8.gz beringshare.8.gz'), 'the manual pages are there'
    if !-e $root->path('/usr/share/man/man1/ls.1.gz');

# ---- one file is edited ----

sub port ($address, $wanted) {
    my $free = IO::Socket::INET->new(LocalAddr => $address, LocalPort => $wanted, Listen => 1, ReuseAddr => 1);
    return $free ? $wanted : BeringShare::Server::free_port($address);
}

my $address = BeringShare::Server::own_address();
my ($http, $https) = map { port($address, $_) } 80, 443;
my $conf = read_file($root->path($file));
my %edited = (SERVER_NAME => 'chat.test', BASE_URL => 'https://chat.test', %secret, LISTEN => "$address:$http", LISTEN_TLS => "$address:$https");
is $conf =~ s/^#?$_=.*$/$_=$edited{$_}/mgr ne $conf, 1, "$_ has its line" for sort keys %edited;
$conf =~ s/^#?$_=.*$/$_=$edited{$_}/mg for keys %edited;
$conf =~ s/^#(WORKERS)=.*$/$1=2/m;
open my $handle, '>', $root->path($file) or die $!;    # in place: owners and mode stay
print $handle $conf;
close $handle;
my $certified = $root->run('beringshare-acme', 'self-signed');
is $certified->{status}, 0, 'beringshare-acme self-signed makes a first certificate' or diag $certified->{output};
is $root->owners('/etc/beringshare/tls/key.pem'), '0640 root beringshare', 'whose key can be read by root and the server alone';
my $checked = $root->run('beringshare', 'check-config', '--config', $file);
is $checked->{status}, 0, 'the configuration is right' or diag $checked->{output};

# ---- started as the unit would, systemd not being here ----

my $unit = read_file($root->path('/lib/systemd/system/beringshare.service'));
my ($program, $arguments) = $unit =~ /^ExecStart=(\S+) (.*)$/m;
my ($capability) = $unit =~ /^AmbientCapabilities=CAP_(\w+)$/m;
like $unit, qr/^User=beringshare$/m, 'the unit runs it as beringshare';
my @as_user = (qw(setpriv --reuid beringshare --regid beringshare --init-groups --no-new-privs --inh-caps), '-all,+' . lc $capability,
    '--ambient-caps', '-all,+' . lc $capability, '--bounding-set', '-all,+' . lc $capability);
my $server = prepare_server(prefix => [$root->prefix, @as_user, 'env', '-i', 'PATH=/usr/bin:/bin'], WORKERS => 2, %secret,
    DATABASE_PATH => '/var/lib/beringshare/beringshare.sqlite');
$server->program($program)->arguments([split ' ', $arguments])->address($address)->port($http);
$server->launch->url("https://$address:$https");
$server->keep_secret($secret{$_}) for keys %secret;

my $alice  = $server->user('alice', password => 'alice in the north');
my $bob    = $server->user('bob',   password => 'bob in the south');
my $stream = $bob->events;
$alice->tell('bob', 'before the upgrade');
reads_bodies $stream, ['before the upgrade'], 'Alice writes to Bob over HTTPS';
my $redirected = $server->anonymous->get('/', undef, url => "http://$address:$http");
like $redirected->header('Location') // '', qr{^https://chat\.test/}, 'HTTP leads to HTTPS';
is $server->anonymous->get('/chat/ui')->status, 200, 'the pages are there';
my $status = $root->run('beringctl', 'users', 'list');
like $status->{output}, qr/\balice\b.*\bbob\b/s, 'beringctl finds the server by itself' or diag $status->{output};

# ---- a new version while it runs ----

# What systemctl is told, and does to the server that was started by hand.
write_file($root->path('/usr/bin/systemctl'), <<'EOT');
#!/bin/sh
echo "$*" >>/tmp/systemctl.log
case " $* " in
    *' is-active '*) [ -s /tmp/main.pid ] ;;
    *' kill --signal=USR2 '*' beringshare.service '*) kill -USR2 "$(cat /tmp/main.pid)" ;;
    *' stop '*beringshare.service*) kill -TERM "$(cat /tmp/main.pid)" ;;
esac
EOT
chmod 0755, $root->path('/usr/bin/systemctl');
run_command(['mkdir', '-p', $root->path('/run/systemd/system')]);
write_file($root->path('/tmp/main.pid'), $server->pid);

my $before    = $root->owners($file);
my $installed = sub { join ':', (stat $root->path($program))[0, 1] };
my $old       = $installed->();
$server->expect_upgrade;
install($second, 'a new version can be installed while it runs');
like $root->run('dpkg-query', '-W', 'beringshare')->{output}, qr/\+again/, 'and is there';
is read_file($root->path($file)), $conf, 'the configuration is as it was';
is $root->owners($file), $before, 'and so are its owners';
isnt $installed->(), $old, 'the program is another file';
eventually sub { join(':', (stat '/proc/' . $server->pid . '/exe')[0, 1]) eq $installed->() }, 'and runs, in the same process';
eventually sub { $server->anonymous->get('/health')->status == 200 && $server->worker_pids == 2 }, 'and serves' or diag $server->log;
$alice->tell('bob', 'after the upgrade');
is_deeply $bob->direct_bodies($alice->id), ['before the upgrade', 'after the upgrade'], 'with all that was written';
like read_file($root->path('/tmp/systemctl.log')), qr/daemon-reload\n(?:.*\n)*kill --signal=USR2/, 'the units were read again before';
unlike read_file($root->path('/tmp/systemctl.log')), qr/stop|restart/, 'and nothing was stopped';
$server->first_workers([$server->worker_pids]);

# ---- removed, and purged ----

eventually sub { (() = children($server->pid)) == 3 }, 'all of its processes are new';
$server->expect_upgrade;    # they may end
apt('it can be removed', 'remove', 'beringshare');
eventually sub { !is_alive($server->pid) }, 'the server has been stopped before';
$server->stop(killed => 1);
unlink $root->path('/tmp/main.pid');
ok !-e $root->path($program), 'the program is gone';
is read_file($root->path($file)), $conf, 'the configuration stays';
ok -s $root->path('/var/lib/beringshare/beringshare.sqlite'), 'and so does what people wrote';

install($second, 'it can be installed again');
is read_file($root->path($file)), $conf, 'with the configuration of before';
apt('it can be purged', 'purge', 'beringshare');
ok !-e $root->path('/etc/beringshare'), 'configuration, secrets and key are gone';
ok !-e $root->path($_), "$_ is gone" for '/var/log/beringshare', '/var/lib/beringshare-acme';
ok -s $root->path('/var/lib/beringshare/beringshare.sqlite'), 'what people wrote is left to the administrator';

finish;
