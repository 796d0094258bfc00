# The files of the container go together with the program: packages, paths, environment and health check. (That an engine builds
# it is not tested here.)
use BeringShare::Test;
use BeringShare::Server;

my $source  = $BeringShare::Server::SOURCE;
my $file    = read_file("$source/contrib/docker/Dockerfile");
my $compose = read_file("$source/docker-compose.yml");

my ($context) = $compose =~ /^ +dockerfile: (\S+)$/m;
ok -e "$source/$context", 'docker-compose.yml names the Dockerfile';
ok -e "$source/$_", "$_ is there to be copied" for grep { $_ ne '.' } $file =~ /^COPY (?!--)(\S+)/mg;
my ($build) = $file =~ m{/source/contrib/packages (\w+)};
is run_command(['sh', '-c', "grep -c '^    $build) ' '$source/contrib/packages'"])->{status}, 0, 'contrib/packages knows what it installs';
my ($user) = $file =~ /^USER (\S+)$/m;
isnt $user, 'root', 'it does not run as root';
like $file, qr/^(?:.*\n)+USER .*\n(?:.*\n)*ENTRYPOINT/m, 'from before it starts';

# Every library that the program is linked with, other than the C library's, is installed in the image.
my @installed = $file =~ /install -q -y --no-install-recommends (.*?)\\\n    && rm/s ? split(/[\s\\]+/, $1) : ();
my @direct    = map { /^ +NEEDED +(\S+)/ ? $1 : () } qx(objdump -p '@{[BeringShare::Server::binary()]}');
for my $library (grep { !/^lib(?:c|m|asan|ubsan|pthread|dl|gcc_s|stdc\+\+)\.so|^ld-/ } @direct) {
    my ($path) = map { /\Q$library\E => (\S+)/ ? $1 : () } qx(ldd '@{[BeringShare::Server::binary()]}');
    my ($package) = map { /^([^:]+):/ ? $1 : () } map { qx(dpkg-query -S '$_' 2>/dev/null) } defined $path ? ($path, "/usr$path", $path =~ s{^/usr}{}r) : ();
    ok scalar(grep { $_ eq ($package // '') } @installed), "$library: the image has " . ($package // 'no package');
}

# What it is started with, here; and the check of its health.
my %environment = $file =~ /^ENV (.*)$/m ? map { split /=/, $_, 2 } split ' ', $1 : ();
is $environment{DATABASE_PATH}, '/data/beringshare.sqlite', 'the data is in the volume';
like $file, qr{^VOLUME /data$}m, 'which is one';
my @check = @{decode_json($file =~ /^HEALTHCHECK .* CMD (\[.*\])$/m ? $1 : '[]')};
my $server = prepare_server();
my ($port) = $environment{LISTEN} =~ /^:(\d+)$/;
ok $port, 'it listens on all addresses';
%{$server->overrides} = (LISTEN => $server->address . ':' . $server->port, BASE_URL => 'https://chat.example.org');
$server->launch;
my $program = shift @check;
my $healthy = run_command(["$ENV{BERING_BUILD_DIR}/$program", @check], environment => $server->environment);
is $healthy->{status}, 0, 'the check finds a server that runs healthy' or diag $healthy->{output};
$server->stop;
isnt run_command(["$ENV{BERING_BUILD_DIR}/$program", @check], environment => $server->environment)->{status}, 0, 'and one that does not, not';

like $compose, qr/^  $_$/m, "each service has $_" for 'read_only: true', 'cap_drop: \[ALL\]', 'tmpfs: \[/tmp\]';

done_testing;
