# make install puts everything where it belongs, and make uninstall takes it away but for what is the administrator's. Manual
# pages, example and completion say what the programs say. A release holds what git has.
use BeringShare::Test;
use BeringShare::Server;
use BeringShare::Tls;
use File::Find qw(find);

needs_command mandoc => 'mandoc';
my $source = $BeringShare::Server::SOURCE;
my $folder = File::Temp->newdir('beringshare-install-XXXXXXXX', TMPDIR => 1);
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

# As a distribution installs it.
my @places = qw(prefix=/usr sysconfdir=/etc localstatedir=/var);
sub make (@arguments) { return run_command(['make', '-s', '-C', $ENV{BERING_BUILD_DIR}, @places, "DESTDIR=$folder", @arguments], seconds => 900) }

my $installed = make('install');
is $installed->{status}, 0, 'make install' or BAIL_OUT($installed->{output});
ok -x "$folder$_", "$_ can be run" for qw(/usr/bin/beringshare /usr/bin/beringctl /usr/sbin/beringshare-acme);
ok -s "$folder$_", "$_ is there" for qw(/usr/share/beringshare/htdocs/index.html /usr/share/beringshare/htdocs/chat.html
    /usr/share/bash-completion/completions/beringctl /usr/share/doc/beringshare/examples/beringshare.conf);
my $conf = "$folder/etc/beringshare/beringshare.conf";
is sprintf('%04o', (stat $conf)[2] & 07777), '0640', 'the configuration is not for everybody';

# ---- what is written in them ----

my $server = prepare_server();
my $help   = $server->run(['--help'])->{output};
my %keys   = map { /^  ([A-Z][A-Z_0-9]+) +(\S+) +(.*)$/ ? ($1 => {default => $2, help => $3}) : () } split /\n/, $help;
my @manual = map { glob "$folder/usr/share/man/man$_/*" } 1, 5, 8;
is_deeply [map { m{/([^/]+)$} } @manual], [qw(beringctl.1 beringshare.conf.5 beringshare-acme.8 beringshare.8)], 'four manual pages';
for my $page (@manual) {
    my $lint = run_command(['mandoc', '-T', 'lint', '-W', 'warning', $page]);
    is $lint->{output}, '', "mandoc finds nothing wrong in $page";
    unlike read_file($page), qr/\@\w+\@/, 'and every place is filled in';
}
my $page = read_file("$folder/usr/share/man/man5/beringshare.conf.5");
is_deeply [sort $page =~ /^\.It Ev (\w+)$/mg], [sort keys %keys], 'beringshare.conf(5) has every key';
my $example = read_file($conf);
is_deeply [sort $example =~ /^#?([A-Z][A-Z_0-9]+)=/mg], [sort keys %keys], 'the example has each of them once';
for my $key (sort keys %keys) {
    like $example, qr/^# \Q$keys{$key}{help}\E\n#$key=/m, "$key with its meaning" if $example =~ /^#$key=(?!chat|https:\/\/chat)./m;
}
my ($commands) = run_command(["$ENV{BERING_BUILD_DIR}/beringctl", 'help'])->{output} =~ /^commands:\n(.*?)\n\n/ms;
my @commands = map { /^  (\S+(?: \S+)?) {2,}/ ? $1 : () } split /\n/, $commands;
cmp_ok scalar @commands, '>', 30, 'beringctl has its commands';
my $control = read_file("$folder/usr/share/man/man1/beringctl.1");
like $control, qr/^\.Ss \Q$_\E(?: |$)/m, "beringctl(1) explains $_" for @commands;

# Edited as its comments say, it is a right one, once there is a certificate.
my %edited = (SERVER_NAME => 'chat.example.org', BASE_URL => 'https://chat.example.org', ADMIN_PASSWORD => 'a', ADMIN_TOKEN => 'b', SERVER_TOKEN => 'c');
make_certificate("$folder", '127.0.0.1');
@edited{qw(TLS_CERT_FILE TLS_KEY_FILE)} = ("$folder/cert.pem", "$folder/key.pem");
my $text = $example;
$text =~ s/^#?$_=.*$/$_=$edited{$_}/m for keys %edited;
write_file("$folder/edited.conf", $text);
my @unset   = map { $_ => undef } keys %{$server->environment};
my $checked = $server->run(['check-config', '--config', "$folder/edited.conf"], @unset, PATH => $ENV{PATH});
is $checked->{status}, 0, 'the example is right once it is edited' or diag $checked->{output};
like $checked->{output}, qr/^LISTEN_TLS=\*:443$/m, 'and serves HTTPS';
isnt $server->run(['serve', '--config', $conf], @unset, PATH => $ENV{PATH})->{status}, 0, 'before, it does not start';

# ---- again, and away ----

write_file($conf, $text);
is make('install')->{status}, 0, 'make install once more';
is read_file($conf), $text, 'leaves an edited configuration alone';
is make('uninstall')->{status}, 0, 'make uninstall';
my @left;
unlink map {"$folder/$_"} qw(edited.conf cert.pem key.pem request.pem.new);
find({no_chdir => 1, wanted => sub { push @left, substr $_, length "$folder" if -f $_ }}, "$folder");
is_deeply [sort @left], ['/etc/beringshare/beringshare.conf'], 'leaves that, and nothing else';

# ---- a release ----

SKIP: {
    my @tracked = grep {length} split /\0/, qx(git -C '$source' ls-files -z 2>/dev/null);
    skip 'this is no git folder', 1 unless @tracked;
    my $listed = make('distdir', "distdir=$folder/release");
    is $listed->{status}, 0, 'a release can be made' or diag $listed->{output};
    is_deeply [grep { !-e "$folder/release/$_" && !/^\.git/ } @tracked], [], 'it holds every file that git has';
}

finish;
