# The systemd unit: its sandbox is as tight as the server can have it, and its settings are ones that systemd knows.
use BeringShare::Test;

needs_command 'systemd-analyze', 'systemd';
my $source = "$BeringShare::Server::SOURCE/contrib/systemd";
my $report = run_command(['systemd-analyze', 'security', '--offline=true', '--threshold=20', "$source/beringshare.service"]);
is $report->{status}, 0, 'systemd-analyze security: under 2.0' or diag $report->{output};
my ($level) = $report->{output} =~ /Overall exposure level for \S+: (\d+\.\d+)/;
cmp_ok $level // 10, '<', 2.0, 'by its own words';

# What the units say, but that the program is the one under test.
my $folder = File::Temp->newdir('beringshare-units-XXXXXXXX', TMPDIR => 1);
for my $unit (qw(beringshare.service beringshare.socket beringshare-tls.socket)) {
    my $text = read_file("$source/$unit");
    $text =~ s{/usr/bin/beringshare}{BeringShare::Server::binary()}e;
    $text =~ s{^Documentation=.*\n}{}m;
    write_file("$folder/$unit", $text);
}
my $verify = run_command(['systemd-analyze', 'verify', '--man=no', map {"$folder/$_"} qw(beringshare.service beringshare.socket beringshare-tls.socket)]);
unlike $verify->{output}, qr/beringshare\S*:\d+:|Unknown|Failed to parse/, 'systemd-analyze verify finds nothing unknown' or diag $verify->{output};

like read_file("$source/beringshare.service"), qr/^Type=notify\n/m, 'it tells when it is ready';
like read_file("$source/beringshare.service"), qr/^ExecReload=.*-HUP /m, 'and can be reloaded';

done_testing;
