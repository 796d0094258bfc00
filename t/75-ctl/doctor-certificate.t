# What the doctor says of certificates: of whom they are, until when, and whose key is there.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Tls;

my $server = prepare_tls_server();
my $folder = $server->directory;
$server->overrides->{BASE_URL} = tls_url($server);

sub certificate_findings (%environment) {
    my $report = control_json($server, ['doctor'], environment => \%environment);
    return join "\n", map {"$_->{verdict}: $_->{found}"} grep { $_->{check} eq 'certificate' } @{$report->{findings}};
}

# Writes NAME.pem and NAME.key, self-signed. Options: days, name.
sub make ($file, %options) {
    my $result = run_command(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout',
        "$folder/$file.key", '-out', "$folder/$file.pem", '-days', $options{days} // 100, '-subj', '/CN=test', '-addext',
        'subjectAltName=' . ($options{name} // 'IP:' . $server->address)]);
    die $result->{output} if $result->{status};
    return (TLS_CERT_FILE => "$folder/$file.pem", TLS_KEY_FILE => "$folder/$file.key");
}

my %good  = make('good');
my $found = certificate_findings(%good, FEDERATION_CA_FILE => "$folder/good.pem");
like $found, qr/^ok: \S+good\.pem expires in (?:99|100) days$/m, 'until when it is valid';
like $found, qr/^ok: \S+good\.pem leads to an authority/m, 'that its authority is known';
like $found, qr/^ok: a certificate names \Q@{[$server->address]}\E$/m, 'and whom it names';
unlike $found, qr/warn|fail/, 'all is well';
like certificate_findings(%good), qr/^warn: browsers and servers may not trust \S+good\.pem: self-signed/m, 'an authority that nobody knows';
like certificate_findings(make('soon', days => 5)), qr/^warn: \S+ expires in [45] days$/m, 'one that expires soon';
like certificate_findings(make('host', name => 'DNS:elsewhere.example')), qr/^fail: no certificate names \Q@{[$server->address]}\E/m, 'one of another host';
like certificate_findings(make('host', name => 'DNS:elsewhere.example'), BASE_URL => 'https://elsewhere.example:444'),
    qr/^ok: a certificate names elsewhere\.example$/m, 'which is right for that host';
like certificate_findings(%good, TLS_KEY_FILE => "$folder/soon.key"), qr/^fail: \S+soon\.key is not the key of \S+good\.pem$/m, 'the key of another one';
like certificate_findings(%good, TLS_CERT_FILE => write_file("$folder/letter.pem", "Dear server,\n")), qr/^fail: \S+letter\.pem: /m, 'no certificate';
my $expired = run_command(['sh', '-ec', "cd $folder; openssl req -new -key good.key -subj /CN=test -out old.csr; " .
    "printf 'subjectAltName=IP:%s' @{[$server->address]} >old.ext; " .
    'openssl x509 -req -in old.csr -signkey good.key -days -1 -extfile old.ext -out old.pem']);
SKIP: {
    skip "openssl makes no expired certificate here: $expired->{output}", 1 if $expired->{status};
    like certificate_findings(%good, TLS_CERT_FILE => "$folder/old.pem"), qr/^fail: \S+old\.pem has expired$/m, 'one that has expired';
}
chmod 0644, "$folder/good.key";
my ($warning) = grep { $_->{check} eq 'permissions' && $_->{found} =~ /private key \S+good\.key can be read by everybody/ }
    @{control_json($server, ['doctor'], environment => {%good})->{findings}};
ok $warning, 'a key that others can read';
like control_json($server, ['doctor'], environment => {%good, TLS_KEY_FILE => "$folder/none.key"})->{findings}[0]{found}, qr/none\.key/, 'a key that is not there';

finish;
