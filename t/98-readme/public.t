# What README says of a public server is there: each command of beringctl, beringshare and beringshare-acme, each script, unit and
# path; and its configuration is a right one.
use BeringShare::Test;
use BeringShare::Server;

my $source = $BeringShare::Server::SOURCE;
my ($part) = read_file("$source/README") =~ /^## A public server\n(.*?)^## Configuration\n/ms;
ok length $part, 'README has its part of a public server' or BAIL_OUT('README has changed');
my @blocks = map {s/^ +//gmr} $part =~ /^ *```sh\n(.*?)^ *```$/msg;
cmp_ok scalar @blocks, '>=', 5, 'with commands in pieces';
my @lines = map { s/^sudo //r } map { split /\n/ } @blocks;
my @code  = (@lines, $part =~ /`([^`\n]+)`/g);

# ---- commands ----

my $control = "$ENV{BERING_BUILD_DIR}/beringctl";
my @shown   = map { /^beringctl ([a-z -]*[a-z])/ ? $1 : () } @code;
cmp_ok scalar @shown, '>=', 10, 'commands of beringctl are among them';
my %is_command = map { /^  (\S+(?: \S+)?) {2,}/ ? ($1 => 1) : () } split /\n/, run_command([$control, 'help'])->{output};
for my $shown (@shown) {
    my ($two, $one) = $shown =~ /^((\S+)(?: \S+)?)/;
    ok $is_command{$two} || $is_command{$one}, "beringctl $shown";
}
for my $line (grep {/^beringctl /} @lines) {
    my ($words, $rest) = $line =~ /^beringctl ((?:users|channels|sessions|servers) \w+|\w+)(.*?)(?: +#.*)?$/;
    my $help = run_command([$control, 'help', split ' ', $words])->{output};
    like $help, qr/^  \Q$_\E\b/m, "beringctl $words has $_" for $rest =~ /(--\w+)/g;
}

my ($usage) = read_file("$source/contrib/acme/beringshare-acme.in") =~ /^usage\(\)\n(.*?)^\}/ms;
like $usage, qr/beringshare-acme \Q$_\E /, "beringshare-acme $_" for map { /^beringshare-acme (\S+)/ ? $1 : () } @code;
my $help = prepare_server()->run(['--help'])->{output};
like $help, qr/^  \Q$_\E /m, "beringshare $_" for map { /^beringshare (\S+)/ ? $1 : () } @code;

# ---- scripts, units, paths, keys ----

ok -x "$source/$_", "$_ can be run" for grep { -f "$source/$_" || !/README/ } grep { !m{/README$} } map { m{^(contrib/\S+)} ? $1 : () } @code;
for my $unit (map { /^systemctl (?:reload|restart|stop|status|enable --now) (\S+)/ ? $1 : () } @code) {
    my $name = $unit =~ /\./ ? $unit : "$unit.service";
    ok -e "$source/contrib/systemd/$name" || -e "$source/contrib/acme/$name" || -e "$source/contrib/acme/$name.in", "the unit $name is there";
}
my %key = map { /^  ([A-Z][A-Z_0-9]+) / ? ($1 => 1) : () } split /\n/, $help;
ok $key{$_}, "$_ is a key" for grep { !/_$/ } map { /^([A-Z]+_[A-Z][A-Z_0-9]+|LISTEN)\b/ ? $1 : () } $part =~ /`([^`\n]+)`/g;

# ---- the one file ----

my ($conf) = $part =~ /```conf\n(.*?)```/s;
$conf =~ s/^ +//gm;
my $server = prepare_server();
my $file   = write_file($server->directory . '/public.conf', $conf . 'LISTEN=*:80');
my @unset  = map { $_ => undef } grep { $key{$_} } keys %{$server->environment};
my $result = $server->run(['check-config', '--config', $file], @unset);
is $result->{status}, 0, 'the configuration that is shown is a right one' or diag $result->{output};
my $example = read_file("$source/contrib/install/beringshare.conf.in");
like $example, qr/^#$_=/m, "$_ is to be edited in the file that is installed" for $conf =~ /^(\w+)=/mg;

finish;
