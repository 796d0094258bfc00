# Several certificates: each client gets the one for the name that it asks for. Lists that do not fit together are refused.
use BeringShare::Test;
use BeringShare::Tls;

my $server = prepare_tls_server();
my $folder = $server->directory;
make_certificate($folder, $server->address, name => 'first.example');
make_certificate($folder, $server->address, prefix => 'b', name => 'second.example', key => 'rsa');
make_certificate($folder, $server->address, prefix => 'c', name => '*.third.example');
$server->overrides->{TLS_CERT_FILE} = "$folder/cert.pem, $folder/bcert.pem,$folder/ccert.pem";
$server->overrides->{TLS_KEY_FILE}  = "$folder/key.pem, $folder/bkey.pem,$folder/ckey.pem";

my $short = $server->run(['serve'], TLS_KEY_FILE => "$folder/key.pem,$folder/bkey.pem");
is $short->{status}, 1, 'two keys for three certificates do not start';
like $short->{output}, qr/TLS_KEY_FILE names 2 files and TLS_CERT_FILE 3/, 'and it says so';
my $mixed = $server->run(['serve'], TLS_KEY_FILE => "$folder/key.pem,$folder/ckey.pem,$folder/bkey.pem");
is $mixed->{status}, 1, 'nor do keys in another order';
like $mixed->{output}, qr{ckey\.pem does not belong to TLS_CERT_FILE \S*/bcert\.pem}, 'which names the first wrong pair';

$server->launch;
for my $version (qw(-tls1_2 -tls1_3)) {
    my %served = map { $_ => (s_client($server, $version, -servername => $_) =~ /^subject=CN\s*=\s*(.*)$/m)[0] }
        qw(first.example second.example SECOND.example a.third.example a.b.third.example unknown.example);
    is_deeply \%served, {
        'first.example'     => 'first.example',
        'second.example'    => 'second.example',
        'SECOND.example'    => 'second.example',
        'a.third.example'   => '*.third.example',
        'a.b.third.example' => 'first.example',
        'unknown.example'   => 'first.example',
    }, "$version: the certificate that fits the name, else the first";
}
is served_name($server), 'first.example', 'without a name: the first';
like s_client($server, -servername => 'second.example', '-tls1_2', -cipher => 'ECDHE-RSA-AES256-GCM-SHA384'), qr{HTTP/1\.1 200},
    'an RSA key beside the others';

for my $group (qw(X25519 P-256 P-384)) {
    like s_client($server, '-tls1_3', -groups => $group), qr{HTTP/1\.1 200}, "the group $group is there";
}
for my $cipher (qw(ECDHE-ECDSA-AES128-SHA256 ECDHE-ECDSA-AES128-SHA AES128-GCM-SHA256)) {
    unlike s_client($server, '-tls1_2', -servername => 'second.example', -cipher => "$cipher:\@SECLEVEL=0"), qr{HTTP/1\.1 200},
        "$cipher is not";
}

finish;
